#include "sim/metrics/hdf5_table.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "sim/core/check.h"

namespace updraft::sim::hdf5 {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// Full seconds, rounded down; kOpenCell stays.
std::int64_t seconds_of(std::int64_t ns) {
  return ns == kOpenCell ? kOpenCell : ns / kSecond - (ns % kSecond < 0 ? 1 : 0);
}

Store store_of(ColumnType type) {
  switch (type) {
    case ColumnType::kInt64:
    case ColumnType::kTime:
      return Store::kInt64;
    case ColumnType::kInt32:
      return Store::kInt32;
    case ColumnType::kDouble:
      return Store::kDouble;
    case ColumnType::kFlag:
      return Store::kInt8;
    case ColumnType::kString:
      break;
  }
  return Store::kString;
}

bool is_open(const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
    return *integer == kOpenCell;
  }
  if (const auto* number = std::get_if<double>(&cell)) {
    return std::isnan(*number);
  }
  return std::get<std::string_view>(cell).empty();
}

}  // namespace

Table::Table(hid_t file, const TableSpec& spec, const Options& options)
    : name_(spec.group + "/" + spec.dimension) {
  const Handle group = open_group(file, spec.group);
  std::optional<std::size_t> scale_part;
  for (const TableColumn& column : spec.columns) {
    if (column.name == spec.dimension) {
      scale_part = parts_.size();
    }
    columns_.push_back({column.type, column.late, column.meanings.size(), parts_.size()});
    add_part(group.get(), column, store_of(column.type), column.name, options);
    if (column.type == ColumnType::kTime) {
      write_time_units(parts_.back().dataset.get(), options.start);
      TableColumn nanoseconds = column;  // what says that a column is CF's time is not true of it
      nanoseconds.attributes.clear();
      add_part(group.get(), nanoseconds, Store::kInt64, column.name + "_ns", options);
      write_attribute(parts_.back().dataset.get(), "units", "ns");
      write_attribute(parts_.back().dataset.get(), "long_name", "nanoseconds since the start");
    }
  }
  const DatasetOptions bare{.chunk = kChunk, .gzip_level = options.gzip_level};
  if (!scale_part) {
    scale_ = DatasetMaker(Store::kBare, bare).make(group.get(), spec.dimension);
  }
  const hid_t scale = scale_part ? parts_[*scale_part].dataset.get() : scale_.get();
  mark_scale(scale, spec.dimension, !scale_part);
  const hobj_ref_t reference = reference_to(scale);
  std::vector<hobj_ref_t> users;
  for (const Part& part : parts_) {
    if (part.dataset.get() != scale) {
      attach_scale(part.dataset.get(), reference);
      users.push_back(reference_to(part.dataset.get()));
    }
  }
  write_reference_list(scale, users);
}

void Table::add_part(hid_t group, const TableColumn& column, Store store, const std::string& name,
                     const Options& options) {
  Part part;
  part.store = store;
  const DatasetOptions stored{
      .chunk = kChunk, .gzip_level = options.gzip_level, .cache_chunks = true};
  part.dataset = DatasetMaker(store, stored).make(group, name);
  const hid_t dataset = part.dataset.get();
  for (const Attribute& attribute : column.attributes) {
    write_attribute(dataset, attribute);
  }
  if ((column.late || column.optional) && store != Store::kString) {
    const bool reads_as_missing = store == Store::kDouble || store == Store::kInt8 ||
                                  (column.type == ColumnType::kTime && name == column.name);
    write_fill_attribute(dataset, store, reads_as_missing ? "_FillValue" : "open_value");
  }
  if (!column.meanings.empty()) {
    SIM_CHECK(column.meanings.size() <= 127, "{} meanings of {}", column.meanings.size(), name);
    std::vector<std::int8_t> values;
    std::string meanings;
    for (const std::string& meaning : column.meanings) {
      values.push_back(static_cast<std::int8_t>(values.size()));
      meanings += (meanings.empty() ? "" : " ") + meaning;
    }
    write_attribute(dataset, "flag_values", values);
    write_attribute(dataset, "flag_meanings", meanings);
  }
  parts_.push_back(std::move(part));
}

template <class Use>
void Table::for_parts(const Column& column, const Cell& cell, Use use) {
  if (column.type == ColumnType::kTime) {
    const std::int64_t ns = std::get<std::int64_t>(cell);
    use(parts_[column.part], Cell{seconds_of(ns)});
    use(parts_[column.part + 1], cell);
    return;
  }
  if (column.type == ColumnType::kFlag) {
    const std::int64_t flag = std::get<std::int64_t>(cell);
    SIM_CHECK(flag == kOpenCell || flag < static_cast<std::int64_t>(column.meanings),
              "flag {} in {}", flag, name_);
    use(parts_[column.part], Cell{flag == kOpenCell ? -1 : flag});
    return;
  }
  use(parts_[column.part], cell);
}

