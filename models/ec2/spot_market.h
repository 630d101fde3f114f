// The Spot market of one instance type: a series of prices by zone, or a rate of interruptions.
//
//   const auto prices = SpotPrices::parse("seconds,usd_per_hour\n0,0.03\n7200,0.12\n", 0);
//   prices->at("a", now);  prices->next_change("a", now);  prices->cost("a", from, to);
//   const auto lives = time_to_interruption(0.05, uniform01(...));    // 5 % a month
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.h"
#include "sim/core/time.h"

namespace updraft::ec2 {

/// R1.4.1: from the notice to the interruption.
inline constexpr sim::Duration kInterruptionNotice = std::chrono::minutes{2};
/// R1.4.3: an instance that EC2 interrupts within its first hour is free.
inline constexpr sim::Duration kFreeWhenInterrupted = std::chrono::hours{1};

/// Prices that hold from an instant on, by zone.
class SpotPrices {
 public:
  /// CSV with the columns seconds (since the start), usd_per_hour and, where zones differ,
  /// availability_zone. The first price of each zone is at 0.
  static sim::Result<SpotPrices> parse(std::string_view csv);

  /// USD an hour; nothing for a zone without prices.
  [[nodiscard]] std::optional<double> at(std::string_view zone, sim::Time now) const;
  /// The next change after `now`; kNever when there is none.
  [[nodiscard]] sim::Time next_change(std::string_view zone, sim::Time now) const;
  /// USD from one instant to another.
  [[nodiscard]] double cost(std::string_view zone, sim::Time from, sim::Time to) const;

 private:
  struct Step {
    sim::Time from;
    double usd_per_hour;
  };
  [[nodiscard]] const std::vector<Step>* of(std::string_view zone) const;

  std::map<std::string, std::vector<Step>, std::less<>> by_zone_;  // "": every zone
};

/// R1.4.4, ASSUMED: interruptions come at a constant rate, so that this share of instances is met
/// within 30 days. `uniform` in (0, 1) draws one; kNever when the share is 0.
[[nodiscard]] sim::Duration time_to_interruption(double share_a_month, double uniform);

}  // namespace updraft::ec2
