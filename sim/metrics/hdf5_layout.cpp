#include "sim/metrics/hdf5_layout.h"

#include <cstddef>
#include <limits>

#include <fmt/format.h>

namespace updraft::sim::hdf5 {
namespace {

constexpr std::size_t kLongText = 4096;
constexpr std::size_t kMostUsers = 4000;

Handle scalar_space() {
  return own(H5Screate(H5S_SCALAR), "make a dataspace");
}

Handle simple_space(hsize_t size) {
  return own(H5Screate_simple(1, &size, nullptr), "make a dataspace");
}

void write_raw_attribute(hid_t object, std::string_view name, hid_t type, hid_t memory, hid_t space,
                         const void* value) {
  const std::string text(name);
  hid_t created = H5Acreate2(object, text.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT);
  if (created < 0) {  // it stands already, or there is a reason that the second attempt meets too
    check(H5Adelete(object, text.c_str()), "write attribute", name);
    created = H5Acreate2(object, text.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT);
  }
  const Handle attribute = own(created, "create attribute", name);
  check(H5Awrite(attribute.get(), memory, value), "write attribute", name);
}

Handle variable_text() {
  Handle type = own(H5Tcopy(H5T_C_S1), "make a type");
  check(H5Tset_size(type.get(), H5T_VARIABLE), "make a type");
  check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "make a type");
  return type;
}

Handle fixed_text(std::size_t size, H5T_str_t padding, H5T_cset_t set) {
  Handle type = own(H5Tcopy(H5T_C_S1), "make a type");
  check(H5Tset_size(type.get(), size), "make a type");
  check(H5Tset_strpad(type.get(), padding), "make a type");
  check(H5Tset_cset(type.get(), set), "make a type");
  return type;
}

// As libhdf5_hl writes CLASS and NAME: ASCII, closed by a zero.
void write_plain_text(hid_t object, std::string_view name, const std::string& text) {
  const Handle type = fixed_text(text.size() + 1, H5T_STR_NULLTERM, H5T_CSET_ASCII);
  write_raw_attribute(object, name, type.get(), type.get(), scalar_space().get(), text.c_str());
}

void set_fill(hid_t properties, Store store) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr std::int64_t kNo64 = std::numeric_limits<std::int64_t>::min();
  constexpr std::int32_t kNo32 = std::numeric_limits<std::int32_t>::min();
  constexpr std::int8_t kNo8 = -1;
  const void* fill = nullptr;
  switch (store) {
    case Store::kDouble:
      fill = &kNan;
      break;
    case Store::kInt64:
      fill = &kNo64;
      break;
    case Store::kInt32:
      fill = &kNo32;
      break;
    case Store::kInt8:
      fill = &kNo8;
      break;
    case Store::kString:
    case Store::kBare:
      return;
  }
  check(H5Pset_fill_value(properties, memory_type(store).get(), fill), "set a fill value");
}

}  // namespace

Handle file_type(Store store) {
  switch (store) {
    case Store::kDouble:
      return own(H5Tcopy(H5T_IEEE_F64LE), "make a type");
    case Store::kInt64:
      return own(H5Tcopy(H5T_STD_I64LE), "make a type");
    case Store::kInt32:
      return own(H5Tcopy(H5T_STD_I32LE), "make a type");
    case Store::kInt8:
      return own(H5Tcopy(H5T_STD_I8LE), "make a type");
    case Store::kBare:
      return own(H5Tcopy(H5T_IEEE_F32BE), "make a type");
    case Store::kString:
      break;
  }
  return variable_text();
}

Handle memory_type(Store store) {
  switch (store) {
    case Store::kDouble:
      return own(H5Tcopy(H5T_NATIVE_DOUBLE), "make a type");
    case Store::kInt64:
      return own(H5Tcopy(H5T_NATIVE_INT64), "make a type");
    case Store::kInt32:
      return own(H5Tcopy(H5T_NATIVE_INT32), "make a type");
    case Store::kInt8:
      return own(H5Tcopy(H5T_NATIVE_INT8), "make a type");
    case Store::kBare:
      return own(H5Tcopy(H5T_NATIVE_FLOAT), "make a type");
    case Store::kString:
      break;
  }
  return variable_text();
}

void write_attribute(hid_t object, std::string_view name, std::string_view text) {
  const std::string value(text);
  if (value.size() >= kLongText) {
    const Handle type = variable_text();
    const char* pointer = value.c_str();
    write_raw_attribute(object, name, type.get(), type.get(), scalar_space().get(), &pointer);
    return;
  }
  const Handle type = fixed_text(value.empty() ? 1 : value.size(), H5T_STR_NULLPAD, H5T_CSET_UTF8);
  write_raw_attribute(object, name, type.get(), type.get(), scalar_space().get(), value.c_str());
}

