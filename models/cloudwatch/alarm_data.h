// What an alarm looks at: one metric's statistic, or metric math over several.
//
//   AlarmData data(definition, metrics, {.periods = 6, .publication_delay = 60s});
//   data.read(metrics, window, now, range);   // a datapoint for each period, oldest first
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/cloudwatch/alarm_evaluation.h"
#include "models/cloudwatch/disturbances.h"
#include "models/cloudwatch/evaluation_schedule.h"
#include "models/cloudwatch/raw_metric.h"
#include "models/common/metric_queries.h"
#include "models/roles/alarms.h"
#include "sim/metrics/series.h"

namespace updraft::cloudwatch {

class AlarmData {
 public:
  struct Settings {
    std::uint32_t periods = 1;  // that are read at once
    sim::Duration publication_delay{};
    std::int64_t start_unix_ns = 0;
  };
  /// The metrics are declared. Their history is kept for as long as the alarm looks back.
  AlarmData(const roles::AlarmDefinition& definition, sim::MetricStore& metrics,
            const RawMetrics& raw, const Settings& settings);

  /// R6.1.5: what is published at `now`. The answer is the fault's record that keeps a point of it
  /// back, the newest one's; none where nothing is kept back.
  sim::DecisionId read(const sim::MetricStore& metrics, const Disturbances& disturbances,
                       const EvaluationWindow& window, sim::Time now,
                       std::vector<Datapoint>& range) const;

  /// The metric that a decision names as its cause: the first one that has a part in the value.
  [[nodiscard]] const std::string& resource() const { return resource_; }
  [[nodiscard]] const std::string& metric() const { return metric_; }
  /// Whether all that is watched was put by applications, and so is there sooner.
  static bool is_custom(const roles::AlarmDefinition& definition, const RawMetrics& raw);
  /// R6.3.7: whether the datapoint of a period is a percentile of few samples.
  [[nodiscard]] bool has_few_samples(const sim::MetricStore& metrics, sim::Time start) const;

 private:
  struct Source {
    sim::MetricId metric{};
    sim::Statistic statistic;
    const RawMetric* raw = nullptr;  // where single values are known
    std::string resource;
    std::string name;
  };
  /// What one evaluation reads with.
  struct Reading {
    const sim::MetricStore& metrics;
    const Disturbances& disturbances;
    sim::Time now;
    sim::DecisionId kept_back_by = sim::DecisionId::kNone;
  };
  [[nodiscard]] std::optional<double> value(Reading& reading, const Source& source,
                                            sim::Time start) const;
  [[nodiscard]] std::optional<double> disturbed_value(Reading& reading, const Source& source,
                                                      sim::Time start, sim::Duration own) const;

  std::vector<Source> sources_;
  std::optional<common::QueryPlan> plan_;  // none: the one source's own value
  sim::Duration period_;
  Settings settings_;
  std::string resource_;
  std::string metric_;
};

}  // namespace updraft::cloudwatch
