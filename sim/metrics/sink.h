// Where results go. The recorders (series.h, decisions.h, traces.h, tables.h) know this interface
// and no file format; result_file.h writes the HDF5 file, memory_sink.h serves tests, TeeSink feeds
// several.
//
// Two shapes cover everything:
// - series columns: one double for each period of a cadence, NaN where there is no datapoint;
// - tables: columns over one dimension, appended row by row. A cell of a *late* column may be left
//   open (kOpenCell, NaN or "") and set once afterwards, when it becomes known; every other cell is
//   final when appended.
//
// Rows come in order of simulated time. commit(t) promises that everything up to t has been handed
// over.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/core/time.h"

namespace updraft::sim {

/// A named fact about the file ("/"), a group ("/web-alb") or a column.
struct Attribute {
  std::string name{};
  std::variant<std::string, double, std::int64_t> value{};
};

/// One column over the time axis of its cadence.
struct SeriesColumn {
  std::string group{};  // "/web-alb"; nested paths are fine
  std::string name{};   // "TargetResponseTime_p99"
  Duration cadence{};
  std::vector<Attribute> attributes{};
};

enum class ColumnType : std::uint8_t {
  kInt64,
  kInt32,
  kDouble,  // missing: NaN
  kFlag,    // int8; the cell is the index of its meaning, or -1 for none
  kTime,  // the cell is nanoseconds since the start; stored as seconds with calendar and as NAME_ns
  kString,
};

/// The cell of a late column that is not known yet, and of a time or integer that never will be.
inline constexpr std::int64_t kOpenCell = std::numeric_limits<std::int64_t>::min();

struct TableColumn {
  std::string name{};
  ColumnType type = ColumnType::kInt64;
  bool late = false;                    // set_cell() may fill it later
  bool optional = false;                // some cells stay empty: kOpenCell, -1 of a flag
  std::vector<std::string> meanings{};  // of kFlag: words without blanks, at most 127
  std::vector<Attribute> attributes{};
};

struct TableSpec {
  std::string group{};      // "/decisions"
  std::string dimension{};  // "decision"; a column of the same name holds its coordinates
  std::vector<TableColumn> columns{};
};

using SeriesColumnId = std::uint32_t;  // 0, 1, ... within a cadence, in order of declaration
using TableId = std::uint32_t;
/// int64 for kInt64, kInt32, kFlag and kTime; double for kDouble; text for kString.
using Cell = std::variant<std::int64_t, double, std::string_view>;

class ResultSink {
 public:
  ResultSink() = default;
  ResultSink(const ResultSink&) = delete;
  ResultSink& operator=(const ResultSink&) = delete;
  virtual ~ResultSink() = default;

  /// Sets or replaces an attribute of the file or of a group, made if need be.
  virtual void set_attribute(std::string_view group, const Attribute& attribute) = 0;

  /// May be called during the run: earlier periods of the column have no datapoint.
  virtual SeriesColumnId add_series_column(const SeriesColumn& column) = 0;
  /// The next period of a cadence: values[i] belongs to column i; columns past the end have no
  /// datapoint. Periods follow each other without gaps from time 0.
  virtual void append_period(Duration cadence, Time period_start,
                             std::span<const double> values) = 0;

  virtual TableId add_table(const TableSpec& table) = 0;
  /// Returns the row's index.
  virtual std::int64_t append_row(TableId table, std::span<const Cell> cells) = 0;
  /// Fills a cell of a late column that was left open.
  virtual void set_cell(TableId table, std::int64_t row, std::uint32_t column,
                        const Cell& cell) = 0;

  /// Everything up to `valid_until` has been handed over; a file makes it durable against a kill.
  virtual void commit(Time valid_until) = 0;
  /// The run has ended; nothing is accepted afterwards.
  virtual void finish(Time end) = 0;
};

/// How often a run should commit: every simulated hour, but at most 64 times, at whole multiples of
/// 300 s.
constexpr Duration commit_interval(Duration run) {
  constexpr std::int64_t kStep = 300;
  constexpr std::int64_t kMost = 64;
  const std::int64_t seconds = std::chrono::ceil<std::chrono::seconds>(run).count();
  const std::int64_t share = ((seconds + kMost - 1) / kMost + kStep - 1) / kStep * kStep;
  return std::chrono::seconds{share < 3600 ? 3600 : share};
}

/// Hands everything to several sinks in order. They must be fresh, so that their ids agree.
class TeeSink final : public ResultSink {
 public:
  explicit TeeSink(std::vector<ResultSink*> sinks) : sinks_(std::move(sinks)) {}

  void set_attribute(std::string_view group, const Attribute& attribute) override {
    for (ResultSink* sink : sinks_) {
      sink->set_attribute(group, attribute);
    }
  }
  SeriesColumnId add_series_column(const SeriesColumn& column) override {
    SeriesColumnId id = 0;
    for (ResultSink* sink : sinks_) {
      id = sink->add_series_column(column);
    }
    return id;
  }
  void append_period(Duration cadence, Time period_start, std::span<const double> values) override {
    for (ResultSink* sink : sinks_) {
      sink->append_period(cadence, period_start, values);
    }
  }
  TableId add_table(const TableSpec& table) override {
    TableId id = 0;
    for (ResultSink* sink : sinks_) {
      id = sink->add_table(table);
    }
    return id;
  }
  std::int64_t append_row(TableId table, std::span<const Cell> cells) override {
    std::int64_t row = 0;
    for (ResultSink* sink : sinks_) {
      row = sink->append_row(table, cells);
    }
    return row;
  }
  void set_cell(TableId table, std::int64_t row, std::uint32_t column, const Cell& cell) override {
    for (ResultSink* sink : sinks_) {
      sink->set_cell(table, row, column, cell);
    }
  }
  void commit(Time valid_until) override {
    for (ResultSink* sink : sinks_) {
      sink->commit(valid_until);
    }
  }
  void finish(Time end) override {
    for (ResultSink* sink : sinks_) {
      sink->finish(end);
    }
  }

 private:
  std::vector<ResultSink*> sinks_;
};

}  // namespace updraft::sim
