// What a group does when its policies are called: asks each of them, weighs their wishes against
// the group's state and one another, and records what came of it.
#include <algorithm>
#include <utility>

#include "models/auto_scaling/activity.h"
#include "models/auto_scaling/policy_set_parts.h"

namespace updraft::auto_scaling {

using sim::Context;
using sim::Time;

namespace {

bool breaches_above(roles::ComparisonOperator comparison) {
  return comparison == roles::ComparisonOperator::kGreaterThanThreshold ||
         comparison == roles::ComparisonOperator::kGreaterThanOrEqualToThreshold;
}

}  // namespace

void PolicySet::called(Context& ctx, Policy& policy, AlarmSide side,
                       const roles::AlarmNotice& notice) {
  Context own = ctx.as(self_);
  Call& call = calls_.emplace_back();
  call.policy = &policy;
  call.question = {.side = side,
                   .metric = notice.datapoints.empty() ? std::nullopt : std::optional(notice.value),
                   .threshold = notice.threshold,
                   .above = breaches_above(notice.comparison),
                   .datapoints = {notice.datapoints.begin(), notice.datapoints.end()}};
  call.alarm = notice.alarm;
  call.period_start = notice.period_start;
  call.decision = notice.decision;
  if (policies_.size() == 1) {
    weigh(own);  // nobody else can call in this instant
  } else if (calls_.size() == 1) {
    group_.weigh_soon(own);
  }
}

void PolicySet::execute(Context& ctx, const ExecutePolicy& operation, sim::DecisionId caused_by) {
  Context own = ctx.as(self_);
  for (const auto& policy : policies_) {
    if (policy->name == operation.policy_name() && policy->tracking() == nullptr) {
      Call& call = calls_.emplace_back();
      call.policy = policy.get();
      call.question = {.threshold = operation.breach_threshold(),
                       .above = operation.metric_value() >= operation.breach_threshold(),
                       .datapoints = {operation.metric_value()}};
      call.period_start = own.now();
      call.decision = caused_by;
      call.by_operator = true;
      call.honors_cooldown = operation.honor_cooldown();
      weigh(own);
      return;
    }
  }
  own.decide({.who = self_.path(),
              .kind = "operation",
              .outcome = sim::Outcome::kBlocked,
              .what = "execute policy " + operation.policy_name(),
              .reason = "the group has no step or simple policy of that name",
              .rule = "R2.5.1",
              .cause = sim::Cause::decision(caused_by),
              .repeats = false});
}

std::string PolicySet::why_wait(Time now) const {
  const Wait wait = waits(cooldown_, group_.activity_in_progress(), now);
  return wait == Wait::kNone
             ? std::string()
             : std::string(text(wait == Wait::kActivity ? NoChangeReason::kActivity
                                                        : NoChangeReason::kCooldown));
}

void PolicySet::begin_cooldown(Time now, sim::Duration length) {  // R2.4.1
  cooldown_ = Cooldown{.length = length};
  activity_ended(now);  // where nothing had to be launched or terminated
}

void PolicySet::activity_ended(Time now) {
  if (cooldown_ && !cooldown_->from && !group_.activity_in_progress()) {
    cooldown_->from = now;
  }
}

PolicySet::Wish PolicySet::wish_of(const Call& call, Time now) const {
  Policy& policy = *call.policy;
  GroupCapacity group = group_.capacity(now, policy.warmup.value_or(sim::Duration{}));
  // R2.4.6: the datapoint is older than the present. Who served in it and has gone meanwhile still
  // counts like one who is terminating, or the same breach would take away twice.
  group.terminating += group_.gone_since(call.period_start);
  Wish wish{auto_scaling::wish_of(policy.rule, group, call.question), &policy, &call};
  if (!call.by_operator && group_.is_suspended(ALARM_NOTIFICATION)) {  // R2.16.1
    wish.decision = NoChange{NoChangeReason::kSuspended};
  } else if (wish.direction == Direction::kIn && group_.is_shifted()) {  // R2.10.4
    wish.decision = NoChange{NoChangeReason::kZonalShift};
  } else if (policy.simple() != nullptr && call.honors_cooldown) {
    // R2.4.1; R2.4.2: nobody else waits
    const Wait wait = waits(cooldown_, group_.activity_in_progress(), now);
    if (wait != Wait::kNone) {
      wish.decision =
          NoChange{wait == Wait::kActivity ? NoChangeReason::kActivity : NoChangeReason::kCooldown};
    }
  }
  return wish;
}

// One for each policy that was called, in the order of the calls, then one for each target tracking
// policy that was not: it holds the group unless its low alarm has called within the minute.
std::vector<Proposal> PolicySet::proposals(const std::vector<Wish>& wishes, Time now) const {
  std::vector<Proposal> all;
  for (const Wish& wish : wishes) {
    const TargetTracking* tracking = wish.policy->tracking();
    all.push_back({.kind = tracking != nullptr ? Proposal::Kind::kTargetTracking
                                               : Proposal::Kind::kStepOrSimple,
                   .direction = wish.direction,
                   .decision = wish.decision,
                   .scale_in_enabled = tracking == nullptr || !tracking->disable_scale_in,
                   .waits_for_warmup = wish.policy->warmup.has_value()});
  }
  for (const auto& policy : policies_) {
    const bool spoke = std::any_of(wishes.begin(), wishes.end(),
                                   [&](const Wish& wish) { return wish.policy == policy.get(); });
    if (!spoke && policy->tracking() != nullptr) {
      all.push_back({.kind = Proposal::Kind::kTargetTracking,
                     .direction = Direction::kIn,
                     .decision = policy->low_at > now - sim::kRollUpPeriod
                                     ? policy->low_wish
                                     : ScalingDecision{NoChange{}},
                     .scale_in_enabled = !policy->tracking()->disable_scale_in});
    }
  }
  return all;
}

void PolicySet::weigh(Context& ctx) {
  const std::vector<Call> calls = std::exchange(calls_, {});
  std::vector<Wish> wishes;
  for (const Call& call : calls) {
    wishes.push_back(wish_of(call, ctx.now()));
    Policy& policy = *call.policy;
    policy.low_at = ctx.now();
    policy.low_wish = call.question.side == AlarmSide::kLow ? wishes.back().decision
                                                            : ScalingDecision{NoChange{}};
  }
  CombinedDecision combined = combine(group_.capacity(ctx.now(), policies_warmup_), group_.bounds(),
                                      proposals(wishes, ctx.now()));
  hold_at_forecast(combined, ctx.now());
  const auto* to = std::get_if<ScaleTo>(&combined.decision);
  // What a policy asked for within the minute may win; it is carried out for the one that called.
  const Wish* winner = combined.decided_by < wishes.size() ? &wishes[combined.decided_by] : nullptr;
  for (const Wish& wish : wishes) {
    if (const auto* nothing = std::get_if<NoChange>(&wish.decision)) {
      record_blocked(ctx, wish, nothing->reason);
      continue;
    }
    if (combined.target_scale_in_held && wish.direction == Direction::kIn &&
        wish.policy->tracking() != nullptr) {
      record_blocked(ctx, wish, NoChangeReason::kAnotherPolicy);
      continue;
    }
    winner = winner == nullptr ? &wish : winner;
    if (&wish != winner) {
      record_blocked(ctx, wish, NoChangeReason::kSmaller);
    } else if (to == nullptr) {
      record_blocked(ctx, wish, std::get<NoChange>(combined.decision).reason);
    }
  }
  if (to != nullptr && winner != nullptr) {
    carry_out(ctx, *winner, to->capacity);
  }
}

void PolicySet::hold_at_forecast(CombinedDecision& combined, Time now) const {
  const auto* to = std::get_if<ScaleTo>(&combined.decision);
  const std::uint32_t desired = group_.capacity(now, {}).desired;
  if (to == nullptr || to->capacity >= desired) {
    return;
  }
  const std::uint32_t floor = clamp(group_.forecast_floor(now), group_.bounds());
  if (to->capacity < floor) {
    combined.decision = floor < desired ? ScalingDecision{ScaleTo{floor}}
                                        : ScalingDecision{NoChange{NoChangeReason::kForecast}};
  }
}

void PolicySet::record_blocked(Context& ctx, const Wish& wish, NoChangeReason reason) const {
  ctx.decide({.who = self_.path() + "/" + wish.policy->name,
              .kind = "policy",
              .outcome = sim::Outcome::kBlocked,
              .what = wish.direction == Direction::kOut ? "scale out" : "scale in",
              .reason = text(reason),
              .rule = rule_id(reason),
              .values = wish.values,
              .cause = sim::Cause::decision(wish.call->decision)});
}

void PolicySet::carry_out(Context& ctx, const Wish& wish, std::uint32_t capacity) {
  const std::uint32_t from = group_.capacity(ctx.now(), {}).desired;
  const AlarmCause words{.at = ctx.now(),
                         .alarm = wish.call->alarm,
                         .policy = wish.policy->name,
                         .from = from,
                         .to = capacity};
  const std::string cause = wish.call->by_operator ? cause_of_execution(calendar_, words)
                                                   : cause_of_alarm(calendar_, words);
  const sim::DecisionId decided =
      ctx.decide({.who = self_.path() + "/" + wish.policy->name,
                  .kind = "policy",
                  .what = wish.direction == Direction::kOut ? "scale out" : "scale in",
                  .reason = cause,
                  .rule = wish.rule,
                  .values = wish.values,
                  .cause = sim::Cause::decision(wish.call->decision),
                  .repeats = false});
  group_.set_desired(ctx, capacity, cause, wish.rule, sim::Cause::decision(decided));
  if (const SimpleScaling* simple = wish.policy->simple()) {  // R2.4.1
    begin_cooldown(ctx.now(), simple->cooldown);
  }
}

}  // namespace updraft::auto_scaling
