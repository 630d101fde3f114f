#include "models/common/cron.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <span>
#include <vector>

#include <fmt/format.h>

namespace updraft::common {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                      "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekdays = {"SUN", "MON", "TUE", "WED",
                                                       "THU", "FRI", "SAT"};

struct Field {
  std::string_view name;
  int low;
  int high;
  std::span<const std::string_view> words{};  // of low, low + 1, ...
};
constexpr std::array<Field, 5> kFields = {{{"minute", 0, 59},
                                           {"hour", 0, 23},
                                           {"day of the month", 1, 31},
                                           {"month", 1, 12, kMonths},
                                           {"day of the week", 0, 7, kWeekdays}}};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

std::optional<int> number(std::string_view text, const Field& field) {
  for (std::size_t i = 0; i < field.words.size(); ++i) {
    const bool same =
        std::equal(text.begin(), text.end(), field.words[i].begin(), field.words[i].end(),
                   [](char a, char b) { return std::toupper(static_cast<unsigned char>(a)) == b; });
    if (same) {
      return field.low + static_cast<int>(i);
    }
  }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < field.low ||
      value > field.high) {
    return std::nullopt;
  }
  return value;
}

// "*", "5", "MON-FRI", "*/15", "8-18/2": the numbers that it holds; none: it is wrong.
std::vector<int> numbers(std::string_view item, const Field& field) {
  const std::vector<std::string_view> with_step = split(item, '/');
  int step = 1;
  if (with_step.size() > 1) {
    const auto [end, error] =
        std::from_chars(with_step[1].data(), with_step[1].data() + with_step[1].size(), step);
    if (with_step.size() > 2 || error != std::errc{} || step < 1 ||
        end != with_step[1].data() + with_step[1].size()) {
      return {};
    }
  }
  int low = field.low;
  int high = field.high;
  if (with_step[0] != "*") {
    const std::vector<std::string_view> ends = split(with_step[0], '-');
    const auto first = number(ends[0], field);
    const auto last = ends.size() > 1 ? number(ends[1], field) : first;
    if (ends.size() > 2 || !first || !last || *first > *last) {
      return {};
    }
    low = *first;
    high = ends.size() > 1 || with_step.size() == 1 ? *last : field.high;  // "5/15" goes on
  }
  std::vector<int> found;
  for (int value = low; value <= high; value += step) {
    found.push_back(value);
  }
  return found;
}

}  // namespace

sim::Result<Cron> Cron::parse(std::string_view text) {
  std::vector<std::string_view> fields;
  for (const std::string_view part : split(text, ' ')) {
    if (!part.empty()) {
      fields.push_back(part);
    }
  }
  if (fields.size() != kFields.size()) {
    return sim::Error{fmt::format(
        "{} fields; it must be minute, hour, day of the month, month and day of the week",
        fields.size())};
  }
  Cron cron;
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    for (const std::string_view item : split(fields[i], ',')) {
      const std::vector<int> values = numbers(item, kFields[i]);
      if (values.empty()) {
        return sim::Error{fmt::format("{} \"{}\"; it must be {} to {}", kFields[i].name, item,
                                      kFields[i].low, kFields[i].high)};
      }
      for (const int value : values) {
        const auto at = static_cast<std::size_t>(value);
        switch (i) {
          case 0:
            cron.minutes_.set(at);
            break;
          case 1:
            cron.hours_.set(at);
            break;
          case 2:
            cron.days_.set(at);
            break;
          case 3:
            cron.months_.set(at);
            break;
          default:
            cron.weekdays_.set(at % 7);  // 7 is Sunday too
        }
      }
    }
  }
  cron.any_day_ = fields[2].starts_with('*');
  cron.any_weekday_ = fields[4].starts_with('*');
  return cron;
}

bool Cron::fits_day(std::int64_t day) const {
  const std::chrono::sys_days date{std::chrono::days{day}};
  const std::chrono::year_month_day ymd{date};
  if (!months_[static_cast<unsigned>(ymd.month())]) {
    return false;
  }
  const bool in_month = days_[static_cast<unsigned>(ymd.day())];
  const bool in_week = weekdays_[std::chrono::weekday{date}.c_encoding()];
  return any_day_ || any_weekday_ ? in_month && in_week : in_month || in_week;
}

}  // namespace updraft::common
