// What may stand at the path of a result file to be: looked at before anything is replaced.
#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <fmt/format.h>

#include "sim/metrics/hdf5_handle.h"
#include "sim/metrics/result_file.h"

namespace updraft::sim {

namespace {

namespace fs = std::filesystem;

/// Whether a file begins as HDF5 files do: nothing else is given to HDF5.
bool has_signature(const fs::path& file) {
  constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
  std::array<char, kSignature.size()> begin{};
  std::ifstream stream(file, std::ios::binary);
  stream.read(begin.data(), begin.size());
  return stream && std::string_view(begin.data(), begin.size()) == kSignature;
}

}  // namespace

bool is_result_file(const std::string& path) {
  if (!has_signature(path)) {
    return false;
  }
  const hdf5::Lock lock;
  try {
    const hdf5::Handle access = hdf5::own(H5Pcreate(H5P_FILE_ACCESS), "make properties");
    hdf5::check(H5Pset_file_locking(access.get(), false, true), "make properties");
    const hdf5::Handle file =
        hdf5::own(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), "open");
    // The first commit writes them already.
    return hdf5::check(H5Aexists(file.get(), "complete"), "look for an attribute") > 0 &&
           hdf5::check(H5Aexists(file.get(), "valid_until_ns"), "look for an attribute") > 0;
  } catch (const ResultFileError&) {
    return false;
  }
}

std::string why_not_output(const std::string& path, const std::string& scenario) {
  std::error_code error;
  if (path.empty()) {
    return "the result file has no name";
  }
  if (fs::equivalent(path, scenario, error)) {
    return fmt::format("{} is the scenario itself; name another file", path);
  }
  if (fs::is_directory(path, error)) {
    return fmt::format("{} is a folder; name a file in it", path);
  }
  if (fs::exists(path, error)) {
    if (!fs::is_regular_file(path, error)) {
      return fmt::format("{} is not a plain file; name another", path);
    }
    if (fs::file_size(path, error) > 0 && !is_result_file(path)) {
      return fmt::format("{} is there and is no result file; remove it or name another", path);
    }
    return "";
  }
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty() && !fs::is_directory(folder, error)) {
    return fmt::format("{}: there is no folder {}", path, folder.string());
  }
  return "";
}

}  // namespace updraft::sim
