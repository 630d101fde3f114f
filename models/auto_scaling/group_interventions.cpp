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

std::uint32_t AutoScalingGroup::impair_instances(Context& ctx, std::uint64_t fault,
                                                 const roles::Hit& hit,
                                                 const roles::Impairment& impairment) {
  Context own = ctx.as(*this);
  std::vector<sim::ComponentId>& met = impaired_[fault];
  for (auto& [id, member] : members_) {  // in order of launch: the longest running first
    if (met.size() < hit.count && member.running && (!hit.zone || member.zone == *hit.zone) &&
        member.made_by->begin_impairment(own, member.instance, fault, impairment, hit.caused_by)) {
      met.push_back(member.instance);
    }
  }
  return static_cast<std::uint32_t>(met.size());
}

void AutoScalingGroup::restore_instances(Context& ctx, std::uint64_t fault) {
  Context own = ctx.as(*this);
  const std::vector<sim::ComponentId> met = std::move(impaired_[fault]);
  impaired_.erase(fault);
  for (const sim::ComponentId instance : met) {
    if (Member* member = find(instance)) {
      member->made_by->end_impairment(own, instance, fault);
    }
  }
}

}  // namespace updraft::auto_scaling
