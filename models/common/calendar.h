// Instants as text, in UTC, as AWS writes them in the reasons of activities and alarms.
//
// A run knows only nanoseconds since its start; where the start lies in the calendar is the
// scenario's `start`. Nothing here asks a clock or a time zone.
//
//   Calendar calendar{.start_unix_ns = plan.start_unix_ns()};
//   calendar.iso(now)          // "2026-01-01T00:05:00Z"
//   calendar.alarm_stamp(now)  // "01/01/26 00:05:00"
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/time.h"

namespace updraft::common {

struct Calendar {
  /// Where simulated time 0 stands, in nanoseconds since 1970-01-01T00:00:00Z; may be negative.
  std::int64_t start_unix_ns = 0;

  /// "2026-01-01T00:05:00Z"; fractions of a second are cut off.
  [[nodiscard]] std::string iso(sim::Time time) const;
  /// "01/01/26 00:05:00": day, month, year, as in the reasons of CloudWatch alarms.
  [[nodiscard]] std::string alarm_stamp(sim::Time time) const;
};

}  // namespace updraft::common
