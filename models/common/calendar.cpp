#include "models/common/calendar.h"

#include <chrono>

#include <fmt/format.h>

namespace updraft::common {
namespace {

struct Fields {
  int year;
  unsigned month;
  unsigned day;
  std::int64_t hour;
  std::int64_t minute;
  std::int64_t second;
};

Fields fields_of(std::int64_t start_unix_ns, sim::Time time) {
  // Seconds first: the sum of two 64-bit counts of nanoseconds need not fit.
  constexpr std::int64_t kNsPerSecond = 1'000'000'000;
  const std::chrono::nanoseconds start_ns(start_unix_ns);
  const auto start_s = std::chrono::floor<std::chrono::seconds>(start_ns);
  const std::chrono::nanoseconds since_start = time.time_since_epoch();
  const auto run_s = std::chrono::floor<std::chrono::seconds>(since_start);
  const std::int64_t rest_ns = (start_ns - start_s).count() + (since_start - run_s).count();
  const std::chrono::seconds seconds =
      start_s + run_s + std::chrono::seconds(rest_ns / kNsPerSecond);

  const auto days = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date{std::chrono::sys_days(days)};
  const std::chrono::hh_mm_ss of_day(seconds - days);
  return {.year = static_cast<int>(date.year()),
          .month = static_cast<unsigned>(date.month()),
          .day = static_cast<unsigned>(date.day()),
          .hour = of_day.hours().count(),
          .minute = of_day.minutes().count(),
          .second = of_day.seconds().count()};
}

}  // namespace

std::string Calendar::iso(sim::Time time) const {
  const Fields f = fields_of(start_unix_ns, time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", f.year, f.month, f.day, f.hour,
                     f.minute, f.second);
}

std::string Calendar::alarm_stamp(sim::Time time) const {
  const Fields f = fields_of(start_unix_ns, time);
  return fmt::format("{:02}/{:02}/{:02} {:02}:{:02}:{:02}", f.day, f.month,
                     ((f.year % 100) + 100) % 100, f.hour, f.minute, f.second);
}

}  // namespace updraft::common