std::int64_t Table::append(std::span<const Cell> cells) {
  SIM_CHECK(cells.size() == columns_.size(), "{} cells for {} columns of {}", cells.size(),
            columns_.size(), name_);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    for_parts(columns_[i], cells[i], [](Part& part, const Cell& cell) {
      switch (part.store) {
        case Store::kDouble:
          part.doubles.push_back(std::get<double>(cell));
          break;
        case Store::kString:
          part.texts.emplace_back(std::get<std::string_view>(cell));
          break;
        default:
          part.integers.push_back(std::get<std::int64_t>(cell));
      }
    });
  }
  const std::int64_t row = written_ + buffered_;
  ++buffered_;
  if (buffered_ == static_cast<std::int64_t>(kChunk)) {
    write_buffer();
  }
  return row;
}

bool Table::writes_next() const {
  return buffered_ + 1 == static_cast<std::int64_t>(kChunk);
}

void Table::set(std::int64_t row, std::uint32_t column, const Cell& cell) {
  SIM_CHECK(column < columns_.size() && columns_[column].late, "column {} of {} is not late",
            column, name_);
  SIM_CHECK(row >= 0 && row < written_ + buffered_, "row {} of {}", row, name_);
  SIM_CHECK(!is_open(cell), "an open cell closes nothing in {}", name_);
  for_parts(columns_[column], cell, [&](Part& part, const Cell& value) {
    if (row >= written_) {
      const auto at = static_cast<std::size_t>(row - written_);
      switch (part.store) {
        case Store::kDouble:
          part.doubles[at] = std::get<double>(value);
          break;
        case Store::kString:
          part.texts[at] = std::get<std::string_view>(value);
          break;
        default:
          part.integers[at] = std::get<std::int64_t>(value);
      }
      return;
    }
    Part::Late late{row, std::int64_t{0}};
    switch (part.store) {
      case Store::kDouble:
        late.value = std::get<double>(value);
        break;
      case Store::kString:
        late.value = std::string(std::get<std::string_view>(value));
        break;
      default:
        late.value = std::get<std::int64_t>(value);
    }
    part.late.push_back(std::move(late));
    ++pending_;
  });
  if (pending_ >= kMostPending) {
    flush();
  }
}

void Table::write_buffer() {
  if (buffered_ == 0) {
    return;
  }
  const auto first = static_cast<hsize_t>(written_);
  const auto count = static_cast<hsize_t>(buffered_);
  for (Part& part : parts_) {
    const hid_t dataset = part.dataset.get();
    extend(dataset, first + count);
    switch (part.store) {
      case Store::kDouble:
        write_rows(dataset, part.store, first, count, part.doubles.data());
        break;
      case Store::kString: {
        std::vector<const char*> pointers;
        pointers.reserve(part.texts.size());
        for (const std::string& text : part.texts) {
          pointers.push_back(text.c_str());
        }
        write_rows(dataset, part.store, first, count, pointers.data());
        break;
      }
      default:  // HDF5 narrows to the stored width
        write_rows(dataset, Store::kInt64, first, count, part.integers.data());
    }
    part.integers.clear();
    part.doubles.clear();
    part.texts.clear();
  }
  if (scale_.get() >= 0) {
    extend(scale_.get(), first + count);
  }
  written_ += buffered_;
  buffered_ = 0;
}

void Table::write_late(Part& part) {
  if (part.late.empty()) {
    return;
  }
  std::stable_sort(part.late.begin(), part.late.end(),
                   [](const Part::Late& a, const Part::Late& b) { return a.row < b.row; });
  std::vector<hsize_t> rows;
  std::vector<double> doubles;
  std::vector<std::int64_t> integers;
  std::vector<const char*> texts;
  for (const Part::Late& late : part.late) {
    rows.push_back(static_cast<hsize_t>(late.row));
    if (const auto* number = std::get_if<double>(&late.value)) {
      doubles.push_back(*number);
    } else if (const auto* text = std::get_if<std::string>(&late.value)) {
      texts.push_back(text->c_str());
    } else {
      integers.push_back(std::get<std::int64_t>(late.value));
    }
  }
  // Memory is int64 for every integer store: HDF5 narrows it.
  const void* values = part.store == Store::kDouble   ? static_cast<const void*>(doubles.data())
                       : part.store == Store::kString ? static_cast<const void*>(texts.data())
                                                      : static_cast<const void*>(integers.data());
  const Store memory =
      part.store == Store::kInt32 || part.store == Store::kInt8 ? Store::kInt64 : part.store;
  write_points(part.dataset.get(), memory, rows, values);
  part.late.clear();
}

void Table::flush() {
  write_buffer();
  for (Part& part : parts_) {
    write_late(part);
  }
  pending_ = 0;
}

}  // namespace updraft::sim::hdf5
