// What operators and faults do to a group.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "models/auto_scaling/activity.h"
#include "models/auto_scaling/group.h"
#include "models/auto_scaling/interventions.h"
#include "models/auto_scaling/policy_rule.h"

namespace updraft::auto_scaling {

using sim::Context;

void AutoScalingGroup::operate(Context& ctx, const google::protobuf::Message& operation,
                               sim::DecisionId caused_by) {
  const auto& wanted = static_cast<const AutoScalingGroupOperations&>(operation);
  if (wanted.has_suspend_processes() || wanted.has_resume_processes()) {
    const bool suspend = wanted.has_suspend_processes();
    set_suspended(ctx, suspend ? wanted.suspend_processes() : wanted.resume_processes(), suspend,
                  caused_by);
    return;
  }
  if (operate_on_members(ctx, wanted, caused_by)) {
    return;
  }
  if (wanted.has_execute_policy()) {
    policies_.execute(ctx, wanted.execute_policy(), caused_by);
    return;
  }
  Ruling ruling = rule_on(wanted, bounds());
  const bool honours = wanted.set_desired_capacity().honor_cooldown();
  if (honours && ruling.rejected.empty()) {  // R2.4.2
    ruling.rejected = policies_.why_wait(ctx.now());
  }
  if (!ruling.rejected.empty()) {
    ctx.decide({.who = path(),
                .kind = "operation",
                .outcome = sim::Outcome::kBlocked,
                .what = ruling.what,
                .reason = ruling.rejected,
                .rule = honours ? "R2.4.2" : "R2.1.5",
                .cause = sim::Cause::decision(caused_by),
                .repeats = false});
    return;
  }
  min_size_ = ruling.bounds.min;
  max_size_ = ruling.bounds.max;
  std::uint32_t desired = wanted.has_set_desired_capacity()
                              ? wanted.set_desired_capacity().desired_capacity()
                              : desired_;
  desired = clamp(desired, bounds());
  const std::string cause = cause_of_user(
      calendar_,
      {.at = ctx.now(), .min = min_size_, .max = max_size_, .from = desired_, .to = desired});
  set_desired(ctx, desired, cause, "R2.1.2", sim::Cause::decision(caused_by));
  if (honours) {
    policies_.begin_cooldown(ctx.now(), sim::Duration{params_.default_cooldown().ns()});
  }
}

void AutoScalingGroup::set_bounds(Bounds bounds) {
  min_size_ = bounds.min;
  max_size_ = bounds.max;
}

// R2.16.1. What was missed is not made up for; alarms that still breach call again within a minute.
void AutoScalingGroup::set_suspended(Context& ctx, const ScalingProcesses& processes,
                                     bool suspended, sim::DecisionId caused_by) {
  for (const int process : processes.scaling_processes()) {
    if (suspended) {
      suspended_.insert(process);
    } else {
      suspended_.erase(process);
    }
    const std::string what = fmt::format("{} {}", suspended ? "suspend" : "resume",
                                         spelling(static_cast<ScalingProcess>(process)));
    ctx.decide({.who = path(),
                .kind = "operation",
                .what = what,
                .reason = "a user request",
                .rule = "R2.16.1",
                .cause = sim::Cause::decision(caused_by),
                .repeats = false});
  }
}

std::uint32_t AutoScalingGroup::crash_instances(Context& ctx, const roles::Hit& hit) {
  Context own = ctx.as(*this);
  std::uint32_t crashed = 0;
  for (auto& [id, member] : members_) {  // in order of launch: the longest running first
    if (crashed < hit.count && member.running && (!hit.zone || member.zone == *hit.zone) &&
        member.made_by->crash(own, member.instance, hit.caused_by)) {
      ++crashed;
    }
  }
  return crashed;
}

std::uint32_t AutoScalingGroup::slow_instances(Context& ctx, std::uint64_t fault,
                                               const roles::Hit& hit, double factor) {
  Context own = ctx.as(*this);
  Slowness& slowness = slowed_[fault];
  slowness.factor = factor;
  std::vector<sim::ComponentId>& slowed = slowness.instances;
  for (auto& [id, member] : members_) {
    if (slowed.size() < hit.count && member.running && member.state == Lifecycle::kInService &&
        (!hit.zone || member.zone == *hit.zone)) {
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
  Member* member = find(instance);
  return member != nullptr && member->made_by->set_speed_factor(ctx, instance, factor);
}

std::uint32_t AutoScalingGroup::fail_status(Context& ctx, std::uint64_t fault,
                                            const roles::Hit& hit, bool system) {
  Context own = ctx.as(*this);
  FailedStatus& failed = failed_status_[fault];
  failed.check = system ? roles::StatusCheck::kSystem : roles::StatusCheck::kInstance;
  for (auto& [id, member] : members_) {
    if (failed.instances.size() < hit.count && member.running &&
        (!hit.zone || member.zone == *hit.zone) &&
        member.made_by->set_status_check(own, member.instance, failed.check, true, hit.caused_by)) {
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
    if (Member* member = find(instance)) {
      member->made_by->set_status_check(own, instance, failed.check, false, sim::DecisionId::kNone);
    }
  }
}

}  // namespace updraft::auto_scaling
