#include "sim/core/event_list.h"

namespace updraft::sim {

EventList::EventList() = default;

void EventList::throw_past(Time at) const {
  throw_invariant("at >= now()", __FILE__, __LINE__,
                  fmt::format("an event was pushed for {} ns at {} ns; events go forward in time",
                              to_ns(at), now_));
}

void EventList::throw_out_of_numbers() const {
  throw_invariant(
      "sequence < kMaxSequence", __FILE__, __LINE__,
      fmt::format("the run has pushed {} events, as many as there are numbers for", kMaxSequence));
}

void EventList::add_slot() {
  SIM_CHECK(slots_.size() < kSlotMask,
            "{} events are pending, the most an event list holds; the models make them faster than "
            "they run",
            slots_.size());
  slots_.emplace_back();
  free_slots_.resize(slots_.size());
  free_slots_[free_count_++] = static_cast<std::uint32_t>(slots_.size() - 1);
}

void EventList::stand_in_line() {
  if (instant_mask_ != kAlone) {
    return;
  }
  const auto phase = static_cast<unsigned>(alone_word_ >> (kSequenceBits + kSlotBits));
  std::uint64_t payload = 0;
  std::memcpy(&payload, alone_.payload, sizeof(payload));
  instant_[phase].push(alone_word_, Instant::head(alone_.target, alone_.kind), payload);
  instant_mask_ = 1U << phase;
}

void EventList::enter_instant(Key key) {
  stand_in_line();
  const auto phase = static_cast<unsigned>(key.word >> (kSequenceBits + kSlotBits));
  instant_[phase].push(key.word, 0, 0);
  instant_mask_ |= 1U << phase;
}

LaneId EventList::add_lane(Phase phase) {
  SIM_CHECK(lanes_.size() < kSlotMask, "an event list holds at most {} lanes", kSlotMask);
  lanes_.emplace_back();
  lanes_.back().phase = phase;
  return static_cast<LaneId>(lanes_.size() - 1);
}

EventHandle EventList::push_lane(LaneId id, Time at, const Event& event) {
  const auto index = static_cast<std::uint64_t>(id);
  SIM_CHECK(index < lanes_.size(), "there is no lane {}", index);
  Lane& lane = lanes_[index];
  const std::uint64_t time = check_time(at);
  if (!lane.keys.empty() && time < lane.keys.back().time) {
    return push(at, lane.phase, event);
  }
  const std::uint32_t slot = take_slot();
  const std::uint64_t word = next_word(lane.phase, slot);
  const bool first = lane.keys.empty();
  Slot& place = slots_[slot];
  place.key = (first ? push_of(word) : 0) | (index + 1);
  place.word = word;
  place.time = time;
  place.event = event;
  ++live_;
  lane.keys.push({time, word});
  if (first) {
    enter({time, word});
  }
  return {word};
}

Time EventList::due(EventHandle handle) const {
  const Slot* slot = find(handle);
  if (slot == nullptr) {
    return kNever;
  }
  const bool moved_later = lane_of(*slot) == 0 && slot->key != push_of(slot->word);
  return time_from_ns(
      static_cast<std::int64_t>(moved_later ? moved_to_[slot_of(handle.word)] : slot->time));
}

bool EventList::cancel(EventHandle handle) {
  const Slot* found = find(handle);
  if (found == nullptr) {
    return false;
  }
  --live_;
  if (lane_of(*found) != 0) {
    leave_lane(slot_of(handle.word));
  } else {
    free_slot(slot_of(handle.word));
    count_dead_key();
  }
  return true;
}

bool EventList::move(EventHandle& handle, Time at) {
  if (!pending(handle)) {
    return false;
  }
  const std::uint64_t time = check_time(at);
  const std::uint32_t slot = slot_of(handle.word);
  const auto phase = static_cast<Phase>(handle.word >> (kSequenceBits + kSlotBits));
  if (lane_of(slots_[slot]) != 0) {
    const Event event = slots_[slot].event;
    cancel(handle);
    handle = push(at, phase, event);
    return true;
  }
  const std::uint64_t word = next_word(phase, slot);
  Slot& place = slots_[slot];
  place.word = word;
  handle.word = word;
  if (time >= place.time) {
    if (moved_to_.size() <= slot) {
      moved_to_.resize(slots_.size());
    }
    moved_to_[slot] = time;
  } else {
    place.key = push_of(word);
    place.time = time;
    enter({time, word});
    count_dead_key();
  }
  return true;
}

void EventList::next_run() {
  queue_.refill();
  for (std::ptrdiff_t i = 0; i < kPrefetch; ++i) {
    prefetch(queue_.ahead(i));
  }
}

Time EventList::next_time() {
  stand_in_line();
  while (!empty()) {
    if (instant_mask_ != 0) {
      InstantFifo& fifo = instant_[std::countr_zero(instant_mask_)];
      const Instant first = fifo.front();
      if (slot_of(first.word) == kNoSlot || slots_[slot_of(first.word)].word == first.word) {
        return now();  // the queue may hold a key of this time too
      }
      fifo.pop();
      instant_mask_ &= fifo.empty() ? instant_mask_ - 1 : instant_mask_;
      settle(first.word);
      continue;
    }
    if (queue_.run_is_empty()) {
      next_run();
    }
    const Key key = *queue_.front();
    if (slots_[slot_of(key.word)].word == key.word) {
      return time_from_ns(static_cast<std::int64_t>(key.time));
    }
    queue_.pop_front();
    settle(key.word);
  }
  return kNever;
}

// A key that was taken from the queue and may not stand for an ordinary event. Whether its event
// runs now.
bool EventList::settle(std::uint64_t word) {
  const std::uint32_t index = slot_of(word);
  Slot& slot = slots_[index];
  if (!stands(word)) {  // cancelled, or moved to an earlier time
    --dead_;
    return false;
  }
  if (lane_of(slot) != 0) {
    advance_lane(lane_of(slot) - 1);
    if (slot.word == 0) {
      free_slot(index);
      return false;
    }
    return true;
  }
  // Moved later. Not by enter(): a fifo takes fresh sequence numbers only.
  slot.key = push_of(slot.word);
  slot.time = moved_to_[index];
  queue_.push({slot.time, slot.word});
  return false;
}

void EventList::advance_lane(std::uint64_t index) {
  Lane& lane = lanes_[index];
  lane.keys.pop();
  while (!lane.keys.empty()) {
    const Key key = lane.keys.front();
    Slot& slot = slots_[slot_of(key.word)];
    if (slot.word == key.word) {
      slot.key = push_of(key.word) | (index + 1);
      queue_.push(key);
      return;
    }
    lane.keys.pop();
    --lane.dead;
  }
}

void EventList::leave_lane(std::uint32_t slot) {
  Slot& place = slots_[slot];
  if (push_of(place.key) != 0) {
    place.word = 0;  // the first: its key stands for the lane
    return;
  }
  Lane& lane = lanes_[lane_of(place) - 1];
  free_slot(slot);
  ++lane.dead;
  if (lane.dead > lane.keys.size() - lane.dead + kSweepLaneAt) {
    lane.keys.filter([this](const Key& key) {
      return stands(key.word) || slots_[slot_of(key.word)].word == key.word;
    });
    lane.dead = 0;
  }
}

void EventList::count_dead_key() {
  ++dead_;
  if (dead_ > live_ + kSweepAt) {
    sweep();
  }
}

void EventList::sweep() {
  stand_in_line();
  queue_.filter([this](const Key& key) { return stands(key.word); });
  for (std::uint32_t phases = instant_mask_; phases != 0; phases &= phases - 1) {
    const int phase = std::countr_zero(phases);
    instant_[phase].filter([this](const Instant& entry) {
      return slot_of(entry.word) == kNoSlot || stands(entry.word);
    });
    if (instant_[phase].empty()) {
      instant_mask_ &= ~(1U << phase);
    }
  }
  dead_ = 0;
}

std::size_t EventList::dead_keys() const {
  std::size_t dead = dead_;
  for (const Lane& lane : lanes_) {
    dead += lane.dead;
  }
  return dead;
}

std::size_t EventList::memory_bytes() const {
  std::size_t bytes = queue_.memory_bytes() + slots_.capacity() * sizeof(Slot) +
                      free_slots_.capacity() * sizeof(std::uint32_t) +
                      moved_to_.capacity() * sizeof(std::uint64_t) +
                      lanes_.capacity() * sizeof(Lane);
  for (const InstantFifo& fifo : instant_) {
    bytes += fifo.memory_bytes();
  }
  for (const Lane& lane : lanes_) {
    bytes += lane.keys.memory_bytes();
  }
  return bytes;
}

}  // namespace updraft::sim
