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
  /// R1.4.3: EC2 interrupted it within its first hour: the stretch costs nothing.
  void forgive() {
    SIM_CHECK(running_);
    running_ = false;
  }
  [[nodiscard]] bool running() const { return running_; }
  [[nodiscard]] sim::Time since() const { return since_; }  // of the running stretch
  /// Seconds charged so far, by `now`; a running stretch counts its minimum at once.
  [[nodiscard]] std::int64_t seconds(sim::Time now) const {
    return closed_s_ + (running_ ? billed_seconds(now - since_) : 0);
  }

 private:
  std::int64_t closed_s_ = 0;
  sim::Time since_{};
  bool running_ = false;
};

/// What an instance, or all that are gone, used of what costs money.
struct Consumption {
  std::int64_t on_demand_s = 0;
  std::int64_t spot_s = 0;
  double spot_usd = 0;         // where the scenario gives prices
  double surplus_credits = 0;  // R1.3.7
  std::int64_t public_ipv4_s = 0;

  Consumption& operator+=(const Consumption& other) {
    on_demand_s += other.on_demand_s;
    spot_s += other.spot_s;
    spot_usd += other.spot_usd;
    surplus_credits += other.surplus_credits;
    public_ipv4_s += other.public_ipv4_s;
    return *this;
  }
};

}  // namespace updraft::ec2
