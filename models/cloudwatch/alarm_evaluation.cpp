#include "models/cloudwatch/alarm_evaluation.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "sim/core/check.h"

namespace updraft::cloudwatch {
namespace {

bool breaches(const Datapoint& point, const AlarmRule& rule) {
  return point.value && cloudwatch::breaches(*point.value, rule.comparison, rule.threshold);
}

AlarmState alarm_if(bool is_alarm) {
  return is_alarm ? AlarmState::kAlarm : AlarmState::kOk;
}

// The newest N real points of the range, oldest first.
std::vector<Datapoint> newest_real_points(std::span<const Datapoint> range, std::size_t n) {
  std::vector<Datapoint> used;
  used.reserve(n);
  for (auto point = range.rbegin(); point != range.rend() && used.size() < n; ++point) {
    if (point->value) {
      used.push_back(*point);
    }
  }
  std::reverse(used.begin(), used.end());
  return used;
}

// How many periods ago the oldest real point that breaches lies; the newest period of the range is
// 1 period old, and 0 says that none breaches.
std::size_t age_of_oldest_breach(const AlarmRule& rule, std::span<const Datapoint> range) {
  const auto oldest = std::find_if(range.begin(), range.end(),
                                   [&](const Datapoint& point) { return breaches(point, rule); });
  return static_cast<std::size_t>(range.end() - oldest);
}

struct Verdict {
  AlarmState state;
  DecidedBy decided_by;
};

// R6.4.3 and R6.4.4: fewer than N real points in the range.
Verdict judge_with_shortfall(const AlarmRule& rule, std::span<const Datapoint> range,
                             AlarmState current, const Evaluation& points) {
  const bool enough_breach = points.breaching >= rule.datapoints_to_alarm;
  // Every real point in the range breaches. One that does not is what row "0 - X - -" of the table
  // has, which stays OK although nothing newer than its X says so.
  const bool all_breach = points.breaching == points.used.size();
  switch (rule.treat_missing_data) {
    case TreatMissingData::kBreaching:
      return {alarm_if(points.breaching + points.filled >= rule.datapoints_to_alarm),
              DecidedBy::kFilled};
    case TreatMissingData::kNotBreaching:
      return {alarm_if(enough_breach), DecidedBy::kFilled};
    case TreatMissingData::kIgnore:
      if (!enough_breach && all_breach) {
        return {current, DecidedBy::kKept};
      }
      return {alarm_if(enough_breach), DecidedBy::kTooFewPoints};
    case TreatMissingData::kMissing:
      if (points.used.empty()) {
        return {AlarmState::kInsufficientData, DecidedBy::kNoPoint};
      }
      if (!enough_breach && all_breach &&
          age_of_oldest_breach(rule, range) >= rule.datapoints_to_alarm) {
        return {AlarmState::kAlarm, DecidedBy::kPremature};
      }
      return {alarm_if(enough_breach), DecidedBy::kTooFewPoints};
  }
  return {current, DecidedBy::kKept};
}

// As CloudWatch writes numbers: 50.0, 21.5.
std::string number_text(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_not_of("-0123456789") == std::string::npos) {
    text += ".0";
  }
  return text;
}

std::string_view comparison_text(ComparisonOperator comparison) {
  switch (comparison) {
    case ComparisonOperator::kGreaterThanOrEqualToThreshold:
      return "greater than or equal to";
    case ComparisonOperator::kGreaterThanThreshold:
      return "greater than";
    case ComparisonOperator::kLessThanThreshold:
      return "less than";
    case ComparisonOperator::kLessThanOrEqualToThreshold:
      return "less than or equal to";
  }
  return {};
}

std::string_view plural(std::uint32_t count) {
  return count == 1 ? "" : "s";
}

// "[62.5 (01/01/26 00:02:00), 51.0 (01/01/26 00:01:00)]": those that speak for the state, newest
// first.
std::string points_text(const std::vector<Datapoint>& points, const common::Calendar& calendar) {
  std::string text;
  for (auto point = points.rbegin(); point != points.rend(); ++point) {
    fmt::format_to(std::back_inserter(text), "{}{} ({})", text.empty() ? "" : ", ",
                   number_text(*point->value), calendar.alarm_stamp(point->start));
  }
  return fmt::format("[{}]", text);
}

std::string filled_text(const Evaluation& evaluation, const AlarmRule& rule) {
  const bool one = evaluation.filled == 1;
  return fmt::format(
      "{} missing datapoint{} {} treated as [{}]", evaluation.filled, plural(evaluation.filled),
      one ? "was" : "were",
      rule.treat_missing_data == TreatMissingData::kBreaching ? "Breaching" : "NonBreaching");
}

}  // namespace

