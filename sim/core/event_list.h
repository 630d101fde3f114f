// The event list: what will happen, in the order (time, phase, sequence).
//
// Sequence numbers count pushes, so events of one time and phase run first in, first out. A key of
// 16 bytes stands for each event in a KeyQueue; the event itself waits in a slot of one cache line
// and is copied out when its turn comes, so a handler may push at once.
//
//   EventList list;
//   const EventHandle timeout = list.push(now + 3s, Phase::kCompletions, Event::of(target,
//   kTimeout, request)); list.cancel(timeout);                              // cheap: the key stays
//   behind and is skipped const LaneId idle = list.add_lane(Phase::kControllers);
//   list.push_lane(idle, now + 300s, event);           // timers of one constant delay: one key for
//   all of them for (Popped next; list.pop(until, next);) handle(next);
//
// - Present instant: what is pushed at the time of the last pop goes to a fifo of its phase and
// never meets the queue; push_now() needs no slot either, because it gives no handle.
// - Moving later leaves the key where it is and looks again when it comes up; moving earlier enters
// a new key. So a
//   station that moves its one next completion at every arrival costs no more than an event.
// - Lanes: events pushed in the order they come due. Only the first of them has a key in the queue.
// - Keys of cancelled and moved events are at most as many as live events, plus a constant: then
// they are swept out.
//
// Limits, checked: 16,777,215 pending events (cancelled ones give their slot back at once)
// and 1.37e11 pushes and moves in one run. Fourteen days of 75 million requests with ten pushes
// each are 7.5e8; a year at 400 pushes a second 1.3e10. Memory: 64 bytes a slot and 16 to 32 a key
// at the peak of pending events; nothing is given back during a run.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "sim/core/check.h"
#include "sim/core/event.h"
#include "sim/core/instant_fifo.h"
#include "sim/core/key_fifo.h"
#include "sim/core/key_queue.h"
#include "sim/core/large_pages.h"
#include "sim/core/phase.h"
#include "sim/core/time.h"

namespace updraft::sim {

/// Names one push (or move) of one event: its phase, sequence number and slot. Sequence numbers are
/// never used twice, so a handle that outlives its event names nothing, ever. The default handle
/// names nothing.
struct EventHandle {
  std::uint64_t word = 0;

  explicit operator bool() const { return word != 0; }
  friend bool operator==(EventHandle, EventHandle) = default;
};

enum class LaneId : std::uint32_t {};

struct Popped {
  Time time{};
  Phase phase{};
  std::uint64_t sequence = 0;  // of its push or its last move, from 1
  Event event;
};

/// The same without a copy: the event may be read until the list changes.
struct Taken {
  Time time{};
  Phase phase{};
  std::uint64_t sequence = 0;
  const Event* event = nullptr;
};

class EventList {
 public:
  EventList();
  EventList(const EventList&) = delete;
  EventList& operator=(const EventList&) = delete;

  /// Enters an event. InvariantError when `at` is before the last pop (before kStart when there was
  /// none), or at a limit. At the time of the last pop every phase may still be pushed; an earlier
  /// phase than the last one runs next.
  EventHandle push(Time at, Phase phase, const Event& event);

  /// push() of an event made in its place.
  template <class T>
  EventHandle push_message(Time at, Phase phase, std::uint32_t target, std::uint16_t kind,
                           const T& data) {
    const std::uint64_t time = check_time(at);
    Slot& place = enter_slot(time, phase);
    place.event.assign(target, kind, data);
    return {place.word};
  }

  /// Enters an event for the time of the last pop that nobody will cancel or move. Its payload is
  /// one word.
  void push_now(Phase phase, std::uint32_t target, std::uint16_t kind, std::uint64_t payload) {
    const std::uint64_t word = next_word(phase, kNoSlot);
    ++bare_;
    if (instant_mask_ == 0) [[likely]] {  // alone: it need not stand in line
      instant_mask_ = kAlone;
      alone_word_ = word;
      alone_.target = target;
      alone_.kind = kind;
      alone_.size = sizeof(payload);
      std::memcpy(alone_.payload, &payload, sizeof(payload));
      return;
    }
    stand_in_line();
    instant_[static_cast<unsigned>(phase)].push(word, Instant::head(target, kind), payload);
    instant_mask_ |= 1U << static_cast<unsigned>(phase);
  }

