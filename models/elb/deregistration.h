// A target that was taken out of its group while requests were in progress (R3.7.1).
#pragma once

#include <cstdint>

#include "sim/core/time.h"

namespace updraft::elb {

/// No new requests from `since` on. The state is shown as draining for the whole delay, even when
/// nothing is in progress; whoever waits for the target, such as an Auto Scaling group, may go on
/// as soon as nothing is.
class Draining {
 public:
  constexpr Draining(sim::Time since, sim::Duration delay) : since_(since), delay_(delay) {}

  /// When requests still in progress are cut off with 502, and the state ends.
  [[nodiscard]] constexpr sim::Time deadline() const { return since_ + delay_; }
  /// Whether DescribeTargetHealth shows the target as draining.
  [[nodiscard]] constexpr bool shown(sim::Time now) const {
    return now >= since_ && now < deadline();
  }
  /// Whether the target may go: nothing in progress, or the delay is over.
  [[nodiscard]] constexpr bool complete(sim::Time now, std::uint64_t in_progress) const {
    return in_progress == 0 || now >= deadline();
  }

 private:
  sim::Time since_;
  sim::Duration delay_;
};

}  // namespace updraft::elb
