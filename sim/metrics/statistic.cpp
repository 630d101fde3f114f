#include "sim/metrics/statistic.h"

#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace updraft::sim {
namespace {

constexpr std::array<std::pair<std::string_view, StatisticKind>, 5> kNames{{
    {"Average", StatisticKind::kAverage},
    {"Sum", StatisticKind::kSum},
    {"Minimum", StatisticKind::kMinimum},
    {"Maximum", StatisticKind::kMaximum},
    {"SampleCount", StatisticKind::kSampleCount},
}};

// "99", "99.9" or "99.99" in hundredths.
std::optional<std::uint32_t> parse_hundredths(std::string_view text) {
  std::uint32_t value = 0;
  int decimals = -1;
  if (text.empty() || text.front() == '.' || text.back() == '.') {
    return std::nullopt;
  }
  for (const char c : text) {
    if (c == '.' && decimals < 0) {
      decimals = 0;
    } else if (c >= '0' && c <= '9' && decimals < 2 && value <= 10'000) {
      value = value * 10 + static_cast<std::uint32_t>(c - '0');
      decimals += decimals >= 0 ? 1 : 0;
    } else {
      return std::nullopt;
    }
  }
  for (int i = decimals < 0 ? 0 : decimals; i < 2; ++i) {
    value *= 10;
  }
  return value;
}

}  // namespace

Result<Statistic> parse_statistic(std::string_view text) {
  for (const auto& [name, kind] : kNames) {
    if (text == name) {
      return Statistic{kind, {}};
    }
  }
  if (text.starts_with('p')) {
    const std::optional<std::uint32_t> hundredths = parse_hundredths(text.substr(1));
    if (hundredths && *hundredths > 0 && *hundredths <= 10'000) {
      return Statistic::at(Percentile{*hundredths});
    }
  }
  return Error{fmt::format(
      "no statistic \"{}\"; it must be Average, Sum, Minimum, Maximum, SampleCount or a percentile "
      "from p0.01 to p100 with at most two decimals",
      text)};
}

std::string to_string(const Statistic& statistic) {
  for (const auto& [name, kind] : kNames) {
    if (statistic.kind == kind) {
      return std::string(name);
    }
  }
  const std::uint32_t whole = statistic.percentile.hundredths / 100;
  const std::uint32_t part = statistic.percentile.hundredths % 100;
  if (part == 0) {
    return fmt::format("p{}", whole);
  }
  return part % 10 == 0 ? fmt::format("p{}.{}", whole, part / 10)
                        : fmt::format("p{}.{:02}", whole, part);
}

}  // namespace updraft::sim