  /// A lane for events of one phase. Lanes live as long as the list.
  LaneId add_lane(Phase phase);

  /// Enters an event behind the others of its lane. One that is due before the lane's last (the
  /// constant delay was shortened) is entered as by push(): the order of events is the same either
  /// way, only the cost differs.
  EventHandle push_lane(LaneId lane, Time at, const Event& event);

  /// Takes a pending event back. False, and nothing happens, when it has run or was cancelled or
  /// moved.
  bool cancel(EventHandle handle);

  /// Puts a pending event at another time, in its phase, with a new sequence number, as if
  /// cancelled and pushed now; `handle` names it afterwards, copies of the old handle name nothing.
  /// False, and nothing happens, when it has run or was cancelled. InvariantError when `at` is
  /// before the last pop.
  bool move(EventHandle& handle, Time at);

  [[nodiscard]] bool pending(EventHandle handle) const { return find(handle) != nullptr; }

  /// When a pending event is due; kNever when it is not pending.
  [[nodiscard]] Time due(EventHandle handle) const;

  /// Takes the earliest event out, copied to `out`, unless it is due after `until` or there is none
  /// (then false).
  bool pop(Time until, Popped& out);

  /// pop() without the copy. `out.event` points into the list.
  bool take(Time until, Taken& out);

  /// The time of the earliest event; kNever when there is none.
  [[nodiscard]] Time next_time();

  /// The time of the last pop or advance_to(); kStart before the first.
  [[nodiscard]] Time now() const { return time_from_ns(static_cast<std::int64_t>(now_)); }

  /// Goes on to a time up to which pop() has found nothing more.
  void advance_to(Time time) { now_ = static_cast<std::uint64_t>(to_ns(time)); }

  /// Live events.
  [[nodiscard]] std::size_t size() const { return live_ + bare_; }
  [[nodiscard]] bool empty() const { return size() == 0; }

  /// Sequence number of the last push or move.
  [[nodiscard]] std::uint64_t last_sequence() const { return sequence_word_ >> kSlotBits; }

  /// Keys of cancelled and moved events that still stand in the queue or a lane; bounded by size()
  /// and a constant for each lane.
  [[nodiscard]] std::size_t dead_keys() const;

  /// Bytes held, used or not.
  [[nodiscard]] std::size_t memory_bytes() const;

  static constexpr int kSlotBits = 24;
  static constexpr int kSequenceBits = 37;
  static constexpr std::uint64_t kSlotMask = (std::uint64_t{1} << kSlotBits) - 1;
  static constexpr std::uint64_t kMaxSequence = (std::uint64_t{1} << kSequenceBits) - 1;
  static constexpr std::size_t kSweepAt = 1024;  // dead keys are let be up to this many

 private:
  // What a slot holds, told by two words of the shape of Key::word. The low 24 bits of `key` are
  // not a slot but the lane + 1, or 0 outside lanes; the rest names the key that stands for the
  // event in the queue or in a fifo.
  //   free              word 0, key 0
  //   ordinary          key names word's push
  //   moved later       key names an earlier push: that key stands at `time`, the event is due at
  //   moved_to_[slot] lane, first       key names word's push, and the lane lane, others      key
  //   names the lane alone: their keys wait in the lane lane, was first   word 0, key as it was:
  //   cancelled, but its key stands and will hand the lane on
  struct alignas(64) Slot {
    std::uint64_t key = 0;
    std::uint64_t word = 0;
    std::uint64_t time = 0;  // of the key
    Event event;
  };
  static_assert(sizeof(Slot) == 64);

  struct Lane {
    KeyFifo keys;          // the first one's key stands in the queue too
    std::size_t dead = 0;  // of the others
    Phase phase{};
  };

  static constexpr std::uint32_t kNoSlot = kSlotMask;  // of what push_now() enters
  static constexpr std::uint32_t kAlone = std::uint32_t{1} << 31;
  static constexpr std::size_t kSweepLaneAt = 64;
  static constexpr std::ptrdiff_t kPrefetch = 16;

