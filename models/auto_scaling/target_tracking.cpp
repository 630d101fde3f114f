#include "models/auto_scaling/target_tracking.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sim/core/check.h"

namespace updraft::auto_scaling {
namespace {

TrackingDecision values_of(const TargetTracking& policy, const TrackingInput& input) {
  SIM_CHECK(policy.target_value > 0, "the target is {}", policy.target_value);
  TrackingDecision result{.capacity = input.capacity, .target = policy.target_value};
  if (input.metric) {
    result.metric = *input.metric;
    result.raw = static_cast<double>(input.capacity) * *input.metric / policy.target_value;
  }
  return result;
}

// ceil(raw), where a raw that is whole but for rounding stays what it is: 3 * 0.1 / 0.1 is above 3
// by one bit and means 3.
std::uint32_t instances(double raw) {
  constexpr double kRounding = 1e-9;
  const double whole = std::ceil(raw - kRounding * (1 + raw));
  constexpr double kMost = std::numeric_limits<std::uint32_t>::max();
  if (whole <= 0) {
    return 0;
  }
  return whole >= kMost ? std::numeric_limits<std::uint32_t>::max()
                        : static_cast<std::uint32_t>(whole);
}

}  // namespace

TrackingAlarm alarm_high(const TargetTracking& policy, sim::Duration period) {
  return {.side = AlarmSide::kHigh,
          .threshold = policy.target_value,
          .period = period,
          .evaluation_periods = static_cast<std::uint32_t>(3min / period)};  // R2.6.2
}

TrackingAlarm alarm_low(const TargetTracking& policy, sim::Duration period) {
  return {.side = AlarmSide::kLow,
          .threshold = policy.low_ratio * policy.target_value,  // R2.6.3
          .period = period,
          .evaluation_periods = static_cast<std::uint32_t>(15min / period)};  // R2.6.2
}

std::string alarm_name(std::string_view group, AlarmSide side, std::string_view policy) {
  return fmt::format("TargetTracking-{}-Alarm{}-{}", group,
                     side == AlarmSide::kHigh ? "High" : "Low", policy);
}

TrackingDecision on_alarm_high(const TargetTracking& policy, const TrackingInput& input) {
  TrackingDecision result = values_of(policy, input);
  if (!input.metric) {  // R2.6.6
    result.decision = NoChange{NoChangeReason::kNoData};
    return result;
  }
  const std::uint32_t wanted = instances(result.raw);  // R2.6.4
  if (wanted > input.capacity) {
    result.decision = ScaleTo{wanted};
  } else {
    result.decision = NoChange{NoChangeReason::kAtTarget};
  }
  return result;
}

TrackingDecision on_alarm_low(const TargetTracking& policy, const TrackingInput& input) {
  TrackingDecision result = values_of(policy, input);
  if (!input.metric) {  // R2.6.6
    result.decision = NoChange{NoChangeReason::kNoData};
  } else if (policy.disable_scale_in) {  // R2.6.11
    result.decision = NoChange{NoChangeReason::kScaleInDisabled};
  } else if (const std::uint32_t wanted = instances(result.raw); wanted < input.capacity) {
    result.decision = ScaleTo{wanted};  // R2.6.5; R2.6.9: a real zero asks for none
  } else if (result.raw < static_cast<double>(input.capacity)) {
    result.decision = NoChange{NoChangeReason::kWouldOscillate};  // R2.6.4
  } else {
    result.decision = NoChange{NoChangeReason::kAtTarget};
  }
  return result;
}

}  // namespace updraft::auto_scaling
