// What operators and faults do to a group.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "models/auto_scaling/activity.h"
#include "models/auto_scaling/group.h"
#include "models/auto_scaling/interventions.h"

namespace updraft::auto_scaling {

using sim::Context;

void AutoScalingGroup::operate(Context& ctx, const google::protobuf::Message& operation) {
  const auto& wanted = static_cast<const AutoScalingGroupOperations&>(operation);
  const Ruling ruling = rule_on(wanted, bounds());
  if (!ruling.rejected.empty()) {
    ctx.decide({.who = path(),
                .kind = "operation",
                .outcome = sim::Outcome::kBlocked,
                .what = ruling.what,
                .reason = ruling.rejected,
                .rule = "R2.1.5",
                .repeats = false});
    return;
  }
  min_size_ = ruling.bounds.min;
  max_size_ = ruling.bounds.max;
  std::uint32_t desired =
      wanted.has_set_desired_capacity() ? wanted.set_desired_capacity() : desired_;
  desired = clamp(desired, bounds());
  const std::string cause = cause_of_user(
      calendar_,
      {.at = ctx.now(), .min = min_size_, .max = max_size_, .from = desired_, .to = desired});
  set_desired(ctx, desired, cause, "R2.1.2", {});
}

std::uint32_t AutoScalingGroup::crash_instances(Context& ctx, std::uint32_t wanted,
                                                std::optional<sim::ZoneId> zone) {
  Context own = ctx.as(*this);
  std::uint32_t hit = 0;
  for (auto& [id, member] : members_) {  // in order of launch: the longest running first
    if (hit < wanted && member.running && (!zone || member.zone == *zone) &&
        template_->crash(own, member.instance)) {
      ++hit;
    }
  }
  return hit;
}

std::uint32_t AutoScalingGroup::slow_instances(Context& ctx, std::uint64_t fault,
                                               std::uint32_t wanted,
                                               std::optional<sim::ZoneId> zone, double factor) {
  Context own = ctx.as(*this);
  Slowness& slowness = slowed_[fault];
  slowness.factor = factor;
  std::vector<sim::ComponentId>& slowed = slowness.instances;
  for (auto& [id, member] : members_) {
    if (slowed.size() < wanted && member.running && member.state == Lifecycle::kInService &&
        (!zone || member.zone == *zone)) {
      slowed.push_back(member.instance);
      if (!set_speed(own, member.instance)) {
        slowed.pop_back();
      }
    }
  }
  return static_cast<std::uint32_t>(slowed.size());
}

void AutoScalingGroup::restore_instances(Context& ctx, std::uint64_t fault) {
  Context own = ctx.as(*this);
  const std::vector<sim::ComponentId> instances = std::move(slowed_[fault].instances);
  slowed_.erase(fault);
  for (const sim::ComponentId instance : instances) {
    set_speed(own, instance);
  }
}

// Faults that slow the same instance multiply; each ends by itself.
bool AutoScalingGroup::set_speed(Context& ctx, sim::ComponentId instance) {
  double factor = 1.0;
  for (const auto& [fault, slowness] : slowed_) {
    const std::vector<sim::ComponentId>& met = slowness.instances;
    if (std::find(met.begin(), met.end(), instance) != met.end()) {
      factor *= slowness.factor;
    }
  }
  return template_->set_speed_factor(ctx, instance, factor);
}

std::uint32_t AutoScalingGroup::fail_status(Context& ctx, std::uint64_t fault, std::uint32_t wanted,
                                            std::optional<sim::ZoneId> zone, bool system) {
  Context own = ctx.as(*this);
  FailedStatus& failed = failed_status_[fault];
  failed.check = system ? roles::StatusCheck::kSystem : roles::StatusCheck::kInstance;
  for (auto& [id, member] : members_) {
    if (failed.instances.size() < wanted && member.running && (!zone || member.zone == *zone) &&
        template_->set_status_check(own, member.instance, failed.check, true)) {
      failed.instances.push_back(member.instance);
    }
  }
  return static_cast<std::uint32_t>(failed.instances.size());
}

void AutoScalingGroup::restore_status(Context& ctx, std::uint64_t fault) {
  Context own = ctx.as(*this);
  const FailedStatus failed = std::move(failed_status_[fault]);
  failed_status_.erase(fault);
  for (const sim::ComponentId instance : failed.instances) {
    template_->set_status_check(own, instance, failed.check, false);
  }
}

}  // namespace updraft::auto_scaling
