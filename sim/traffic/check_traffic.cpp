#include "sim/traffic/check_traffic.h"

#include <array>
#include <string>

#include <fmt/format.h>

#include "sim/schema/quantity.h"
#include "sim/traffic/count_file.h"
#include "sim/traffic/rate_shape.h"
#include "sim/traffic/replay_file.h"

namespace updraft::sim {
namespace {

std::string rule_of(Rate::Gaps gaps) {
  switch (gaps) {
    case Rate::GAPS_ZERO:
      return "no arrivals there";
    case Rate::GAPS_PREVIOUS:
      return "filled with the count before";
    case Rate::GAPS_INTERPOLATE:
      return "filled with the line between its neighbours";
    default:
      return "";
  }
}

// Settings of a file beside a shape that has none would do nothing.
bool check_settings_of_files(const Rate& rate, Checker& checker) {
  bool ok = true;
  for (const char* field : std::array{"gaps", "counts", "repeat"}) {
    const std::string path = fmt::format("rate.{}", field);
    if (!rate.has_csv() && checker.was_written(path)) {
      checker.error(path, fmt::format("{} belongs to csv; leave it out here", path));
      ok = false;
    }
  }
  return ok;
}

void check_rate(const Rate& rate, Checker& checker) {
  if (!check_settings_of_files(rate, checker)) {
    return;
  }
  CountFile file;
  if (rate.has_csv()) {
    const Result<std::string> text = checker.read_file(rate.csv());
    if (!text) {
      checker.error("rate.csv", fmt::format("rate.csv is \"{}\"; {}", rate.csv(), text.error()));
      return;
    }
    file = read_counts(*text, rate.csv(), rate.gaps());
    for (const std::string& error : file.errors) {
      checker.error("rate.csv", error);
    }
    for (const std::string& note : file.notes) {
      const bool repeated = note.ends_with("is repeated");
      checker.warn(
          "rate.csv",
          fmt::format("{}; {}", note, repeated ? "the first one counts" : rule_of(rate.gaps())));
    }
    if (!file.errors.empty()) {
      return;
    }
  }
  const std::int64_t start = *parse_instant(checker.header().start());
  const auto shape = RateShape::make(rate, rate.has_csv() ? &file.series : nullptr, start);
  if (!shape.ok()) {
    checker.error("rate", fmt::format("rate: {}", shape.error()));
  }
}

void check_replay(const Replay& replay, Checker& checker) {
  const Result<std::string> text = checker.read_file(replay.csv());
  if (!text) {
    checker.error("replay.csv",
                  fmt::format("replay.csv is \"{}\"; {}", replay.csv(), text.error()));
    return;
  }
  const ReplayFile file = read_replay(*text, replay.csv(), replay_options(replay));
  for (const std::string& error : file.errors) {
    checker.error("replay.csv", error);
  }
}

}  // namespace

void check_traffic(const Traffic& traffic, Checker& checker) {
  if (traffic.has_rate()) {
    check_rate(traffic.rate(), checker);
  } else if (traffic.has_replay()) {
    check_replay(traffic.replay(), checker);
  }
}

void register_traffic(TypeRegistry& registry) {
  registry.set_traffic_check(check_traffic);
}

}  // namespace updraft::sim
