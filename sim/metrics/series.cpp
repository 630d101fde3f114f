#include "sim/metrics/series.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sim/core/check.h"

namespace updraft::sim {
namespace {

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

std::vector<Attribute> attributes_of(const MetricDeclaration& metric, const Statistic& statistic) {
  std::vector<Attribute> attributes{{"units", metric.unit}, {"statistic", to_string(statistic)}};
  if (!metric.long_name.empty()) {
    attributes.push_back({"long_name", metric.long_name});
  }
  if (!metric.cloudwatch_namespace.empty()) {
    attributes.push_back({"cloudwatch_namespace", metric.cloudwatch_namespace});
    attributes.push_back({"cloudwatch_metric", metric.name});
  }
  return attributes;
}

std::string column_name(const MetricDeclaration& metric, const Statistic& statistic) {
  return statistic == metric.statistic ? metric.name : metric.name + "_" + to_string(statistic);
}

// The meant statistic first, then the kept ones, each once.
std::vector<Statistic> statistics_of(const MetricDeclaration& metric) {
  std::vector<Statistic> statistics{metric.statistic};
  for (const Statistic& kept : metric.kept) {
    if (std::find(statistics.begin(), statistics.end(), kept) == statistics.end()) {
      statistics.push_back(kept);
    }
  }
  return statistics;
}

std::vector<BucketCount> merged(const std::vector<BucketCount>& a,
                                const std::vector<BucketCount>& b) {
  std::vector<BucketCount> result;
  result.reserve(a.size() + b.size());
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (j == b.size() || (i < a.size() && a[i].bucket < b[j].bucket)) {
      result.push_back(a[i++]);
    } else if (i == a.size() || b[j].bucket < a[i].bucket) {
      result.push_back(b[j++]);
    } else {
      result.push_back({a[i].bucket, a[i].count + b[j].count});
      ++i;
      ++j;
    }
  }
  return result;
}

std::int64_t period_number(Duration period, Time start) {
  SIM_CHECK(to_ns(start) % to_ns(period) == 0, "no period of {} ns starts at {} ns", to_ns(period),
            to_ns(start));
  return to_ns(start) / to_ns(period);
}

}  // namespace

bool is_reserved_group(std::string_view name) {
  constexpr std::array<std::string_view, 7> kNames{
      "instances", "environments", "consumers", "decisions", "traces", "latency", "bill"};
  constexpr std::array<std::string_view, 4> kPrefixes{"time_", "instance_metrics",
                                                      "environment_metrics", "consumer_metrics"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [&](std::string_view p) { return name.starts_with(p); });
}

std::optional<double> evaluate(const Statistic& statistic, const StatisticSet& set,
                               const Histogram* histogram) {
  if (set.empty()) {
    return std::nullopt;
  }
  switch (statistic.kind) {
    case StatisticKind::kAverage:
      return set.average();
    case StatisticKind::kSum:
      return set.sum;
    case StatisticKind::kMinimum:
      return set.min;
    case StatisticKind::kMaximum:
      return set.max;
    case StatisticKind::kSampleCount:
      return set.count;
    case StatisticKind::kPercentile:
      break;
  }
  if (set.min == set.max) {  // R6.2.1
    return set.min;
  }
  if (histogram != nullptr && static_cast<double>(histogram->count()) == set.count) {
    return histogram->percentile(statistic.percentile)->value / 1e9;
  }
  return std::nullopt;
}

MetricStore::MetricStore(ResultSink* sink, MetricStoreOptions options)
    : sink_(sink), options_(options) {
  SIM_CHECK(options_.default_history > 0);
}

MetricStore::Cadence& MetricStore::cadence_of(Duration period) {
  SIM_CHECK(period > Duration::zero() && period % std::chrono::seconds{1} == Duration::zero(),
            "a period is whole seconds, got {} ns", to_ns(period));
  Cadence& cadence = cadences_[to_ns(period)];
  cadence.period = period;
  return cadence;
}

MetricStore::Series& MetricStore::at(MetricId id) {
  SIM_CHECK(static_cast<std::uint32_t>(id) < series_.size(), "no metric {}",
            static_cast<std::uint32_t>(id));
  return series_[static_cast<std::uint32_t>(id)];
}

const MetricStore::Series& MetricStore::at(MetricId id) const {
  SIM_CHECK(static_cast<std::uint32_t>(id) < series_.size(), "no metric {}",
            static_cast<std::uint32_t>(id));
  return series_[static_cast<std::uint32_t>(id)];
}

