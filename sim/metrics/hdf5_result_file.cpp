#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "sim/core/check.h"
#include "sim/metrics/durable_copy.h"
#include "sim/metrics/hdf5_axis.h"
#include "sim/metrics/hdf5_table.h"
#include "sim/metrics/result_file.h"

namespace updraft::sim {
namespace {

// The chunk index of a dataset is a tree whose nodes hold twice this many chunks; half a kilobyte
// instead of HDF5's two for each of the many columns of a short run.
constexpr unsigned kChunkIndexHalfNode = 8;

class Hdf5ResultFile final : public ResultSink {
 public:
  Hdf5ResultFile(std::string path, ResultFileOptions options)
      : path_(std::move(path)), options_(std::move(options)) {
    guarded([&] {
      create_working_file();
      root_ = hdf5::own(H5Gopen2(file_.get(), "/", H5P_DEFAULT), "open group", "/");
      hdf5::write_attribute(root_.get(), "Conventions", "CF-1.11");
      hdf5::write_attribute(root_.get(), "start", options_.start);
    });
    commit(kStart);
  }

  ~Hdf5ResultFile() override {
    const hdf5::Lock lock;
    release();
  }

  void set_attribute(std::string_view group, const Attribute& attribute) override {
    guarded([&] {
      hdf5::write_attribute(hdf5::open_group(file_.get(), std::string(group)).get(), attribute);
    });
  }

  SeriesColumnId add_series_column(const SeriesColumn& column) override {
    return guarded([&] {
      auto at = axes_.find(to_ns(column.cadence));
      if (at == axes_.end()) {
        const Duration interval = commit_interval(options_.run);
        const std::int64_t rows = (interval + column.cadence - Duration{1}) / column.cadence;
        const hdf5::Axis::Options axis{options_.start, static_cast<hsize_t>(rows),
                                       options_.gzip_level};
        at = axes_.try_emplace(to_ns(column.cadence), file_.get(), column.cadence, axis).first;
      }
      return at->second.add(column);
    });
  }

  void append_period(Duration cadence, Time period_start, std::span<const double> values) override {
    guarded([&] {
      const auto at = axes_.find(to_ns(cadence));
      SIM_CHECK(at != axes_.end(), "no column has the cadence of {} ns", to_ns(cadence));
      at->second.append(period_start, values);
    });
  }

  TableId add_table(const TableSpec& table) override {
    return guarded([&] {
      tables_.push_back(std::make_unique<hdf5::Table>(
          file_.get(), table, hdf5::Table::Options{options_.start, options_.gzip_level}));
      return static_cast<TableId>(tables_.size() - 1);
    });
  }

  std::int64_t append_row(TableId table, std::span<const Cell> cells) override {
    hdf5::Table& rows = *tables_.at(table);
    if (!rows.writes_next()) {  // into memory only: millions of times in a run
      return rows.append(cells);
    }
    return guarded([&] { return rows.append(cells); });
  }

  void set_cell(TableId table, std::int64_t row, std::uint32_t column, const Cell& cell) override {
    guarded([&] { tables_.at(table)->set(row, column, cell); });
  }

  void commit(Time valid_until) override {
    guarded([&] {
      write_state(valid_until, /*complete=*/false);
      hdf5::check(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL), "flush");
      // HDF5 keeps what it frees in lists of its own, which grow for days.
      hdf5::check(H5garbage_collect(), "give unused memory back");
      replace_with_copy(descriptor(), path_);
    });
  }

  void finish(Time end) override {
    guarded([&] {
      write_state(end, /*complete=*/true);
      // The descriptor of a duplicate outlives the file's closing, which writes the last of HDF5's
      // own.
      const int duplicate = ::fcntl(descriptor(), F_DUPFD_CLOEXEC, 0);
      release();
      try {
        replace_with_copy(duplicate, path_);
      } catch (...) {
        ::close(duplicate);
        throw;
      }
      ::close(duplicate);
    });
  }

 private:
  // Every call enters HDF5 under the lock and names the file when it fails.
  template <class Work>
  auto guarded(Work work) -> decltype(work()) {
    const hdf5::Lock lock;
    SIM_CHECK(!finished_, "{} is finished", path_);
    try {
      return work();
    } catch (const ResultFileError& error) {
      throw ResultFileError(fmt::format("{}: {}", path_, error.what()));
    }
  }

  void create_working_file() {
    using hdf5::check;
    const hdf5::Handle create = hdf5::own(H5Pcreate(H5P_FILE_CREATE), "make properties");
    check(H5Pset_istore_k(create.get(), kChunkIndexHalfNode), "make properties");
    check(H5Pset_obj_track_times(create.get(), false), "make properties");
    const hdf5::Handle access = hdf5::own(H5Pcreate(H5P_FILE_ACCESS), "make properties");
    check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_EARLIEST, H5F_LIBVER_V18),
          "make properties");
    check(H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG), "make properties");
    hdf5::limit_caches(access.get());
    // Nobody else ever opens the working file, and some network file systems cannot lock.
    check(H5Pset_file_locking(access.get(), false, true), "make properties");
    const std::size_t slash = path_.rfind('/');
    const std::string folder = slash == std::string::npos ? "" : path_.substr(0, slash + 1);
    for (int attempt = 0; attempt < 100; ++attempt) {
      const std::string name =
          fmt::format("{}.{}.{}.{}.work", folder, path_.substr(folder.size()), ::getpid(), attempt);
      const hid_t file = H5Fcreate(name.c_str(), H5F_ACC_EXCL, create.get(), access.get());
      if (file >= 0) {
        file_ = hdf5::Handle(file);
        ::unlink(name.c_str());
        return;
      }
      if (::access(name.c_str(), F_OK) != 0) {
        hdf5::fail("create a file in", folder.empty() ? "the working directory" : folder);
      }
      H5Eclear2(H5E_DEFAULT);
    }
    throw ResultFileError("cannot create a working file: all names are taken");
  }

  [[nodiscard]] int descriptor() const {
    void* handle = nullptr;
    hdf5::check(H5Fget_vfd_handle(file_.get(), H5P_DEFAULT, &handle), "get the file descriptor");
    return *static_cast<int*>(handle);
  }

  void write_state(Time valid_until, bool complete) {
    for (auto& [cadence, axis] : axes_) {
      axis.flush();
    }
    for (const auto& table : tables_) {
      table->flush();
    }
    hdf5::write_attribute(root_.get(), "complete", std::int64_t{complete ? 1 : 0});
    hdf5::write_attribute(root_.get(), "valid_until", to_ns(valid_until) / 1'000'000'000);
    hdf5::write_attribute(root_.get(), "valid_until_ns", to_ns(valid_until));
  }

  // Closes everything; without a finish the last commit stays.
  void release() {
    finished_ = true;
    axes_.clear();
    tables_.clear();
    root_ = hdf5::Handle();
    file_ = hdf5::Handle();
  }

  std::string path_;
  ResultFileOptions options_;
  bool finished_ = false;
  hdf5::Handle file_;
  hdf5::Handle root_;
  std::map<std::int64_t, hdf5::Axis> axes_;
  std::vector<std::unique_ptr<hdf5::Table>> tables_;
};

}  // namespace

std::unique_ptr<ResultSink> create_result_file(const std::string& path,
                                               const ResultFileOptions& options) {
  if (const std::string reason = why_not_output(path); !reason.empty()) {
    throw ResultFileError(reason);
  }
  return std::make_unique<Hdf5ResultFile>(path, options);
}

}  // namespace updraft::sim
