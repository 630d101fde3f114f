#include "models/cloudwatch/alarm.h"

#include <fmt/format.h>

namespace updraft::cloudwatch {

std::string_view spelling(AlarmState state) {
  switch (state) {
    case AlarmState::kOk:
      return "OK";
    case AlarmState::kAlarm:
      return "ALARM";
    case AlarmState::kInsufficientData:
      return "INSUFFICIENT_DATA";
  }
  return {};
}

std::string_view spelling(ComparisonOperator comparison) {
  switch (comparison) {
    case ComparisonOperator::kGreaterThanOrEqualToThreshold:
      return "GreaterThanOrEqualToThreshold";
    case ComparisonOperator::kGreaterThanThreshold:
      return "GreaterThanThreshold";
    case ComparisonOperator::kLessThanThreshold:
      return "LessThanThreshold";
    case ComparisonOperator::kLessThanOrEqualToThreshold:
      return "LessThanOrEqualToThreshold";
  }
  return {};
}

std::string_view spelling(TreatMissingData treatment) {
  switch (treatment) {
    case TreatMissingData::kMissing:
      return "missing";
    case TreatMissingData::kIgnore:
      return "ignore";
    case TreatMissingData::kBreaching:
      return "breaching";
    case TreatMissingData::kNotBreaching:
      return "notBreaching";
  }
  return {};
}

std::optional<std::string> check(const AlarmRule& rule, sim::Duration period) {
  const bool high_resolution = period == 10s || period == 20s || period == 30s;
  if (!high_resolution && (period < 60s || period % 60s != 0s)) {
    return fmt::format("period is {} s; it must be 10, 20, 30 or a multiple of 60 s",
                       sim::to_seconds(period));
  }
  if (rule.evaluation_periods == 0) {
    return "evaluation_periods is 0; it must be at least 1";
  }
  if (rule.datapoints_to_alarm == 0 || rule.datapoints_to_alarm > rule.evaluation_periods) {
    return fmt::format("datapoints_to_alarm is {}; it must be 1 to {}, the evaluation_periods",
                       rule.datapoints_to_alarm, rule.evaluation_periods);
  }
  // R6.3.3: one day of periods shorter than an hour, a week of longer ones. Compared by division,
  // which cannot overflow.
  const sim::Duration longest = period < 1h ? 24h : 7 * 24h;
  if (rule.evaluation_periods > longest / period) {
    return fmt::format("evaluation_periods is {}; {} periods of {} s must not be longer than {} d",
                       rule.evaluation_periods, rule.evaluation_periods, sim::to_seconds(period),
                       longest / 24h);
  }
  return std::nullopt;
}

}  // namespace updraft::cloudwatch
