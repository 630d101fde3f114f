// Numbers, booleans and instants.
#include <charconv>
#include <chrono>
#include <cmath>
#include <initializer_list>
#include <limits>

#include <fmt/format.h>

#include "sim/schema/quantity.h"
#include "sim/schema/units.h"

namespace updraft::sim {
namespace {

using namespace units;  // NOLINT(google-build-using-namespace): private to these files

Error error_of(std::string text) {
  return Error{std::move(text)};
}

bool all_digits(std::string_view text) {
  for (const char c : text) {
    if (!is_digit(c)) {
      return false;
    }
  }
  return !text.empty();
}

}  // namespace

Result<std::int64_t> parse_instant(std::string_view text) {
  const auto expected = [] {
    return error_of("it must be an instant in UTC such as 2026-01-01T00:00:00Z");
  };
  // 2026-01-01T00:00:00[.123456789]Z
  const auto digits = [&](std::size_t at, std::size_t count) -> int {
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
      if (i >= text.size() || !is_digit(text[i])) {
        return -1;
      }
      value = value * 10 + (text[i] - '0');
    }
    return value;
  };
  const int year = digits(0, 4);
  const int month = digits(5, 2);
  const int day = digits(8, 2);
  const bool date = year >= 0 && month >= 0 && day >= 0 && text[4] == '-' && text[7] == '-';
  if (date && text.size() == 10) {
    return error_of(fmt::format("missing time of day: write {}T00:00:00Z", text));
  }
  const int hour = digits(11, 2);
  const int minute = digits(14, 2);
  const int second = digits(17, 2);
  if (!date || hour < 0 || minute < 0 || second < 0 || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':') {
    return expected();
  }
  std::string_view rest = text.substr(19);
  std::int64_t nanoseconds = 0;
  if (!rest.empty() && rest.front() == '.') {
    std::size_t count = 0;
    std::int64_t scale = kSecond;
    rest.remove_prefix(1);
    for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1)) {
      scale /= 10;
      nanoseconds += scale * (rest.front() - '0');
      ++count;
    }
    if (count == 0 || count > 9) {
      return expected();
    }
  }
  if (rest != "Z") {
    return error_of("it must be in UTC and end in Z");
  }
  const std::chrono::year_month_day ymd{std::chrono::year{year},
                                        std::chrono::month{static_cast<unsigned>(month)},
                                        std::chrono::day{static_cast<unsigned>(day)}};
  if (!ymd.ok() || hour > 23 || minute > 59 || second > 59) {
    return error_of("there is no such day or time");
  }
  if (year < 1700 || year > 2261) {
    return error_of("the year must be 1700 to 2261");
  }
  const std::int64_t days = std::chrono::sys_days{ymd}.time_since_epoch().count();
  return ((days * 24 + hour) * 60 + minute) * 60 * kSecond + second * kSecond + nanoseconds;
}

namespace {

// "1,000" and "1_000": the number that was meant, or nothing.
std::string without_separators(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_digit(c)) {
      out += c;
    } else if (c != ',' && c != '_' && c != '\'') {
      return "";
    }
  }
  return out.size() < text.size() && !out.empty() && is_digit(text.front()) ? out : "";
}

template <class Integer>
Result<Integer> parse_integer(std::string_view text) {
  bool negative = false;
  const std::string_view digits = strip_sign(text, negative);
  if (const std::string meant_number = without_separators(digits); !meant_number.empty()) {
    return error_of(fmt::format("write {}{}", negative ? "-" : "", meant_number));
  }
  if (digits.size() > 1 && digits.front() == '0' && all_digits(digits)) {
    return error_of("it must be a whole number without leading zeros");
  }
  Integer value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = !digits.empty() && is_digit(digits.front());
  if (whole && code == std::errc::result_out_of_range) {
    return error_of(fmt::format("it must be a whole number of at most {}",
                                std::numeric_limits<Integer>::max()));
  }
  if (!whole || code != std::errc{} || end != text.data() + text.size()) {
    if (std::numeric_limits<Integer>::min() == 0 && negative && all_digits(digits)) {
      return error_of("it must not be negative");
    }
    return error_of("it must be a whole number");
  }
  return value;
}

}  // namespace

Result<std::int64_t> parse_int(std::string_view text) {
  return parse_integer<std::int64_t>(text);
}
Result<std::uint64_t> parse_uint(std::string_view text) {
  return parse_integer<std::uint64_t>(text);
}

Result<double> parse_number(std::string_view text) {
  bool negative = false;
  const std::string_view digits = strip_sign(text, negative);
  if (const std::string meant_number = without_separators(digits); !meant_number.empty()) {
    return error_of(fmt::format("write {}{}", negative ? "-" : "", meant_number));
  }
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (digits.empty() || !is_digit(digits.front()) || !is_digit(digits.back()) ||
      end != text.data() + text.size()) {
    return error_of("it must be a number");
  }
  if (code != std::errc{} || !std::isfinite(value)) {
    return error_of("it is out of the range of a 64-bit number");
  }
  return value;
}

Result<bool> parse_bool(std::string_view text) {
  if (text == "true") {
    return true;
  }
  if (text == "false") {
    return false;
  }
  const auto is_any = [&](std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
      if (text == word) {
        return true;
      }
    }
    return false;
  };
  if (is_any({"yes", "Yes", "YES", "on", "On", "ON", "True", "TRUE", "y", "Y", "1"})) {
    return error_of("write true");
  }
  if (is_any({"no", "No", "NO", "off", "Off", "OFF", "False", "FALSE", "n", "N", "0"})) {
    return error_of("write false");
  }
  return error_of("it must be true or false");
}

}  // namespace updraft::sim
