// A small table of facts as text: comma-separated, the first line names the columns, lines that
// begin with # are comments. A cell that holds a comma stands in double quotes; quotes themselves
// are not possible.
//
//   auto table = CsvTable::parse("type,vcpu\nm5.large,2\n");
//   auto vcpu = table->number(0, "vcpu");
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.h"

namespace updraft::common {

class CsvTable {
 public:
  /// An error names the line: "line 7 has 3 cells; there are 4 columns".
  static sim::Result<CsvTable> parse(std::string_view text);

  [[nodiscard]] std::size_t rows() const { return rows_.size(); }
  [[nodiscard]] std::size_t line(std::size_t row) const { return rows_[row].line; }
  [[nodiscard]] bool has(std::string_view column) const;
  /// The cell; empty when there is no such column.
  [[nodiscard]] std::string_view text(std::size_t row, std::string_view column) const;
  /// The cell as a decimal number, the whole of it; an error names line, column and cell.
  [[nodiscard]] sim::Result<double> number(std::size_t row, std::string_view column) const;

 private:
  struct Row {
    std::size_t line;
    std::vector<std::string> cells;
  };
  std::vector<std::string> columns_;
  std::vector<Row> rows_;
};

}  // namespace updraft::common
