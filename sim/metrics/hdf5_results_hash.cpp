#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sim/metrics/hash.h"
#include "sim/metrics/hdf5_handle.h"
#include "sim/metrics/hdf5_layout.h"
#include "sim/metrics/results_hash.h"

namespace updraft::sim {
namespace {

using hdf5::check;
using hdf5::Handle;
using hdf5::own;

constexpr hsize_t kSlab = 1 << 12;  // rows read at once: memory does not grow with the table
// The run's id covers the version, and every default of the schema: new ones would change the hash
// of results that are the same.
constexpr std::array<std::string_view, 4> kLeftOutOfRoot{"run_id", "scenario_text", "trace_hash",
                                                         "version"};

herr_t collect_link(hid_t /*group*/, const char* name, const H5L_info_t* /*info*/, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

herr_t collect_attribute(hid_t /*object*/, const char* name, const H5A_info_t* /*info*/,
                         void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

haddr_t address_of(hid_t object) {
  H5O_info_t info;
  check(H5Oget_info2(object, &info, H5O_INFO_BASIC), "look at an object");
  return info.addr;
}

class Hasher {
 public:
  explicit Hasher(hid_t file) : file_(file) {}

  std::string run() {
    collect("/");
    std::sort(paths_.begin(), paths_.end());
    for (auto path = paths_.rbegin(); path != paths_.rend(); ++path) {
      first_path_[path->second] = path->first;  // the first in order stays
    }
    Fnv128 total;
    for (const auto& [path, address] : paths_) {
      total.add_text(path);
      const auto& [high, low] = digest(path, address);
      total.add_int(high);
      total.add_int(low);
    }
    return total.hex();
  }

 private:
  using Digest = std::pair<std::uint64_t, std::uint64_t>;

  void collect(const std::string& path) {
    const Handle object = own(H5Oopen(file_, path.c_str(), H5P_DEFAULT), "open", path);
    paths_.emplace_back(path, address_of(object.get()));
    if (H5Iget_type(object.get()) != H5I_GROUP) {
      return;
    }
    std::vector<std::string> names;
    hsize_t at = 0;
    check(H5Literate(object.get(), H5_INDEX_NAME, H5_ITER_INC, &at, collect_link, &names), "list",
          path);
    for (const std::string& name : names) {
      collect(fmt::format("{}{}{}", path, path == "/" ? "" : "/", name));
    }
  }

  // An object with several paths is read once.
  const Digest& digest(const std::string& path, haddr_t address) {
    const auto known = digests_.find(address);
    if (known != digests_.end()) {
      return known->second;
    }
    Fnv128 hash;
    const Handle object = own(H5Oopen(file_, path.c_str(), H5P_DEFAULT), "open", path);
    if (H5Iget_type(object.get()) == H5I_DATASET) {
      hash.add_text("dataset");
      add_dataset(hash, object.get(), path);
    } else {
      hash.add_text("group");
    }
    add_attributes(hash, object.get(), path);
    return digests_.emplace(address, Digest{hash.high(), hash.low()}).first->second;
  }

  void add_dataset(Fnv128& hash, hid_t dataset, const std::string& path) {
    const Handle type = own(H5Dget_type(dataset), "read the type of", path);
    const Handle space = own(H5Dget_space(dataset), "read the shape of", path);
    const std::vector<hsize_t> shape = add_type_and_shape(hash, type.get(), space.get(), path);
    if (shape.empty()) {
      add_values(hash, type.get(), space.get(), 1, path, [&](hid_t memory, hid_t, void* to) {
        return H5Dread(dataset, memory, H5S_ALL, H5S_ALL, transfer_.get(), to);
      });
      return;
    }
    hsize_t per_row = 1;
    for (std::size_t i = 1; i < shape.size(); ++i) {
      per_row *= shape[i];
    }
    std::vector<hsize_t> start(shape.size(), 0);
    std::vector<hsize_t> count = shape;
    for (hsize_t row = 0; row < shape[0] && per_row > 0; row += kSlab) {
      start[0] = row;
      count[0] = std::min(kSlab, shape[0] - row);
      check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(),
                                nullptr),
            "select in", path);
      const Handle slab =
          own(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr),
              "make a dataspace");
      add_values(hash, type.get(), slab.get(), count[0] * per_row, path,
                 [&](hid_t memory, hid_t memory_space, void* to) {
                   return H5Dread(dataset, memory, memory_space, space.get(), transfer_.get(), to);
                 });
    }
  }

