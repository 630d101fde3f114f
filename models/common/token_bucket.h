// A limit of so many in a time, refilled continuously and never above its capacity.
//
//   TokenBucket environments({.capacity = 1000, .refill = 1000, .per = 10s});   // a scaling rate
//   environments.take(now);   // false: the limit is reached
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/core/time.h"

namespace updraft::common {

class TokenBucket {
 public:
  struct Rate {
    std::int64_t capacity = 0;
    std::int64_t refill = 0;  // tokens
    sim::Duration per{};      // in which `refill` tokens come back
    friend bool operator==(const Rate&, const Rate&) = default;
  };

  explicit TokenBucket(const Rate& rate) : rate_(rate), level_(full()) {}

  /// Takes one token, where there is a whole one.
  bool take(sim::Time now) {
    advance(now);
    if (level_ < unit()) {
      return false;
    }
    level_ -= unit();
    return true;
  }
  /// Whole tokens that could be taken now.
  [[nodiscard]] std::int64_t available(sim::Time now) {
    advance(now);
    return level_ / unit();
  }
  /// Another limit from now on: what is in the bucket stays as far as it has room, and what a
  /// larger one adds is there at once.
  void set(sim::Time now, const Rate& rate) {
    const std::int64_t added = std::max(std::int64_t{0}, rate.capacity - rate_.capacity);
    const std::int64_t tokens = available(now) + added;
    rate_ = rate;
    level_ = std::min(tokens * unit(), full());
  }
  [[nodiscard]] const Rate& rate() const { return rate_; }

 private:
  // The level is counted in tokens times nanoseconds of `per`: nothing is ever rounded.
  [[nodiscard]] std::int64_t unit() const { return sim::to_ns(rate_.per); }
  [[nodiscard]] std::int64_t full() const { return rate_.capacity * unit(); }

  void advance(sim::Time now) {
    const std::int64_t elapsed = sim::to_ns(now - at_);
    at_ = now;
    if (rate_.refill == 0) {
      return;
    }
    const std::int64_t missing = full() - level_;
    // The time to fill up is known, so a long pause cannot overflow.
    if (elapsed >= missing / rate_.refill + 1) {
      level_ = full();
    } else {
      level_ = std::min(full(), level_ + elapsed * rate_.refill);
    }
  }

  Rate rate_;
  std::int64_t level_;
  sim::Time at_ = sim::kStart;
};

}  // namespace updraft::common
