#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sim/metrics/hdf5_handle.h"
#include "sim/metrics/hdf5_layout.h"
#include "sim/metrics/result_source.h"
#include "sim/metrics/series.h"

namespace updraft::sim {
namespace {

using hdf5::check;
using hdf5::Handle;
using hdf5::own;

struct Child {
  std::string name;
  bool is_group = false;
};

herr_t collect_child(hid_t group, const char* name, const H5L_info_t* /*info*/, void* children) {
  H5O_info_t object;
  if (H5Oget_info_by_name2(group, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) < 0) {
    return -1;
  }
  static_cast<std::vector<Child>*>(children)->push_back({name, object.type == H5O_TYPE_GROUP});
  return 0;
}

/// Texts of a dataset or an attribute, of either length; `read` fills a buffer of that type.
template <class Read>
std::vector<std::string> read_texts(hid_t type, hid_t space, const std::string& path, Read read) {
  const auto count = static_cast<std::size_t>(H5Sget_simple_extent_npoints(space));
  std::vector<std::string> texts;
  texts.reserve(count);
  if (check(H5Tis_variable_str(type), "read the type of", path) > 0) {
    std::vector<char*> cells(count, nullptr);
    if (count == 0) {
      return texts;
    }
    check(read(cells.data()), "read", path);
    for (const char* cell : cells) {
      texts.emplace_back(cell == nullptr ? "" : cell);
    }
    check(H5Dvlen_reclaim(type, space, H5P_DEFAULT, cells.data()), "free", path);
    return texts;
  }
  const std::size_t size = H5Tget_size(type);
  std::vector<char> cells(count * size);
  if (count > 0) {
    check(read(cells.data()), "read", path);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view padded(cells.data() + i * size, size);
    texts.emplace_back(padded.substr(0, padded.find('\0')));
  }
  return texts;
}

class Hdf5ResultSource final : public ResultSource {
 public:
  explicit Hdf5ResultSource(const std::string& path) : file_name_(path) {
    guarded([&] {
      const Handle access = own(H5Pcreate(H5P_FILE_ACCESS), "make properties");
      check(H5Pset_file_locking(access.get(), false, true), "make properties");
      check(H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG), "make properties");
      hdf5::limit_caches(access.get());
      file_ = own(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), "open");
      return 0;
    });
  }