void write_attribute(hid_t object, std::string_view name, std::int64_t value) {
  write_raw_attribute(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, scalar_space().get(), &value);
}

void write_attribute(hid_t object, std::string_view name, std::span<const std::int8_t> values) {
  write_raw_attribute(object, name, H5T_STD_I8LE, H5T_NATIVE_INT8,
                      simple_space(values.size()).get(), values.data());
}

void write_attribute(hid_t object, const Attribute& attribute) {
  if (const auto* text = std::get_if<std::string>(&attribute.value)) {
    write_attribute(object, attribute.name, *text);
  } else if (const auto* number = std::get_if<double>(&attribute.value)) {
    write_raw_attribute(object, attribute.name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
                        scalar_space().get(), number);
  } else {
    write_attribute(object, attribute.name, std::get<std::int64_t>(attribute.value));
  }
}

void write_fill_attribute(hid_t object, Store store, std::string_view name) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr std::int64_t kNo64 = std::numeric_limits<std::int64_t>::min();
  constexpr std::int32_t kNo32 = std::numeric_limits<std::int32_t>::min();
  constexpr std::int8_t kNo8 = -1;
  const void* value = store == Store::kDouble  ? static_cast<const void*>(&kNan)
                      : store == Store::kInt64 ? static_cast<const void*>(&kNo64)
                      : store == Store::kInt32 ? static_cast<const void*>(&kNo32)
                                               : static_cast<const void*>(&kNo8);
  write_raw_attribute(object, name, file_type(store).get(), memory_type(store).get(),
                      simple_space(1).get(), value);
}

void limit_caches(hid_t access) {
  // 128 KiB as HDF5 counts it, in bytes on the disk; a node of a chunk index takes ten
  // times as many in memory. What falls out is read again from a file that the system has in
  // memory.
  constexpr std::size_t kMetadataBytes = std::size_t{1} << 17;
  H5AC_cache_config_t cache{};
  cache.version = H5AC__CURR_CACHE_CONFIG_VERSION;
  check(H5Pget_mdc_config(access, &cache), "make properties");
  cache.set_initial_size = true;
  cache.initial_size = kMetadataBytes;
  cache.max_size = kMetadataBytes;
  cache.min_size = kMetadataBytes;
  cache.incr_mode = H5C_incr__off;
  cache.flash_incr_mode = H5C_flash_incr__off;
  cache.decr_mode = H5C_decr__off;
  check(H5Pset_mdc_config(access, &cache), "limit the metadata cache");
  constexpr std::size_t kChunkSlots = 17;
  constexpr std::size_t kChunkBytes = std::size_t{1} << 16;
  check(H5Pset_cache(access, 0, kChunkSlots, kChunkBytes, 1.0), "limit the chunk caches");
}

DatasetMaker::DatasetMaker(Store store, const DatasetOptions& options)
    : type_(file_type(store)),
      create_(own(H5Pcreate(H5P_DATASET_CREATE), "make properties")),
      access_(own(H5Pcreate(H5P_DATASET_ACCESS), "make properties")) {
  const hsize_t extent = 0;
  const hsize_t limit = H5S_UNLIMITED;
  space_ = own(H5Screate_simple(1, &extent, &limit), "make a dataspace");
  check(H5Pset_obj_track_times(create_.get(), false), "make properties");
  check(H5Pset_chunk(create_.get(), 1, &options.chunk), "set chunks");
  if (store != Store::kString) {
    check(H5Pset_shuffle(create_.get()), "set shuffle");
  }
  if (options.gzip_level > 0) {
    check(H5Pset_deflate(create_.get(), static_cast<unsigned>(options.gzip_level)), "set deflate");
  }
  set_fill(create_.get(), store);
  // By default a dataset keeps up to a megabyte of chunks that nobody asks for again: with some
  // eighty columns of tables, memory would grow for days. Two chunks serve late cells.
  constexpr std::size_t kSlots = 17;  // a prime above the chunks, as HDF5 advises
  const std::size_t bytes =
      options.cache_chunks ? 2 * options.chunk * H5Tget_size(type_.get()) : std::size_t{0};
  check(H5Pset_chunk_cache(access_.get(), kSlots, bytes, 1.0), "set the chunk cache");
}

Handle DatasetMaker::make(hid_t group, const std::string& name) const {
  return own(H5Dcreate2(group, name.c_str(), type_.get(), space_.get(), H5P_DEFAULT, create_.get(),
                        access_.get()),
             "create dataset", name);
}

