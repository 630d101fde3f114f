// How a target that has just become healthy gets its share little by little (R3.3.5).
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/core/time.h"

namespace updraft::elb {

/// A share that grows linearly from `since` on. AWS does not say how small it begins; a hundredth
/// is ours.
struct SlowStart {
  static constexpr double kLeast = 0.01;
  sim::Time since{};
  sim::Duration duration{};

  /// In shares of a target that is not in slow start: kLeast to 1.
  [[nodiscard]] double weight(sim::Time now) const {
    const double part = sim::to_seconds(now - since) / sim::to_seconds(duration);
    return std::min(1.0, std::max(kLeast, part));
  }
  [[nodiscard]] bool over(sim::Time now) const { return now >= since + duration; }
};

/// What decides whether a target that has become healthy goes through slow start.
struct SlowStartQuestion {
  bool recovered = false;  // it was healthy before and failed, so it has left slow start
  bool joined_a_serving_group =
      false;                       // when it registered, a healthy target was not in slow start
  std::size_t others_serving = 0;  // healthy targets not in slow start now
};
/// R3.3.5: targets that come to a group without a healthy one do not, nor does one that is alone.
[[nodiscard]] constexpr bool enters_slow_start(const SlowStartQuestion& q) {
  return q.others_serving > 0 && (q.recovered || q.joined_a_serving_group);
}

}  // namespace updraft::elb
