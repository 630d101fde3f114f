// R4.4.3: what was sent within the deduplication interval is not added again, even when it has been
// deleted since.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>

#include "sim/core/time.h"

namespace updraft::sqs {

class Deduplication {
 public:
  static constexpr sim::Duration kInterval = std::chrono::minutes{5};

  /// An id given by the sender, or what the content stands for; the group where ids are apart by
  /// group, else 0.
  struct Key {
    std::uint32_t source = 0;  // 0: an id of the sender's; else whose requests `id` counts
    std::uint64_t id = 0;
    std::uint64_t group = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  /// Whether a message of that key is new; if so, it is known from now on.
  bool admit(sim::Time now, const Key& key) {
    while (!order_.empty() && order_.front().first + kInterval <= now) {
      known_.erase(order_.front().second);
      order_.pop_front();
    }
    if (!known_.emplace(key, now).second) {
      return false;
    }
    order_.emplace_back(now, key);
    return true;
  }

 private:
  std::map<Key, sim::Time> known_;
  std::deque<std::pair<sim::Time, Key>> order_;
};

}  // namespace updraft::sqs
