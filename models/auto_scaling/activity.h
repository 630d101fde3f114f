// The causes of scaling activities in the words of AWS's activity history.
//
//   cause_of_alarm(calendar, {.at = now, .alarm = "TargetTracking-fleet-AlarmHigh", .policy =
//   "cpu",
//                             .from = 2, .to = 3});
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "models/common/calendar.h"
#include "sim/core/time.h"

namespace updraft::auto_scaling {

struct AlarmCause {
  sim::Time at{};
  std::string_view alarm{};
  std::string_view policy{};
  std::uint32_t from = 0;  // desired capacity before
  std::uint32_t to = 0;    // and after
};

/// "At 2026-01-01T00:05:00Z a monitor alarm TargetTracking-fleet-AlarmHigh in state ALARM triggered
/// policy cpu changing the desired capacity from 2 to 3."
std::string cause_of_alarm(const common::Calendar& calendar, const AlarmCause& cause);

/// "At ... a user request update of AutoScalingGroup constraints to min: 1, max: 10, desired: 4
/// changing the desired capacity from 2 to 4."
struct UserCause {
  sim::Time at{};
  std::uint32_t min = 0;
  std::uint32_t max = 0;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
};
/// "At ... a scheduled action update of AutoScalingGroup constraints to min: 1, max: 10, desired: 3
/// changing the desired capacity from 2 to 3."
std::string cause_of_schedule(const common::Calendar& calendar, const UserCause& cause);
/// "At ... a user request executed policy out changing the desired capacity from 2 to 3."
std::string cause_of_execution(const common::Calendar& calendar, const AlarmCause& cause);
/// "At ... predictive scaling policy daily changed the desired capacity from 2 to 8."
std::string cause_of_forecast(const common::Calendar& calendar, const AlarmCause& cause);
std::string cause_of_user(const common::Calendar& calendar, const UserCause& cause);

/// "At ... an instance was started in response to a difference between desired and actual capacity,
/// increasing the capacity from 2 to 3."
std::string cause_of_difference(const common::Calendar& calendar, sim::Time at, std::uint32_t from,
                                std::uint32_t to);

/// "At ... an instance was taken out of service in response to an ELB system health check failure."
enum class FailedCheck : std::uint8_t { kEc2, kStatus, kElb, kUser };
std::string cause_of_health(const common::Calendar& calendar, sim::Time at, FailedCheck check);

/// "Launching a new EC2 instance: i-000167", under the id that the instance has everywhere else.
std::string launch_description(std::string_view instance);
std::string pool_launch_description(std::string_view instance);
std::string termination_description(std::string_view instance);

}  // namespace updraft::auto_scaling
