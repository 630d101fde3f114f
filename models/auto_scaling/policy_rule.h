// What one policy of a group asks for when it is called: its rule, the group and the alarm's data
// in, a wish with the values it used out. No engine.
//
//   PolicyRule rule = rule_of(scenario_policy);
//   PolicyWish wish = wish_of(rule, {.capacity = 10, ...}, {.metric = 62, .threshold = 50});
#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "models/auto_scaling/adjustment.h"
#include "models/auto_scaling/capacity.h"
#include "models/auto_scaling/policies.pb.h"
#include "models/auto_scaling/target_tracking.h"
#include "sim/core/time.h"
#include "sim/metrics/decisions.h"

namespace updraft::auto_scaling {

struct StepScaling {
  AdjustmentType type = AdjustmentType::kChangeInCapacity;
  std::vector<Step> steps;
  std::uint32_t min_magnitude = 0;
  MetricAggregation aggregation = MetricAggregation::kAverage;
};

struct SimpleScaling {
  Adjustment adjustment;
  sim::Duration cooldown{};
};

using PolicyRule = std::variant<TargetTracking, StepScaling, SimpleScaling>;

/// Of a policy with every default filled in.
PolicyRule rule_of(const ScalingPolicy& policy);
/// For how long an instance counts as warming; none: a simple policy has no warm-up.
std::optional<sim::Duration> warmup_of(const ScalingPolicy& policy);
/// "AlarmNotification".
std::string_view spelling(ScalingProcess process);
/// Steps as the scenario writes them.
std::vector<Step> steps_of(const StepScalingPolicy& policy);

/// What called a policy.
struct PolicyCall {
  AlarmSide side = AlarmSide::kHigh;  // of target tracking
  std::optional<double> metric{};     // newest datapoint; none: missing
  double threshold = 0;
  bool above = true;                 // the alarm breaches above its threshold
  std::vector<double> datapoints{};  // all that the alarm judged
};

struct PolicyWish {
  Direction direction = Direction::kOut;
  ScalingDecision decision = NoChange{};
  std::string_view rule;  // that decided: "R2.6.4"
  std::vector<sim::NamedValue> values;
};

/// `group` counts the warming instances by the policy's own warm-up, and among the terminating ones
/// those that have gone since the datapoint (R2.4.6).
PolicyWish wish_of(const PolicyRule& rule, const GroupCapacity& group, const PolicyCall& call);

}  // namespace updraft::auto_scaling
