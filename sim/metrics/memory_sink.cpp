#include "sim/metrics/memory_sink.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sim/core/check.h"

namespace updraft::sim {
namespace {

MemorySink::OwnedCell own(const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
    return *integer;
  }
  if (const auto* number = std::get_if<double>(&cell)) {
    return *number;
  }
  return std::string(std::get<std::string_view>(cell));
}

std::string text_of(const TableColumn& column, const MemorySink::OwnedCell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) {
    return std::isnan(*number) ? "-" : fmt::format("{}", *number);
  }
  if (const auto* text = std::get_if<std::string>(&cell)) {
    return text->empty() ? "-" : *text;
  }
  const std::int64_t value = std::get<std::int64_t>(cell);
  if (value == kOpenCell) {
    return "-";
  }
  if (column.type == ColumnType::kFlag) {
    return value < 0 ? "-" : column.meanings.at(static_cast<std::size_t>(value));
  }
  if (column.type == ColumnType::kTime) {
    return fmt::format("{}s", static_cast<double>(value) / 1e9);
  }
  return fmt::format("{}", value);
}

}  // namespace

void MemorySink::set_attribute(std::string_view group, const Attribute& attribute) {
  attributes_[fmt::format("{}@{}", group, attribute.name)] = attribute;
}

SeriesColumnId MemorySink::add_series_column(const SeriesColumn& column) {
  Axis& axis = axes_[to_ns(column.cadence)];
  axis.columns.push_back(column);
  return static_cast<SeriesColumnId>(axis.columns.size() - 1);
}

void MemorySink::append_period(Duration cadence, Time period_start,
                               std::span<const double> values) {
  Axis& axis = axes_.at(to_ns(cadence));
  SIM_CHECK(to_ns(period_start) == to_ns(cadence) * static_cast<std::int64_t>(axis.rows.size()),
            "row {} starts at {} ns", axis.rows.size(), to_ns(period_start));
  SIM_CHECK(values.size() <= axis.columns.size());
  axis.rows.emplace_back(values.begin(), values.end());
}

TableId MemorySink::add_table(const TableSpec& table) {
  tables_.push_back({table, {}});
  return static_cast<TableId>(tables_.size() - 1);
}

std::int64_t MemorySink::append_row(TableId table, std::span<const Cell> cells) {
  Table& to = tables_.at(table);
  SIM_CHECK(cells.size() == to.spec.columns.size(), "{} cells in {}", cells.size(),
            to.spec.dimension);
  std::vector<OwnedCell> row;
  for (const Cell& cell : cells) {
    row.push_back(own(cell));
  }
  to.rows.push_back(std::move(row));
  return static_cast<std::int64_t>(to.rows.size()) - 1;
}

void MemorySink::set_cell(TableId table, std::int64_t row, std::uint32_t column, const Cell& cell) {
  Table& to = tables_.at(table);
  SIM_CHECK(to.spec.columns.at(column).late, "{} is not late", to.spec.columns[column].name);
  to.rows.at(static_cast<std::size_t>(row)).at(column) = own(cell);
}

void MemorySink::commit(Time valid_until) {
  commits_.push_back(valid_until);
}

void MemorySink::finish(Time end) {
  SIM_CHECK(!finished_);
  commits_.push_back(end);
  finished_ = true;
}

std::vector<double> MemorySink::column(std::string_view path, Duration cadence) const {
  const Axis& axis = axes_.at(to_ns(cadence));
  for (std::size_t c = 0; c < axis.columns.size(); ++c) {
    if (axis.columns[c].group + "/" + axis.columns[c].name == path) {
      std::vector<double> values;
      for (const std::vector<double>& row : axis.rows) {
        values.push_back(c < row.size() ? row[c] : std::numeric_limits<double>::quiet_NaN());
      }
      return values;
    }
  }
  SIM_CHECK(false, "no column {}", path);
  return {};
}

bool MemorySink::has_column(std::string_view path, Duration cadence) const {
  const auto axis = axes_.find(to_ns(cadence));
  return axis != axes_.end() &&
         std::any_of(
             axis->second.columns.begin(), axis->second.columns.end(),
             [&](const SeriesColumn& column) { return column.group + "/" + column.name == path; });
}

std::set<std::string> MemorySink::series_groups() const {
  std::set<std::string> groups;
  for (const auto& [cadence, axis] : axes_) {
    for (const SeriesColumn& column : axis.columns) {
      groups.insert(column.group);
    }
  }
  return groups;
}

const MemorySink::Table& MemorySink::table(std::string_view group,
                                           std::string_view dimension) const {
  for (const Table& table : tables_) {
    if (table.spec.group == group && table.spec.dimension == dimension) {
      return table;
    }
  }
  throw InvariantError(fmt::format("no table {}/{}", group, dimension));
}

std::string MemorySink::transcript(std::string_view group, std::string_view dimension) const {
  const Table& from = table(group, dimension);
  std::string text;
  for (const std::vector<OwnedCell>& row : from.rows) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      text += (c == 0 ? "" : " | ") + text_of(from.spec.columns[c], row[c]);
    }
    text += '\n';
  }
  return text;
}

}  // namespace updraft::sim
