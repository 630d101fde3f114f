// Simulated time: 64-bit integer nanoseconds since the scenario's start.
//
// The clock has no now(); only Context::now() tells time, so nothing can read the wall clock by
// accident. 2^63 ns are 292 years, more than any scenario; additions of a time and a duration do
// not overflow within it.
//
//   Time t = kStart + 90s;   Duration d = t - kStart;   double s = to_seconds(d);
#pragma once

#include <chrono>
#include <cstdint>

namespace updraft::sim {

using Duration = std::chrono::duration<std::int64_t, std::nano>;

struct SimClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SimClock>;
  static constexpr bool is_steady = true;
};

using Time = SimClock::time_point;

inline constexpr Time kStart{};
inline constexpr Time kNever = Time::max();

constexpr std::int64_t to_ns(Duration d) {
  return d.count();
}
constexpr std::int64_t to_ns(Time t) {
  return t.time_since_epoch().count();
}
constexpr Time time_from_ns(std::int64_t ns) {
  return Time{Duration{ns}};
}
constexpr double to_seconds(Duration d) {
  return static_cast<double>(d.count()) / 1e9;
}
constexpr double to_seconds(Time t) {
  return static_cast<double>(to_ns(t)) / 1e9;
}

using namespace std::chrono_literals;

}  // namespace updraft::sim
