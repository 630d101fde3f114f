// Alarms between CloudWatch and those who act on them.
//
// A scaling policy asks the AlarmService to watch a metric and is called back as an AlarmAction: at
// each change of state and, for Auto Scaling actions, once a minute while the state lasts (R6.3.1).
#pragma once

#include <cstdint>
#include <string>
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
};

class AlarmAction {
 public:
  virtual ~AlarmAction() = default;
  /// Called in the alarms phase; may act at once.
  virtual void alarm_notified(sim::Context& ctx, const AlarmNotice& notice) = 0;
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
};

/// CloudWatch, as everybody else sees it.
class AlarmService {
 public:
  virtual ~AlarmService() = default;
  /// Watches from now on. An Auto Scaling action is repeated each minute while its state lasts.
  virtual void put_alarm(sim::Context& ctx, const AlarmDefinition& definition, AlarmAction* action,
                         bool auto_scaling_action) = 0;
};

}  // namespace updraft::roles
