// The metrics of a run: who declares one publishes one datapoint for each period, control planes
// read the last few, the sink gets every closed period as a row.
//
// A datapoint is a StatisticSet, stamped with the START of its period; a period without one has no
// datapoint (not a zero). Memory is bounded: a metric keeps as many datapoints as its readers
// required, the file has the rest. Nothing here knows when a period ends: the owner of the cadence
// calls close_period() after all have published.
//
//   MetricId latency = store.declare({.resource = "web-alb", .name = "TargetResponseTime",
//       .cloudwatch_namespace = "AWS/ApplicationELB", .unit = "Seconds", .statistic =
//       Statistic::average(), .kept = {Statistic::at(kP50), Statistic::at(kP99),
//       Statistic::maximum()}, .keep_histogram = true});
//   store.require_history(latency, 15, KeepHistograms::kYes);   // an alarm on p99 over 15 minutes
//   store.publish(latency, start, response.close_period(start, end), &response.closed_period());
//   store.close_period(60s, start);
//   std::optional<double> p99 = store.statistic(latency, Statistic::at(kP99), start, end);
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/time.h"
#include "sim/metrics/histogram.h"
#include "sim/metrics/sink.h"
#include "sim/metrics/statistic.h"

namespace updraft::sim {

/// Groups of the result file that no resource may be named after.
bool is_reserved_group(std::string_view name);

/// Names and unit are CloudWatch's where the metric is; ours have an empty cloudwatch_namespace.
struct MetricDeclaration {
  std::string resource{};              // path of the owner: "web-alb"; the group of the file
  std::string name{};                  // "TargetResponseTime"
  std::string cloudwatch_namespace{};  // "AWS/ApplicationELB"
  std::string unit{};                  // "Seconds", "Percent", "Count", "Bytes", "None"
  std::string long_name{};             // a sentence for the reader of the file
  Statistic statistic{};               // the one it is meant for: column NAME
  std::vector<Statistic> kept{};       // further columns: NAME_p99, NAME_Maximum
  Duration period = std::chrono::seconds{60};
  bool keep_histogram = false;  // its histograms go to /latency, for each period and for the run
};

enum class MetricId : std::uint32_t {};
enum class FamilyId : std::uint32_t {};
enum class KeepHistograms : std::uint8_t { kNo, kYes };

/// Metrics of things that are born and die during the run (instances, environments, consumers):
/// rows over a common observation axis, with the index of the member beside it (CF's indexed ragged
/// array).
struct FamilyDeclaration {
  std::string group{};         // "/instance_metrics"; one of its own for each family
  std::string member_table{};  // "/instances", whose rows the members are
  std::string member{};        // "instance"
  Duration period = std::chrono::seconds{60};
  std::vector<MetricDeclaration> metrics{};  // resource and period are the family's
};

struct MetricStoreOptions {
  std::uint32_t default_history =
      32;  // datapoints kept for each metric before anyone requires more
};

class MetricStore {
 public:
  /// `sink` may be null: then only the history is kept.
  explicit MetricStore(ResultSink* sink, MetricStoreOptions options = {});
  MetricStore(const MetricStore&) = delete;
  MetricStore& operator=(const MetricStore&) = delete;

  /// At any time of the run. Twice the same resource and name is an invariant broken.
  MetricId declare(const MetricDeclaration& declaration);
  /// At least that many datapoints stay readable, with histograms if percentiles are asked.
  void require_history(MetricId id, std::uint32_t datapoints,
                       KeepHistograms histograms = KeepHistograms::kNo);
  [[nodiscard]] std::optional<MetricId> find(std::string_view resource,
                                             std::string_view name) const;
  [[nodiscard]] const MetricDeclaration& declaration(MetricId id) const;
  [[nodiscard]] std::size_t size() const { return series_.size(); }

  /// The datapoint of the open period that starts at `period_start`. Several merge into one (the
  /// nodes of a load balancer publish to the same metric); an empty set publishes nothing.
  /// `histogram` holds the same samples.
  void publish(MetricId id, Time period_start, const StatisticSet& set,
               const Histogram* histogram = nullptr);

