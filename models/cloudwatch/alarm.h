// What an alarm is: states, operators and settings, spelled as CloudWatch does.
//
//   AlarmRule rule{.evaluation_periods = 3, .datapoints_to_alarm = 3, .threshold = 50,
//                  .comparison = ComparisonOperator::kGreaterThanThreshold};
//   if (auto error = check(rule, 60s)) ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/core/time.h"

namespace updraft::cloudwatch {

using namespace std::chrono_literals;

/// R6.3.1. An alarm starts as kInsufficientData.
enum class AlarmState : std::uint8_t { kOk, kAlarm, kInsufficientData };

/// R6.3.6, less the anomaly operators.
enum class ComparisonOperator : std::uint8_t {
  kGreaterThanOrEqualToThreshold,
  kGreaterThanThreshold,
  kLessThanThreshold,
  kLessThanOrEqualToThreshold,
};

/// R6.3.5. kMissing is the default.
enum class TreatMissingData : std::uint8_t { kMissing, kIgnore, kBreaching, kNotBreaching };

/// "ALARM", "GreaterThanThreshold", "notBreaching".
std::string_view spelling(AlarmState state);
std::string_view spelling(ComparisonOperator comparison);
std::string_view spelling(TreatMissingData treatment);

/// R6.3.6.
constexpr bool breaches(double value, ComparisonOperator comparison, double threshold) {
  switch (comparison) {
    case ComparisonOperator::kGreaterThanOrEqualToThreshold:
      return value >= threshold;
    case ComparisonOperator::kGreaterThanThreshold:
      return value > threshold;
    case ComparisonOperator::kLessThanThreshold:
      return value < threshold;
    case ComparisonOperator::kLessThanOrEqualToThreshold:
      return value <= threshold;
  }
  return false;
}

/// What decides, apart from the data.
struct AlarmRule {
  std::uint32_t evaluation_periods = 1;   // N
  std::uint32_t datapoints_to_alarm = 1;  // M, at most N
  double threshold = 0;                   // in the unit of the statistic
  ComparisonOperator comparison = ComparisonOperator::kGreaterThanThreshold;
  TreatMissingData treat_missing_data = TreatMissingData::kMissing;
};

/// R6.3.3 and the periods an alarm may have (10, 20, 30 s or whole minutes, R6.1.1): the error's
/// text, lower case first letter and no full stop; nothing when the alarm is allowed.
std::optional<std::string> check(const AlarmRule& rule, sim::Duration period);

}  // namespace updraft::cloudwatch
