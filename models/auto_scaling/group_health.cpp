// How a group finds its unhealthy instances, and how many of them it replaces at a time.
#include <algorithm>
#include <optional>
#include <vector>

#include "models/auto_scaling/activity.h"
#include "models/auto_scaling/group.h"
#include "models/auto_scaling/health.h"

namespace updraft::auto_scaling {

using roles::InstanceState;
using sim::Context;

namespace {

constexpr sim::Duration kImpairedTolerance =
    std::chrono::minutes{3};  // R2.3.1: "a few minutes"; ASSUMED

/// R2.3.5: the others are replaced at once.
bool is_throttled(FailedCheck check) {
  return check == FailedCheck::kElb || check == FailedCheck::kStatus;
}

}  // namespace

// R2.3.3: once a period every instance in service is looked at, and as many as the throttle allows
// are replaced.
void AutoScalingGroup::on(Context& ctx, const CheckHealth& /*message*/) {
  after(ctx, health_period_, CheckHealth{});
  if (is_suspended(HEALTH_CHECK)) {  // R2.16.1
    return;
  }
  ReplacementCounts counts{.desired = desired_};
  std::vector<Failed> failed;
  for (auto& [id, member] : members_) {
    counts.replacing +=
        member.replacement && (member.state == Lifecycle::kPending ||
                               warming(member, policies_.replacement_warmup(), ctx.now()))
            ? 1
            : 0;
    counts.activity_in_progress |=
        member.state == Lifecycle::kPending || member.state == Lifecycle::kTerminating;
    if (member.state != Lifecycle::kInService) {
      continue;
    }
    ++counts.in_service;
    if (const auto check = find_failure(ctx, member)) {
      failed.push_back({id, *check});
    }
  }
  // Those that did not run, or were marked, first.
  const auto checks = std::stable_partition(
      failed.begin(), failed.end(), [](const Failed& one) { return !is_throttled(one.check); });
  counts.failed_at_once = static_cast<std::uint32_t>(checks - failed.begin());
  counts.failed_checks = static_cast<std::uint32_t>(failed.end() - checks);
  const std::uint32_t allowed = replacements_allowed(counts);  // R2.3.5
  Causes terminations;
  for (std::size_t i = 0; i < failed.size(); ++i) {
    replace_failed(ctx, failed[i], i < allowed, terminations);
  }
  if (!terminations.empty()) {
    reconcile(ctx,
              cause_of_difference(calendar_, ctx.now(), count(Lifecycle::kInService), desired_),
              terminations);
  }
  replacements_due_ = 0;
  finish_replacements(ctx);
  end_lifetimes(ctx);
  rebalance_zones(ctx);
}

std::optional<FailedCheck> AutoScalingGroup::find_failure(Context& ctx, Member& member) {
  if (left_alone(member)) {  // R2.10.4
    return std::nullopt;
  }
  const HealthSettings settings{
      .elb_check = params_.health_check_type() == ELB,
      .grace_period = sim::Duration{params_.health_check_grace_period().ns()}};
  const Health health = verdict(inspect(ctx, member), settings, ctx.now());
  if (health.cause == HealthCause::kGracePeriod) {
    ctx.decide({.who = path(),
                .kind = "health",
                .outcome = sim::Outcome::kBlocked,
                .what = "replace " + member.name,
                .reason = "inside the health check grace period",
                .rule = "R2.3.2",
                .cause = sim::Cause::decision(found_unhealthy_by(member))});
    return std::nullopt;
  }
  switch (health.cause) {
    case HealthCause::kElb:
      return FailedCheck::kElb;
    case HealthCause::kImpaired:
      return FailedCheck::kStatus;
    case HealthCause::kMarkedUnhealthy:
      return FailedCheck::kUser;
    default:
      return health.healthy ? std::nullopt : std::optional(FailedCheck::kEc2);
  }
}

void AutoScalingGroup::replace_failed(Context& ctx, const Failed& failed, bool allowed,
                                      Causes& terminations) {
  Member& member = members_.at(failed.instance);
  const sim::DecisionId found = failed_because(member, failed.check);
  const bool suspended = is_suspended(REPLACE_UNHEALTHY) || is_suspended(TERMINATE);  // R2.16.1
  if (!allowed || suspended) {
    ctx.decide({.who = path(),
                .kind = "health",
                .outcome = sim::Outcome::kBlocked,
                .what = "replace " + member.name,
                .reason = suspended ? "ReplaceUnhealthy or Terminate is suspended"
                                    : "other replacements are in progress",
                .rule = suspended ? "R2.16.1" : "R2.3.5",
                .cause = sim::Cause::decision(found)});
    return;
  }
  const std::string reason = cause_of_health(calendar_, ctx.now(), failed.check);
  const std::string_view rule = failed.check == FailedCheck::kElb ? "R2.3.2" : "R2.3.1";
  replacements_due_ += 1;                   // R2.3.4: its replacement starts at the same time
  if (failed.check == FailedCheck::kEc2) {  // R2.14.1: nothing is left to keep
    terminate(ctx, member, reason, rule, found);
    terminations.push_back(member.ended_by);
  } else {
    replace(ctx, member, reason, rule, found, &terminations);
  }
}

InstanceReport AutoScalingGroup::inspect(Context& ctx, Member& member) {
  const roles::InstanceView view = member.made_by->view(member.instance);
  if (!view.impaired) {
    member.impaired_since = sim::kNever;
  } else if (member.impaired_since == sim::kNever) {
    member.impaired_since = ctx.now();
  }
  InstanceReport report{.in_service_at = member.in_service_at};
  report.running = view.state == InstanceState::kRunning;
  report.marked_unhealthy = member.marked_by != sim::DecisionId::kNone;
  // R2.3.1: failed status checks are tolerated for a few minutes.
  report.impaired = member.impaired_since != sim::kNever &&
                    ctx.now() - member.impaired_since >= kImpairedTolerance;
  for (const roles::TargetRegistry* group : target_groups_) {
    report.elb_unhealthy |=
        group->target_health(member.instance) == roles::TargetHealth::kUnhealthy;
  }
  return report;
}

sim::DecisionId AutoScalingGroup::failed_because(const Member& member, FailedCheck check) const {
  switch (check) {
    case FailedCheck::kElb:
      return found_unhealthy_by(member);
    case FailedCheck::kStatus:
      return member.made_by->view(member.instance).impaired_by;
    case FailedCheck::kUser:
      return member.marked_by;
    default:
      return member.made_by->view(member.instance).changed_by;
  }
}

sim::DecisionId AutoScalingGroup::found_unhealthy_by(const Member& member) const {
  for (const roles::TargetRegistry* group : target_groups_) {
    if (group->target_health(member.instance) == roles::TargetHealth::kUnhealthy) {
      return group->health_decision(member.instance);
    }
  }
  return sim::DecisionId::kNone;
}

}  // namespace updraft::auto_scaling
