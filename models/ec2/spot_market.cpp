#include "models/ec2/spot_market.h"

#include <algorithm>

#include <fmt/format.h>

#include "models/common/csv_table.h"
#include "sim/core/check.h"
#include "sim/random/distribution.h"
#include "sim/random/portable_math.h"

namespace updraft::ec2 {

namespace {

constexpr double kNsPerHour = 3600e9;
constexpr double kMonthNs = 30.0 * 24.0 * kNsPerHour;

}  // namespace

sim::Result<SpotPrices> SpotPrices::parse(std::string_view csv) {
  const auto table = common::CsvTable::parse(csv);
  if (!table) {
    return sim::Error{table.error()};
  }
  for (const char* column : {"seconds", "usd_per_hour"}) {
    if (!table->has(column)) {
      return sim::Error{
          fmt::format("Spot prices have the columns seconds, usd_per_hour and, if zones differ, "
                      "availability_zone; {} is missing",
                      column)};
    }
  }
  SpotPrices prices;
  for (std::size_t row = 0; row < table->rows(); ++row) {
    const auto seconds = table->number(row, "seconds");
    const auto usd = table->number(row, "usd_per_hour");
    if (!seconds || !usd) {
      return sim::Error{seconds ? usd.error() : seconds.error()};
    }
    if (!(*seconds >= 0 && *seconds <= 4e8) || !(*usd >= 0 && *usd <= 1e6)) {
      return sim::Error{
          fmt::format("line {}: {} s and {} USD an hour; seconds are 0 to 4e8, "
                      "prices 0 to 1e6",
                      table->line(row), *seconds, *usd)};
    }
    std::vector<Step>& steps = prices.by_zone_[std::string(table->text(row, "availability_zone"))];
    const sim::Time from = sim::kStart + sim::to_duration(*seconds * 1e9);
    if (steps.empty() ? from != sim::kStart : from <= steps.back().from) {
      return sim::Error{
          fmt::format("line {}: a zone's prices begin at second 0 and go on in order "
                      "of time",
                      table->line(row))};
    }
    steps.push_back({from, *usd});
  }
  if (prices.by_zone_.empty()) {
    return sim::Error{"there is no price in it"};
  }
  if (prices.by_zone_.size() > 1 && prices.by_zone_.count("") > 0) {
    return sim::Error{"some prices name their availability_zone and others do not"};
  }
  return prices;
}

const std::vector<SpotPrices::Step>* SpotPrices::of(std::string_view zone) const {
  auto found = by_zone_.find(zone);
  if (found == by_zone_.end()) {
    found = by_zone_.find("");
  }
  return found == by_zone_.end() ? nullptr : &found->second;
}

std::optional<double> SpotPrices::at(std::string_view zone, sim::Time now) const {
  const auto* steps = of(zone);
  if (steps == nullptr) {
    return std::nullopt;
  }
  const auto after = std::upper_bound(steps->begin(), steps->end(), now,
                                      [](sim::Time t, const Step& step) { return t < step.from; });
  return std::prev(after)->usd_per_hour;  // the first step is at 0
}

sim::Time SpotPrices::next_change(std::string_view zone, sim::Time now) const {
  const auto* steps = of(zone);
  if (steps == nullptr) {
    return sim::kNever;
  }
  const auto after = std::upper_bound(steps->begin(), steps->end(), now,
                                      [](sim::Time t, const Step& step) { return t < step.from; });
  return after == steps->end() ? sim::kNever : after->from;
}

double SpotPrices::cost(std::string_view zone, sim::Time from, sim::Time to) const {
  double usd = 0;
  while (from < to) {  // R1.4.4: the current price, whatever was bid
    const sim::Time until = std::min(to, next_change(zone, from));
    usd += at(zone, from).value_or(0) * static_cast<double>(sim::to_ns(until - from)) / kNsPerHour;
    from = until;
  }
  return usd;
}

sim::Duration time_to_interruption(double share_a_month, double uniform) {
  SIM_CHECK(share_a_month >= 0 && share_a_month < 1 && uniform > 0 && uniform < 1);
  if (share_a_month == 0) {
    return sim::kNever - sim::kStart;
  }
  const double months = sim::portable::log(uniform) / sim::portable::log(1.0 - share_a_month);
  return sim::to_duration(months * kMonthNs);
}

}  // namespace updraft::ec2
