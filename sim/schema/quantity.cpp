#include "sim/schema/quantity.h"

#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "sim/schema/units.h"
#include "sim/schema/wording.h"

namespace updraft::sim {
namespace {

using namespace units;  // NOLINT(google-build-using-namespace): private to these files

__extension__ using Wide = __int128;

// What people write, and what they mean.
struct Slip {
  std::string_view written;
  std::string_view meant;
};
constexpr std::array kTimeSlips = {
    Slip{"sec", "s"},     Slip{"secs", "s"},    Slip{"second", "s"},       Slip{"seconds", "s"},
    Slip{"S", "s"},       Slip{"min", "m"},     Slip{"mins", "m"},         Slip{"minute", "m"},
    Slip{"minutes", "m"}, Slip{"hr", "h"},      Slip{"hrs", "h"},          Slip{"hour", "h"},
    Slip{"hours", "h"},   Slip{"H", "h"},       Slip{"day", "d"},          Slip{"days", "d"},
    Slip{"D", "d"},       Slip{"week", "w"},    Slip{"weeks", "w"},        Slip{"W", "w"},
    Slip{"msec", "ms"},   Slip{"millis", "ms"}, Slip{"µs", "us"},          Slip{"usec", "us"},
    Slip{"μs", "us"},     Slip{"nsec", "ns"},   Slip{"milliseconds", "ms"}};
constexpr std::array kPerSlips = {Slip{"sec", "s"},      Slip{"second", "s"}, Slip{"m", "min"},
                                  Slip{"minute", "min"}, Slip{"hour", "h"},   Slip{"day", "d"}};
constexpr std::array kSizeSlips = {
    Slip{"b", "B"},     Slip{"kb", "kB"},   Slip{"mb", "MB"},   Slip{"gb", "GB"}, Slip{"tb", "TB"},
    Slip{"kib", "KiB"}, Slip{"mib", "MiB"}, Slip{"gib", "GiB"}, Slip{"Mb", "MB"}, Slip{"Gb", "GB"},
    Slip{"K", "KiB"},   Slip{"M", "MiB"},   Slip{"G", "GiB"},   Slip{"k", "kB"},  Slip{"byte", "B"},
    Slip{"Ki", "KiB"},  Slip{"Mi", "MiB"},  Slip{"Gi", "GiB"}};

template <class List>
std::string_view meant(const List& slips, std::string_view written) {
  for (const Slip& slip : slips) {
    if (slip.written == written) {
      return slip.meant;
    }
  }
  return {};
}

enum class Fault : std::uint8_t { kNone, kTooLarge, kTooFine };
struct Exact {
  std::int64_t value = 0;
  Fault fault = Fault::kNone;
};

// number times size, exactly.
Exact multiply(std::string_view number, std::int64_t size) {
  const std::size_t point = std::min(number.find('.'), number.size());
  const std::string_view whole = number.substr(0, point);
  std::string_view fraction = point < number.size() ? number.substr(point + 1) : "";
  while (!fraction.empty() && fraction.back() == '0') {
    fraction.remove_suffix(1);
  }
  Wide value = 0;
  constexpr Wide kMax = std::numeric_limits<std::int64_t>::max();
  for (const char c : whole) {
    value = value * 10 + (c - '0');
    if (value > kMax) {
      return {0, Fault::kTooLarge};
    }
  }
  value *= size;
  if (value > kMax) {
    return {0, Fault::kTooLarge};
  }
  Wide digits = 0;
  Wide scale = 1;
  for (const char c : fraction) {
    if (scale > Wide{1'000'000'000'000'000'000}) {
      return {0, Fault::kTooFine};
    }
    digits = digits * 10 + (c - '0');
    scale *= 10;
  }
  // digits < 1e19 and size < 2^50: the product stays far below 2^127.
  const Wide part = digits * size;
  if (part % scale != 0) {
    return {0, Fault::kTooFine};
  }
  value += part / scale;
  if (value > kMax) {
    return {0, Fault::kTooLarge};
  }
  return {static_cast<std::int64_t>(value), Fault::kNone};
}

Error error_of(std::string text) {
  return Error{std::move(text)};
}

bool all_number(std::string_view text) {
  return !text.empty() && number_length(text) == text.size();
}

constexpr std::string_view kDurationExpected = "a duration such as 90s, 20ms or 1h30m";

Error duration_error(std::string_view whole, std::string_view number, std::string_view unit) {
  std::string_view word = unit;
  while (word.starts_with(' ')) {
    word.remove_prefix(1);
  }
  std::string_view right = meant(kTimeSlips, word);
  if (right.empty() && word.size() < unit.size() && size_of(kTimes, word)) {
    right = word;  // 90 s
  }
  if (!right.empty() && !number.empty() && whole.starts_with(number)) {
    return error_of(fmt::format("write {}{}", number, right));
  }
  if (!number.empty() && unit.empty()) {
    return error_of(fmt::format("missing unit after {}: write {}s", number, shown(whole)));
  }
  if (unit == "M" || unit == "mo" || unit == "y" || unit == "Y") {
    return error_of(fmt::format("months and years have no fixed length; write days, such as {}d",
                                unit.front() == 'y' || unit.front() == 'Y' ? 365 : 30));
  }
  if (number.empty() || whole.find(' ') != std::string_view::npos) {
    return error_of(fmt::format("it must be {}", kDurationExpected));
  }
  return error_of(
      fmt::format("no unit of time {}; the units are ns, us, ms, s, m, h, d, w", in_quotes(unit)));
}

}  // namespace

QuantityKind quantity_kind(std::string_view unit) {
  if (unit.empty() || unit == "1") {
    return QuantityKind::kNumber;
  }
  if (unit == "percent" || unit == "%") {
    return QuantityKind::kPercent;
  }
  if (unit == "share") {
    return QuantityKind::kShare;
  }
  if (unit == "instant") {
    return QuantityKind::kInstant;
  }
  if (size_of(kSizes, unit)) {
    return QuantityKind::kBytes;
  }
  if (unit == "min" || size_of(kTimes, unit)) {
    return QuantityKind::kTime;
  }
  if (unit.starts_with("1/") && size_of(kPer, unit.substr(2))) {
    return QuantityKind::kRate;
  }
  if (unit.ends_with("/s")) {
    const std::string_view base = unit.substr(0, unit.size() - 2);
    if (size_of(kSizes, base)) {
      return QuantityKind::kByteRate;
    }
    if (size_of(kBits, base)) {
      return QuantityKind::kBitRate;
    }
  }
  return QuantityKind::kOther;
}

std::string_view expected_of(QuantityKind kind) {
  switch (kind) {
    case QuantityKind::kNumber:
      return "a number";
    case QuantityKind::kTime:
      return kDurationExpected;
    case QuantityKind::kRate:
      return "a rate such as 100/s or 6000/min";
    case QuantityKind::kBytes:
      return "a size such as 64KiB or 1MB";
    case QuantityKind::kByteRate:
      return "a rate such as 10MB/s";
    case QuantityKind::kBitRate:
      return "a rate such as 10Gbit/s";
    case QuantityKind::kPercent:
      return "a percentage such as 50%";
    case QuantityKind::kShare:
      return "a share such as 50% or 0.5";
    case QuantityKind::kInstant:
      return "an instant such as 2026-01-01T00:00:00Z";
    case QuantityKind::kOther:
      return "a number";
  }
  return "a number";
}

Result<std::int64_t> parse_duration(std::string_view text) {
  bool negative = false;
  std::string_view rest = strip_sign(text, negative);
  if (all_number(rest)) {
    return error_of(fmt::format("missing unit: write {}s", shown(text)));
  }
  std::int64_t total = 0;
  std::int64_t last_size = std::numeric_limits<std::int64_t>::max();
  bool fraction_seen = false;
  while (true) {
    const std::size_t length = number_length(rest);
    const std::string_view number = rest.substr(0, length);
    std::size_t end = length;
    while (end < rest.size() && !is_digit(rest[end])) {
      ++end;
    }
    const std::string_view unit = rest.substr(length, end - length);
    const auto size = size_of(kTimes, unit);
    if (length == 0 || !size) {
      return duration_error(text, number, unit);
    }
    if (*size >= last_size) {
      return error_of("units go from long to short, each once: 1h30m");
    }
    if (fraction_seen) {
      return error_of("only the last unit may have a fraction: 1h30.5m");
    }
    fraction_seen = number.find('.') != std::string_view::npos;
    const Exact part = multiply(number, *size);
    if (part.fault == Fault::kTooFine) {
      return error_of("it is finer than 1ns");
    }
    if (part.fault == Fault::kTooLarge || __builtin_add_overflow(total, part.value, &total)) {
      return error_of("it is longer than 292 years");
    }
    last_size = *size;
    rest.remove_prefix(end);
    if (rest.empty()) {
      return negative ? -total : total;
    }
  }
}

Result<std::int64_t> parse_bytes(std::string_view text) {
  bool negative = false;
  const std::string_view rest = strip_sign(text, negative);
  if (all_number(rest)) {
    return error_of(fmt::format("missing unit: write {}B", shown(text)));
  }
  const std::size_t length = number_length(rest);
  const std::string_view unit = rest.substr(length);
  const auto size = size_of(kSizes, unit);
  if (length > 0 && unit == "KB") {
    return error_of(fmt::format("KB may be 1,000 or 1,024 bytes; write {}kB or {}KiB",
                                rest.substr(0, length), rest.substr(0, length)));
  }
  if (length == 0 || !size || unit == "bytes") {
    const std::string_view right = unit == "bytes" ? "B" : meant(kSizeSlips, unit);
    if (length > 0 && !right.empty()) {
      return error_of(fmt::format("write {}{}", rest.substr(0, length), right));
    }
    return error_of("it must be a size such as 64KiB or 1MB");
  }
  const Exact bytes = multiply(rest.substr(0, length), *size);
  if (bytes.fault == Fault::kTooFine) {
    return error_of("it is not a whole number of bytes");
  }
  if (bytes.fault == Fault::kTooLarge) {
    return error_of("it is more than 8 EiB");
  }
  return negative ? -bytes.value : bytes.value;
}

namespace {

// What a bare number lacks, in the spelling a user writes.
std::string_view suffix_of(std::string_view unit) {
  if (unit == "min") {
    return "m";
  }
  if (unit == "bytes") {
    return "B";
  }
  return unit.starts_with("1/") ? unit.substr(1) : unit;
}

Result<double> parse_rate(std::string_view text, std::string_view unit) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) {
    if (parse_number(text).ok()) {
      return error_of(fmt::format("missing unit: write {}{}", shown(text), unit.substr(1)));
    }
    return error_of("it must be a rate such as 100/s or 6000/min");
  }
  // "1/6h": once in six hours.
  const std::size_t digits = number_length(text.substr(slash + 1));
  const std::string_view per = text.substr(slash + 1 + digits);
  const Result<double> times =
      digits == 0 ? Result<double>(1.0) : parse_number(text.substr(slash + 1, digits));
  const auto written = size_of(kPer, per);
  if (!written) {
    if (const std::string_view right = meant(kPerSlips, per); !right.empty()) {
      return error_of(fmt::format("write {}{}", shown(text.substr(0, slash + 1 + digits)), right));
    }
    return error_of("it must be a rate such as 100/s or 6000/min");
  }
  const Result<double> number = parse_number(text.substr(0, slash));
  if (!written || !number || !times || !(*times > 0)) {
    return error_of("it must be a rate such as 100/s or 6000/min");
  }
  const auto own = static_cast<double>(*size_of(kPer, unit.substr(2)));
  return *number * own / (static_cast<double>(*written) * *times);
}

