#include "sim/scenario/time_zone.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include <date/tz.h>
#include <fmt/format.h>

#include "sim/schema/nearest.h"

namespace updraft::sim {
namespace {

using std::chrono::seconds;

date::sys_seconds instant(std::int64_t unix_s) {
  return date::sys_seconds{seconds{unix_s}};
}

}  // namespace

Result<TimeZone> TimeZone::find(const std::string& name) {
  try {
    return TimeZone(date::locate_zone(name));
  } catch (const std::runtime_error&) {
    std::vector<std::string> known;
    for (const date::time_zone& zone : date::get_tzdb().zones) {
      known.push_back(zone.name());
    }
    return Error{fmt::format("no time zone \"{}\"{}", name, did_you_mean(name, known))};
  }
}

std::int64_t TimeZone::local(std::int64_t unix_s) const {
  return unix_s + zone_->get_info(instant(unix_s)).offset.count();
}

std::int64_t TimeZone::unix(std::int64_t local_s) const {
  const date::local_info info = zone_->get_info(date::local_seconds{seconds{local_s}});
  if (info.result == date::local_info::nonexistent) {
    return info.second.begin.time_since_epoch().count();
  }
  return local_s - info.first.offset.count();
}

std::vector<TimeZone::Offset> TimeZone::offsets(std::int64_t from_s, std::int64_t to_s) const {
  std::vector<Offset> found;
  for (std::int64_t at = from_s; at <= to_s;) {
    const date::sys_info info = zone_->get_info(instant(at));
    found.push_back({at, info.offset.count()});
    at = std::max(info.end.time_since_epoch().count(), at + 1);
  }
  return found;
}

}  // namespace updraft::sim
