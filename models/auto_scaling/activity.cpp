#include "models/auto_scaling/activity.h"

#include <fmt/format.h>

namespace updraft::auto_scaling {

std::string cause_of_alarm(const common::Calendar& calendar, const AlarmCause& cause) {
  return fmt::format(
      "At {} a monitor alarm {} in state ALARM triggered policy {} changing the desired capacity "
      "from {} to {}.",
      calendar.iso(cause.at), cause.alarm, cause.policy, cause.from, cause.to);
}

namespace {

std::string cause_of_update(const common::Calendar& calendar, const UserCause& cause,
                            std::string_view who) {
  return fmt::format(
      "At {} a {} update of AutoScalingGroup constraints to min: {}, max: {}, desired: {} "
      "changing the desired capacity from {} to {}.",
      calendar.iso(cause.at), who, cause.min, cause.max, cause.to, cause.from, cause.to);
}

}  // namespace

std::string cause_of_user(const common::Calendar& calendar, const UserCause& cause) {
  return cause_of_update(calendar, cause, "user request");
}

std::string cause_of_schedule(const common::Calendar& calendar, const UserCause& cause) {
  return cause_of_update(calendar, cause, "scheduled action");
}

std::string cause_of_execution(const common::Calendar& calendar, const AlarmCause& cause) {
  return fmt::format(
      "At {} a user request executed policy {} changing the desired capacity from {} to {}.",
      calendar.iso(cause.at), cause.policy, cause.from, cause.to);
}

std::string cause_of_forecast(const common::Calendar& calendar, const AlarmCause& cause) {
  return fmt::format(
      "At {} predictive scaling policy {} changed the desired capacity from {} to {}.",
      calendar.iso(cause.at), cause.policy, cause.from, cause.to);
}

std::string cause_of_difference(const common::Calendar& calendar, sim::Time at, std::uint32_t from,
                                std::uint32_t to) {
  const bool grows = to > from;
  const std::uint32_t count = grows ? to - from : from - to;
  return fmt::format(
      "At {} {} in response to a difference between desired and actual capacity, {} the capacity "
      "from {} to {}.",
      calendar.iso(at),
      count == 1
          ? fmt::format("an instance was {}", grows ? "started" : "taken out of service")
          : fmt::format("{} instances were {}", count, grows ? "started" : "taken out of service"),
      grows ? "increasing" : "shrinking", from, to);
}

std::string cause_of_health(const common::Calendar& calendar, sim::Time at, FailedCheck check) {
  std::string_view what;
  switch (check) {
    case FailedCheck::kEc2:
      what = "an EC2 health check indicating it has been terminated or stopped";
      break;
    case FailedCheck::kStatus:
      what = "an EC2 instance status checks failure";
      break;
    case FailedCheck::kElb:
      what = "an ELB system health check failure";
      break;
    case FailedCheck::kUser:
      what = "a user health-check";
      break;
  }
  return fmt::format("At {} an instance was taken out of service in response to {}.",
                     calendar.iso(at), what);
}

std::string launch_description(std::string_view instance) {
  return fmt::format("Launching a new EC2 instance: {}", instance);
}

std::string pool_launch_description(std::string_view instance) {
  return fmt::format("Launching a new EC2 instance from warm pool: {}", instance);
}

std::string termination_description(std::string_view instance) {
  return fmt::format("Terminating EC2 instance: {}", instance);
}

}  // namespace updraft::auto_scaling