template <class List>
Result<double> parse_flow(std::string_view text, std::string_view unit, const List& units,
                          QuantityKind kind) {
  const auto fault = [&] { return error_of(fmt::format("it must be {}", expected_of(kind))); };
  if (parse_number(text).ok()) {
    return error_of(fmt::format("missing unit: write {}{}", shown(text), unit));
  }
  if (!text.ends_with("/s")) {
    return fault();
  }
  const std::string_view amount = text.substr(0, text.size() - 2);
  std::size_t length = amount.size();
  while (length > 0 && !is_digit(amount[length - 1])) {
    --length;
  }
  const auto written = size_of(units, amount.substr(length));
  const Result<double> number = parse_number(amount.substr(0, length));
  if (!written || !number) {
    return fault();
  }
  const auto own = static_cast<double>(*size_of(units, unit.substr(0, unit.size() - 2)));
  return *number * static_cast<double>(*written) / own;
}

// Percentages, with or without the sign, as a number of percent.
Result<double> parse_percent(std::string_view text) {
  const bool sign = text.ends_with('%');
  Result<double> number = parse_number(sign ? text.substr(0, text.size() - 1) : text);
  if (!number) {
    return error_of("it must be a percentage such as 50%");
  }
  return number;
}

std::string_view without_unit(std::string_view text, std::string_view unit) {
  if (text.size() > unit.size() && text.ends_with(unit)) {
    text.remove_suffix(unit.size());
    if (text.ends_with(' ')) {
      text.remove_suffix(1);
    }
  }
  return text;
}

