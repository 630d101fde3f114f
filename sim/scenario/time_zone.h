// Zones of the IANA database, with their daylight saving: from local time to UTC and back.
//
// The rules are those of the system's tzdata; run_id() covers what a run takes from them. Times are
// whole seconds since 1970, local ones counted as if the zone were UTC.
//
//   const Result<TimeZone> zone = TimeZone::find("Europe/Berlin");
//   zone->local(1'767'225'600)     // 01:00 on 1 January 2026, as if UTC
//   zone->unix(local)
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/result.h"

namespace date {
class time_zone;
}

namespace updraft::sim {

class TimeZone {
 public:
  /// An error says the nearest known name: `no time zone "Europe/Berlni"; did you mean ...`.
  static Result<TimeZone> find(const std::string& name);

  [[nodiscard]] std::int64_t local(std::int64_t unix_s) const;
  /// A time that clocks show twice is the earlier one; one that they skip is the end of the gap.
  [[nodiscard]] std::int64_t unix(std::int64_t local_s) const;

  struct Offset {
    std::int64_t from_s = 0;    // since 1970; not before the first instant asked for
    std::int64_t offset_s = 0;  // local less UTC
    friend bool operator==(const Offset&, const Offset&) = default;
  };
  /// What the zone says between two instants: that decides a run, not the version of tzdata.
  [[nodiscard]] std::vector<Offset> offsets(std::int64_t from_s, std::int64_t to_s) const;

 private:
  explicit TimeZone(const date::time_zone* zone) : zone_(zone) {}
  const date::time_zone* zone_;  // of the library's own database
};

}  // namespace updraft::sim
