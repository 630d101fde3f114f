// The units that quantities are written in, and how a number in front of one begins. Shared by the
// files that read quantities and by the one that writes patterns of them; private to them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace updraft::sim::units {

struct Unit {
  std::string_view name;
  std::int64_t size;
};

inline constexpr std::int64_t kSecond = 1'000'000'000;
inline constexpr std::array kTimes = {Unit{"w", 604'800 * kSecond},
                                      Unit{"d", 86'400 * kSecond},
                                      Unit{"h", 3'600 * kSecond},
                                      Unit{"m", 60 * kSecond},
                                      Unit{"s", kSecond},
                                      Unit{"ms", 1'000'000},
                                      Unit{"us", 1'000},
                                      Unit{"ns", 1}};
inline constexpr std::array kPer = {Unit{"d", 86'400 * kSecond},
                                    Unit{"h", 3'600 * kSecond},
                                    Unit{"min", 60 * kSecond},
                                    Unit{"s", kSecond},
                                    Unit{"ms", 1'000'000},
                                    Unit{"us", 1'000},
                                    Unit{"ns", 1}};
inline constexpr std::int64_t kKi = 1024;
inline constexpr std::array kSizes = {Unit{"B", 1},
                                      Unit{"bytes", 1},
                                      Unit{"kB", 1'000},
                                      Unit{"MB", 1'000'000},
                                      Unit{"GB", 1'000'000'000},
                                      Unit{"TB", 1'000'000'000'000},
                                      Unit{"PB", 1'000'000'000'000'000},
                                      Unit{"KiB", kKi},
                                      Unit{"MiB", kKi* kKi},
                                      Unit{"GiB", kKi* kKi* kKi},
                                      Unit{"TiB", kKi* kKi* kKi* kKi},
                                      Unit{"PiB", kKi* kKi* kKi* kKi* kKi}};
inline constexpr std::array kBits = {Unit{"bits", 1},
                                     Unit{"bit", 1},
                                     Unit{"kbit", 1'000},
                                     Unit{"Mbit", 1'000'000},
                                     Unit{"Gbit", 1'000'000'000},
                                     Unit{"Tbit", 1'000'000'000'000}};

template <class List>
constexpr std::optional<std::int64_t> size_of(const List& units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) {
      return unit.size;
    }
  }
  return std::nullopt;
}

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Digits, and after them perhaps a point and digits: the length of such a beginning, 0 for none.
inline std::size_t number_length(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size() && is_digit(text[i])) {
    ++i;
  }
  if (i == 0) {
    return 0;
  }
  if (i + 1 < text.size() && text[i] == '.' && is_digit(text[i + 1])) {
    ++i;
    while (i < text.size() && is_digit(text[i])) {
      ++i;
    }
  }
  return i;
}

inline std::string_view strip_sign(std::string_view text, bool& negative) {
  negative = !text.empty() && text.front() == '-';
  if (negative) {
    text.remove_prefix(1);
  }
  return text;
}

}  // namespace updraft::sim::units