// A duration or a size as a whole count of its grain (ns, bytes), and how many grains the unit has.
struct Grains {
  Result<std::int64_t> count;
  std::int64_t per_unit;
};

Grains parse_grains(std::string_view text, std::string_view unit, QuantityKind kind) {
  bool negative = false;
  const std::string_view bare = strip_sign(text, negative);
  const std::int64_t per_unit = kind == QuantityKind::kTime
                                    ? *size_of(kTimes, unit == "min" ? "m" : unit)
                                    : *size_of(kSizes, unit);
  if (all_number(bare) && suffix_of(unit) != "B") {
    return {error_of(fmt::format("missing unit: write {}{}", shown(text), suffix_of(unit))),
            per_unit};
  }
  return {kind == QuantityKind::kTime ? parse_duration(text) : parse_bytes(text), per_unit};
}

}  // namespace

Result<double> parse_quantity(std::string_view text, std::string_view unit) {
  const QuantityKind kind = quantity_kind(unit);
  switch (kind) {
    case QuantityKind::kNumber:
      return parse_number(text);
    case QuantityKind::kTime:
    case QuantityKind::kBytes: {
      const Grains grains = parse_grains(text, unit, kind);
      if (!grains.count) {
        return error_of(grains.count.error());
      }
      return static_cast<double>(*grains.count) / static_cast<double>(grains.per_unit);
    }
    case QuantityKind::kRate:
      return parse_rate(text, unit);
    case QuantityKind::kByteRate:
      return parse_flow(text, unit, kSizes, kind);
    case QuantityKind::kBitRate:
      return parse_flow(text, unit, kBits, kind);
    case QuantityKind::kPercent:
      return parse_percent(text);
    case QuantityKind::kShare: {
      if (!text.ends_with('%')) {
        const Result<double> share = parse_number(text);
        return share.ok() ? share : error_of("it must be a share such as 50% or 0.5");
      }
      const Result<double> percent = parse_percent(text);
      return percent.ok() ? Result<double>(*percent / 100) : percent;
    }
    case QuantityKind::kInstant: {
      const Result<std::int64_t> instant = parse_instant(text);
      return instant.ok() ? Result<double>(static_cast<double>(*instant))
                          : error_of(instant.error());
    }
    case QuantityKind::kOther: {
      const Result<double> number = parse_number(without_unit(text, unit));
      return number.ok() ? number : error_of(fmt::format("it must be a number, in {}", unit));
    }
  }
  return parse_number(text);
}