  bool has(const std::string& path) const override {
    return guarded([&] {
      // HDF5 wants every link on the way to be there before it looks at the last.
      for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const std::string part = path.substr(0, end);
        if (check(H5Lexists(file_.get(), part.c_str(), H5P_DEFAULT), "look for", part) == 0) {
          return false;
        }
        if (end == std::string::npos) {
          return true;
        }
      }
    });
  }

  std::vector<std::string> resources() const override {
    return guarded([&] {
      std::vector<std::string> found;
      collect("/", found);
      std::sort(found.begin(), found.end());
      return found;
    });
  }

  std::vector<std::int64_t> integers(const std::string& path) const override {
    return guarded([&] { return read<std::int64_t>(path, H5T_INTEGER, H5T_NATIVE_INT64); });
  }
  std::vector<double> numbers(const std::string& path) const override {
    return guarded([&] { return read<double>(path, H5T_FLOAT, H5T_NATIVE_DOUBLE); });
  }
  std::vector<std::string> texts(const std::string& path) const override {
    return guarded([&] {
      const Handle dataset = open(path, H5T_STRING);
      const Handle type = own(H5Dget_type(dataset.get()), "read the type of", path);
      const Handle space = own(H5Dget_space(dataset.get()), "read the shape of", path);
      return read_texts(type.get(), space.get(), path, [&](void* to) {
        return H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, hdf5::small_steps().get(), to);
      });
    });
  }

  std::optional<std::string> text(const std::string& attribute) const override {
    return guarded([&]() -> std::optional<std::string> {
      if (!has_attribute(attribute)) {
        return std::nullopt;
      }
      const Handle open =
          own(H5Aopen(file_.get(), attribute.c_str(), H5P_DEFAULT), "open", attribute);
      const Handle type = own(H5Aget_type(open.get()), "read the type of", attribute);
      const Handle space = own(H5Aget_space(open.get()), "read the shape of", attribute);
      if (H5Tget_class(type.get()) != H5T_STRING) {
        return std::nullopt;
      }
      const std::vector<std::string> read =
          read_texts(type.get(), space.get(), attribute,
                     [&](void* to) { return H5Aread(open.get(), type.get(), to); });
      return read.empty() ? std::nullopt : std::optional<std::string>(read.front());
    });
  }

  std::optional<std::int64_t> integer(const std::string& attribute) const override {
    return guarded([&]() -> std::optional<std::int64_t> {
      if (!has_attribute(attribute)) {
        return std::nullopt;
      }
      const Handle open =
          own(H5Aopen(file_.get(), attribute.c_str(), H5P_DEFAULT), "open", attribute);
      const Handle type = own(H5Aget_type(open.get()), "read the type of", attribute);
      if (H5Tget_class(type.get()) != H5T_INTEGER) {
        return std::nullopt;
      }
      std::int64_t value = 0;
      check(H5Aread(open.get(), H5T_NATIVE_INT64, &value), "read", attribute);
      return value;
    });
  }

 private:
  /// Runs under the library's lock; errors name the file.
  template <class Do>
  std::invoke_result_t<Do> guarded(Do work) const {
    const hdf5::Lock lock;
    try {
      return work();
    } catch (const ResultFileError& error) {
      throw ResultFileError(fmt::format("{}: {}", file_name_, error.what()));
    }
  }

  [[nodiscard]] bool has_attribute(const std::string& name) const {
    return check(H5Aexists(file_.get(), name.c_str()), "look for", name) > 0;
  }

  [[nodiscard]] Handle open(const std::string& path, H5T_class_t wanted) const {
    Handle dataset = own(H5Dopen2(file_.get(), path.c_str(), H5P_DEFAULT), "open", path);
    const Handle type = own(H5Dget_type(dataset.get()), "read the type of", path);
    if (H5Tget_class(type.get()) != wanted) {
      throw ResultFileError(fmt::format("{} does not hold what is expected there", path));
    }
    return dataset;
  }

  template <class T>
  [[nodiscard]] std::vector<T> read(const std::string& path, H5T_class_t wanted,
                                    hid_t memory_type) const {
    const Handle dataset = open(path, wanted);
    const Handle space = own(H5Dget_space(dataset.get()), "read the shape of", path);
    std::vector<T> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
    if (!values.empty()) {
      check(H5Dread(dataset.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
            "read", path);
    }
    return values;
  }

  // A group of a resource holds columns itself; a group of groups ("/traffic") may hold none.
  void collect(const std::string& path, std::vector<std::string>& found) const {
    const Handle group = own(H5Gopen2(file_.get(), path.c_str(), H5P_DEFAULT), "open", path);
    std::vector<Child> children;
    hsize_t at = 0;
    check(H5Literate(group.get(), H5_INDEX_NAME, H5_ITER_INC, &at, collect_child, &children),
          "list", path);
    bool holds_columns = false;
    for (const Child& child : children) {
      const std::string full = path == "/" ? "/" + child.name : path + "/" + child.name;
      if (!child.is_group) {
        holds_columns = true;
      } else if (path != "/" || !is_reserved_group(child.name)) {
        collect(full, found);
      }
    }
    if (holds_columns && path != "/") {
      found.push_back(path.substr(1));
    }
  }

  std::string file_name_;
  Handle file_;
};

}  // namespace

std::unique_ptr<ResultSource> open_result_source(const std::string& path) {
  if (!is_result_file(path)) {
    throw ResultFileError(fmt::format("{} is no result file of updraft", path));
  }
  return std::make_unique<Hdf5ResultSource>(path);
}

}  // namespace updraft::sim
