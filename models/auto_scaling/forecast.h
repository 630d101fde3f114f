// What a group's load will be in the hours to come, from its past (R2.8.1). AWS's algorithm is not
// published; these are ours (ASSUMED).
//
//   LoadHistory history;
//   history.note(hour, 240.0);                              // hour 0 began at 1970-01-01T00:00Z
//   forecast_load(history, hour + 24, ForecastAlgorithm::kHourOfWeek);   // nothing: too little
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "sim/core/result.h"

namespace updraft::auto_scaling {

enum class ForecastAlgorithm : std::uint8_t {
  kHourOfWeek,  // mean of that hour of that day of the week; of that hour of any day without one
  kHourOfDay,   // mean of that hour of the day
  kLatestDay    // that hour of the latest day
};

/// Mean load of each hour, counted since 1970-01-01T00:00:00Z. Load is the metric of an instance
/// summed over the instances. Hours older than 14 days are forgotten.
class LoadHistory {
 public:
  /// Several of one hour: their mean.
  void note(std::int64_t hour, double load);
  [[nodiscard]] std::size_t hours() const { return hours_.size(); }
  /// Nothing where that hour has none.
  [[nodiscard]] std::optional<double> at(std::int64_t hour) const;
  /// Mean over the hours that lie a multiple of `period` before `hour`.
  [[nodiscard]] std::optional<double> mean_before(std::int64_t hour, std::int64_t period) const;
  /// The latest of those hours.
  [[nodiscard]] std::optional<double> latest_before(std::int64_t hour, std::int64_t period) const;

 private:
  struct Hour {
    double sum = 0;
    std::uint32_t n = 0;
  };
  std::map<std::int64_t, Hour> hours_;
};

/// R2.8.1: fewer hours of history do not make a forecast.
constexpr std::size_t kHoursForForecast = 24;
constexpr std::int64_t kHoursOfForecast = 48;

/// Load of an hour that is still to come; nothing where the history tells nothing of it.
std::optional<double> forecast_load(const LoadHistory& history, std::int64_t hour,
                                    ForecastAlgorithm algorithm);

/// Instances that keep the metric at its target: load / target, rounded up.
std::uint32_t capacity_for(double load, double target);

/// R2.8.3: the maximum that lets a forecast stand with its buffer (percent of the forecast, rounded
/// up); `max` where that is enough. forecast 50, max 40, buffer 10: 55.
std::uint32_t raised_maximum(std::uint32_t forecast, std::uint32_t max, std::uint32_t buffer);

/// Past load by the CSV columns seconds (since the start of the run, below 0) and load. `start_s`:
/// the start of the run in seconds since 1970. An error names the line.
sim::Result<LoadHistory> read_history(std::string_view csv, std::int64_t start_s);

}  // namespace updraft::auto_scaling