Handle open_group(hid_t file, const std::string& path) {
  Handle at = own(H5Gopen2(file, "/", H5P_DEFAULT), "open group", "/");
  std::size_t begin = 0;
  while (begin < path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (end > begin) {
      const std::string name = path.substr(begin, end - begin);
      const bool there =
          check(H5Lexists(at.get(), name.c_str(), H5P_DEFAULT), "look for", path) > 0;
      at = own(there ? H5Gopen2(at.get(), name.c_str(), H5P_DEFAULT)
                     : H5Gcreate2(at.get(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
               "open group", path);
    }
    begin = end + 1;
  }
  return at;
}

hobj_ref_t reference_to(hid_t object) {
  hobj_ref_t reference = 0;
  check(H5Rcreate(&reference, object, ".", H5R_OBJECT, -1), "make a reference");
  return reference;
}

void mark_scale(hid_t dataset, const std::string& name, bool bare) {
  write_plain_text(dataset, "CLASS", "DIMENSION_SCALE");
  write_plain_text(
      dataset, "NAME",
      bare ? fmt::format("This is a netCDF dimension but not a netCDF variable.{:11}", 0) : name);
}

void attach_scale(hid_t dataset, hobj_ref_t scale) {
  const Handle type = own(H5Tvlen_create(H5T_STD_REF_OBJ), "make a type");
  hvl_t value{1, &scale};
  write_raw_attribute(dataset, "DIMENSION_LIST", type.get(), type.get(), simple_space(1).get(),
                      &value);
}

void write_reference_list(hid_t scale, std::span<const hobj_ref_t> users) {
  if (users.empty() || users.size() > kMostUsers) {
    if (check(H5Aexists(scale, "REFERENCE_LIST"), "look for attribute", "REFERENCE_LIST") > 0) {
      check(H5Adelete(scale, "REFERENCE_LIST"), "remove attribute", "REFERENCE_LIST");
    }
    return;
  }
  struct Use {
    hobj_ref_t dataset;
    std::uint32_t dimension;
    std::uint32_t padding;
  };
  std::vector<Use> uses;
  uses.reserve(users.size());
  for (const hobj_ref_t user : users) {
    uses.push_back({user, 0, 0});
  }
  const Handle memory = own(H5Tcreate(H5T_COMPOUND, sizeof(Use)), "make a type");
  check(H5Tinsert(memory.get(), "dataset", offsetof(Use, dataset), H5T_STD_REF_OBJ), "make a type");
  check(H5Tinsert(memory.get(), "dimension", offsetof(Use, dimension), H5T_NATIVE_UINT32),
        "make a type");
  const Handle stored = own(H5Tcreate(H5T_COMPOUND, 12), "make a type");
  check(H5Tinsert(stored.get(), "dataset", 0, H5T_STD_REF_OBJ), "make a type");
  check(H5Tinsert(stored.get(), "dimension", 8, H5T_STD_U32LE), "make a type");
  write_raw_attribute(scale, "REFERENCE_LIST", stored.get(), memory.get(),
                      simple_space(uses.size()).get(), uses.data());
}

void write_time_units(hid_t dataset, const std::string& start) {
  std::string units = "seconds since " + start;
  if (units.ends_with('Z')) {
    units.pop_back();
  }
  if (const std::size_t t = units.find('T'); t != std::string::npos) {
    units[t] = ' ';
  }
  write_attribute(dataset, "units", units);
  write_attribute(dataset, "calendar", "proleptic_gregorian");
}

void extend(hid_t dataset, hsize_t rows) {
  check(H5Dset_extent(dataset, &rows), "extend a dataset");
}

Handle small_steps() {
  constexpr std::size_t kBytes = 16384;
  Handle list = own(H5Pcreate(H5P_DATASET_XFER), "make a property list");
  check(H5Pset_buffer(list.get(), kBytes, nullptr, nullptr), "set a buffer");
  return list;
}

namespace {

void write_selected(hid_t dataset, Store store, hid_t selected, hsize_t count, const void* values) {
  check(H5Dwrite(dataset, memory_type(store).get(), simple_space(count).get(), selected,
                 small_steps().get(), values),
        "write rows");
}

}  // namespace

void write_rows(hid_t dataset, Store store, hsize_t first, hsize_t count, const void* values) {
  const Handle file = own(H5Dget_space(dataset), "get a dataspace");
  check(H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, &first, nullptr, &count, nullptr),
        "select rows");
  write_selected(dataset, store, file.get(), count, values);
}

void write_points(hid_t dataset, Store store, std::span<const hsize_t> rows, const void* values) {
  const Handle file = own(H5Dget_space(dataset), "get a dataspace");
  check(H5Sselect_elements(file.get(), H5S_SELECT_SET, rows.size(), rows.data()), "select rows");
  write_selected(dataset, store, file.get(), rows.size(), values);
}

}  // namespace updraft::sim::hdf5
