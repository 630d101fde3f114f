#include "models/cloudwatch/alarm_data.h"

#include <algorithm>

#include "models/cloudwatch/statistics.h"
#include "sim/core/check.h"

namespace updraft::cloudwatch {

AlarmData::AlarmData(const roles::AlarmDefinition& definition, sim::MetricStore& metrics,
                     const Settings& settings)
    : period_(definition.period), settings_(settings) {
  std::optional<std::size_t> cause;
  if (definition.queries.empty()) {
    sources_.push_back({definition.metric, definition.statistic});
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
        sources_.push_back({query.metric, query.statistic});
      }
    }
  }
  for (const Source& source : sources_) {
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

std::optional<double> AlarmData::value(const sim::MetricStore& metrics, const Source& source,
                                       sim::Time start, sim::Time now) const {
  // R6.1.5: a metric's own period may be longer than the alarm's, and is published when it ends.
  const sim::Time ends = start + std::max(period_, metrics.declaration(source.metric).period);
  if (ends + settings_.publication_delay > now) {
    return std::nullopt;
  }
  return metrics.statistic(source.metric, source.statistic, start, start + period_);
}

void AlarmData::read(const sim::MetricStore& metrics, const EvaluationWindow& window, sim::Time now,
                     std::vector<Datapoint>& range) const {
  range.clear();
  if (!plan_) {
    for (std::uint32_t i = 0; i < window.periods; ++i) {
      Datapoint point{.start = window.start_of(i), .value = std::nullopt};
      if (window.has_data(i)) {
        point.value = value(metrics, sources_.front(), point.start, now);
      }
      range.push_back(point);
    }
    return;
  }
  std::vector<common::MathSeries> series;
  for (const Source& source : sources_) {
    common::MathSeries& points = series.emplace_back(window.periods);
    for (std::uint32_t i = 0; i < window.periods; ++i) {
      if (window.has_data(i)) {
        points[i] = value(metrics, source, window.start_of(i), now);
      }
    }
  }
  const common::MathSeries result =
      plan_->evaluate(series, {.first = window.start_of(0),
                               .period = window.period,
                               .count = window.periods,
                               .start_unix_ns = settings_.start_unix_ns});
  for (std::uint32_t i = 0; i < window.periods; ++i) {
    range.push_back(
        {.start = window.start_of(i), .value = window.has_data(i) ? result[i] : std::nullopt});
  }
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