std::string_view rule_id(DecidedBy decided_by) {
  switch (decided_by) {
    case DecidedBy::kRealPoints:
      return "R6.4.2";
    case DecidedBy::kTooFewPoints:
    case DecidedBy::kNoPoint:
    case DecidedBy::kFilled:
    case DecidedBy::kKept:
      return "R6.4.3";
    case DecidedBy::kPremature:
      return "R6.4.4";
  }
  return {};
}

Evaluation evaluate(const AlarmRule& rule, std::span<const Datapoint> range, AlarmState current) {
  const std::uint32_t n = rule.evaluation_periods;
  SIM_CHECK(n >= 1 && rule.datapoints_to_alarm >= 1 && rule.datapoints_to_alarm <= n,
            "an alarm of {} out of {} datapoints", rule.datapoints_to_alarm, n);
  SIM_CHECK(range.size() >= n, "an evaluation range of {} periods for {} datapoints", range.size(),
            n);

  Evaluation result;
  result.used = newest_real_points(range, n);
  result.breaching = static_cast<std::uint32_t>(
      std::count_if(result.used.begin(), result.used.end(),
                    [&](const Datapoint& point) { return breaches(point, rule); }));
  result.filled = n - static_cast<std::uint32_t>(result.used.size());

  if (result.filled == 0) {                                                 // R6.4.2
    result.state = alarm_if(result.breaching >= rule.datapoints_to_alarm);  // R6.3.4
    result.decided_by = DecidedBy::kRealPoints;
    return result;
  }
  const Verdict verdict = judge_with_shortfall(rule, range, current, result);
  result.state = verdict.state;
  result.decided_by = verdict.decided_by;
  return result;
}

std::string reason_text(const Evaluation& evaluation, const AlarmRule& rule,
                        const common::Calendar& calendar) {
  if (evaluation.decided_by == DecidedBy::kNoPoint) {
    return fmt::format("Insufficient Data: {} datapoint{} {} unknown.", evaluation.filled,
                       plural(evaluation.filled), evaluation.filled == 1 ? "was" : "were");
  }
  if (evaluation.decided_by == DecidedBy::kKept) {
    return fmt::format("State kept: {} of the last {} datapoint{} missing and ignored.",
                       evaluation.filled, rule.evaluation_periods,
                       rule.evaluation_periods == 1 ? " is" : "s are");
  }
  const bool filled = evaluation.decided_by == DecidedBy::kFilled;
  if (filled && evaluation.used.empty()) {
    return fmt::format("Threshold Crossed: no datapoints were received for {} period{} and {}.",
                       evaluation.filled, plural(evaluation.filled), filled_text(evaluation, rule));
  }

  const bool is_alarm = evaluation.state == AlarmState::kAlarm;
  std::vector<Datapoint> speaking;
  std::copy_if(evaluation.used.begin(), evaluation.used.end(), std::back_inserter(speaking),
               [&](const Datapoint& point) { return breaches(point, rule) == is_alarm; });
  // No real point speaks for the state: too few breach, or the filled ones decided. Then the others
  // are shown, and the counts say why they are not enough.
  const bool shows_breaching = speaking.empty() ? !is_alarm : is_alarm;
  if (speaking.empty()) {
    speaking = evaluation.used;
  }
  const auto count = static_cast<std::uint32_t>(speaking.size());
  // To leave ALARM it takes so many that fewer than M of N breach (R6.3.4).
  const std::uint32_t minimum =
      is_alarm ? rule.datapoints_to_alarm : rule.evaluation_periods - rule.datapoints_to_alarm + 1;
  return fmt::format(
      "Threshold Crossed: {} out of the last {} datapoints {} {} {}{} the threshold ({}){} "
      "(minimum {} datapoint{} for {} transition).",
      count, rule.evaluation_periods, points_text(speaking, calendar), count == 1 ? "was" : "were",
      shows_breaching ? "" : "not ", comparison_text(rule.comparison), number_text(rule.threshold),
      filled ? " and " + filled_text(evaluation, rule) : "", minimum, plural(minimum),
      is_alarm ? "OK -> ALARM" : "ALARM -> OK");
}

}  // namespace updraft::cloudwatch
