#include "sim/scenario/diagnostic.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/schema/wording.h"

namespace updraft::sim {
namespace {

// Bytes of the line end at text[i]; 0 where there is none.
std::size_t break_length(std::string_view text, std::size_t i) {
  const char c = text[i];
  if (c == '\r') {
    return i + 1 < text.size() && text[i + 1] == '\n' ? 2 : 1;
  }
  if (c == '\n') {
    return 1;
  }
  if (c == '\xC2' && i + 1 < text.size() && text[i + 1] == '\x85') {
    return 2;
  }
  if (c == '\xE2' && i + 2 < text.size() && text[i + 1] == '\x80' &&
      (text[i + 2] == '\xA8' || text[i + 2] == '\xA9')) {
    return 3;
  }
  return 0;
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::size_t next_character(std::string_view text, std::size_t i) {
  ++i;
  while (i < text.size() && continues_character(text[i])) {
    ++i;
  }
  return i;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

// Whether a terminal may be shown it: one whole character that is no control. What is no UTF-8, or
// steers a terminal, must not get there.
bool is_printable(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (first < 0x80) {
    return character.size() == 1 && (first == '\t' || (first >= 0x20 && first != 0x7F));
  }
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  const bool c1_control =
      first == 0xC2 && static_cast<unsigned char>(character[1 % character.size()]) < 0xA0;
  return first >= 0xC2 && first <= 0xF4 && character.size() == length && !c1_control;
}

// The part of a long line around a column, in characters.
struct Window {
  std::string text;
  std::size_t caret = 0;  // characters before the caret
  std::string padding;    // blanks and tabs that stand under them
  std::size_t room = 0;   // characters from the caret to the end
};

Window window(std::string_view line, std::size_t column) {
  constexpr std::size_t kWidth = 100;
  constexpr std::size_t kBefore = 60;
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < line.size(); i = next_character(line, i)) {
    starts.push_back(i);
  }
  const std::size_t length = starts.size();
  starts.push_back(line.size());
  column = std::min(column, length);
  std::size_t begin = 0;
  std::size_t end = length;
  if (length > kWidth) {
    begin = column > kBefore ? column - kBefore : 0;
    end = std::min(length, begin + kWidth);
  }
  Window result;
  if (begin > 0) {
    result.text += "...";
    result.padding += "   ";
  }
  for (std::size_t i = begin; i < end; ++i) {
    const std::string_view character = line.substr(starts[i], starts[i + 1] - starts[i]);
    result.text += is_printable(character) ? character : "?";
    if (i < column) {
      result.padding += character == "\t" ? "\t" : " ";
    }
  }
  if (end < length) {
    result.text += "...";
  }
  result.room = end - std::min(column, end);
  return result;
}

}  // namespace

SourceText::SourceText(std::string text, std::string filename)
    : text_(std::move(text)), filename_(std::move(filename)) {
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size();) {
    const std::size_t length = break_length(text_, i);
    if (length == 0) {
      ++i;
      continue;
    }
    i += length;
    line_starts_.push_back(i);
  }
}

std::string_view SourceText::line(std::uint32_t number) const {
  if (number == 0 || number > line_starts_.size()) {
    return {};
  }
  const std::size_t begin = line_starts_[number - 1];
  const std::size_t end = number < line_starts_.size() ? line_starts_[number] : text_.size();
  std::string_view line = std::string_view(text_).substr(begin, end - begin);
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (break_length(line, i) > 0) {
      return line.substr(0, i);
    }
  }
  return line;
}

std::size_t SourceText::offset(Mark mark) const {
  if (mark.line == 0) {
    return 0;
  }
  if (mark.line > line_starts_.size()) {
    return text_.size();
  }
  std::size_t i = line_starts_[mark.line - 1];
  for (std::uint32_t column = 1; column < mark.column && i < text_.size(); ++column) {
    i = next_character(text_, i);
  }
  return i;
}

Mark SourceText::mark(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<std::uint32_t>(after - line_starts_.begin());
  const std::size_t begin = line_starts_[line - 1];
  const auto before = count_characters(std::string_view(text_).substr(begin, offset - begin));
  return {line, static_cast<std::uint32_t>(before + 1)};
}

Findings::Findings(std::shared_ptr<const SourceText> source, std::vector<Diagnostic> diagnostics,
                   std::size_t uncollected, std::size_t limit, std::string_view prefix)
    : source_(std::move(source)),
      diagnostics_(std::move(diagnostics)),
      uncollected_(uncollected),
      limit_(limit),
      prefix_(prefix) {
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.mark < b.mark; });
  // A mapping that is used twice through an alias is wrong once.
  const auto same = [](const Diagnostic& a, const Diagnostic& b) {
    return a.mark == b.mark && a.message == b.message;
  };
  diagnostics_.erase(std::unique(diagnostics_.begin(), diagnostics_.end(), same),
                     diagnostics_.end());
}

std::string Findings::more() const {
  const std::size_t all = diagnostics_.size() + uncollected_;
  return all > limit_ ? fmt::format("and {} more\n", all - limit_) : "";
}

std::string Findings::summary() const {
  std::string out;
  for (std::size_t i = 0; i < diagnostics_.size() && i < limit_; ++i) {
    const Diagnostic& d = diagnostics_[i];
    out +=
        fmt::format("{}:{}:{}: {}{}\n", filename(), d.mark.line, d.mark.column, prefix_, d.message);
  }
  return out + more();
}

std::string Findings::render(bool color) const {
  const char* bold = color ? "\x1b[1m" : "";
  const char* red = color ? "\x1b[31;1m" : "";
  const char* plain = color ? "\x1b[0m" : "";
  std::string out;
  for (std::size_t i = 0; i < diagnostics_.size() && i < limit_; ++i) {
    const Diagnostic& d = diagnostics_[i];
    out += fmt::format("{}{}:{}:{}:{} {}{}\n", bold, filename(), d.mark.line, d.mark.column, plain,
                       prefix_, d.message);
    const std::string_view line = source_->line(d.mark.line);
    if (d.mark.line == 0 || line.empty()) {
      continue;
    }
    const Window w = window(line, d.mark.column == 0 ? 0 : d.mark.column - 1);
    const std::string number = fmt::format("{}", d.mark.line);
    const std::size_t carets =
        std::clamp<std::size_t>(d.width, 1, std::max<std::size_t>(1, w.room));
    out += fmt::format("  {} | {}\n", number, w.text);
    out += fmt::format("  {} | {}{}{}{}\n", std::string(number.size(), ' '), w.padding, red,
                       std::string(carets, '^'), plain);
  }
  return out + more();
}

void Diagnostics::add(Mark mark, std::size_t width, std::string message) {
  if (list_.size() >= kKept) {
    ++uncollected_;
    return;
  }
  list_.push_back(
      {mark, static_cast<std::uint32_t>(std::min<std::size_t>(width, 10'000)), std::move(message)});
}

void Diagnostics::warn(Mark mark, std::size_t width, std::string message) {
  if (warnings_.size() >= kKept) {
    ++uncollected_warnings_;
    return;
  }
  warnings_.push_back(
      {mark, static_cast<std::uint32_t>(std::min<std::size_t>(width, 10'000)), std::move(message)});
}

void Diagnostics::throw_if_any() {
  if (!list_.empty()) {
    throw ScenarioError(Findings(source_, std::move(list_), uncollected_, limit_));
  }
}

Findings Diagnostics::take_warnings() {
  return {source_, std::exchange(warnings_, {}), std::exchange(uncollected_warnings_, 0), limit_,
          "warning: "};
}

}  // namespace updraft::sim
