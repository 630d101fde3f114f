// A token bucket: so many requests a second on average, so many at once at most.
#pragma once

#include <algorithm>

#include "sim/core/time.h"

namespace updraft::common {

class TokenBucket {
 public:
  /// Full at the beginning. `rate` is in tokens a second, `burst` the most it holds; both above 0.
  TokenBucket(double rate, double burst) : rate_(rate), burst_(burst), tokens_(burst) {}

  /// Takes `amount`, or nothing when so much is not there. Time does not go backwards.
  [[nodiscard]] bool take(sim::Time now, double amount = 1.0) {
    settle(now);
    // What was added in pieces may miss a whole token by a rounding.
    if (tokens_ + kSlack < amount) {
      return false;
    }
    tokens_ = std::max(0.0, tokens_ - amount);
    return true;
  }
  [[nodiscard]] double level(sim::Time now) {
    settle(now);
    return tokens_;
  }

 private:
  static constexpr double kSlack = 1e-9;

  void settle(sim::Time now) {
    tokens_ = std::min(burst_, tokens_ + rate_ * sim::to_seconds(now - settled_));
    settled_ = now;
  }

  double rate_;
  double burst_;
  double tokens_;
  sim::Time settled_ = sim::kStart;
};

}  // namespace updraft::common
