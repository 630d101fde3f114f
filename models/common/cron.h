// Recurrences in the five fields of cron: minute, hour, day of the month, month, day of the week.
//
//   const sim::Result<Cron> nine = Cron::parse("0 9 * * MON-FRI");
//   nine->next(unix_s, zone)      // the first 09:00 of a working day after that instant, as UTC
//
// Where both days are restricted, one that fits suffices, as in cron itself.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/core/result.h"

namespace updraft::common {

class Cron {
 public:
  /// Fields hold *, numbers, names (JAN, MON), ranges, lists and steps ("*/15", "8-18/2").
  static sim::Result<Cron> parse(std::string_view text);

  /// The first instant after `unix_s` that fits, in seconds since 1970. `zone` has local(unix_s)
  /// and unix(local_s). None within eight years: "0 0 30 2 *".
  template <class Zone>
  [[nodiscard]] std::optional<std::int64_t> next(std::int64_t unix_s, const Zone& zone) const {
    const std::int64_t today = day_of(zone.local(unix_s));
    for (std::int64_t day = today - 1; day < today + kDays; ++day) {
      if (!fits_day(day)) {
        continue;
      }
      for (std::int64_t minute = 0; minute < kMinutes; ++minute) {
        if (!hours_[static_cast<std::size_t>(minute / 60)] ||
            !minutes_[static_cast<std::size_t>(minute % 60)]) {
          continue;
        }
        const std::int64_t instant = zone.unix((day * kMinutes + minute) * 60);
        if (instant > unix_s) {
          return instant;
        }
      }
    }
    return std::nullopt;
  }

 private:
  static constexpr std::int64_t kMinutes = 24 * 60;
  static constexpr std::int64_t kDays = 8 * 366;  // 29 February, over a year of no leap

  [[nodiscard]] static std::int64_t day_of(std::int64_t seconds) {
    return seconds >= 0 ? seconds / 86'400 : -((-seconds + 86'399) / 86'400);
  }
  [[nodiscard]] bool fits_day(std::int64_t day) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;     // of the month, from 1
  std::bitset<13> months_;   // from 1
  std::bitset<7> weekdays_;  // from Sunday
  bool any_day_ = false;
  bool any_weekday_ = false;
};

}  // namespace updraft::common
