#include "cli/numbers.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

namespace updraft::cli {

namespace {

std::string group_digits(std::string digits) {
  for (std::size_t i = digits.size(); i > 3; i -= 3) {
    digits.insert(i - 3, ",");
  }
  return digits;
}

/// Three significant digits without an exponent, for 0.001 <= value < 1e6.
std::string three_digits(double value) {
  if (value >= 99.95) {
    return fmt::format("{:.0f}", value);
  }
  if (value >= 9.995) {
    return fmt::format("{:.1f}", value);
  }
  return fmt::format("{:.2f}", value);
}

}  // namespace

std::string grouped(std::uint64_t number) {
  return group_digits(fmt::format("{}", number));
}

std::string latency(double ns) {
  if (std::isnan(ns)) {
    return "none";
  }
  if (std::isinf(ns)) {
    return "never";
  }
  if (ns < 999.5) {
    return fmt::format("{:.0f} ns", ns);
  }
  if (ns < 999.5e3) {
    return three_digits(ns / 1e3) + " us";
  }
  if (ns < 999.5e6) {
    return three_digits(ns / 1e6) + " ms";
  }
  return three_digits(ns / 1e9) + " s";
}

std::string percent(double share) {
  const double value = share * 100;
  if (value == 0 || value == 100) {
    return fmt::format("{:.0f} %", value);
  }
  // As many decimals as the distance to the nearer of 0 and 100 needs.
  const double distance = std::min(value, 100 - value);
  int decimals = 2;
  for (double limit = 0.01; distance < limit * 10 && decimals < 7; limit /= 10) {
    ++decimals;
  }
  return plain(value, decimals) + " %";
}

std::string length(sim::Duration duration) {
  struct Unit {
    std::int64_t ns;
    const char* name;
  };
  constexpr std::array<Unit, 4> kUnits{{{86'400'000'000'000, "d"},
                                        {3'600'000'000'000, "h"},
                                        {60'000'000'000, "min"},
                                        {1'000'000'000, "s"}}};
  std::int64_t rest = sim::to_ns(duration);
  std::string text;
  for (const Unit& unit : kUnits) {
    if (rest >= unit.ns) {
      text += fmt::format("{}{} {}", text.empty() ? "" : " ", rest / unit.ns, unit.name);
      rest %= unit.ns;
    }
  }
  if (rest > 0) {
    text += (text.empty() ? "" : " ") + latency(static_cast<double>(rest));
  }
  return text.empty() ? "0 s" : text;
}

std::string money(double usd) {
  if (usd != 0 && std::fabs(usd) < 1) {
    return "$" + plain(usd, std::fabs(usd) < 0.01 ? 6 : 4);
  }
  const auto cents = static_cast<std::uint64_t>(std::llround(std::fabs(usd) * 100));
  return fmt::format("{}${}.{:02}", usd < 0 ? "-" : "",
                     group_digits(fmt::format("{}", cents / 100)), cents % 100);
}

std::string plain(double number, int decimals) {
  std::string text = fmt::format("{:.{}f}", number, decimals);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') {
      text.pop_back();
    }
  }
  return text;
}

}  // namespace updraft::cli
