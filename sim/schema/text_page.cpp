#include "sim/schema/text_page.h"

#include <algorithm>

#include <fmt/format.h>

namespace updraft::sim {
namespace {

constexpr std::string_view kBold = "1";
constexpr std::string_view kUnderlined = "4";
constexpr std::size_t kIndent = 2;

// UTF-8 continuation bytes take no column.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) {
      continue;
    }
    if (!line.empty() && columns(line) + 1 + columns(word) > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    if (!line.empty()) {
      line += ' ';
    }
    line += word;
  }
  if (!line.empty()) {
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string TextPage::styled(std::string_view code, std::string_view text) const {
  return options_.ansi ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

void TextPage::line(std::size_t indent, std::string_view text) {
  text_.append(indent, ' ');
  text_ += text;
  text_ += '\n';
}

void TextPage::title(std::string_view text) {
  line(0, styled(kBold, text));
}

void TextPage::heading(std::string_view text) {
  blank();
  line(0, styled(kUnderlined, text));
}

void TextPage::paragraph(std::string_view text, std::size_t indent) {
  for (const std::string& each : wrap(text, options_.width - std::min(indent, options_.width))) {
    line(indent, each);
  }
}

void TextPage::row(std::string_view label, std::string_view text, std::size_t column) {
  const std::vector<std::string> lines =
      wrap(text, options_.width - std::min(column, options_.width));
  const std::size_t used = kIndent + columns(label);
  const bool beside = used < column && !lines.empty();
  std::string first = styled(kBold, label);
  if (label.empty()) {
    first.clear();
  }
  if (beside) {
    first.append(column - used, ' ');
    first += lines.front();
  }
  if (beside || !label.empty()) {
    line(kIndent, first);
  }
  for (std::size_t i = beside ? 1 : 0; i < lines.size(); ++i) {
    line(column, lines[i]);
  }
}

}  // namespace updraft::sim
