// When an alarm is evaluated, and over which periods (R6.3.2).
//
// The window slides: a 5-minute alarm is judged each minute over the last five minutes, not at
// multiples of five. It ends at the newest instant whose data are published: an alarm sees a minute
// publication_delay after the minute's end (R6.1.5, ASSUMED). Instants lie on a grid that begins at
// the scenario's start.
//
//   EvaluationSchedule schedule({.period = 300s, .evaluation_periods = 1});
//   schedule.first();           // 300 s
//   schedule.next(first);       // 360 s
//   schedule.window(360s);      // one period [60 s, 360 s), the oldest first
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/core/check.h"
#include "sim/core/time.h"

namespace updraft::cloudwatch {

using namespace std::chrono_literals;

struct ScheduleSettings {
  sim::Duration period{60s};             // R6.1.3: most services publish by the minute
  std::uint32_t evaluation_periods = 1;  // N
  std::uint32_t evaluation_range_extra =
      0;  // R6.4.1: R - N (ASSUMED to be 2; AWS shows R = 5 for N = 3)
  sim::Duration publication_delay{};
};

/// The periods of one evaluation, back to back, oldest first: [start_of(i), start_of(i) + period).
struct EvaluationWindow {
  sim::Time end{};
  sim::Duration period{};
  std::uint32_t periods = 0;

  [[nodiscard]] sim::Time start_of(std::uint32_t i) const {
    return end - period * static_cast<std::int64_t>(periods - i);
  }
  /// Whether the period lies in the run. One that begins before it has no datapoint, not even of
  /// the part that does lie in it: an alarm of two 120-s periods says nothing before 240 s (CW-28).
  [[nodiscard]] bool has_data(std::uint32_t i) const { return start_of(i) >= sim::kStart; }
};

class EvaluationSchedule {
 public:
  explicit EvaluationSchedule(const ScheduleSettings& settings) : settings_(settings) {
    SIM_CHECK(settings.period > 0s && settings.evaluation_periods > 0);
    SIM_CHECK(settings.publication_delay >= 0s);
  }

  /// R6.3.2: each minute; every 10 s for periods of 10, 20 and 30 s; hourly where N periods are
  /// longer than a day.
  [[nodiscard]] sim::Duration interval() const {
    if (settings_.period < 60s) {
      return 10s;
    }
    if (settings_.evaluation_periods > 24h / settings_.period) {
      return 1h;
    }
    return 60s;
  }

  /// The first evaluation: when one whole period of the run is published (CW-12).
  [[nodiscard]] sim::Time first() const {
    return on_grid_from(sim::kStart + settings_.period + settings_.publication_delay);
  }
  /// The evaluation after `now`.
  [[nodiscard]] sim::Time next(sim::Time now) const {
    return std::max(first(), on_grid_from(now + sim::Duration(1)));
  }

  /// What an evaluation at `now` looks at: R periods up to the newest published instant. R6.3.2:
  /// the hourly evaluation takes whole hours only.
  [[nodiscard]] EvaluationWindow window(sim::Time now) const {
    const sim::Duration published = now - settings_.publication_delay - sim::kStart;
    const sim::Duration whole = published - modulo(published);
    return {.end = sim::kStart + whole,
            .period = settings_.period,
            .periods = settings_.evaluation_periods + settings_.evaluation_range_extra};
  }

 private:
  // What is past the last instant of the grid; never negative.
  [[nodiscard]] sim::Duration modulo(sim::Duration since_start) const {
    const sim::Duration rest = since_start % interval();
    return rest < 0s ? rest + interval() : rest;
  }
  [[nodiscard]] sim::Time on_grid_from(sim::Time time) const {
    const sim::Duration rest = modulo(time - sim::kStart);
    return rest == 0s ? time : time + interval() - rest;
  }

  ScheduleSettings settings_;
};

}  // namespace updraft::cloudwatch
