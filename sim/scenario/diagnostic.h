// What is wrong with a scenario, and where: every finding at once, each with its line and a caret.
//
//   Diagnostics found(source);
//   found.add({14, 22}, 1, "resource \"desk\": clerks is 0; it must be 1 to 1000");
//   found.throw_if_any();
//
// Lines and columns count from 1; columns count characters, not bytes.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace updraft::sim {

/// A place in a text. Line 0 is nowhere.
struct Mark {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  auto operator<=>(const Mark&) const = default;
};

/// A text, its name and where its lines begin. Lines end as YAML 1.1 says: CR, LF, CRLF, NEL, LS,
/// PS.
class SourceText {
 public:
  SourceText(std::string text, std::string filename);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::string& filename() const { return filename_; }
  /// The line without its end; empty past the last one.
  [[nodiscard]] std::string_view line(std::uint32_t number) const;
  /// Byte offset of a mark, clamped to the text.
  [[nodiscard]] std::size_t offset(Mark mark) const;
  /// The mark of a byte offset.
  [[nodiscard]] Mark mark(std::size_t offset) const;

 private:
  std::string text_;
  std::string filename_;
  std::vector<std::size_t> line_starts_;
};

struct Diagnostic {
  Mark mark;
  std::uint32_t width = 1;  // characters to underline
  std::string message;      // lower case first letter, no full stop
};

/// Findings about one text, by place, each once; shown with their lines and carets.
class Findings {
 public:
  Findings() = default;
  /// `uncollected` more were found than `diagnostics` holds; `limit` of them are shown, each
  /// message behind the prefix.
  Findings(std::shared_ptr<const SourceText> source, std::vector<Diagnostic> diagnostics,
           std::size_t uncollected, std::size_t limit, std::string_view prefix = "");

  [[nodiscard]] bool empty() const { return diagnostics_.empty(); }
  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  [[nodiscard]] const std::string& filename() const { return source_->filename(); }
  /// One line for each finding, `file:line:column: message`; "and N more" past the limit.
  [[nodiscard]] std::string summary() const;
  /// The findings with source line and caret.
  [[nodiscard]] std::string render(bool color) const;

 private:
  [[nodiscard]] std::string more() const;

  std::shared_ptr<const SourceText> source_;
  std::vector<Diagnostic> diagnostics_;
  std::size_t uncollected_ = 0;
  std::size_t limit_ = 0;
  std::string prefix_;
};

/// The user's scenario cannot be run; holds everything found.
class ScenarioError : public std::exception {
 public:
  explicit ScenarioError(Findings findings)
      : findings_(std::move(findings)), text_(findings_.render(false)) {}

  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const {
    return findings_.diagnostics();
  }
  [[nodiscard]] const std::string& filename() const { return findings_.filename(); }
  [[nodiscard]] std::string summary() const { return findings_.summary(); }
  [[nodiscard]] std::string render(bool color) const { return findings_.render(color); }

 private:
  Findings findings_;
  std::string text_;
};

/// Collects findings. The first kKept are kept, further ones only counted. A warning is about what
/// can be run, but is hardly meant.
class Diagnostics {
 public:
  static constexpr std::size_t kKept = 10'000;

  Diagnostics(std::shared_ptr<const SourceText> source, std::size_t limit)
      : source_(std::move(source)), limit_(limit) {}

  void add(Mark mark, std::size_t width, std::string message);
  void warn(Mark mark, std::size_t width, std::string message);
  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] std::size_t size() const { return list_.size(); }
  [[nodiscard]] const SourceText& source() const { return *source_; }
  /// Throws ScenarioError when anything but warnings was found.
  void throw_if_any();
  /// Takes the warnings; they are shown with "warning: " in front.
  Findings take_warnings();

 private:
  std::shared_ptr<const SourceText> source_;
  std::size_t limit_;
  std::vector<Diagnostic> list_;
  std::vector<Diagnostic> warnings_;
  std::size_t uncollected_ = 0;
  std::size_t uncollected_warnings_ = 0;
};

}  // namespace updraft::sim
