// The series columns of one cadence and their common time scale. Included by hdf5_*.cpp only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/core/time.h"
#include "sim/metrics/hdf5_layout.h"

namespace updraft::sim::hdf5 {

/// Rows are buffered until a chunk is full. A chunk spans one commit interval, so a commit finds
/// the chunks of the common cadences full and each is written once.
class Axis {
 public:
  struct Options {
    std::string start;  // of the time units
    hsize_t chunk = 0;
    int gzip_level = 1;
  };
  Axis(hid_t file, Duration cadence, Options options);

  SeriesColumnId add(const SeriesColumn& column);
  void append(Time period_start, std::span<const double> values);
  /// Writes what is buffered and brings the scale's list of users up to date.
  void flush();

 private:
  // Open datasets take some 30 kB each; those beyond are opened to be written.
  static constexpr std::size_t kMostOpen = 1024;

  void write_buffer();
  void write_column(hid_t dataset, std::size_t column, hsize_t rows);
  void create_pending();
  void create(const SeriesColumn& column);

  hid_t file_;
  std::int64_t cadence_s_;
  std::string scale_name_;
  Options options_;
  Handle scale_;
  hobj_ref_t scale_reference_ = 0;
  DatasetMaker maker_;
  std::vector<Handle> open_;           // the first of the columns
  std::vector<SeriesColumn> pending_;  // declared, made at the next writing
  std::vector<hobj_ref_t> columns_;
  std::size_t listed_ = 0;           // in the scale's list of users
  hsize_t written_ = 0;              // rows in the file
  std::vector<std::int64_t> times_;  // buffered rows, seconds
  std::vector<std::size_t> begins_;  // of each buffered row in values_
  std::vector<double> values_;
  std::vector<double> gathered_;  // reused
};

}  // namespace updraft::sim::hdf5
