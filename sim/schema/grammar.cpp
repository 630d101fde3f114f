#include "sim/schema/grammar.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace updraft::sim {
namespace {

struct Unit {
  std::string_view name;
  double size;
};

constexpr double kKi = 1024;
constexpr std::array kTimes = {Unit{"w", 6.048e14}, Unit{"d", 8.64e13}, Unit{"h", 3.6e12},
                               Unit{"m", 6e10},     Unit{"s", 1e9},     Unit{"ms", 1e6},
                               Unit{"us", 1e3},     Unit{"ns", 1}};
constexpr std::array kPeriods = {Unit{"d", 8.64e13}, Unit{"h", 3.6e12}, Unit{"min", 6e10},
                                 Unit{"s", 1e9},     Unit{"ms", 1e6},   Unit{"us", 1e3},
                                 Unit{"ns", 1}};
constexpr std::array kSizes = {Unit{"B", 1},
                               Unit{"kB", 1e3},
                               Unit{"MB", 1e6},
                               Unit{"GB", 1e9},
                               Unit{"TB", 1e12},
                               Unit{"PB", 1e15},
                               Unit{"KiB", kKi},
                               Unit{"MiB", kKi* kKi},
                               Unit{"GiB", kKi* kKi* kKi},
                               Unit{"TiB", kKi* kKi* kKi* kKi},
                               Unit{"PiB", kKi* kKi* kKi* kKi* kKi}};
constexpr std::array kBits = {Unit{"bits", 1},   Unit{"bit", 1},    Unit{"kbit", 1e3},
                              Unit{"Mbit", 1e6}, Unit{"Gbit", 1e9}, Unit{"Tbit", 1e12}};

constexpr std::string_view kNumber = R"([0-9]+(\.[0-9]+)?)";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

template <class Units>
std::optional<double> size_of(const Units& units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return unit.size;
  }
  return std::nullopt;
}

template <class Units>
std::string names_pattern(const Units& units) {
  std::string out;
  for (const Unit& unit : units) out += fmt::format("{}{}", out.empty() ? "(" : "|", unit.name);
  return out + ")";
}

// The length of the number at the front: digits, perhaps a point and more digits. 0: there is none.
std::size_t number_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length])) ++length;
  if (length == 0 || length + 1 >= text.size() || text[length] != '.' ||
      !is_digit(text[length + 1])) {
    return length;
  }
  ++length;
  while (length < text.size() && is_digit(text[length])) ++length;
  return length;
}

