// What one period of one metric holds, and the statistics that may be asked of it.
//
// A StatisticSet is CloudWatch's: sample count, sum, minimum, maximum. Sets merge, so a longer
// period or a whole fleet is the merge of its parts. count == 0 means "no datapoint", which is not
// the same as a zero.
//
//   StatisticSet a = StatisticSet::one(40), b = StatisticSet::one(60);
//   a.merge(b);                      // a.average() == 50, a.min == 40, a.max == 60
//   Statistic p = parse_statistic("p99.9").value();
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "sim/core/result.h"

namespace updraft::sim {

struct StatisticSet {
  double count = 0;
  double sum = 0;
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();

  /// No datapoint.
  static constexpr StatisticSet none() { return {}; }
  /// One sample.
  static constexpr StatisticSet one(double value) { return {1, value, value, value}; }

  [[nodiscard]] constexpr bool empty() const { return count == 0; }
  /// NaN when there is no datapoint.
  [[nodiscard]] constexpr double average() const {
    return empty() ? std::numeric_limits<double>::quiet_NaN() : sum / count;
  }
  constexpr void merge(const StatisticSet& other) {
    count += other.count;
    sum += other.sum;
    min = other.min < min ? other.min : min;
    max = other.max > max ? other.max : max;
  }
  friend constexpr bool operator==(const StatisticSet&, const StatisticSet&) = default;
};

/// A percentile in hundredths of a per cent: p99.9 is 9990. Integers, so that a rank never depends
/// on rounding.
struct Percentile {
  std::uint32_t hundredths = 5000;
  friend constexpr bool operator==(Percentile, Percentile) = default;
};

inline constexpr Percentile kP50{5000};
inline constexpr Percentile kP90{9000};
inline constexpr Percentile kP99{9900};

enum class StatisticKind : std::uint8_t {
  kAverage,
  kSum,
  kMinimum,
  kMaximum,
  kSampleCount,
  kPercentile,
};

struct Statistic {
  StatisticKind kind = StatisticKind::kAverage;
  Percentile percentile{};  // of kPercentile only

  static constexpr Statistic average() { return {StatisticKind::kAverage, {}}; }
  static constexpr Statistic sum() { return {StatisticKind::kSum, {}}; }
  static constexpr Statistic minimum() { return {StatisticKind::kMinimum, {}}; }
  static constexpr Statistic maximum() { return {StatisticKind::kMaximum, {}}; }
  static constexpr Statistic sample_count() { return {StatisticKind::kSampleCount, {}}; }
  static constexpr Statistic at(Percentile p) { return {StatisticKind::kPercentile, p}; }

  friend constexpr bool operator==(const Statistic&, const Statistic&) = default;
};

/// CloudWatch's spelling: Average, Sum, Minimum, Maximum, SampleCount, p50, p99.9, p99.99 (0 < p <=
/// 100, at most two decimals). The error says what is allowed.
Result<Statistic> parse_statistic(std::string_view text);

/// The same spelling back: "Average", "p99.9".
std::string to_string(const Statistic& statistic);

}  // namespace updraft::sim
