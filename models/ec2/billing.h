// How long an instance is charged for: per second while running, at least 60 s for each start
// (R1.1.2).
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/core/check.h"
#include "sim/core/time.h"

namespace updraft::ec2 {

inline constexpr sim::Duration kBillingMinimum = std::chrono::seconds{60};  // R1.1.2

/// What one stretch in the billed state costs. A begun second counts whole (ASSUMED: AWS says "per
/// second").
[[nodiscard]] constexpr std::int64_t billed_seconds(sim::Duration running) {
  const sim::Duration charged = std::max(running, kBillingMinimum);
  return (charged.count() + 999'999'999) / 1'000'000'000;
}

/// Adds up the stretches of one instance. A reboot is no new start (R1.1.1).
class RunningMeter {
 public:
  /// The instance became running.
  void begin(sim::Time now) {
    SIM_CHECK(!running_);
    running_ = true;
    since_ = now;
  }
  /// The instance became stopping or shutting-down.
  void end(sim::Time now) {
    SIM_CHECK(running_ && now >= since_);
    running_ = false;
    closed_s_ += billed_seconds(now - since_);
  }
  [[nodiscard]] bool running() const { return running_; }
  /// Seconds charged so far, by `now`; a running stretch counts its minimum at once.
  [[nodiscard]] std::int64_t seconds(sim::Time now) const {
    return closed_s_ + (running_ ? billed_seconds(now - since_) : 0);
  }

 private:
  std::int64_t closed_s_ = 0;
  sim::Time since_{};
  bool running_ = false;
};

}  // namespace updraft::ec2