  FamilyId declare_family(const FamilyDeclaration& family);
  /// One row: sets[i] belongs to the family's metric i. All empty: no row. No history is kept.
  void publish_member(FamilyId id, std::int64_t member, Time period_start,
                      std::span<const StatisticSet> sets);

  /// Every metric of the cadence has published: the row goes to the sink. Periods of a cadence
  /// close in order without gaps from time 0, whether it has metrics yet or not.
  void close_period(Duration cadence, Time period_start);
  /// The run has ended: whole-run histograms go to the sink. Call before the sink's finish().
  void finish();

  struct Point {
    Time start{};
    std::optional<double> value;  // none: no datapoint
    friend bool operator==(const Point&, const Point&) = default;
  };
  /// The newest datapoint with its start. None before the first, or when it has left the history.
  [[nodiscard]] std::optional<std::pair<Time, StatisticSet>> latest(MetricId id) const;
  /// The merge of the datapoints whose periods start in [from, to); count 0 when there is none.
  [[nodiscard]] StatisticSet window(MetricId id, Time from, Time to) const;
  /// A statistic of that merge. None without datapoints, and for a percentile when neither
  /// histograms were kept nor all samples are equal (R6.2.1: a statistic set yields percentiles
  /// only where Min = Max).
  [[nodiscard]] std::optional<double> statistic(MetricId id, const Statistic& statistic, Time from,
                                                Time to) const;
  /// One point for each `period` in [from, to), a multiple of the metric's own; both ends are
  /// multiples of it.
  [[nodiscard]] std::vector<Point> query(MetricId id, const Statistic& statistic, Time from,
                                         Time to, Duration period) const;

 private:
  struct Slot {
    std::int64_t period = -1;  // number of the period; -1: never used
    StatisticSet set;
    std::vector<BucketCount> buckets;  // when histograms are kept
  };
  struct Cadence {
    Duration period{};
    std::int64_t next = 0;  // number of the open period
    std::vector<std::uint32_t> series;
    std::vector<double> row;
  };
  struct Series {
    MetricDeclaration declaration;
    Cadence* cadence = nullptr;
    std::vector<Slot> ring;  // slot of period k is k % size
    std::int64_t newest = -1;
    bool ring_histograms = false;
    bool needs_histogram = false;  // for the ring, a kept percentile or /latency
    Histogram open;
    Histogram run;
    SeriesColumnId first_column = 0;  // the meant statistic, then the kept ones
    std::int64_t latency_row = -1;
  };
  struct Family {
    Duration period{};
    TableId table = 0;
    std::vector<Statistic> statistics;  // of each value column
    std::vector<std::uint32_t> metric;  // which set it comes from
  };

  Cadence& cadence_of(Duration period);
  Series& at(MetricId id);
  [[nodiscard]] const Series& at(MetricId id) const;
  void declare_latency(Series& series);
  void close_series(Series& series, Cadence& cadence);
  [[nodiscard]] std::optional<double> answer(const Series& series, const Statistic& statistic,
                                             std::int64_t first, std::int64_t last) const;

  ResultSink* sink_;
  MetricStoreOptions options_;
  std::vector<Series> series_;
  std::map<std::string, std::uint32_t, std::less<>> by_name_;  // "RESOURCE\nNAME"
  std::map<std::int64_t, Cadence> cadences_;
  std::vector<Family> families_;
  struct LatencyTables {
    TableId series = 0;
    TableId period = 0;
    TableId entry = 0;
    TableId run = 0;
    std::int64_t entries = 0;  // of all periods so far
  };
  std::optional<LatencyTables> latency_;
  std::int64_t latency_rows_ = 0;
  std::vector<Cell> cells_;  // reused
};

/// One statistic of a set, with the histogram of the same samples if there is one. None without
/// samples, and for a percentile that cannot be told (R6.2.1). Percentiles of a histogram are in
/// seconds.
std::optional<double> evaluate(const Statistic& statistic, const StatisticSet& set,
                               const Histogram* histogram = nullptr);

}  // namespace updraft::sim
