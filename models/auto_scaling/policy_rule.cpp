#include "models/auto_scaling/policy_rule.h"

namespace updraft::auto_scaling {
namespace {

double number(std::uint32_t value) {
  return static_cast<double>(value);
}

MetricAggregation aggregation_of(Aggregation written) {
  switch (written) {
    case MINIMUM:
      return MetricAggregation::kMinimum;
    case MAXIMUM:
      return MetricAggregation::kMaximum;
    default:
      return MetricAggregation::kAverage;
  }
}

PolicyWish wish_of(const TargetTracking& rule, const GroupCapacity& group, const PolicyCall& call) {
  const bool out = call.side == AlarmSide::kHigh;
  const TrackingDecision decided =
      out ? on_alarm_high(rule,
                          {.capacity = capacity_to_scale_out_from(group), .metric = call.metric})
          : on_alarm_low(rule,
                         {.capacity = capacity_to_scale_in_from(group), .metric = call.metric});
  return {.direction = out ? Direction::kOut : Direction::kIn,
          .decision = decided.decision,
          .rule = out ? "R2.6.4" : "R2.6.5",
          .values = {{"capacity", number(decided.capacity)},
                     {"metric", decided.metric},
                     {"target", decided.target},
                     {"raw", decided.raw},
                     {"desired", number(group.desired)}}};
}

PolicyWish wish_of(const StepScaling& rule, const GroupCapacity& group, const PolicyCall& call) {
  PolicyWish wish{.direction = call.above ? Direction::kOut : Direction::kIn,
                  .decision = NoChange{NoChangeReason::kNoData},
                  .rule = "R2.5.4",
                  .values = {{"threshold", call.threshold}, {"desired", number(group.desired)}}};
  const auto metric = aggregate(rule.aggregation, call.datapoints);  // R2.5.3
  if (!metric) {
    return wish;
  }
  wish.values.push_back({"metric", *metric});
  const auto step =
      step_for(rule.steps, {.metric = *metric, .threshold = call.threshold, .above = call.above});
  if (!step) {
    wish.decision = NoChange{NoChangeReason::kNoStep};
    return wish;
  }
  const AdjustmentWish adjusted = wish_of(
      Adjustment{.type = rule.type, .amount = step->amount, .min_magnitude = rule.min_magnitude},
      {.out = capacity_to_scale_out_from(group),
       .in = capacity_to_scale_in_from(group),
       .desired = group.desired});
  wish.direction = adjusted.direction;
  wish.decision = adjusted.decision;
  wish.values.push_back({"adjustment", static_cast<double>(step->amount)});
  wish.values.push_back({"capacity", number(adjusted.capacity)});
  return wish;
}

// A simple policy waits until nothing is under way, so it starts from the desired capacity.
PolicyWish wish_of(const SimpleScaling& rule, const GroupCapacity& group,
                   const PolicyCall& /*call*/) {
  const AdjustmentWish adjusted = wish_of(
      rule.adjustment, {.out = group.desired, .in = group.desired, .desired = group.desired});
  return {.direction = adjusted.direction,
          .decision = adjusted.decision,
          .rule = "R2.5.1",
          .values = {{"adjustment", static_cast<double>(rule.adjustment.amount)},
                     {"capacity", number(adjusted.capacity)},
                     {"desired", number(group.desired)}}};
}

}  // namespace

std::string_view spelling(ScalingProcess process) {
  return ScalingProcess_descriptor()
      ->FindValueByNumber(process)
      ->options()
      .GetExtension(sim::value)
      .spelling();
}

std::vector<Step> steps_of(const StepScalingPolicy& policy) {
  std::vector<Step> steps;
  for (const StepAdjustment& written : policy.step_adjustments()) {
    Step& step = steps.emplace_back();
    step.amount = written.scaling_adjustment();
    if (written.has_metric_interval_lower_bound()) {
      step.lower = written.metric_interval_lower_bound();
    }
    if (written.has_metric_interval_upper_bound()) {
      step.upper = written.metric_interval_upper_bound();
    }
  }
  return steps;
}

PolicyRule rule_of(const ScalingPolicy& policy) {
  if (policy.has_step_scaling()) {
    const StepScalingPolicy& step = policy.step_scaling();
    return StepScaling{.type = static_cast<AdjustmentType>(step.adjustment_type()),
                       .steps = steps_of(step),
                       .min_magnitude = step.min_adjustment_magnitude(),
                       .aggregation = aggregation_of(step.metric_aggregation_type())};
  }
  if (policy.has_simple_scaling()) {
    const SimpleScalingPolicy& simple = policy.simple_scaling();
    return SimpleScaling{
        .adjustment = {.type = static_cast<AdjustmentType>(simple.adjustment_type()),
                       .amount = simple.scaling_adjustment(),
                       .min_magnitude = simple.min_adjustment_magnitude()},
        .cooldown = sim::Duration{simple.cooldown().ns()}};
  }
  const TargetTrackingPolicy& tracking = policy.target_tracking();
  return TargetTracking{.target_value = tracking.target_value(),
                        .disable_scale_in = tracking.disable_scale_in(),
                        .low_ratio = tracking.alarm_low_ratio()};
}

std::optional<sim::Duration> warmup_of(const ScalingPolicy& policy) {
  // The schema's default rule has filled the chain in (R2.4.3).
  if (policy.has_target_tracking()) {
    return sim::Duration{policy.target_tracking().estimated_instance_warmup().ns()};
  }
  if (policy.has_step_scaling()) {
    return sim::Duration{policy.step_scaling().estimated_instance_warmup().ns()};
  }
  return std::nullopt;
}

PolicyWish wish_of(const PolicyRule& rule, const GroupCapacity& group, const PolicyCall& call) {
  return std::visit([&](const auto& one) { return wish_of(one, group, call); }, rule);
}

}  // namespace updraft::auto_scaling
