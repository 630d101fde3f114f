#include "sim/schema/grammar.h"

#include <fmt/format.h>

#include "sim/schema/units.h"

namespace updraft::sim {
namespace {

constexpr std::string_view kNumber = R"([0-9]+(\.[0-9]+)?)";

template <class Units>
std::string names_pattern(const Units& names) {
  std::string out;
  for (const units::Unit& unit : names) {
    if (unit.name != "bytes") {  // a unit of the schema; users write B
      out += fmt::format("{}{}", out.empty() ? "(" : "|", unit.name);
    }
  }
  return out + ")";
}

// Units of ours hold only letters, '%', '/' and digits; a point would match anything.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view(".*+?()[]{}|^$\\").find(c) != std::string_view::npos) {
      out += '\\';
    }
    out += c;
  }
  return out;
}

// The unit in which a kind's magnitude is given.
std::string_view grain_of(QuantityKind kind, std::string_view unit) {
  switch (kind) {
    case QuantityKind::kTime:
      return "ns";
    case QuantityKind::kRate:
      return "1/s";
    case QuantityKind::kBytes:
      return "bytes";
    case QuantityKind::kByteRate:
      return "bytes/s";
    case QuantityKind::kBitRate:
      return "bits/s";
    default:
      return unit;
  }
}

}  // namespace

std::optional<double> magnitude(std::string_view text, std::string_view unit) {
  const QuantityKind kind = quantity_kind(unit);
  if (kind == QuantityKind::kInstant) {
    return std::nullopt;
  }
  Result<double> value = parse_quantity(text, grain_of(kind, unit));
  if (!value && kind != QuantityKind::kTime) {
    value = parse_number(text);
  }
  return value.ok() ? std::optional<double>(*value) : std::nullopt;
}

std::string quantity_pattern(std::string_view unit) {
  switch (quantity_kind(unit)) {
    case QuantityKind::kNumber:
      return "";
    case QuantityKind::kTime: {
      // A fraction stands only where nothing but the unit's letters follows.
      std::string parts;
      for (const units::Unit& each : units::kTimes) {
        parts += fmt::format(R"(([0-9]+(\.[0-9]+(?=[a-z]+$))?{})?)", each.name);
      }
      return fmt::format("^-?(?=[0-9]){}$", parts);
    }
    case QuantityKind::kRate:
      return fmt::format("^-?{}/({})?{}$", kNumber, kNumber, names_pattern(units::kPer));
    case QuantityKind::kBytes:
      return fmt::format("^-?{}{}$", kNumber, names_pattern(units::kSizes));
    case QuantityKind::kByteRate:
      return fmt::format("^-?{}{}/s$", kNumber, names_pattern(units::kSizes));
    case QuantityKind::kBitRate:
      return fmt::format("^-?{}{}/s$", kNumber, names_pattern(units::kBits));
    case QuantityKind::kPercent:
    case QuantityKind::kShare:
      return fmt::format("^-?{}%$", kNumber);
    case QuantityKind::kInstant:
      return R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$)";
    case QuantityKind::kOther:
      return fmt::format("^-?{} ?{}$", kNumber, escaped(unit));
  }
  return "";
}

}  // namespace updraft::sim
