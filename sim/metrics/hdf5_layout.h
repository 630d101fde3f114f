// The file's conventions, one function each: attributes, dimension scales, datasets. Included by
// hdf5_*.cpp only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/metrics/hdf5_handle.h"
#include "sim/metrics/sink.h"

namespace updraft::sim::hdf5 {

/// How a column is stored. kBare is the scale of a dimension that has no coordinates.
enum class Store : std::uint8_t { kDouble, kInt64, kInt32, kInt8, kString, kBare };

Handle file_type(Store store);
Handle memory_type(Store store);

/// Replaces an attribute of the same name. Texts from 4096 bytes on are variable-length, because an
/// object header holds 64 kB at most.
void write_attribute(hid_t object, const Attribute& attribute);
void write_attribute(hid_t object, std::string_view name, std::string_view text);
void write_attribute(hid_t object, std::string_view name, std::int64_t value);
/// int8 array, as flag_values wants it.
void write_attribute(hid_t object, std::string_view name, std::span<const std::int8_t> values);
/// How a cell without a value reads: `_FillValue` of doubles (NaN), times and flags, which readers
/// turn into NaN or NaT; `open_value` of other integers, which they would turn into floats
/// otherwise. Texts are empty.
void write_fill_attribute(hid_t object, Store store, std::string_view name = "_FillValue");

/// HDF5's caches grow with the file by default. For the properties a file is opened with: those of
/// headers, indices and chunks stay as small as they are here, whatever the length of the run.
void limit_caches(hid_t access);

struct DatasetOptions {
  hsize_t chunk = 0;
  int gzip_level = 1;
  bool cache_chunks = false;  // whole chunks written once need none
};

/// Makes datasets of one kind: one dimension without limit, extent 0, in chunks, shuffled and
/// deflated, with the missing value as fill and without times of objects.
class DatasetMaker {
 public:
  DatasetMaker(Store store, const DatasetOptions& options);
  [[nodiscard]] Handle make(hid_t group, const std::string& name) const;
  /// To open such a dataset again.
  [[nodiscard]] hid_t access() const { return access_.get(); }

 private:
  Handle type_;
  Handle space_;
  Handle create_;
  Handle access_;
};

/// The group of a path and all above it, made if need be.
Handle open_group(hid_t file, const std::string& path);

/// An object's address, as references hold it.
hobj_ref_t reference_to(hid_t object);

/// CLASS and NAME of a dimension scale. `bare`: netCDF's mark of a dimension without coordinates.
void mark_scale(hid_t dataset, const std::string& name, bool bare);
/// DIMENSION_LIST of a dataset whose only axis has that scale.
void attach_scale(hid_t dataset, hobj_ref_t scale);
/// REFERENCE_LIST of a scale: who uses it. Beyond 4,000 users it is left out, because it would not
/// fit in an object header; no reader needs it.
void write_reference_list(hid_t scale, std::span<const hobj_ref_t> users);

/// Units of a time axis: "seconds since START", with calendar.
void write_time_units(hid_t dataset, const std::string& start);

/// Transfers that convert values a few at a time. By default HDF5 clears a buffer of a megabyte for
/// each, however few values there are.
Handle small_steps();

/// Sets the extent.
void extend(hid_t dataset, hsize_t rows);
/// Writes `values` (count of them, of the store's memory type) from row `first` on, within the
/// extent.
void write_rows(hid_t dataset, Store store, hsize_t first, hsize_t count, const void* values);
/// Writes single rows.
void write_points(hid_t dataset, Store store, std::span<const hsize_t> rows, const void* values);

}  // namespace updraft::sim::hdf5
