// Target tracking: two alarms that the policy owns, and the capacity it asks for when one of them
// holds (R2.6).
//
// Scale-out rounds up, scale-in is conservative: it never removes so many that the metric of the
// rest would pass the target (R2.6.4, R2.6.5).
//
//   TargetTracking policy{.target_value = 50};
//   TrackingDecision d = on_alarm_high(policy, {.capacity = 10, .metric = 75});   // ScaleTo{15}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "models/auto_scaling/capacity.h"
#include "sim/core/time.h"

namespace updraft::auto_scaling {

using namespace std::chrono_literals;

struct TargetTracking {
  double target_value = 0;        // in the metric's unit, > 0; for counts per instance and minute
  bool disable_scale_in = false;  // R2.6.11
  double low_ratio = 0.7;         // R2.6.3: AlarmLow's threshold over the target
};

enum class AlarmSide : std::uint8_t { kHigh, kLow };

/// One of the two alarms. High: greater than the threshold; low: less than it.
struct TrackingAlarm {
  AlarmSide side = AlarmSide::kHigh;
  double threshold = 0;
  sim::Duration period{60s};
  std::uint32_t evaluation_periods = 0;  // all of them must breach
};

/// R2.6.2: AlarmHigh takes 3 datapoints in 3 minutes, AlarmLow 15 in 15 minutes. `period` is the
/// metric's, 60 s or less (R2.6.10).
TrackingAlarm alarm_high(const TargetTracking& policy, sim::Duration period = 60s);
TrackingAlarm alarm_low(const TargetTracking& policy, sim::Duration period = 60s);

/// R2.6.1: "TargetTracking-fleet-AlarmHigh-cpu". AWS ends the name with a UUID; here the policy's
/// name stands in its place, so that a name is the same in every run.
std::string alarm_name(std::string_view group, AlarmSide side, std::string_view policy);

struct TrackingInput {
  std::uint32_t capacity = 0;      // capacity_to_scale_out_from or capacity_to_scale_in_from
  std::optional<double> metric{};  // of the latest datapoint; none: missing
};

/// The decision and what it was computed from, for the decision log.
struct TrackingDecision {
  ScalingDecision decision = NoChange{};
  std::uint32_t capacity = 0;
  double metric = 0;
  double target = 0;
  double raw = 0;  // capacity * metric / target, before rounding
};

/// R2.6.4: ceil(capacity * metric / target).
TrackingDecision on_alarm_high(const TargetTracking& policy, const TrackingInput& input);

/// R2.6.5: the same, downwards: the smallest capacity that leaves the metric at or under the
/// target. "would remove 1.5" removes 1, "would remove 0.5" waits.
TrackingDecision on_alarm_low(const TargetTracking& policy, const TrackingInput& input);

}  // namespace updraft::auto_scaling
