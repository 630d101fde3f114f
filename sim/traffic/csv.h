// Lines and fields of a CSV file with their positions, and the stamps that traffic files use.
//
//   CsvReader reader(text, "traffic/web.csv");
//   while (reader.next_line()) { reader.field(0).text; ... reader.fail(reader.field(1), "count is
//   \"x\""); }
//
// Fields are separated by commas and may be quoted ("" is a quote); lines end with LF or CRLF;
// blank lines are skipped; a byte order mark is ignored. Nothing depends on a locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace updraft::sim {

struct CsvField {
  std::string text;
  std::size_t column = 1;  // of its first character, from 1
};

class CsvReader {
 public:
  /// `text` must outlive the reader; `file` is the name for errors.
  CsvReader(std::string_view text, std::string file);

  /// Goes to the next line that is not blank; false at the end.
  bool next_line();
  [[nodiscard]] std::size_t line() const { return line_; }
  [[nodiscard]] const std::vector<CsvField>& fields() const { return fields_; }

  /// Records "file:line:column: message" for a place on the current line. After kMost errors the
  /// rest is counted.
  void fail(std::size_t column, std::string_view message);
  /// All errors so far, the last one saying how many more there are.
  [[nodiscard]] std::vector<std::string> errors() const;
  [[nodiscard]] bool ok() const { return failures_ == 0; }

 private:
  static constexpr std::size_t kMost = 20;

  void split(std::string_view line);

  std::string_view rest_;
  std::string file_;
  std::size_t line_ = 0;
  std::vector<CsvField> fields_;
  std::vector<std::string> errors_;
  std::size_t failures_ = 0;
};

/// Nanoseconds since 1970 of "2023-11-16 18:15:46.6805900": a date, a space or T, hours and
/// minutes, and if given seconds with up to nine decimals and a Z. Stamps are UTC. Nothing when it
/// is no such stamp, or not between the years 1970 and 2262.
[[nodiscard]] std::optional<std::int64_t> parse_stamp(std::string_view text);

/// The stamp as "1998-06-15 00:05:00", with decimals when there are any.
[[nodiscard]] std::string format_stamp(std::int64_t unix_ns);

/// A finite decimal number and nothing else.
[[nodiscard]] std::optional<double> parse_csv_number(std::string_view text);

}  // namespace updraft::sim