  static std::uint32_t slot_of(std::uint64_t word) {
    return static_cast<std::uint32_t>(word & kSlotMask);
  }
  static std::uint64_t push_of(std::uint64_t word) { return word & ~kSlotMask; }
  static std::uint64_t lane_of(const Slot& slot) { return slot.key & kSlotMask; }  // + 1; 0: none

  [[nodiscard]] const Slot* find(EventHandle handle) const {
    const std::uint32_t slot = slot_of(handle.word);
    if (handle.word == 0 || slot >= slots_.size() || slots_[slot].word != handle.word) {
      return nullptr;
    }
    return &slots_[slot];
  }
  /// Whether a key in the queue or a fifo stands for anything.
  [[nodiscard]] bool stands(std::uint64_t word) const {
    return push_of(slots_[slot_of(word)].key) == push_of(word);
  }

  [[nodiscard]] std::uint64_t check_time(Time at) const {
    if (at < now()) [[unlikely]] {
      throw_past(at);
    }
    return static_cast<std::uint64_t>(to_ns(at));
  }
  std::uint64_t next_word(Phase phase, std::uint32_t slot) {
    const std::uint64_t word = sequence_word_ += std::uint64_t{1} << kSlotBits;
    if (word > kMaxSequence << kSlotBits) [[unlikely]] {
      throw_out_of_numbers();
    }
    return static_cast<std::uint64_t>(phase) << (kSequenceBits + kSlotBits) | word | slot;
  }
  std::uint32_t take_slot() {
    if (free_count_ == 0) [[unlikely]] {
      add_slot();
    }
    return free_slots_[--free_count_];
  }
  void free_slot(std::uint32_t slot) {
    slots_[slot].key = 0;
    slots_[slot].word = 0;
    free_slots_[free_count_++] = slot;
  }
  void enter(Key key) {
    if (key.time == now_) [[unlikely]] {
      enter_instant(key);
    } else {
      queue_.push(key);
    }
  }
  // A slot for an event due at `time`, which stands in the queue from now on; its event is to be
  // filled in.
  Slot& enter_slot(std::uint64_t time, Phase phase) {
    const std::uint32_t slot = take_slot();
    const std::uint64_t word = next_word(phase, slot);
    Slot& place = slots_[slot];
    place.key = push_of(word);
    place.word = word;
    place.time = time;
    ++live_;
    enter({time, word});
    return place;
  }
  void prefetch(const Key& key) const { __builtin_prefetch(slots_.data() + slot_of(key.word), 1); }

  [[noreturn]] void throw_past(Time at) const;
  [[noreturn]] void throw_out_of_numbers() const;
  void add_slot();
  void enter_instant(Key key);
  /// Puts the only event of the instant into its fifo, where others will stand beside it.
  void stand_in_line();
  // Whether the first event of the present instant comes before the first key of the queue.
  [[nodiscard]] bool instant_is_next(unsigned phase) const {
    const Key* key = queue_.front();
    return key == nullptr || key->time != now_ || instant_[phase].front().word < key->word;
  }
  bool take_instant(unsigned phase, Taken& out);
  void next_run();
  bool settle(std::uint64_t word);
  void advance_lane(std::uint64_t index);
  void leave_lane(std::uint32_t slot);
  void count_dead_key();
  void sweep();

