#include "models/cloudwatch/statistics.h"

#include <algorithm>

#include "sim/core/check.h"

namespace updraft::cloudwatch {

std::optional<double> value_of(const sim::Statistic& statistic, const sim::StatisticSet& set) {
  if (set.empty()) {
    return std::nullopt;
  }
  switch (statistic.kind) {
    case sim::StatisticKind::kAverage:
      return set.average();
    case sim::StatisticKind::kSum:
      return set.sum;
    case sim::StatisticKind::kMinimum:
      return set.min;
    case sim::StatisticKind::kMaximum:
      return set.max;
    case sim::StatisticKind::kSampleCount:
      return set.count;
    case sim::StatisticKind::kPercentile:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<double> value_of(const sim::Statistic& statistic, const sim::Histogram& latencies) {
  if (latencies.empty()) {
    return std::nullopt;
  }
  if (statistic.kind != sim::StatisticKind::kPercentile) {
    return value_of(statistic, latencies.statistics());
  }
  const std::optional<sim::Histogram::Estimate> estimate =
      latencies.percentile(statistic.percentile);
  if (!estimate) {
    return std::nullopt;
  }
  return estimate->value / 1e9;
}

void PeriodData::add(double value, double count) {
  SIM_CHECK(count > 0, "{} samples of {}", count, value);
  set_.merge({.count = count, .sum = value * count, .min = value, .max = value});
  samples_.push_back({.value = value, .count = count});
}

void PeriodData::add(const sim::StatisticSet& set) {
  if (set.empty()) {
    return;
  }
  set_.merge(set);
  if (set.min == set.max) {
    samples_.push_back({.value = set.min, .count = set.count});
  } else {
    all_known_ = false;
  }
}

void PeriodData::add(const PeriodData& other) {
  set_.merge(other.set_);
  samples_.insert(samples_.end(), other.samples_.begin(), other.samples_.end());
  all_known_ = all_known_ && other.all_known_;
}

std::optional<double> PeriodData::value(const sim::Statistic& statistic) const {
  if (statistic.kind == sim::StatisticKind::kPercentile) {
    return percentile(statistic.percentile);
  }
  return value_of(statistic, set_);
}

std::optional<double> PeriodData::percentile(sim::Percentile p) const {
  if (set_.empty() || !all_known_ || set_.min < 0) {
    return std::nullopt;
  }
  std::vector<Samples> sorted = samples_;
  std::sort(sorted.begin(), sorted.end(),
            [](const Samples& a, const Samples& b) { return a.value < b.value; });
  double at_or_below = 0;
  for (const Samples& samples : sorted) {
    at_or_below += samples.count;
    // at_or_below / count >= p, multiplied out: counts below 2^39 stay exact in a double.
    if (at_or_below * 10'000 >= set_.count * p.hundredths) {
      return samples.value;
    }
  }
  return set_.max;
}

}  // namespace updraft::cloudwatch
