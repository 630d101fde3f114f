// A sink that keeps everything in memory, for tests and for reading a short run back without a
// file.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/metrics/sink.h"

namespace updraft::sim {

class MemorySink final : public ResultSink {
 public:
  using OwnedCell = std::variant<std::int64_t, double, std::string>;
  struct Table {
    TableSpec spec;
    std::vector<std::vector<OwnedCell>> rows;
  };

  void set_attribute(std::string_view group, const Attribute& attribute) override;
  SeriesColumnId add_series_column(const SeriesColumn& column) override;
  void append_period(Duration cadence, Time period_start, std::span<const double> values) override;
  TableId add_table(const TableSpec& table) override;
  std::int64_t append_row(TableId table, std::span<const Cell> cells) override;
  void set_cell(TableId table, std::int64_t row, std::uint32_t column, const Cell& cell) override;
  void commit(Time valid_until) override;
  void finish(Time end) override;

  /// Values of "GROUP/NAME" of a cadence, one for each closed period, NaN where there is none.
  [[nodiscard]] std::vector<double> column(std::string_view path, Duration cadence) const;
  /// The table of a group and dimension; an invariant is broken if there is none.
  [[nodiscard]] const Table& table(std::string_view group, std::string_view dimension) const;
  [[nodiscard]] bool has_column(std::string_view path, Duration cadence) const;
  [[nodiscard]] const std::vector<Table>& tables() const { return tables_; }
  /// Groups that have series, each once, sorted.
  [[nodiscard]] std::set<std::string> series_groups() const;
  [[nodiscard]] const std::map<std::string, Attribute>& attributes() const { return attributes_; }
  [[nodiscard]] const std::vector<Time>& commits() const { return commits_; }
  [[nodiscard]] bool finished() const { return finished_; }

  /// One line for each row of a table, cells separated by " | ", open cells as "-".
  [[nodiscard]] std::string transcript(std::string_view group, std::string_view dimension) const;

 private:
  struct Axis {
    std::vector<SeriesColumn> columns;
    std::vector<std::vector<double>> rows;
  };
  std::map<std::int64_t, Axis> axes_;
  std::vector<Table> tables_;
  std::map<std::string, Attribute> attributes_;  // "GROUP@NAME"
  std::vector<Time> commits_;
  bool finished_ = false;
};

}  // namespace updraft::sim