  KeyQueue queue_;
  std::uint64_t now_ = 0;
  std::uint64_t sequence_word_ = 0;  // the last number, in its place in a word
  std::size_t live_ = 0;             // events in slots
  std::size_t bare_ = 0;             // events of push_now()
  std::size_t dead_ = 0;             // keys in queue_ and instant_ that stand for nothing
  std::uint32_t instant_mask_ = 0;   // bit: this phase's fifo holds a key
  std::vector<Slot, LargePageAllocator<Slot>> slots_;
  std::vector<std::uint32_t> free_slots_;  // the first free_count_ of it; as long as slots_
  std::size_t free_count_ = 0;
  std::vector<std::uint64_t> moved_to_;  // by slot; as long as slots_ once an event was moved later
  std::array<InstantFifo, 8> instant_;   // what is due at now_, by phase
  // The only event of the instant, while instant_mask_ is kAlone; and the one that take() gave last
  // of those without a slot.
  Event alone_;
  std::uint64_t alone_word_ = 0;
  std::vector<Lane> lanes_;
};

inline EventHandle EventList::push(Time at, Phase phase, const Event& event) {
  const std::uint64_t time = check_time(at);
  Slot& place = enter_slot(time, phase);
  place.event = event;
  return {place.word};
}

[[gnu::always_inline]] inline bool EventList::take(Time until, Taken& out) {
  for (;;) {
    if (queue_.run_is_empty()) [[unlikely]] {
      next_run();  // before any comparison: a long run of this very time may have gone to a bucket
    }
    if (instant_mask_ == kAlone) {
      const Key* key = queue_.front();
      if (key == nullptr || key->time != now_) [[likely]] {
        if (static_cast<std::int64_t>(now_) > to_ns(until)) [[unlikely]] {
          return false;
        }
        instant_mask_ = 0;
        --bare_;
        out.time = time_from_ns(static_cast<std::int64_t>(now_));
        out.phase = static_cast<Phase>(alone_word_ >> (kSequenceBits + kSlotBits));
        out.sequence = (alone_word_ >> kSlotBits) & kMaxSequence;
        out.event = &alone_;
        return true;
      }
      stand_in_line();
    }
    if (instant_mask_ != 0) {
      const auto phase = static_cast<unsigned>(std::countr_zero(instant_mask_));
      if (instant_is_next(phase)) [[likely]] {
        if (static_cast<std::int64_t>(now_) > to_ns(until)) [[unlikely]] {
          return false;
        }
        if (take_instant(phase, out)) [[likely]] {
          return true;
        }
        continue;
      }
    } else if (queue_.run_is_empty()) [[unlikely]] {
      return false;
    }
    const std::uint64_t time = queue_.front()->time;
    const std::uint64_t word = queue_.front()->word;
    if (static_cast<std::int64_t>(time) > to_ns(until)) {
      return false;
    }
    prefetch(queue_.ahead(kPrefetch));
    queue_.pop_front();
    const std::uint32_t index = slot_of(word);
    Slot& slot = slots_[index];
    if (slot.word != word || slot.key != push_of(word)) [[unlikely]] {
      if (!settle(word)) {
        continue;
      }
    }
    out.time = time_from_ns(static_cast<std::int64_t>(time));
    out.phase = static_cast<Phase>(word >> (kSequenceBits + kSlotBits));
    out.sequence = (word >> kSlotBits) & kMaxSequence;
    out.event = &slots_[index].event;
    free_slot(index);
    --live_;
    now_ = time;
    return true;
  }
}

[[gnu::noinline]] inline bool EventList::pop(Time until, Popped& out) {
  Taken taken;
  if (!take(until, taken)) {
    return false;
  }
  out.time = taken.time;
  out.phase = taken.phase;
  out.sequence = taken.sequence;
  out.event = *taken.event;
  return true;
}

[[gnu::noinline]] inline bool EventList::take_instant(unsigned phase, Taken& out) {
  InstantFifo& fifo = instant_[phase];
  const std::uint64_t word = fifo.front().word;
  const std::uint32_t index = slot_of(word);
  if (index == kNoSlot) [[likely]] {
    fifo.front().restore(alone_);
  }
  fifo.pop();
  if (fifo.empty()) {
    instant_mask_ &= ~(1U << phase);
  }
  if (index == kNoSlot) [[likely]] {
    out.event = &alone_;
    --bare_;
  } else {
    const Slot& slot = slots_[index];
    if (slot.word != word || slot.key != push_of(word)) [[unlikely]] {
      if (!settle(word)) {
        return false;
      }
    }
    out.event = &slots_[index].event;
    free_slot(index);
    --live_;
  }
  out.time = time_from_ns(static_cast<std::int64_t>(now_));
  out.phase = static_cast<Phase>(phase);
  out.sequence = (word >> kSlotBits) & kMaxSequence;
  return true;
}

}  // namespace updraft::sim
