// A metric that an application puts: values and statistic sets, by operations or from a file.
//
// What is put into one second (high resolution) or one minute is merged (R6.2.1). Alarms ask it
// for statistics of any whole number of those; the file of results has a row a minute.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "models/cloudwatch/cloudwatch.pb.h"
#include "models/cloudwatch/raw_metric.h"
#include "models/cloudwatch/statistics.h"
#include "models/roles/metric_source.h"
#include "sim/build/resource.h"
#include "sim/engine/model.h"

namespace updraft::cloudwatch {

/// The next row of the file is put.
struct PutRow {
  static constexpr sim::Phase kPhase = sim::Phase::kOperations;
  std::uint64_t row;
};

/// A row of the file.
struct CustomRow {
  sim::Time at{};
  double value = 0;
  double count = 1;
};
/// The rows of a file's content, or what is wrong with it.
sim::Result<std::vector<CustomRow>> read_custom_rows(std::string_view csv);

class CustomMetric final : public sim::Model<CustomMetric, PutRow>,
                           public sim::Resource,
                           public roles::MetricSource,
                           public RawMetric {
 public:
  CustomMetric(const sim::Birth& birth, const CustomMetricParams& params);

  void bind(sim::World& world) override;
  void operate(sim::Context& ctx, const google::protobuf::Message& operation,
               sim::DecisionId caused_by) override;
  void on_start(sim::Context& ctx) override;
  void on_roll_up(sim::Context& ctx, sim::Time period_start, sim::Time period_end) override;
  void on(sim::Context& ctx, const PutRow& message);

  [[nodiscard]] std::optional<sim::MetricId> metric(std::string_view name) const override;
  [[nodiscard]] sim::MetricId id() const override { return metric_; }
  [[nodiscard]] sim::Duration resolution() const override { return resolution_; }
  [[nodiscard]] std::optional<double> value(const sim::Statistic& statistic, sim::Time from,
                                            sim::Time to) const override;

 private:
  struct Slot {
    sim::Time start{};
    PeriodData data;
  };
  PeriodData& open(sim::Time now);
  [[nodiscard]] PeriodData merged(sim::Time from, sim::Time to) const;

  std::string csv_;
  sim::Duration resolution_;
  sim::Duration history_;
  std::vector<CustomRow> rows_;
  std::deque<Slot> slots_;  // oldest first; those of no data are not there
  sim::MetricId metric_{};
};

}  // namespace updraft::cloudwatch
