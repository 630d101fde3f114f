#include "models/auto_scaling/policy_set.h"

#include <algorithm>
#include <utility>

#include "models/auto_scaling/activity.h"
#include "models/auto_scaling/policy_rule.h"
#include "models/auto_scaling/warmup.h"
#include "sim/core/check.h"

namespace updraft::auto_scaling {

using sim::Context;
using sim::Time;

namespace {

bool breaches_above(roles::ComparisonOperator comparison) {
  return comparison == roles::ComparisonOperator::kGreaterThanThreshold ||
         comparison == roles::ComparisonOperator::kGreaterThanOrEqualToThreshold;
}

}  // namespace

/// An alarm of a policy calls here.
struct PolicySet::Action final : roles::AlarmAction {
  Action(PolicySet& owner, Policy& of, AlarmSide which) : set(owner), policy(of), side(which) {}
  void alarm_notified(Context& ctx, const roles::AlarmNotice& notice) override {
    set.called(ctx, policy, side, notice);
  }
  [[nodiscard]] bool is_auto_scaling() const override { return true; }  // R2.5.5
  PolicySet& set;
  Policy& policy;
  AlarmSide side;  // of target tracking; others have but one action
};

struct PolicySet::Policy {
  Policy(PolicySet& set, const ScalingPolicy& described)
      : name(described.name()),
        rule(rule_of(described)),
        warmup(warmup_of(described)),
        high(set, *this, AlarmSide::kHigh),
        low(set, *this, AlarmSide::kLow) {}

  [[nodiscard]] const TargetTracking* tracking() const {
    return std::get_if<TargetTracking>(&rule);
  }
  [[nodiscard]] const SimpleScaling* simple() const { return std::get_if<SimpleScaling>(&rule); }

  std::string name;
  PolicyRule rule;
  std::optional<sim::Duration> warmup;            // none: a simple policy
  const roles::MetricSource* requests = nullptr;  // of ALBRequestCountPerTarget
  Action high;
  Action low;
  // What the low alarm of target tracking asked for last, for agreement with the others (R2.6.12).
  Time low_at = sim::time_from_ns(-1);
  ScalingDecision low_wish = NoChange{};
};

/// An alarm's call, kept until all of the instant have spoken.
struct PolicySet::Call {
  Policy* policy = nullptr;
  PolicyCall question;
  std::string alarm;
  Time period_start{};
  sim::DecisionId decision = sim::DecisionId::kNone;
};

/// What a called policy asks for.
struct PolicySet::Wish : PolicyWish {
  Policy* policy = nullptr;
  const Call* call = nullptr;
};

PolicySet::PolicySet(Scalable& group, sim::Component& self, const AutoScalingGroupParams& params)
    : group_(group), self_(self), params_(params) {
  for (const ScalingPolicy& described : params_.scaling_policies()) {
    policies_.push_back(std::make_unique<Policy>(*this, described));
  }
}

PolicySet::~PolicySet() = default;

void PolicySet::bind(sim::World& world) {
  calendar_.start_unix_ns = world.start_unix_ns();
  alarms_ = &world.service<roles::AlarmService>();
  const WarmupSettings chain{
      .estimated_instance_warmup = {},
      .default_instance_warmup =
          params_.has_default_instance_warmup()
              ? std::optional(sim::Duration{params_.default_instance_warmup().ns()})
              : std::nullopt,
      .default_cooldown = sim::Duration{params_.default_cooldown().ns()}};
  for (std::size_t i = 0; i < policies_.size(); ++i) {
    const auto& policy = policies_[i];
    policies_warmup_ = std::max(policies_warmup_, policy->warmup.value_or(sim::Duration{}));
    if (policy->tracking() == nullptr) {
      continue;
    }
    const TargetTrackingPolicy& tracking =
        params_.scaling_policies(static_cast<int>(i)).target_tracking();
    if (tracking.predefined_metric_type() == ALB_REQUEST_COUNT_PER_TARGET) {
      const std::string& group =
          tracking.target_group().empty() ? params_.target_groups(0) : tracking.target_group();
      policy->requests = &world.role<roles::MetricSource>(group);
    } else if (tracking.predefined_metric_type() == ASG_AVERAGE_CPU_UTILIZATION) {
      target_share_ = tracking.target_value() / 100.0;
    }
  }
  longest_warmup_ =
      std::max(policies_warmup_, chain.default_instance_warmup.value_or(sim::Duration{}));
  replacement_warmup_ = policies_.empty() ? warmup_of_policy(chain) : longest_warmup_;
}

void PolicySet::begin(Context& ctx, const roles::MetricSource& own_metrics) {
  for (std::size_t i = 0; i < policies_.size(); ++i) {
    if (policies_[i]->tracking() != nullptr) {
      put_alarms(ctx, *policies_[i],
                 params_.scaling_policies(static_cast<int>(i)).target_tracking(), own_metrics);
    }
  }
}

roles::AlarmAction& PolicySet::alarm_action(std::string_view name) {
  for (const auto& policy : policies_) {
    if (policy->name == name) {
      return policy->high;
    }
  }
  SIM_CHECK(false, "{} has no policy {}", self_.path(), name);
  return policies_.front()->high;
}

// R2.6.1, R2.6.2: two alarms that the policy owns.
void PolicySet::put_alarms(Context& ctx, Policy& policy, const TargetTrackingPolicy& settings,
                           const roles::MetricSource& own_metrics) {
  const bool counts = settings.predefined_metric_type() == ALB_REQUEST_COUNT_PER_TARGET;
  const auto metric = counts ? policy.requests->metric("RequestCountPerTarget")
                             : own_metrics.metric("CPUUtilization");
  for (const AlarmSide side : {AlarmSide::kHigh, AlarmSide::kLow}) {
    const bool high = side == AlarmSide::kHigh;
    const TrackingAlarm alarm =
        high ? alarm_high(*policy.tracking()) : alarm_low(*policy.tracking());
    alarms_->put_alarm(
        ctx, {.name = alarm_name(self_.path(), side, policy.name),
              .metric = metric.value(),
              .statistic = counts ? sim::Statistic::sum() : sim::Statistic::average(),
              .period = alarm.period,
              .evaluation_periods = alarm.evaluation_periods,
              .datapoints_to_alarm = alarm.evaluation_periods,
              .threshold = alarm.threshold,
              .comparison = high ? roles::ComparisonOperator::kGreaterThanThreshold
                                 : roles::ComparisonOperator::kLessThanThreshold,
              .actions = {{roles::AlarmState::kAlarm, high ? &policy.high : &policy.low}}});
  }
}

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
  if (policy.simple() != nullptr) {  // R2.4.1; R2.4.2: nobody else waits
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
  const CombinedDecision combined = combine(group_.capacity(ctx.now(), policies_warmup_),
                                            group_.bounds(), proposals(wishes, ctx.now()));
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
  const std::string cause = cause_of_alarm(calendar_, {.at = ctx.now(),
                                                       .alarm = wish.call->alarm,
                                                       .policy = wish.policy->name,
                                                       .from = from,
                                                       .to = capacity});
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
    cooldown_ = Cooldown{.length = simple->cooldown};
    activity_ended(ctx.now());  // where nothing had to be launched or terminated
  }
}

}  // namespace updraft::auto_scaling
