// What is due at the present instant, in the order it was entered: a ring that grows.
//
// An entry of one word of payload carries its event with it; any other names the slot of the event
// list in which its event waits.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "sim/core/event.h"

namespace updraft::sim {

struct alignas(32) Instant {
  std::uint64_t word = 0;     // as Key::word
  std::uint64_t header = 0;   // target, kind and size of an event that has no slot
  std::uint64_t payload = 0;  // and what it carries

  static std::uint64_t head(std::uint32_t target, std::uint16_t kind) {
    return target | static_cast<std::uint64_t>(kind) << 32 | std::uint64_t{sizeof(payload)} << 48;
  }
  /// The event of an entry without a slot; the payload beyond the first word stays as it was.
  void restore(Event& event) const {
    event.target = static_cast<std::uint32_t>(header);
    event.kind = static_cast<std::uint16_t>(header >> 32);
    event.size = static_cast<std::uint16_t>(header >> 48);
    std::memcpy(event.payload, &payload, sizeof(payload));
  }
};

class alignas(64) InstantFifo {
 public:
  InstantFifo() : room_(kFirstSize), entries_(room_.data()) {}
  InstantFifo(const InstantFifo&) = delete;
  InstantFifo& operator=(const InstantFifo&) = delete;

  [[nodiscard]] bool empty() const { return head_ == tail_; }
  [[nodiscard]] std::size_t size() const { return tail_ - head_; }
  [[nodiscard]] const Instant& front() const { return entries_[head_ & mask_]; }

  void push(std::uint64_t word, std::uint64_t header, std::uint64_t payload) {
    if (tail_ - head_ > mask_) [[unlikely]] {
      grow();
    }
    // Word by word: entries are read a moment later, word by word.
    Instant& entry = entries_[tail_++ & mask_];
    entry.word = word;
    entry.header = header;
    entry.payload = payload;
  }
  void pop() { ++head_; }

  /// Drops every entry for which `keep(entry)` is false; the others keep their order.
  template <class Keep>
  void filter(Keep keep) {
    std::size_t kept = head_;
    for (std::size_t i = head_; i != tail_; ++i) {
      const Instant entry = entries_[i & mask_];
      if (keep(entry)) {
        entries_[kept++ & mask_] = entry;
      }
    }
    tail_ = kept;
  }

  [[nodiscard]] std::size_t memory_bytes() const { return room_.capacity() * sizeof(Instant); }

 private:
  static constexpr std::size_t kFirstSize = 16;

  [[gnu::noinline]] void grow() {
    std::vector<Instant> larger(2 * room_.size());
    for (std::size_t i = head_; i != tail_; ++i) {
      larger[i & (larger.size() - 1)] = entries_[i & mask_];
    }
    room_.swap(larger);
    entries_ = room_.data();
    mask_ = room_.size() - 1;
  }

  std::vector<Instant> room_;  // a power of two of them
  Instant* entries_;
  std::size_t mask_ = kFirstSize - 1;
  std::size_t head_ = 0;  // both count on and on; places are taken modulo the size
  std::size_t tail_ = 0;
};

}  // namespace updraft::sim
