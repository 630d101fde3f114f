// Alarms between CloudWatch and those who act on them.
//
// A scaling policy asks the AlarmService to watch a metric and is called back as an AlarmAction: at
// each change of state and, for Auto Scaling actions, once a minute while the state lasts (R6.3.1).
// An alarm that a scenario names finds its actions by name: "fleet/cpu" is the part "cpu" of the
// resource fleet, which plays the role AlarmActions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/engine/context.h"
#include "sim/metrics/series.h"

namespace updraft::roles {

/// R6.3.1. An alarm starts as kInsufficientData.
enum class AlarmState : std::uint8_t { kOk, kAlarm, kInsufficientData };

/// R6.3.6, less the anomaly operators.
enum class ComparisonOperator : std::uint8_t {
  kGreaterThanOrEqualToThreshold,
  kGreaterThanThreshold,
  kLessThanThreshold,
  kLessThanOrEqualToThreshold,
};

/// R6.3.5. kMissing is the default.
enum class TreatMissingData : std::uint8_t { kMissing, kIgnore, kBreaching, kNotBreaching };

/// What an action hears.
struct AlarmNotice {
  const std::string& alarm;  // its name
  AlarmState state;
  AlarmState before;
  bool repeated;  // the state has not changed; a minute has passed (Auto Scaling actions only)
  double value;   // newest datapoint that was judged; NaN when there is none
  sim::Time period_start;    // its period
  sim::DecisionId decision;  // the row of the alarm's state, as a cause
  double threshold;
  ComparisonOperator comparison;
  std::span<const double> datapoints;  // all that were judged, the oldest first
};

class AlarmAction {
 public:
  virtual ~AlarmAction() = default;
  /// Called in the alarms phase; may act at once.
  virtual void alarm_notified(sim::Context& ctx, const AlarmNotice& notice) = 0;
  /// R6.3.1: one of Auto Scaling, repeated each minute while the state lasts.
  [[nodiscard]] virtual bool is_auto_scaling() const = 0;
};

/// A resource with parts that alarms may call, such as the policies of a group. Which parts of a
/// type those are stands in its schema (alarm_options.proto), so the loader has checked the name.
class AlarmActions {
 public:
  virtual ~AlarmActions() = default;
  /// "cpu" of "fleet/cpu".
  [[nodiscard]] virtual AlarmAction& alarm_action(std::string_view part) = 0;
};

/// Who is called in which state.
struct AlarmActionOn {
  AlarmState state = AlarmState::kAlarm;
  AlarmAction* action = nullptr;
};

/// A metric, or an expression of metric math over other ids of the same alarm (R6.2.1).
struct MetricQuery {
  std::string id;
  sim::MetricId metric{};    // where there is no expression
  sim::Statistic statistic;  // likewise
  std::string expression{};  // "100 * errors / requests"; empty: a metric
  bool return_data = false;  // what is watched; exactly one
};

struct AlarmDefinition {
  std::string name;
  sim::MetricId metric{};
  sim::Statistic statistic;
  std::vector<MetricQuery> queries{};  // metric math; where there are any, the two above are unused
  sim::Duration period{};              // 60 s, or a multiple
  std::uint32_t evaluation_periods = 1;
  std::uint32_t datapoints_to_alarm = 1;
  double threshold = 0;
  ComparisonOperator comparison = ComparisonOperator::kGreaterThanThreshold;
  TreatMissingData treat_missing_data = TreatMissingData::kMissing;
  bool ignore_low_sample_percentile = false;  // R6.3.7
  std::vector<AlarmActionOn> actions{};       // in the order in which they are called
};

/// CloudWatch, as everybody else sees it.
class AlarmService {
 public:
  virtual ~AlarmService() = default;
  /// Watches from now on. The actions outlive the service.
  virtual void put_alarm(sim::Context& ctx, const AlarmDefinition& definition) = 0;
  /// The state of an alarm by name; kInsufficientData while it has not been heard of.
  [[nodiscard]] virtual AlarmState state_of(const std::string& alarm) const = 0;
};

}  // namespace updraft::roles