MetricId MetricStore::declare(const MetricDeclaration& declaration) {
  const auto index = static_cast<std::uint32_t>(series_.size());
  const bool fresh =
      by_name_.try_emplace(declaration.resource + "\n" + declaration.name, index).second;
  SIM_CHECK(fresh, "metric {} of {} is declared twice", declaration.name, declaration.resource);
  Cadence& cadence = cadence_of(declaration.period);
  Series series;
  series.declaration = declaration;
  series.cadence = &cadence;
  series.declaration.kept = statistics_of(declaration);
  series.ring.resize(options_.default_history);
  for (const Statistic& statistic : series.declaration.kept) {
    series.needs_histogram |= statistic.kind == StatisticKind::kPercentile;
  }
  series.needs_histogram |= declaration.keep_histogram;
  if (sink_ != nullptr) {
    const bool first_of_cadence = cadence.row.empty();
    series.first_column = static_cast<SeriesColumnId>(cadence.row.size());
    for (const Statistic& statistic : series.declaration.kept) {
      const SeriesColumnId column =
          sink_->add_series_column({"/" + declaration.resource, column_name(declaration, statistic),
                                    declaration.period, attributes_of(declaration, statistic)});
      SIM_CHECK(column == cadence.row.size(), "the sink has columns of others");
      cadence.row.push_back(kNoValue);
    }
    for (std::int64_t k = 0; first_of_cadence && k < cadence.next; ++k) {
      sink_->append_period(declaration.period, kStart + declaration.period * k, {});
    }
    if (declaration.keep_histogram) {
      declare_latency(series);
    }
  }
  cadence.series.push_back(index);
  series_.push_back(std::move(series));
  return MetricId{index};
}

void MetricStore::declare_latency(Series& series) {
  if (!latency_) {
    const std::vector<Attribute> ns{{"units", std::string("ns")}};
    const TableId buckets = sink_->add_table({"/latency",
                                              "bucket",
                                              {{.name = "bucket", .type = ColumnType::kInt32},
                                               {.name = "bucket_lower", .attributes = ns},
                                               {.name = "bucket_upper", .attributes = ns}}});
    for (std::int32_t b = 0; b < Histogram::kBuckets; ++b) {
      const std::array<Cell, 3> cells{std::int64_t{b}, Histogram::lower_edge(b),
                                      Histogram::upper_edge(b)};
      sink_->append_row(buckets, cells);
    }
    latency_ = LatencyTables{};
    latency_->series = sink_->add_table({"/latency",
                                         "series",
                                         {{.name = "series", .type = ColumnType::kInt32},
                                          {.name = "resource", .type = ColumnType::kString},
                                          {.name = "metric", .type = ColumnType::kString},
                                          {.name = "count", .late = true},
                                          {.name = "sum_seconds",
                                           .type = ColumnType::kDouble,
                                           .late = true,
                                           .attributes = {{"units", std::string("s")}}},
                                          {.name = "min", .late = true, .attributes = ns},
                                          {.name = "max", .late = true, .attributes = ns}}});
    latency_->period =
        sink_->add_table({"/latency",
                          "period",
                          {{.name = "period_time", .type = ColumnType::kTime},
                           {.name = "period_series", .type = ColumnType::kInt32},
                           {.name = "period_first",
                            .attributes = {{"long_name", std::string("index of its first entry")}}},
                           {.name = "period_size",
                            .type = ColumnType::kInt32,
                            .attributes = {{"long_name", std::string("number of its entries")},
                                           {"sample_dimension", std::string("period_entry")}}}}});
    latency_->entry = sink_->add_table(
        {"/latency",
         "period_entry",
         {{.name = "period_bucket", .type = ColumnType::kInt32}, {.name = "period_count"}}});
    latency_->run = sink_->add_table({"/latency",
                                      "run_entry",
                                      {{.name = "run_series", .type = ColumnType::kInt32},
                                       {.name = "run_bucket", .type = ColumnType::kInt32},
                                       {.name = "run_count"}}});
  }
  const std::int64_t row = sink_->append_row(
      latency_->series,
      std::array<Cell, 7>{latency_rows_, std::string_view(series.declaration.resource),
                          std::string_view(series.declaration.name), kOpenCell, kNoValue, kOpenCell,
                          kOpenCell});
  ++latency_rows_;
  series.latency_row = row;
}

void MetricStore::require_history(MetricId id, std::uint32_t datapoints,
                                  KeepHistograms histograms) {
  Series& series = at(id);
  if (histograms == KeepHistograms::kYes) {
    series.ring_histograms = true;
    series.needs_histogram = true;
  }
  if (datapoints <= series.ring.size()) {
    return;
  }
  std::vector<Slot> larger(datapoints);
  for (Slot& slot : series.ring) {
    if (slot.period >= 0) {
      const auto place = static_cast<std::size_t>(slot.period) % larger.size();
      larger[place] = std::move(slot);
    }
  }
  series.ring = std::move(larger);
}

