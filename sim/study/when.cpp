#include "sim/study/when.h"

#include <string>

#include <fmt/format.h>

#include "sim/schema/quantity.h"

namespace updraft::sim {

Result<Time> parse_when(std::string_view text, std::int64_t start_unix_ns) {
  constexpr std::size_t kDate = std::string_view("1998-06-18").size();
  constexpr std::size_t kMinutes = std::string_view("1998-06-18T02:00").size();
  Time when{};
  if (text.find('-', 1) == std::string_view::npos) {
    const auto since = parse_duration(text);
    if (!since) {
      return Error{fmt::format(
          "\"{}\" is no time; write it since the start, 3d2h, or in UTC, 1998-06-18T02:00:00Z",
          text)};
    }
    when = time_from_ns(*since);
  } else {
    std::string instant(text.substr(0, text.size() - (text.ends_with('Z') ? 1 : 0)));
    if (instant.size() == kDate) {
      instant += "T00:00:00";
    } else if (instant.size() == kMinutes) {
      instant += ":00";
    }
    const auto unix_ns = parse_instant(instant + "Z");
    if (!unix_ns) {
      return Error{
          fmt::format("\"{}\" is no instant; write it in UTC, 1998-06-18T02:00:00Z", text)};
    }
    when = time_from_ns(*unix_ns - start_unix_ns);
  }
  if (when < kStart) {
    return Error{fmt::format("{} is before the start of the run", text)};
  }
  return when;
}

}  // namespace updraft::sim
