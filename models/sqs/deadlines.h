// What comes due at times of its own, with cheap cancelling: an entry stands until it is looked at,
// and the dead are thrown out when they are more than the living.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/time.h"

namespace updraft::sqs {

class Deadlines {
 public:
  struct Entry {
    sim::Time at{};
    std::uint64_t order = 0;  // of entries of one time: first in, first out
    std::uint32_t index = 0;
    std::uint32_t stamp = 0;
  };

  /// `alive` says of an entry whether it still counts; `living` is how many do at most.
  template <class Alive>
  void push(sim::Time at, std::uint32_t index, std::uint32_t stamp, std::size_t living,
            Alive alive) {
    constexpr std::size_t kFew = 64;
    if (heap_.size() > kFew && heap_.size() > 2 * living) {
      std::erase_if(heap_, [&](const Entry& entry) { return !alive(entry); });
      std::make_heap(heap_.begin(), heap_.end(), later);
    }
    heap_.push_back({at, next_order_++, index, stamp});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }

  /// The first living entry, or null.
  template <class Alive>
  [[nodiscard]] const Entry* first(Alive alive) {
    while (!heap_.empty() && !alive(heap_.front())) {
      pop();
    }
    return heap_.empty() ? nullptr : &heap_.front();
  }

  void pop() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
  }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

 private:
  static bool later(const Entry& a, const Entry& b) {
    return a.at != b.at ? a.at > b.at : a.order > b.order;
  }

  std::vector<Entry> heap_;
  std::uint64_t next_order_ = 0;
};

}  // namespace updraft::sqs