std::optional<double> to_number(std::string_view text) {
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

// Parts in falling order of their units: "1h30m", never "30m1h" or "1m1m"; a fraction only in the
// last.
std::optional<double> to_ns(std::string_view text) {
  double sum = 0;
  double last_size = std::numeric_limits<double>::infinity();
  bool fraction_seen = false;
  do {
    const std::size_t length = number_length(text);
    std::size_t end = length;
    while (end < text.size() && !is_digit(text[end])) ++end;
    const std::optional<double> number = to_number(text.substr(0, length));
    const std::optional<double> size = size_of(kTimes, text.substr(length, end - length));
    if (!number || !size || *size >= last_size || fraction_seen) return std::nullopt;
    fraction_seen = text.substr(0, length).find('.') != std::string_view::npos;
    last_size = *size;
    sum += *number * *size;
    text.remove_prefix(end);
  } while (!text.empty());
  return sum;
}

// A number directly followed by one of the units.
template <class Units>
std::optional<double> to_amount(std::string_view text, const Units& units) {
  const std::size_t length = number_length(text);
  const std::optional<double> number = to_number(text.substr(0, length));
  const std::optional<double> size = size_of(units, text.substr(length));
  if (!number || !size) return std::nullopt;
  return *number * *size;
}

std::optional<double> to_rate(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<double> number = to_number(text.substr(0, slash));
  const std::optional<double> period = size_of(kPeriods, text.substr(slash + 1));
  if (!number || !period) return std::nullopt;
  return *number * 1e9 / *period;
}

std::optional<double> without_suffix(std::string_view text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return std::nullopt;
  text.remove_suffix(suffix.size());
  if (text.ends_with(' ')) text.remove_suffix(1);
  return to_number(text);
}

template <class Units>
std::optional<double> to_flow(std::string_view text, const Units& units) {
  if (!text.ends_with("/s")) return std::nullopt;
  return to_amount(text.substr(0, text.size() - 2), units);
}

std::optional<double> to_grain(std::string_view text, std::string_view unit) {
  switch (unit_kind(unit)) {
    case UnitKind::kTime:
      return to_ns(text);
    case UnitKind::kRate:
      return to_rate(text);
    case UnitKind::kBytes:
      return to_amount(text, kSizes);
    case UnitKind::kByteRate:
      return to_flow(text, kSizes);
    case UnitKind::kBitRate:
      return to_flow(text, kBits);
    case UnitKind::kPercent:
      return without_suffix(text, "%");
    case UnitKind::kShare: {
      const std::optional<double> percent = without_suffix(text, "%");
      return percent ? std::optional<double>(*percent / 100) : std::nullopt;
    }
    case UnitKind::kOther:
      return without_suffix(text, unit);
    case UnitKind::kNumber:
    case UnitKind::kInstant:
      break;
  }
  return std::nullopt;
}

// Units of ours hold only letters, '%', '/' and digits; a point would match anything.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view(".*+?()[]{}|^$\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

UnitKind unit_kind(std::string_view unit) {
  if (unit.empty() || unit == "1") return UnitKind::kNumber;
  if (unit == "percent" || unit == "%") return UnitKind::kPercent;
  if (unit == "share") return UnitKind::kShare;
  if (unit == "instant") return UnitKind::kInstant;
  if (unit == "bytes" || size_of(kSizes, unit)) return UnitKind::kBytes;
  if (unit == "min" || size_of(kTimes, unit)) return UnitKind::kTime;
  if (unit.starts_with("1/") && size_of(kPeriods, unit.substr(2))) return UnitKind::kRate;
  if (unit == "bytes/s") return UnitKind::kByteRate;
  if (unit.ends_with("/s")) {
    const std::string_view base = unit.substr(0, unit.size() - 2);
    if (size_of(kSizes, base)) return UnitKind::kByteRate;
    if (size_of(kBits, base)) return UnitKind::kBitRate;
  }
  return UnitKind::kOther;
}

std::optional<double> magnitude(std::string_view text, std::string_view unit) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const UnitKind kind = unit_kind(unit);
  std::optional<double> value = to_grain(text, unit);
  if (!value && kind != UnitKind::kTime && kind != UnitKind::kInstant) value = to_number(text);
  if (!value) return std::nullopt;
  return negative ? -*value : *value;
}

std::string quantity_pattern(std::string_view unit) {
  switch (unit_kind(unit)) {
    case UnitKind::kNumber:
      return "";
    case UnitKind::kTime: {
      // A fraction stands only where nothing but the unit's letters follows.
      std::string parts;
      for (const Unit& each : kTimes) {
        parts += fmt::format(R"(([0-9]+(\.[0-9]+(?=[a-z]+$))?{})?)", each.name);
      }
      return fmt::format("^-?(?=[0-9]){}$", parts);
    }
    case UnitKind::kRate:
      return fmt::format("^-?{}/{}$", kNumber, names_pattern(kPeriods));
    case UnitKind::kBytes:
      return fmt::format("^-?{}{}$", kNumber, names_pattern(kSizes));
    case UnitKind::kByteRate:
      return fmt::format("^-?{}{}/s$", kNumber, names_pattern(kSizes));
    case UnitKind::kBitRate:
      return fmt::format("^-?{}{}/s$", kNumber, names_pattern(kBits));
    case UnitKind::kPercent:
    case UnitKind::kShare:
      return fmt::format("^-?{}%$", kNumber);
    case UnitKind::kInstant:
      return R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$)";
    case UnitKind::kOther:
      return fmt::format("^-?{} ?{}$", kNumber, escaped(unit));
  }
  return "";
}

}  // namespace updraft::sim
