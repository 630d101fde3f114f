#include "models/cloudwatch/alarm_data.h"

#include <algorithm>
#include <utility>

#include "models/cloudwatch/retention.h"
#include "models/cloudwatch/statistics.h"
#include "sim/core/check.h"

namespace updraft::cloudwatch {

namespace {

const RawMetric* find_raw(const RawMetrics& raw, sim::MetricId metric) {
  const auto found = raw.find(static_cast<std::uint32_t>(metric));
  return found == raw.end() ? nullptr : found->second;
}

}  // namespace

bool AlarmData::is_custom(const roles::AlarmDefinition& definition, const RawMetrics& raw) {
  if (definition.queries.empty()) {
    return find_raw(raw, definition.metric) != nullptr;
  }
  return std::all_of(definition.queries.begin(), definition.queries.end(),
                     [&](const roles::MetricQuery& query) {
                       return !query.expression.empty() || find_raw(raw, query.metric) != nullptr;
                     });
}

AlarmData::AlarmData(const roles::AlarmDefinition& definition, sim::MetricStore& metrics,
                     const RawMetrics& raw, const Settings& settings)
    : period_(definition.period), settings_(settings) {
  std::optional<std::size_t> cause;
  if (definition.queries.empty()) {
    sources_.push_back({.metric = definition.metric,
                        .statistic = definition.statistic,
                        .raw = find_raw(raw, definition.metric)});
    cause = 0;
  } else {
    std::vector<common::QueryText> texts;
    for (const roles::MetricQuery& query : definition.queries) {
      texts.push_back({query.id, query.expression, query.return_data});
    }
    auto made = common::QueryPlan::make(texts);
    SIM_CHECK(std::holds_alternative<common::QueryPlan>(made), "{}: {}", definition.name,
              std::get<common::QueryErrors>(made).front().error.text);
    plan_ = std::move(std::get<common::QueryPlan>(made));
    for (std::size_t i = 0; i < definition.queries.size(); ++i) {
      const roles::MetricQuery& query = definition.queries[i];
      if (query.expression.empty()) {
        if (!cause && plan_->is_used(i)) {
          cause = sources_.size();
        }
        sources_.push_back({.metric = query.metric,
                            .statistic = query.statistic,
                            .raw = find_raw(raw, query.metric)});
      }
    }
  }
  for (Source& source : sources_) {
    source.resource = metrics.declaration(source.metric).resource;
    source.name = metrics.declaration(source.metric).name;
    const sim::Duration own = metrics.declaration(source.metric).period;
    const auto points = static_cast<std::uint64_t>(
        (period_ * static_cast<std::int64_t>(settings.periods + 1) + settings.publication_delay) /
        own);
    metrics.require_history(source.metric, static_cast<std::uint32_t>(points + 2),
                            source.statistic.kind == sim::StatisticKind::kPercentile
                                ? sim::KeepHistograms::kYes
                                : sim::KeepHistograms::kNo);
  }
  if (cause) {
    const sim::MetricDeclaration& metric = metrics.declaration(sources_[*cause].metric);
    resource_ = metric.resource;
    metric_ = metric.name;
  }
}

std::optional<double> AlarmData::value(Reading& reading, const Source& source,
                                       sim::Time start) const {
  // R6.1.5: a metric's own period may be longer than the alarm's, and is published when it ends.
  const sim::Duration own = source.raw != nullptr
                                ? source.raw->resolution()
                                : reading.metrics.declaration(source.metric).period;
  if (source.raw != nullptr && !is_readable(own, reading.now - start, period_)) {  // R6.1.1
    return std::nullopt;
  }
  if (reading.disturbances.any()) {
    return disturbed_value(reading, source, start, own);
  }
  const sim::Time ends = start + std::max(period_, own);
  if (ends + settings_.publication_delay > reading.now) {
    return std::nullopt;
  }
  return source.raw != nullptr
             ? source.raw->value(source.statistic, start, start + period_)
             : reading.metrics.statistic(source.metric, source.statistic, start, start + period_);
}

// While faults keep points back, the ones that are there are merged one by one. A percentile cannot
// be, so one point that is kept back keeps the whole period back.
std::optional<double> AlarmData::disturbed_value(Reading& reading, const Source& source,
                                                 sim::Time start, sim::Duration own) const {
  const sim::Duration step = std::min(own, period_);
  sim::StatisticSet all;
  bool whole = true;
  for (sim::Time at = start; at < start + period_; at += step) {
    const sim::Time ends = at + own;
    const Delivery delivery = reading.disturbances.of(source.resource, source.name, ends);
    if (delivery.dropped || ends + settings_.publication_delay + delivery.delay > reading.now) {
      whole = false;
      if (delivery.caused_by != sim::DecisionId::kNone) {
        reading.kept_back_by = delivery.caused_by;
      }
      continue;
    }
    if (source.raw == nullptr) {
      all.merge(reading.metrics.window(source.metric, at, at + step));
    }
  }
  if (whole && source.raw != nullptr) {
    return source.raw->value(source.statistic, start, start + period_);
  }
  if (whole || source.raw != nullptr || source.statistic.kind == sim::StatisticKind::kPercentile) {
    return whole
               ? reading.metrics.statistic(source.metric, source.statistic, start, start + period_)
               : std::nullopt;
  }
  return value_of(source.statistic, all);
}

sim::DecisionId AlarmData::read(const sim::MetricStore& metrics, const Disturbances& disturbances,
                                const EvaluationWindow& window, sim::Time now,
                                std::vector<Datapoint>& range) const {
  Reading reading{.metrics = metrics, .disturbances = disturbances, .now = now};
  range.clear();
  std::vector<common::MathSeries> series;
  for (const Source& source : sources_) {
    common::MathSeries& points = series.emplace_back(window.periods);
    for (std::uint32_t i = 0; i < window.periods; ++i) {
      if (window.has_data(i)) {
        points[i] = value(reading, source, window.start_of(i));
      }
    }
  }
  const common::MathSeries result =
      plan_ ? plan_->evaluate(series, {.first = window.start_of(0),
                                       .period = window.period,
                                       .count = window.periods,
                                       .start_unix_ns = settings_.start_unix_ns})
            : std::move(series.front());
  for (std::uint32_t i = 0; i < window.periods; ++i) {
    range.push_back(
        {.start = window.start_of(i), .value = window.has_data(i) ? result[i] : std::nullopt});
  }
  return reading.kept_back_by;
}

bool AlarmData::has_few_samples(const sim::MetricStore& metrics, sim::Time start) const {
  const Source& source = sources_.front();
  if (plan_ || source.statistic.kind != sim::StatisticKind::kPercentile) {
    return false;
  }
  const auto samples =
      metrics.statistic(source.metric, sim::Statistic::sample_count(), start, start + period_);
  return is_low_sample(source.statistic.percentile, samples.value_or(0));
}

}  // namespace updraft::cloudwatch
