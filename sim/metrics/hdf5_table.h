// One table of the file: columns over one dimension. Included by hdf5_*.cpp only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "sim/metrics/hdf5_layout.h"
#include "sim/metrics/sink.h"

namespace updraft::sim::hdf5 {

class Table {
 public:
  static constexpr hsize_t kChunk = 1024;
  static constexpr std::size_t kMostPending = 16'384;

  struct Options {
    std::string start;  // of the time units
    int gzip_level = 1;
  };
  Table(hid_t file, const TableSpec& spec, const Options& options);

  std::int64_t append(std::span<const Cell> cells);
  /// Whether the next append() calls HDF5.
  [[nodiscard]] bool writes_next() const;
  void set(std::int64_t row, std::uint32_t column, const Cell& cell);
  /// Writes what is buffered, late cells included.
  void flush();

 private:
  // One dataset with its buffered rows. A kTime column is two parts, any other one.
  struct Part {
    Handle dataset;
    Store store = Store::kInt64;
    std::vector<std::int64_t> integers;
    std::vector<double> doubles;
    std::vector<std::string> texts;
    struct Late {
      std::int64_t row;
      std::variant<std::int64_t, double, std::string> value;
    };
    std::vector<Late> late;  // of rows already written
  };
  struct Column {
    ColumnType type = ColumnType::kInt64;
    bool late = false;
    std::size_t meanings = 0;
    std::size_t part = 0;  // index of the first
  };

  void add_part(hid_t group, const TableColumn& column, Store store, const std::string& name,
                const Options& options);
  void write_buffer();
  void write_late(Part& part);
  // Hands the stored form of a cell to `use(part, value)`, once for each part.
  template <class Use>
  void for_parts(const Column& column, const Cell& cell, Use use);

  std::string name_;  // for invariants
  std::vector<Column> columns_;
  std::vector<Part> parts_;
  Handle scale_;  // of a dimension without coordinates
  std::int64_t written_ = 0;
  std::int64_t buffered_ = 0;
  std::size_t pending_ = 0;
};

}  // namespace updraft::sim::hdf5
