// One evaluation of an alarm: M of the last N datapoints, with CloudWatch's treatment of missing
// ones (R6.3.4, R6.4, table R6.4.T1).
//
// CloudWatch looks at more periods than N, so that a late or missing point does not decide at once:
// the evaluation range, the latest R periods. Where N real points are in it, the newest N decide.
// Otherwise every real point is kept and the shortfall alone is filled by treat_missing_data.
//
//   std::vector<Datapoint> range = ...;  // R of them, oldest first
//   Evaluation e = evaluate(rule, range, state);
//   if (e.state != state) reason = reason_text(e, rule, calendar);
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/cloudwatch/alarm.h"
#include "models/common/calendar.h"
#include "sim/core/time.h"

namespace updraft::cloudwatch {

/// One period of the alarm's statistic, stamped with the period's start (R6.1.2).
struct Datapoint {
  sim::Time start{};
  std::optional<double> value{};  // none: missing
};

/// Which part of the algorithm decided; the numbers are the steps of R6.4.
enum class DecidedBy : std::uint8_t {
  kRealPoints,    // R6.4.2: N real points in the range, the setting does not matter
  kTooFewPoints,  // R6.4.3: judged by the real points, fewer than N
  kNoPoint,       // R6.4.3: missing, and no real point at all
  kFilled,        // R6.4.3: breaching or notBreaching filled the shortfall
  kKept,          // R6.4.3: ignore keeps the state
  kPremature,     // R6.4.4: fewer than M points, but the oldest breach is old enough
};

/// "R6.4.2".
std::string_view rule_id(DecidedBy decided_by);

struct Evaluation {
  AlarmState state = AlarmState::kInsufficientData;
  DecidedBy decided_by = DecidedBy::kNoPoint;
  std::vector<Datapoint> used;  // the real points that were judged, oldest first, at most N
  std::uint32_t breaching = 0;  // how many of them breach
  std::uint32_t filled = 0;     // points that were missing: N - used.size()
};

/// Judges the evaluation range: the latest periods, oldest first, at least N of them (CloudWatch's
/// R; evaluation_schedule.h). `current` is what `ignore` keeps.
Evaluation evaluate(const AlarmRule& rule, std::span<const Datapoint> range, AlarmState current);

/// Why, in the words of CloudWatch's alarm history: "Threshold Crossed: 3 out of the last 3
/// datapoints [62.5 (01/01/26 00:02:00), ...] were greater than the threshold (50.0) (minimum 3
/// datapoints for OK -> ALARM transition).", newest point first. Meant for a change of the state;
/// CloudWatch names OK -> ALARM also where the alarm came from INSUFFICIENT_DATA.
std::string reason_text(const Evaluation& evaluation, const AlarmRule& rule,
                        const common::Calendar& calendar);

}  // namespace updraft::cloudwatch
