// What a load balancer node thinks of a target, check by check.
//
// Each node of an Application Load Balancer checks every target itself, at a fixed interval that
// answers do not shift (R3.6.2), so there is one TargetHealth for each node and target. A newly
// registered target is healthy after one passed check; thresholds hold for what follows (R3.6.1).
//
//   TargetHealth health;
//   if (auto change = health.observe(CheckResult::kTimeout, settings)) { decide(change->to,
//   change->reason); }
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/result.h"
#include "sim/core/time.h"

namespace updraft::elb {

/// R3.6.3. Spelled as AWS does by spelling().
enum class HealthState : std::uint8_t {
  kInitial,
  kHealthy,
  kUnhealthy,
  kUnused,
  kDraining,
  kUnavailable,
};

/// R3.6.3.
enum class HealthReason : std::uint8_t {
  kNone,
  kRegistrationInProgress,
  kInitialHealthChecking,
  kResponseCodeMismatch,
  kTimeout,
  kFailedHealthChecks,
  kNotRegistered,
  kNotInUse,
  kInvalidState,
  kDeregistrationInProgress,
};

std::string_view spelling(HealthState state);
/// "Target.Timeout"; empty for kNone.
std::string_view spelling(HealthReason reason);

enum class CheckResult : std::uint8_t {
  kPassed,
  kCodeMismatch,  // an answer, but not a code of the matcher
  kTimedOut,      // no answer within the time-out
  kFailed,        // no connection: refused or reset
};

/// Table R3.6.T1, column ALB: a failing target is found after 30 s to 65 s (R3.6.5). The defaults
/// stand in elb.proto.
struct HealthCheckSettings {
  sim::Duration interval{};
  sim::Duration timeout{};
  std::uint32_t healthy_threshold_count = 0;
  std::uint32_t unhealthy_threshold_count = 0;
};

class TargetHealth {
 public:
  struct Change {
    HealthState from;
    HealthState to;
    HealthReason reason;
    std::uint32_t checks_in_a_row;  // that led to it
  };

  /// Takes the result of one check. Only initial, healthy and unhealthy targets are checked.
  std::optional<Change> observe(CheckResult result, const HealthCheckSettings& settings);

  [[nodiscard]] HealthState state() const { return state_; }
  [[nodiscard]] HealthReason reason() const { return reason_; }

 private:
  HealthState state_ = HealthState::kInitial;
  HealthReason reason_ = HealthReason::kInitialHealthChecking;
  bool last_passed_ = false;
  std::uint32_t in_a_row_ = 0;  // results equal (passed or not) to the last one
};

/// When check k (from 0) of a target begins: R3.6.2, whatever the checks before took. `phase` is
/// below the interval.
constexpr sim::Time check_begins(sim::Time registered, sim::Duration phase, sim::Duration interval,
                                 std::uint64_t k) {
  return registered + phase + interval * static_cast<std::int64_t>(k);
}

/// Which answers pass a check: "200", "200-299", "200,202,300-399".
class Matcher {
 public:
  /// Codes are 200 to 499 (ELB API, Matcher); ranges ascend.
  static sim::Result<Matcher> parse(std::string_view text);
  [[nodiscard]] bool matches(std::uint32_t code) const;

 private:
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges_;
};

}  // namespace updraft::elb
