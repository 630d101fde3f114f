// How long CloudWatch keeps data, and how finely they can be read as they age (R6.1.1).
#pragma once

#include <array>
#include <chrono>
#include <optional>

#include "sim/core/time.h"

namespace updraft::cloudwatch {

/// The finest period at which a metric of that resolution can be read at that age; nothing once it
/// is gone. Data of less than a minute are kept for 3 hours, of one minute for 15 days, of five for
/// 63 days, of an hour for 455; what ages is rolled up into the next.
constexpr std::optional<sim::Duration> finest_readable(sim::Duration resolution,
                                                       sim::Duration age) {
  using std::chrono::hours;
  using std::chrono::minutes;
  struct Step {
    sim::Duration period;
    sim::Duration kept;
  };
  constexpr std::array<Step, 3> kSteps{
      {{minutes{1}, hours{24 * 15}}, {minutes{5}, hours{24 * 63}}, {hours{1}, hours{24 * 455}}}};
  if (resolution < kSteps.front().period && age <= hours{3}) {
    return resolution;
  }
  for (const Step& step : kSteps) {
    if (age <= step.kept) {
      return step.period > resolution ? step.period : resolution;
    }
  }
  return std::nullopt;
}

/// Whether a period of that length can still be read.
constexpr bool is_readable(sim::Duration resolution, sim::Duration age, sim::Duration period) {
  const auto finest = finest_readable(resolution, age);
  return finest && *finest <= period;
}

}  // namespace updraft::cloudwatch
