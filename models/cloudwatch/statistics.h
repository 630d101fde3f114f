// The statistics of one period (R6.2.1): what was put into it, and what an alarm asks of it.
//
// Values and statistic sets with one stamp are merged, not overwritten (CW-18). Percentiles need
// the raw values; a statistic set counts as raw where its minimum is its maximum, because then
// every sample in it is known.
//
//   PeriodData period;
//   period.add(21);  period.add(22);
//   period.value(sim::Statistic::average());  // 21.5
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/metrics/histogram.h"
#include "sim/metrics/statistic.h"

namespace updraft::cloudwatch {

/// A statistic of a set; nothing when it is empty, and nothing for percentiles.
std::optional<double> value_of(const sim::Statistic& statistic, const sim::StatisticSet& set);

/// A statistic of latencies, in seconds; percentiles within the histogram's error.
std::optional<double> value_of(const sim::Statistic& statistic, const sim::Histogram& latencies);

/// R6.3.7: whether a period has too few samples for its percentile to say much: fewer than 10/(1-p)
/// for p >= 0.5, 10/p below.
constexpr bool is_low_sample(sim::Percentile percentile, double count) {
  const double p = percentile.hundredths;  // of 10,000
  const double rare_share = p >= 5000 ? 10'000 - p : p;
  return count * rare_share < 10 * 10'000;
}

class PeriodData {
 public:
  /// `count` samples of one value (CW-19).
  void add(double value, double count = 1);
  void add(const sim::StatisticSet& set);
  void add(const PeriodData& other);

  [[nodiscard]] const sim::StatisticSet& set() const { return set_; }
  /// Nothing when the period has no datapoint, and nothing for a percentile where a sample is
  /// negative or known only by its set. A percentile is the nearest rank: the smallest value with
  /// at least p per cent of the samples at or below it.
  [[nodiscard]] std::optional<double> value(const sim::Statistic& statistic) const;

 private:
  struct Samples {
    double value;
    double count;
  };
  [[nodiscard]] std::optional<double> percentile(sim::Percentile p) const;

  sim::StatisticSet set_;
  std::vector<Samples> samples_;  // in the order added
  bool all_known_ = true;
};

}  // namespace updraft::cloudwatch
