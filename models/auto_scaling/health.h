// Whether the group takes an instance for healthy, and how many unhealthy ones it replaces at a
// time (R2.3).
//
//   Health h = verdict(instance, {.elb_check = true, .grace_period = 300s}, now);
//   if (!h.healthy) n = replacements_allowed(counts);
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/core/time.h"

namespace updraft::auto_scaling {

using namespace std::chrono_literals;

/// R2.3.3, MODEL: how often the group looks at its instances.
inline constexpr sim::Duration kHealthCheckPeriod = 60s;

struct InstanceReport {
  sim::Time in_service_at{};
  bool running = true;            // the EC2 state
  bool impaired = false;          // status checks have failed for longer than is tolerated
  bool elb_unhealthy = false;     // any attached target group reports unhealthy
  bool marked_unhealthy = false;  // SetInstanceHealth
  bool standby = false;
};

struct HealthSettings {
  bool elb_check = false;        // health_check_type ELB
  sim::Duration grace_period{};  // 0 s by API, 300 s in the console
};

enum class HealthCause : std::uint8_t {
  kHealthy,
  kNotRunning,       // R2.3.1
  kImpaired,         // R2.3.1
  kMarkedUnhealthy,  // R2.3.5
  kElb,              // R2.3.2
  kGracePeriod,      // healthy so far: ELB says unhealthy, inside the grace period (R2.3.2)
  kStandby,          // not looked at (R2.3.6)
};

struct Health {
  bool healthy = true;
  HealthCause cause = HealthCause::kHealthy;
  friend bool operator==(const Health&, const Health&) = default;
};

/// R2.3.1, R2.3.2, R2.3.6. The grace period counts from InService and shields from ELB's check
/// only: an instance that does not run is unhealthy at once, one that fails its status checks after
/// the tolerance.
constexpr Health verdict(const InstanceReport& instance, const HealthSettings& settings,
                         sim::Time now) {
  if (instance.standby) {
    return {true, HealthCause::kStandby};  // R2.3.6
  }
  if (!instance.running) {
    return {false, HealthCause::kNotRunning};  // R2.3.1
  }
  if (instance.marked_unhealthy) {
    return {false, HealthCause::kMarkedUnhealthy};
  }
  if (instance.impaired) {
    return {false, HealthCause::kImpaired};  // R2.3.1
  }
  if (!settings.elb_check || !instance.elb_unhealthy) {
    return {};
  }
  if (now - instance.in_service_at < settings.grace_period) {  // R2.3.2
    return {true, HealthCause::kGracePeriod};
  }
  return {false, HealthCause::kElb};
}

/// What the throttle looks at.
struct ReplacementCounts {
  std::uint32_t desired = 0;
  std::uint32_t in_service = 0;      // healthy or not
  std::uint32_t failed_at_once = 0;  // not running or marked unhealthy
  std::uint32_t failed_checks = 0;   // unhealthy by ELB or by status checks
  std::uint32_t replacing = 0;       // of an earlier round, not yet in service and warm
  bool activity_in_progress = false;
};

/// R2.3.5: how many instances may be replaced now. Those that do not run or were marked are
/// replaced at once. The others wait while an activity runs and the group is 10 % or more below
/// desired; otherwise at most 10 % of desired, at least one, are under replacement at a time.
constexpr std::uint32_t replacements_allowed(const ReplacementCounts& counts) {
  const bool is_10_percent_below =
      std::uint64_t{10} * counts.in_service <= std::uint64_t{9} * counts.desired;
  std::uint32_t others = 0;
  if (!(counts.activity_in_progress && is_10_percent_below)) {
    const std::uint32_t at_a_time = std::max(1u, counts.desired / 10);
    others = at_a_time > counts.replacing
                 ? std::min(counts.failed_checks, at_a_time - counts.replacing)
                 : 0;
  }
  return counts.failed_at_once + others;
}

}  // namespace updraft::auto_scaling
