#include "models/common/csv_table.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace updraft::common {
namespace {

sim::Result<std::vector<std::string>> cells_of(std::string_view line, std::size_t number) {
  std::vector<std::string> cells;
  for (;;) {
    if (!line.empty() && line.front() == '"') {
      const std::size_t end = line.find('"', 1);
      if (end == std::string_view::npos || (end + 1 < line.size() && line[end + 1] != ',')) {
        return sim::Error{fmt::format("line {} has a quoted cell that does not end", number)};
      }
      cells.emplace_back(line.substr(1, end - 1));
      line.remove_prefix(end + 1);
    } else {
      const std::size_t end = std::min(line.find(','), line.size());
      cells.emplace_back(line.substr(0, end));
      line.remove_prefix(end);
    }
    if (line.empty()) {
      return cells;
    }
    line.remove_prefix(1);
  }
}

}  // namespace

sim::Result<CsvTable> CsvTable::parse(std::string_view text) {
  CsvTable table;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (line.empty() || line.front() == '#') {
      continue;
    }
    auto cells = cells_of(line, number);
    if (!cells) {
      return sim::Error{cells.error()};
    }
    if (table.columns_.empty()) {
      table.columns_ = std::move(cells).value();
    } else if (cells->size() != table.columns_.size()) {
      return sim::Error{fmt::format("line {} has {} cells; there are {} columns", number,
                                    cells->size(), table.columns_.size())};
    } else {
      table.rows_.push_back({number, std::move(cells).value()});
    }
  }
  return table;
}

bool CsvTable::has(std::string_view column) const {
  return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
}

std::string_view CsvTable::text(std::size_t row, std::string_view column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  return found == columns_.end()
             ? std::string_view{}
             : std::string_view{
                   rows_[row].cells[static_cast<std::size_t>(found - columns_.begin())]};
}

sim::Result<double> CsvTable::number(std::size_t row, std::string_view column) const {
  const std::string_view cell = text(row, column);
  double value = 0;
  const char* end = cell.data() + cell.size();
  const auto [stopped, error] = std::from_chars(cell.data(), end, value);
  if (cell.empty() || error != std::errc{} || stopped != end) {
    return sim::Error{
        fmt::format("line {}: {} is \"{}\"; it must be a number", line(row), column, cell)};
  }
  return value;
}

}  // namespace updraft::common