Result<std::int64_t> parse_whole_quantity(std::string_view text, std::string_view unit) {
  const QuantityKind kind = quantity_kind(unit);
  switch (kind) {
    case QuantityKind::kNumber:
      return parse_int(text);
    case QuantityKind::kInstant:
      return parse_instant(text);
    case QuantityKind::kOther:
      return parse_int(without_unit(text, unit));
    case QuantityKind::kPercent:
      return parse_int(text.ends_with('%') ? text.substr(0, text.size() - 1) : text);
    case QuantityKind::kTime:
    case QuantityKind::kBytes: {
      const Grains grains = parse_grains(text, unit, kind);
      if (!grains.count) {
        return grains.count;
      }
      if (*grains.count % grains.per_unit != 0) {
        return error_of(fmt::format("it must be a whole number of {}", unit));
      }
      return *grains.count / grains.per_unit;
    }
    default:
      break;
  }
  const Result<double> value = parse_quantity(text, unit);
  if (!value) {
    return error_of(value.error());
  }
  constexpr double kExact = 9007199254740992.0;  // 2^53: beyond, a double skips whole numbers
  if (std::floor(*value) != *value || std::fabs(*value) > kExact) {
    return error_of(fmt::format("it must be a whole number of {}", unit));
  }
  return static_cast<std::int64_t>(*value);
}

std::string format_duration(std::int64_t ns) {
  if (ns == 0) {
    return "0s";
  }
  std::string out = ns < 0 ? "-" : "";
  // The magnitude of the most negative value fits the unsigned type only.
  std::uint64_t rest =
      ns < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
  for (const Unit& unit : kTimes) {
    if (unit.name == "w") {
      continue;
    }
    const auto size = static_cast<std::uint64_t>(unit.size);
    if (rest >= size) {
      out += fmt::format("{}{}", rest / size, unit.name);
      rest %= size;
    }
  }
  return out;
}

}  // namespace updraft::sim
