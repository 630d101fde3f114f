// Step and simple scaling: by how much a policy changes the capacity (R2.5).
//
//   Adjustment tenth{.type = AdjustmentType::kPercentChangeInCapacity, .amount = 10};
//   adjusted(tenth, 10)    // 11
//   adjusted(tenth, 3)     // 4: 0.3 becomes 1
//
//   std::vector<Step> steps = {{.lower = 0, .upper = 10, .amount = 10}, {.lower = 10, .amount =
//   30}}; step_for(steps, {.metric = 62, .threshold = 50, .above = true})    // the second
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/auto_scaling/capacity.h"

namespace updraft::auto_scaling {

/// R2.5.1.
enum class AdjustmentType : std::uint8_t {
  kChangeInCapacity,         // amount instances more, or fewer where it is negative
  kExactCapacity,            // amount instances
  kPercentChangeInCapacity,  // amount per cent more or fewer
};

struct Adjustment {
  AdjustmentType type = AdjustmentType::kChangeInCapacity;
  std::int32_t amount = 0;
  std::uint32_t min_magnitude = 0;  // of a percentage: changes by at least that many
};

/// R2.5.1: the capacity after the adjustment, not below 0. A percentage between 0 and 1 instances
/// is one instance, above and below it is cut toward zero; what is exactly zero stays so.
std::uint32_t adjusted(const Adjustment& adjustment, std::uint32_t capacity);

/// One step of a policy; its interval is relative to the alarm's threshold. Without bound: endless.
struct Step {
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
  std::int32_t amount = 0;
};

struct StepQuestion {
  double metric = 0;
  double threshold = 0;
  bool above = true;  // the alarm breaches above its threshold
};

/// R2.5.2: the step whose interval holds metric - threshold: lower bound inclusive and upper
/// exclusive for an alarm above its threshold, the other way round below. None: no step covers it.
std::optional<Step> step_for(std::span<const Step> steps, const StepQuestion& question);

/// R2.5.2: what is wrong with the intervals: gaps, overlaps, both ends open in one step, no end
/// where one is needed. Lower case first letter, no full stop; empty: nothing.
std::string wrong_steps(std::vector<Step> steps);

/// R2.5.3: how the datapoints of the alarm become one number.
enum class MetricAggregation : std::uint8_t { kAverage, kMinimum, kMaximum };
/// None without datapoints.
std::optional<double> aggregate(MetricAggregation how, std::span<const double> datapoints);

/// What a step or simple policy asks for, from the capacity that its rule says (R2.5.4: past
/// warm-up on scale-out, with the terminating ones on scale-in; desired for a simple policy).
struct AdjustmentBase {
  std::uint32_t out = 0;
  std::uint32_t in = 0;
  std::uint32_t desired = 0;
};
struct AdjustmentWish {
  ScalingDecision decision = NoChange{};
  Direction direction = Direction::kOut;
  std::uint32_t capacity = 0;  // what it was computed from
};
/// R2.5.4, R2.4.6. An exact capacity scales out when it is above desired.
AdjustmentWish wish_of(const Adjustment& adjustment, const AdjustmentBase& base);

}  // namespace updraft::auto_scaling
