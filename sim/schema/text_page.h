// Plain text for a terminal: headings, wrapped paragraphs and rows of a label with text beside it.
// Letters are counted as code points, so that "µ" takes one column. With `ansi`, headings and
// labels are emphasised by escape codes, which take no width; the words are the same.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace updraft::sim {

/// Lines of at most `width` columns, broken at spaces; a longer word (an address) keeps a line of
/// its own.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

class TextPage {
 public:
  struct Options {
    std::size_t width = 80;
    bool ansi = false;
  };

  explicit TextPage(const Options& options) : options_(options) {}

  /// The page's first line.
  void title(std::string_view text);
  /// A blank line and a heading.
  void heading(std::string_view text);
  void paragraph(std::string_view text, std::size_t indent = 0);
  /// "  label     text", the text wrapped in its own column; the label on a line of its own where
  /// it is too long.
  void row(std::string_view label, std::string_view text, std::size_t column);
  void blank() { text_ += '\n'; }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void line(std::size_t indent, std::string_view text);
  [[nodiscard]] std::string styled(std::string_view code, std::string_view text) const;

  Options options_;
  std::string text_;
};

}  // namespace updraft::sim
