#include "sim/schema/grammar.h"

#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace updraft::sim {
namespace {

constexpr std::string_view kNumberPattern = R"([0-9]+(\.[0-9]+)?)";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes the number at the front of `text`: digits, perhaps a point and more digits.
std::optional<double> take_number(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length])) ++length;
  if (length == 0) return std::nullopt;
  if (length + 1 < text.size() && text[length] == '.' && is_digit(text[length + 1])) {
    ++length;
    while (length < text.size() && is_digit(text[length])) ++length;
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + length, number);
  if (error != std::errc() || end != text.data() + length) return std::nullopt;
  text.remove_prefix(length);
  return number;
}

const UnitName* take_unit(std::string_view& text, const std::vector<UnitName>& units) {
  for (const UnitName& unit : units) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return &unit;
  }
  return nullptr;
}

// Parts in falling order of their units: "1h30m", never "30m1h" or "1m1m".
std::optional<double> read_duration(std::string_view text) {
  double sum = 0;
  double last_factor = std::numeric_limits<double>::infinity();
  while (!text.empty()) {
    const std::optional<double> number = take_number(text);
    if (!number) return std::nullopt;
    const UnitName* unit = take_unit(text, time_units());
    if (unit == nullptr || unit->factor >= last_factor) return std::nullopt;
    last_factor = unit->factor;
    sum += *number * unit->factor;
  }
  return sum;
}

std::optional<double> read_bytes(std::string_view text) {
  const std::optional<double> number = take_number(text);
  if (!number) return std::nullopt;
  const UnitName* unit = take_unit(text, byte_units());
  if (unit == nullptr || !text.empty()) return std::nullopt;
  return *number * unit->factor;
}

std::string unit_pattern(const std::vector<UnitName>& units) {
  std::vector<std::string_view> names;
  names.reserve(units.size());
  for (const UnitName& unit : units) names.push_back(unit.name);
  return fmt::format("({})", fmt::join(names, "|"));
}

}  // namespace

const std::vector<UnitName>& time_units() {
  static const std::vector<UnitName> kUnits = {
      {"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 6e10}, {"h", 3.6e12}, {"d", 8.64e13}};
  return kUnits;
}

const std::vector<UnitName>& byte_units() {
  static const std::vector<UnitName> kUnits = {{"B", 1},
                                               {"kB", 1e3},
                                               {"MB", 1e6},
                                               {"GB", 1e9},
                                               {"TB", 1e12},
                                               {"KiB", 1024.0},
                                               {"MiB", 1024.0 * 1024},
                                               {"GiB", 1024.0 * 1024 * 1024},
                                               {"TiB", 1024.0 * 1024 * 1024 * 1024}};
  return kUnits;
}

std::optional<Magnitude> magnitude(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const double sign = negative ? -1 : 1;
  if (text.empty()) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(number) &&
      is_digit(text.front()) && is_digit(text.back())) {
    return Magnitude{.value = sign * number, .dimension = Dimension::kNone};
  }
  if (const std::optional<double> ns = read_duration(text)) {
    return Magnitude{.value = sign * *ns, .dimension = Dimension::kTime};
  }
  if (const std::optional<double> bytes = read_bytes(text)) {
    return Magnitude{.value = sign * *bytes, .dimension = Dimension::kBytes};
  }
  return std::nullopt;
}

Dimension dimension_of_unit(std::string_view unit) {
  if (unit == "s") return Dimension::kTime;
  if (unit == "bytes") return Dimension::kBytes;
  return Dimension::kNone;
}

std::string duration_pattern() {
  return fmt::format("^-?({}{})+$", kNumberPattern, unit_pattern(time_units()));
}

std::string bytes_pattern() {
  return fmt::format("^{}{}$", kNumberPattern, unit_pattern(byte_units()));
}

std::string rate_pattern() {
  return fmt::format("^{}/{}$", kNumberPattern, unit_pattern(time_units()));
}

}  // namespace updraft::sim
