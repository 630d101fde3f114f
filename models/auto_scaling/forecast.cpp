#include "models/auto_scaling/forecast.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "models/common/csv_table.h"

namespace updraft::auto_scaling {

namespace {

constexpr std::int64_t kDay = 24;
constexpr std::int64_t kWeek = 7 * kDay;
constexpr std::int64_t kRemembered = 14 * kDay;  // R2.8.1
constexpr double kMostInstances = 1e6;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace

void LoadHistory::note(std::int64_t hour, double load) {
  Hour& noted = hours_[hour];
  noted.sum += load;
  noted.n += 1;
  while (hours_.rbegin()->first - hours_.begin()->first >= kRemembered) {
    hours_.erase(hours_.begin());
  }
}

std::optional<double> LoadHistory::at(std::int64_t hour) const {
  const auto found = hours_.find(hour);
  return found == hours_.end() ? std::nullopt : std::optional(found->second.sum / found->second.n);
}

std::optional<double> LoadHistory::mean_before(std::int64_t hour, std::int64_t period) const {
  double sum = 0;
  std::uint32_t n = 0;
  for (std::int64_t past = hour - period; !hours_.empty() && past >= hours_.begin()->first;
       past -= period) {
    if (const auto load = at(past)) {
      sum += *load;
      ++n;
    }
  }
  return n == 0 ? std::nullopt : std::optional(sum / n);
}

std::optional<double> LoadHistory::latest_before(std::int64_t hour, std::int64_t period) const {
  for (std::int64_t past = hour - period; !hours_.empty() && past >= hours_.begin()->first;
       past -= period) {
    if (const auto load = at(past)) {
      return load;
    }
  }
  return std::nullopt;
}

std::optional<double> forecast_load(const LoadHistory& history, std::int64_t hour,
                                    ForecastAlgorithm algorithm) {
  if (history.hours() < kHoursForForecast) {
    return std::nullopt;
  }
  if (algorithm == ForecastAlgorithm::kLatestDay) {
    return history.latest_before(hour, kDay);
  }
  if (algorithm == ForecastAlgorithm::kHourOfWeek) {
    if (const auto weekly = history.mean_before(hour, kWeek)) {
      return weekly;
    }
  }
  return history.mean_before(hour, kDay);
}

std::uint32_t capacity_for(double load, double target) {
  // A hair above a whole number is that number: sums of minutes are not exact.
  constexpr double kHair = 1e-9;
  const double exact = load / target;
  return static_cast<std::uint32_t>(
      std::ceil(std::clamp(exact - exact * kHair, 0.0, kMostInstances)));
}

std::uint32_t raised_maximum(std::uint32_t forecast, std::uint32_t max, std::uint32_t buffer) {
  const std::uint64_t with_buffer = (std::uint64_t{forecast} * (100 + buffer) + 99) / 100;
  return std::max(max, static_cast<std::uint32_t>(with_buffer));
}

sim::Result<LoadHistory> read_history(std::string_view csv, std::int64_t start_s) {
  const auto table = common::CsvTable::parse(csv);
  if (!table) {
    return sim::Error{table.error()};
  }
  for (const char* column : {"seconds", "load"}) {
    if (!table->has(column)) {
      return sim::Error{
          fmt::format("a history has the columns seconds and load; {} is missing", column)};
    }
  }
  constexpr double kFarthest = 4e8;
  LoadHistory history;
  for (std::size_t row = 0; row < table->rows(); ++row) {
    const auto seconds = table->number(row, "seconds");
    const auto load = table->number(row, "load");
    if (!seconds || !load) {
      return sim::Error{seconds ? load.error() : seconds.error()};
    }
    if (!(*seconds >= -kFarthest && *seconds < 0) || !(*load >= 0 && *load <= 1e12)) {
      return sim::Error{fmt::format(
          "line {}: {} s with load {}; seconds are before the start, -4e8 to below 0, and loads 0 "
          "to 1e12",
          table->line(row), *seconds, *load)};
    }
    constexpr std::int64_t kHour = 3600;
    const auto at = start_s + static_cast<std::int64_t>(std::floor(*seconds));
    history.note(floor_div(at, kHour), *load);
  }
  if (history.hours() == 0) {
    return sim::Error{"there is no load in it"};
  }
  return history;
}

}  // namespace updraft::auto_scaling