  void add_attributes(Fnv128& hash, hid_t object, const std::string& path) {
    std::vector<std::string> names;
    hsize_t at = 0;
    check(H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &at, collect_attribute, &names),
          "list attributes of", path);
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      const bool left_out = name == "REFERENCE_LIST" ||
                            (path == "/" && std::find(kLeftOutOfRoot.begin(), kLeftOutOfRoot.end(),
                                                      name) != kLeftOutOfRoot.end());
      if (!left_out) {
        hash.add_text(name);
        add_attribute(hash, object, name, fmt::format("{}@{}", path, name));
      }
    }
  }

  void add_attribute(Fnv128& hash, hid_t object, const std::string& name, const std::string& path) {
    const Handle attribute = own(H5Aopen(object, name.c_str(), H5P_DEFAULT), "open", path);
    const Handle type = own(H5Aget_type(attribute.get()), "read the type of", path);
    const Handle space = own(H5Aget_space(attribute.get()), "read the shape of", path);
    if (name == "DIMENSION_LIST") {
      add_scales(hash, attribute.get(), type.get(), space.get(), path);
      return;
    }
    const std::vector<hsize_t> shape = add_type_and_shape(hash, type.get(), space.get(), path);
    hsize_t count = 1;
    for (const hsize_t size : shape) {
      count *= size;
    }
    add_values(hash, type.get(), space.get(), count, path,
               [&](hid_t memory, hid_t, void* to) { return H5Aread(attribute.get(), memory, to); });
  }

  // References are addresses; what counts is the path of the scale.
  void add_scales(Fnv128& hash, hid_t attribute, hid_t type, hid_t space, const std::string& path) {
    std::vector<hvl_t> axes(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    check(H5Aread(attribute, type, axes.data()), "read", path);
    for (const hvl_t& axis : axes) {
      hash.add_int(axis.len);
      for (std::size_t i = 0; i < axis.len; ++i) {
        const auto* references = static_cast<const hobj_ref_t*>(axis.p);
        const Handle scale =
            own(H5Rdereference2(file_, H5P_DEFAULT, H5R_OBJECT, &references[i]), "follow", path);
        hash.add_text(first_path_[address_of(scale.get())]);
      }
    }
    check(H5Dvlen_reclaim(type, space, H5P_DEFAULT, axes.data()), "free", path);
  }

  // A scalar has no shape. Bytes and padding of a text are not its content, the width of a number
  // is.
  static std::vector<hsize_t> add_type_and_shape(Fnv128& hash, hid_t type, hid_t space,
                                                 const std::string& path) {
    const std::size_t size = H5Tget_size(type);
    switch (H5Tget_class(type)) {
      case H5T_INTEGER:
        hash.add_text(
            fmt::format("{}{}", H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int", size * 8));
        break;
      case H5T_FLOAT:
        hash.add_text(fmt::format("float{}", size * 8));
        break;
      case H5T_STRING:
        hash.add_text("text");
        break;
      default:
        throw ResultFileError(fmt::format("cannot hash {}: it is no integer, float or text", path));
    }
    const int rank = check(H5Sget_simple_extent_ndims(space), "read the shape of", path);
    std::vector<hsize_t> shape(static_cast<std::size_t>(rank));
    check(H5Sget_simple_extent_dims(space, shape.data(), nullptr), "read the shape of", path);
    hash.add_int(shape.size());
    for (const hsize_t extent : shape) {
      hash.add_int(extent);
    }
    return shape;
  }

  template <class Read>
  static void add_values(Fnv128& hash, hid_t type, hid_t space, hsize_t count,
                         const std::string& path, Read read) {
    switch (H5Tget_class(type)) {
      case H5T_INTEGER: {
        std::vector<std::int64_t> values(count);
        check(read(H5T_NATIVE_INT64, space, values.data()), "read", path);
        for (const std::int64_t value : values) {
          hash.add_int(static_cast<std::uint64_t>(value));
        }
        break;
      }
      case H5T_FLOAT: {
        std::vector<double> values(count);
        check(read(H5T_NATIVE_DOUBLE, space, values.data()), "read", path);
        for (const double value : values) {  // every NaN is the same
          hash.add_int(std::bit_cast<std::uint64_t>(
              std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value));
        }
        break;
      }
      default:
        add_texts(hash, type, space, count, path, read);
    }
  }

  template <class Read>
  static void add_texts(Fnv128& hash, hid_t type, hid_t space, hsize_t count,
                        const std::string& path, Read read) {
    if (check(H5Tis_variable_str(type), "read the type of", path) > 0) {
      std::vector<char*> values(count);
      check(read(type, space, values.data()), "read", path);
      for (const char* value : values) {
        hash.add_text(value == nullptr ? std::string_view() : std::string_view(value));
      }
      check(H5Dvlen_reclaim(type, space, H5P_DEFAULT, values.data()), "free", path);
      return;
    }
    const std::size_t size = H5Tget_size(type);
    std::vector<char> values(count * size);
    check(read(type, space, values.data()), "read", path);
    for (hsize_t i = 0; i < count; ++i) {
      const std::string_view padded(values.data() + i * size, size);
      hash.add_text(padded.substr(0, padded.find('\0')));
    }
  }

  hid_t file_;
  std::vector<std::pair<std::string, haddr_t>> paths_;
  std::map<haddr_t, std::string> first_path_;
  std::map<haddr_t, Digest> digests_;
  Handle transfer_ = hdf5::small_steps();
};

}  // namespace

std::string results_hash(const std::string& path) {
  const hdf5::Lock lock;
  try {
    const Handle access = own(H5Pcreate(H5P_FILE_ACCESS), "make properties");
    check(H5Pset_file_locking(access.get(), false, true), "make properties");
    check(H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG), "make properties");
    hdf5::limit_caches(access.get());
    const Handle file = own(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), "open");
    return Hasher(file.get()).run();
  } catch (const ResultFileError& error) {
    throw ResultFileError(fmt::format("{}: {}", path, error.what()));
  }
}

}  // namespace updraft::sim
