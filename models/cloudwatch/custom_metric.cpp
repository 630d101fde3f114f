#include "models/cloudwatch/custom_metric.h"

#include <algorithm>

#include <fmt/format.h>

#include "models/common/csv_table.h"
#include "sim/build/metric_schema.h"
#include "sim/build/world.h"
#include "sim/random/distribution.h"

namespace updraft::cloudwatch {

using namespace std::chrono_literals;
using sim::Context;
using sim::Time;

namespace {

// What the longest alarm looks back to (R6.3.3) and a little more: a day of fine periods, a week of
// those of an hour.
constexpr sim::Duration kFineHistory = 26h;
constexpr sim::Duration kHistory = 8 * 24h;

}  // namespace

sim::Result<std::vector<CustomRow>> read_custom_rows(std::string_view csv) {
  const auto table = common::CsvTable::parse(csv);
  if (!table) {
    return sim::Error{table.error()};
  }
  for (const char* column : {"seconds", "value"}) {
    if (!table->has(column)) {
      return sim::Error{fmt::format("it has no column \"{}\"", column)};
    }
  }
  std::vector<CustomRow> rows;
  for (std::size_t i = 0; i < table->rows(); ++i) {
    const auto seconds = table->number(i, "seconds");
    const auto value = table->number(i, "value");
    const auto count = table->has("count") ? table->number(i, "count") : sim::Result<double>(1.0);
    for (const auto* cell : {&seconds, &value, &count}) {
      if (!cell->ok()) {
        return sim::Error{cell->error()};
      }
    }
    constexpr double kLongest = 1e9;  // about thirty years
    if (!(*seconds >= 0) || *seconds > kLongest || !(*count >= 1)) {
      return sim::Error{
          fmt::format("line {} needs seconds from 0 on and a count of 1 or more", table->line(i))};
    }
    rows.push_back(
        {.at = sim::kStart + sim::to_duration(*seconds * 1e9), .value = *value, .count = *count});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const CustomRow& a, const CustomRow& b) { return a.at < b.at; });
  return rows;
}

CustomMetric::CustomMetric(const sim::Birth& birth, const CustomMetricParams& params)
    : Model(birth),
      csv_(params.csv()),
      resolution_(params.storage_resolution().ns()),
      history_(resolution_ < sim::kRollUpPeriod ? kFineHistory : kHistory) {}

void CustomMetric::bind(sim::World& world) {
  if (csv_.empty()) {
    return;
  }
  const auto content = world.read_file(csv_);
  const auto rows = content.ok() ? read_custom_rows(*content)
                                 : sim::Result<std::vector<CustomRow>>(sim::Error{content.error()});
  if (!rows) {  // the loader has read it; it has changed since
    throw sim::FileError(fmt::format("{}: {}", csv_, rows.error()));
  }
  rows_ = *rows;
}

void CustomMetric::on_start(Context& ctx) {
  metric_ = sim::declare_metric<CustomMetricParams>(ctx, "Value");
  ctx.simulation().roll_up_with(*this);
  if (!rows_.empty()) {
    at(ctx, rows_.front().at, PutRow{0});
  }
}

// R6.1.1: by the second or by the minute.
PeriodData& CustomMetric::open(Time now) {
  const Time start = sim::kStart + (now - sim::kStart) / resolution_ * resolution_;
  if (slots_.empty() || slots_.back().start != start) {
    slots_.push_back({start, {}});
    while (slots_.front().start + resolution_ + history_ < now) {
      slots_.pop_front();
    }
  }
  return slots_.back().data;
}

void CustomMetric::on(Context& ctx, const PutRow& message) {
  const CustomRow& row = rows_[message.row];
  open(ctx.now()).add(row.value, row.count);
  if (message.row + 1 < rows_.size()) {
    at(ctx, rows_[message.row + 1].at, PutRow{message.row + 1});
  }
}

void CustomMetric::operate(Context& ctx, const google::protobuf::Message& operation,
                           sim::DecisionId /*caused_by*/) {
  const PutMetricData& put =
      static_cast<const CustomMetricOperations&>(operation).put_metric_data();
  PeriodData& data = open(ctx.now());
  for (int i = 0; i < put.values_size(); ++i) {
    data.add(put.values(i), i < put.counts_size() ? put.counts(i) : 1);
  }
  if (put.has_statistic_values()) {
    const StatisticValues& set = put.statistic_values();
    data.add(sim::StatisticSet{set.sample_count(), set.sum(), set.minimum(), set.maximum()});
  }
}

void CustomMetric::on_roll_up(Context& ctx, Time period_start, Time period_end) {
  ctx.metrics().publish(metric_, period_start, merged(period_start, period_end).set());
}

std::optional<sim::MetricId> CustomMetric::metric(std::string_view name) const {
  return name == "Value" ? std::optional(metric_) : std::nullopt;
}

// R6.2.1
PeriodData CustomMetric::merged(Time from, Time to) const {
  PeriodData all;
  for (auto slot = slots_.rbegin(); slot != slots_.rend() && slot->start >= from; ++slot) {
    if (slot->start < to) {
      all.add(slot->data);
    }
  }
  return all;
}

std::optional<double> CustomMetric::value(const sim::Statistic& statistic, Time from,
                                          Time to) const {
  return merged(from, to).value(statistic);
}

}  // namespace updraft::cloudwatch
