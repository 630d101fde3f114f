#include "sim/traffic/csv.h"

#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace updraft::sim {

CsvReader::CsvReader(std::string_view text, std::string file)
    : rest_(text), file_(std::move(file)) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (rest_.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    rest_.remove_prefix(kByteOrderMark.size());
  }
}

bool CsvReader::next_line() {
  while (!rest_.empty()) {
    const std::size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++line_;
    if (!line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    }
    if (line.find_first_not_of(" \t") != std::string_view::npos) {
      split(line);
      return true;
    }
  }
  return false;
}

void CsvReader::split(std::string_view line) {
  fields_.clear();
  std::size_t at = 0;
  for (;;) {
    CsvField field;
    field.column = at + 1;
    if (at < line.size() && line[at] == '"') {
      ++at;
      while (at < line.size() &&
             (line[at] != '"' || (at + 1 < line.size() && line[at + 1] == '"'))) {
        at += line[at] == '"' ? 1 : 0;
        field.text += line[at++];
      }
      at += at < line.size() ? 1 : 0;
      if (at < line.size() && line[at] != ',') {
        fail(at + 1, "a quoted field must be followed by a comma");
        at = std::min(line.find(',', at), line.size());
      }
    } else {
      const std::size_t end = std::min(line.find(',', at), line.size());
      field.text = line.substr(at, end - at);
      at = end;
    }
    fields_.push_back(std::move(field));
    if (at >= line.size()) {
      return;
    }
    ++at;  // the comma
  }
}

void CsvReader::fail(std::size_t column, std::string_view message) {
  if (failures_++ < kMost) {
    errors_.push_back(fmt::format("{}:{}:{}: {}", file_, line_, column, message));
  }
}

std::vector<std::string> CsvReader::errors() const {
  std::vector<std::string> all = errors_;
  if (failures_ > kMost) {
    all.push_back(fmt::format("{}: {} more errors", file_, failures_ - kMost));
  }
  return all;
}

namespace {

/// Takes exactly `digits` digits off the front of `text`; -1 when they are not there.
int take_digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) {
    return -1;
  }
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') {
      return -1;
    }
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

/// ".6805900" as nanoseconds; -1 when there is a point without one to nine digits.
std::int64_t take_fraction(std::string_view& text) {
  if (!take(text, '.')) {
    return 0;
  }
  std::int64_t ns = 0;
  int digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9' && digits < 9; ++digits) {
    ns = ns * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  if (digits == 0) {
    return -1;
  }
  for (; digits < 9; ++digits) {
    ns *= 10;
  }
  return ns;
}

}  // namespace

std::optional<std::int64_t> parse_stamp(std::string_view text) {
  const int year = take_digits(text, 4);
  const bool dash1 = take(text, '-');
  const int month = take_digits(text, 2);
  const bool dash2 = take(text, '-');
  const int day = take_digits(text, 2);
  const bool gap = take(text, ' ') || take(text, 'T');
  const int hour = take_digits(text, 2);
  const bool colon = take(text, ':');
  const int minute = take_digits(text, 2);
  if (!dash1 || !dash2 || !gap || !colon || year < 1970 || year > 2261 || hour < 0 || hour > 23 ||
      minute < 0 || minute > 59) {
    return std::nullopt;
  }
  int second = 0;
  std::int64_t fraction = 0;
  if (take(text, ':')) {
    second = take_digits(text, 2);
    fraction = take_fraction(text);
  }
  take(text, 'Z');
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!text.empty() || second < 0 || second > 59 || fraction < 0 || month < 0 || day < 0 ||
      !date.ok()) {
    return std::nullopt;
  }
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  return ((days * 24 + hour) * 60 + minute) * 60'000'000'000 + second * 1'000'000'000LL + fraction;
}

std::string format_stamp(std::int64_t unix_ns) {
  const std::chrono::sys_time<std::chrono::nanoseconds> time{std::chrono::nanoseconds{unix_ns}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::int64_t ns = (time - day).count();
  const std::int64_t seconds = ns / 1'000'000'000;
  std::string text =
      fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (ns % 1'000'000'000 != 0) {
    text += fmt::format(".{:09}", ns % 1'000'000'000);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text;
}

std::optional<double> parse_csv_number(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace updraft::sim
