#include "sim/metrics/hdf5_axis.h"

#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "sim/core/check.h"

namespace updraft::sim::hdf5 {

Axis::Axis(hid_t file, Duration cadence, Options options)
    : file_(file),
      cadence_s_(std::chrono::duration_cast<std::chrono::seconds>(cadence).count()),
      scale_name_(fmt::format("time_{}s", cadence_s_)),
      options_(std::move(options)),
      maker_(Store::kDouble, {.chunk = options_.chunk, .gzip_level = options_.gzip_level}) {
  SIM_CHECK(cadence_s_ > 0 && std::chrono::seconds{cadence_s_} == cadence,
            "a cadence is whole seconds, got {} ns", to_ns(cadence));
  const DatasetOptions scale{
      .chunk = options_.chunk, .gzip_level = options_.gzip_level, .cache_chunks = true};
  scale_ = DatasetMaker(Store::kInt64, scale).make(file_, scale_name_);
  mark_scale(scale_.get(), scale_name_, /*bare=*/false);
  write_time_units(scale_.get(), options_.start);
  write_attribute(scale_.get(), "standard_name", "time");
  write_attribute(scale_.get(), "long_name",
                  fmt::format("start of the period of {} s", cadence_s_));
  write_attribute(scale_.get(), "period_s", cadence_s_);
  scale_reference_ = reference_to(scale_.get());
}

SeriesColumnId Axis::add(const SeriesColumn& column) {
  pending_.push_back(column);
  return static_cast<SeriesColumnId>(columns_.size() + pending_.size() - 1);
}

// A tenth of a millisecond for each: not at the start of a run, but with the first chunk.
void Axis::create_pending() {
  for (const SeriesColumn& column : pending_) {
    create(column);
  }
  pending_.clear();
}

void Axis::create(const SeriesColumn& column) {
  const Handle group = open_group(file_, column.group);
  if (check(H5Lexists(group.get(), scale_name_.c_str(), H5P_DEFAULT), "look for", scale_name_) ==
      0) {
    check(H5Lcreate_hard(file_, scale_name_.c_str(), group.get(), scale_name_.c_str(), H5P_DEFAULT,
                         H5P_DEFAULT),
          "link", scale_name_);
  }
  Handle dataset = maker_.make(group.get(), column.name);
  for (const Attribute& attribute : column.attributes) {
    write_attribute(dataset.get(), attribute);
  }
  write_fill_attribute(dataset.get(), Store::kDouble);
  attach_scale(dataset.get(), scale_reference_);
  if (written_ > 0) {
    extend(dataset.get(), written_);
  }
  columns_.push_back(reference_to(dataset.get()));
  if (open_.size() < kMostOpen) {
    open_.push_back(std::move(dataset));
  }
}

void Axis::append(Time period_start, std::span<const double> values) {
  const std::int64_t row = static_cast<std::int64_t>(written_ + times_.size());
  SIM_CHECK(period_start == kStart + std::chrono::seconds{cadence_s_ * row},
            "row {} of {} starts at {} ns", row, scale_name_, to_ns(period_start));
  SIM_CHECK(values.size() <= columns_.size() + pending_.size(), "{} values for {} columns",
            values.size(), columns_.size() + pending_.size());
  times_.push_back(cadence_s_ * row);
  begins_.push_back(values_.size());
  values_.insert(values_.end(), values.begin(), values.end());
  if (times_.size() == options_.chunk) {
    write_buffer();
  }
}

void Axis::write_buffer() {
  create_pending();
  if (times_.empty()) {
    return;
  }
  const hsize_t rows = written_ + times_.size();
  extend(scale_.get(), rows);
  write_rows(scale_.get(), Store::kInt64, written_, times_.size(), times_.data());
  begins_.push_back(values_.size());
  gathered_.resize(times_.size());
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (c < open_.size()) {
      write_column(open_[c].get(), c, rows);
    } else {
      const Handle dataset =
          own(H5Rdereference2(file_, maker_.access(), H5R_OBJECT, &columns_[c]), "open a column");
      write_column(dataset.get(), c, rows);
    }
  }
  written_ = rows;
  times_.clear();
  begins_.clear();
  values_.clear();
}

void Axis::write_column(hid_t dataset, std::size_t column, hsize_t rows) {
  bool any = false;
  for (std::size_t r = 0; r < times_.size(); ++r) {
    const std::size_t at = begins_[r] + column;
    gathered_[r] = at < begins_[r + 1] ? values_[at] : std::numeric_limits<double>::quiet_NaN();
    any = any || !std::isnan(gathered_[r]);
  }
  extend(dataset, rows);
  if (any) {  // a chunk without a datapoint is left to the fill value
    write_rows(dataset, Store::kDouble, written_, times_.size(), gathered_.data());
  }
}

void Axis::flush() {
  write_buffer();
  if (listed_ != columns_.size()) {
    write_reference_list(scale_.get(), columns_);
    listed_ = columns_.size();
  }
}

}  // namespace updraft::sim::hdf5