std::optional<MetricId> MetricStore::find(std::string_view resource, std::string_view name) const {
  const auto found = by_name_.find(fmt::format("{}\n{}", resource, name));
  if (found == by_name_.end()) {
    return std::nullopt;
  }
  return MetricId{found->second};
}

const MetricDeclaration& MetricStore::declaration(MetricId id) const {
  return at(id).declaration;
}

void MetricStore::publish(MetricId id, Time period_start, const StatisticSet& set,
                          const Histogram* histogram) {
  if (set.empty()) {
    return;
  }
  Series& series = at(id);
  const std::int64_t period = period_number(series.declaration.period, period_start);
  const std::int64_t open = series.cadence->next;
  SIM_CHECK(period == open, "{} of {} publishes period {} while {} is open",
            series.declaration.name, series.declaration.resource, period, open);
  Slot& slot = series.ring[static_cast<std::size_t>(period) % series.ring.size()];
  if (slot.period != period) {
    slot.period = period;
    slot.set = StatisticSet::none();
    slot.buckets.clear();
    series.newest = period;
  }
  slot.set.merge(set);
  if (histogram != nullptr && series.needs_histogram) {
    series.open.merge(*histogram);
    if (series.ring_histograms) {
      slot.buckets = merged(slot.buckets, histogram->buckets());
    }
  }
}

FamilyId MetricStore::declare_family(const FamilyDeclaration& declaration) {
  Family family;
  family.period = declaration.period;
  SIM_CHECK(declaration.period % std::chrono::seconds{1} == Duration::zero());
  if (sink_ != nullptr) {
    TableSpec table{declaration.group, "observation", {}};
    table.columns.push_back({.name = "time",
                             .type = ColumnType::kTime,
                             .attributes = {{"standard_name", std::string("time")},
                                            {"long_name", std::string("start of the period")}}});
    table.columns.push_back({.name = declaration.member,
                             .attributes = {{"instance_dimension", declaration.member},
                                            {"long_name", "row of " + declaration.member_table}}});
    for (std::uint32_t m = 0; m < declaration.metrics.size(); ++m) {
      for (const Statistic& statistic : statistics_of(declaration.metrics[m])) {
        family.statistics.push_back(statistic);
        family.metric.push_back(m);
        table.columns.push_back({.name = column_name(declaration.metrics[m], statistic),
                                 .type = ColumnType::kDouble,
                                 .optional = true,
                                 .attributes = attributes_of(declaration.metrics[m], statistic)});
      }
    }
    family.table = sink_->add_table(table);
  }
  families_.push_back(std::move(family));
  return FamilyId{static_cast<std::uint32_t>(families_.size() - 1)};
}

void MetricStore::publish_member(FamilyId id, std::int64_t member, Time period_start,
                                 std::span<const StatisticSet> sets) {
  const Family& family = families_.at(static_cast<std::uint32_t>(id));
  period_number(family.period, period_start);
  const bool any =
      std::any_of(sets.begin(), sets.end(), [](const StatisticSet& set) { return !set.empty(); });
  if (sink_ == nullptr || !any) {
    return;
  }
  cells_.clear();
  cells_.emplace_back(to_ns(period_start));
  cells_.emplace_back(member);
  for (std::size_t c = 0; c < family.statistics.size(); ++c) {
    SIM_CHECK(family.metric[c] < sets.size(), "{} sets for a family", sets.size());
    cells_.emplace_back(evaluate(family.statistics[c], sets[family.metric[c]]).value_or(kNoValue));
  }
  sink_->append_row(family.table, cells_);
}

void MetricStore::close_series(Series& series, Cadence& cadence) {
  if (series.newest != cadence.next) {
    return;
  }
  const Slot& slot = series.ring[static_cast<std::size_t>(series.newest) % series.ring.size()];
  if (sink_ != nullptr) {
    for (std::size_t i = 0; i < series.declaration.kept.size(); ++i) {
      cadence.row[series.first_column + i] =
          evaluate(series.declaration.kept[i], slot.set, &series.open).value_or(kNoValue);
    }
  }
  if (!series.open.empty()) {
    if (series.latency_row >= 0) {
      const std::vector<BucketCount> buckets = series.open.buckets();
      for (const BucketCount& bucket : buckets) {
        sink_->append_row(latency_->entry,
                          std::array<Cell, 2>{std::int64_t{bucket.bucket}, bucket.count});
      }
      const auto size = static_cast<std::int64_t>(buckets.size());
      sink_->append_row(latency_->period,
                        std::array<Cell, 4>{to_ns(kStart + cadence.period * cadence.next),
                                            series.latency_row, latency_->entries, size});
      latency_->entries += size;
      series.run.merge(series.open);
    }
    series.open.clear();
  }
}

