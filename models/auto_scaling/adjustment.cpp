#include "models/auto_scaling/adjustment.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

namespace updraft::auto_scaling {
namespace {

constexpr double kOpen = std::numeric_limits<double>::infinity();

std::uint32_t in_range(std::int64_t capacity) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(capacity, 0, kMost));
}

// In whole instances, so that nothing is rounded twice: 29 % of 100 is 29.
std::int64_t percent_change(const Adjustment& adjustment, std::uint32_t capacity) {
  const std::int64_t hundredths = std::int64_t{capacity} * adjustment.amount;
  if (hundredths == 0) {
    return 0;
  }
  std::int64_t change = hundredths / 100;  // R2.5.1: toward zero
  if (change == 0) {
    change = hundredths > 0 ? 1 : -1;
  }
  const auto least = std::int64_t{adjustment.min_magnitude};
  if (std::abs(change) < least) {
    change = hundredths > 0 ? least : -least;
  }
  return change;
}

}  // namespace

std::uint32_t adjusted(const Adjustment& adjustment, std::uint32_t capacity) {
  switch (adjustment.type) {
    case AdjustmentType::kChangeInCapacity:
      return in_range(std::int64_t{capacity} + adjustment.amount);
    case AdjustmentType::kExactCapacity:
      return in_range(adjustment.amount);
    case AdjustmentType::kPercentChangeInCapacity:
      return in_range(std::int64_t{capacity} + percent_change(adjustment, capacity));
  }
  return capacity;
}

std::optional<Step> step_for(std::span<const Step> steps, const StepQuestion& question) {
  const double distance = question.metric - question.threshold;
  for (const Step& step : steps) {  // R2.5.2
    const bool holds = question.above ? step.lower <= distance && distance < step.upper
                                      : step.lower < distance && distance <= step.upper;
    if (holds) {
      return step;
    }
  }
  return std::nullopt;
}

std::string wrong_steps(std::vector<Step> steps) {
  for (const Step& step : steps) {
    if (step.lower == -kOpen && step.upper == kOpen) {
      return "a step without both bounds; write metric_interval_lower_bound, "
             "metric_interval_upper_bound or both";
    }
    if (step.lower >= step.upper) {
      return fmt::format("a step from {} to {}; its lower bound must be below its upper one",
                         step.lower, step.upper);
    }
  }
  std::sort(steps.begin(), steps.end(),
            [](const Step& a, const Step& b) { return a.lower < b.lower; });
  for (std::size_t i = 1; i < steps.size(); ++i) {
    const Step& before = steps[i - 1];
    const Step& after = steps[i];
    if (before.lower == -kOpen && after.lower == -kOpen) {
      return "two steps without metric_interval_lower_bound; only one may be endless";
    }
    if (before.upper == kOpen && after.upper == kOpen) {
      return "two steps without metric_interval_upper_bound; only one may be endless";
    }
    if (after.lower < before.upper) {
      return fmt::format("steps that overlap: one ends at {}, the next begins at {}", before.upper,
                         after.lower);
    }
    if (after.lower > before.upper) {
      return fmt::format("a gap between steps: one ends at {}, the next begins at {}", before.upper,
                         after.lower);
    }
  }
  if (!steps.empty() && steps.front().lower < 0 && steps.front().lower != -kOpen) {
    return fmt::format(
        "a lowest step from {}; below 0, it must have no "
        "metric_interval_lower_bound",
        steps.front().lower);
  }
  if (!steps.empty() && steps.back().upper > 0 && steps.back().upper != kOpen) {
    return fmt::format(
        "a highest step to {}; above 0, it must have no "
        "metric_interval_upper_bound",
        steps.back().upper);
  }
  return {};
}

std::optional<double> aggregate(MetricAggregation how, std::span<const double> datapoints) {
  if (datapoints.empty()) {
    return std::nullopt;
  }
  switch (how) {  // R2.5.3
    case MetricAggregation::kMinimum:
      return *std::min_element(datapoints.begin(), datapoints.end());
    case MetricAggregation::kMaximum:
      return *std::max_element(datapoints.begin(), datapoints.end());
    case MetricAggregation::kAverage:
      break;
  }
  double sum = 0;
  for (const double value : datapoints) {
    sum += value;
  }
  return sum / static_cast<double>(datapoints.size());
}

AdjustmentWish wish_of(const Adjustment& adjustment, const AdjustmentBase& base) {
  const bool exact = adjustment.type == AdjustmentType::kExactCapacity;
  const std::int64_t amount = adjustment.amount;
  const bool out = exact ? amount > base.desired : amount > 0;
  AdjustmentWish wish{.direction = out ? Direction::kOut : Direction::kIn,
                      .capacity = out ? base.out : base.in};
  if (exact ? amount == base.desired : amount == 0) {
    wish.decision = NoChange{NoChangeReason::kNoAdjustment};
    return wish;
  }
  const std::uint32_t wanted = adjusted(adjustment, wish.capacity);  // R2.5.4, R2.4.6
  if (!exact && wanted == wish.capacity) {
    wish.decision = NoChange{NoChangeReason::kNoAdjustment};  // a share of nothing
  } else {
    wish.decision = ScaleTo{wanted};
  }
  return wish;
}

}  // namespace updraft::auto_scaling