void MetricStore::close_period(Duration period, Time period_start) {
  Cadence& cadence = cadence_of(period);
  SIM_CHECK(period_number(period, period_start) == cadence.next,
            "period {} ns of cadence {} ns closes out of order", to_ns(period_start),
            to_ns(period));
  std::fill(cadence.row.begin(), cadence.row.end(), kNoValue);
  for (const std::uint32_t index : cadence.series) {
    close_series(series_[index], cadence);
  }
  if (sink_ != nullptr && !cadence.row.empty()) {
    sink_->append_period(period, period_start, cadence.row);
  }
  ++cadence.next;
}

void MetricStore::finish() {
  for (const Series& series : series_) {
    if (series.latency_row < 0) {
      continue;
    }
    for (const BucketCount& bucket : series.run.buckets()) {
      const std::array<Cell, 3> cells{series.latency_row, std::int64_t{bucket.bucket},
                                      bucket.count};
      sink_->append_row(latency_->run, cells);
    }
    sink_->set_cell(latency_->series, series.latency_row, 3, series.run.count());
    if (!series.run.empty()) {
      sink_->set_cell(latency_->series, series.latency_row, 4, series.run.sum() / 1e9);
      sink_->set_cell(latency_->series, series.latency_row, 5, series.run.min());
      sink_->set_cell(latency_->series, series.latency_row, 6, series.run.max());
    }
  }
}

std::optional<std::pair<Time, StatisticSet>> MetricStore::latest(MetricId id) const {
  const Series& series = at(id);
  if (series.newest < 0) {
    return std::nullopt;
  }
  const Slot& slot = series.ring[static_cast<std::size_t>(series.newest) % series.ring.size()];
  return std::pair{kStart + series.declaration.period * series.newest, slot.set};
}

StatisticSet MetricStore::window(MetricId id, Time from, Time to) const {
  const Series& series = at(id);
  const std::int64_t period = to_ns(series.declaration.period);
  StatisticSet set;
  const std::int64_t first =
      std::max<std::int64_t>((to_ns(from) + period - 1) / period,
                             series.newest + 1 - static_cast<std::int64_t>(series.ring.size()));
  const std::int64_t end = std::min((to_ns(to) + period - 1) / period, series.newest + 1);
  for (std::int64_t k = std::max<std::int64_t>(first, 0); k < end; ++k) {
    const Slot& slot = series.ring[static_cast<std::size_t>(k) % series.ring.size()];
    if (slot.period == k) {
      set.merge(slot.set);
    }
  }
  return set;
}

std::optional<double> MetricStore::statistic(MetricId id, const Statistic& statistic, Time from,
                                             Time to) const {
  const StatisticSet set = window(id, from, to);
  if (statistic.kind != StatisticKind::kPercentile || set.empty() || set.min == set.max) {
    return evaluate(statistic, set);
  }
  const Series& series = at(id);
  const std::int64_t period = to_ns(series.declaration.period);
  std::vector<BucketCount> buckets;
  double covered = 0;
  for (const Slot& slot : series.ring) {
    if (slot.period >= 0 && slot.period * period >= to_ns(from) &&
        slot.period * period < to_ns(to) && !slot.buckets.empty()) {
      buckets = merged(buckets, slot.buckets);
      covered += slot.set.count;
    }
  }
  if (buckets.empty() || covered != set.count) {
    return std::nullopt;  // some of the samples have no histogram
  }
  const auto min = static_cast<std::int64_t>(std::llround(set.min * 1e9));
  const auto max = static_cast<std::int64_t>(std::llround(set.max * 1e9));
  return percentile_of(buckets, statistic.percentile, min, max).value / 1e9;
}

std::vector<MetricStore::Point> MetricStore::query(MetricId id, const Statistic& wanted, Time from,
                                                   Time to, Duration period) const {
  const Duration own = at(id).declaration.period;
  SIM_CHECK(period >= own && period % own == Duration::zero(),
            "a period of {} ns is no multiple of {} ns", to_ns(period), to_ns(own));
  SIM_CHECK(to_ns(from) % to_ns(own) == 0 && to_ns(to) % to_ns(own) == 0 &&
                (to - from) % period == Duration::zero(),
            "[{}, {}) ns is no row of periods of {} ns", to_ns(from), to_ns(to), to_ns(period));
  std::vector<Point> points;
  for (Time start = from; start < to; start += period) {
    points.push_back({start, statistic(id, wanted, start, start + period)});
  }
  return points;
}

}  // namespace updraft::sim
