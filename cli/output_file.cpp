#include "cli/output_file.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <fmt/format.h>

namespace updraft::cli {

namespace {

namespace fs = std::filesystem;

/// Whether a file begins as HDF5 files do.
bool is_hdf5(const fs::path& file) {
  constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
  std::array<char, kSignature.size()> begin{};
  std::ifstream stream(file, std::ios::binary);
  stream.read(begin.data(), begin.size());
  return stream && std::string_view(begin.data(), begin.size()) == kSignature;
}

}  // namespace

std::string why_not_output(const std::string& output, const std::string& scenario) {
  std::error_code error;
  if (output.empty()) {
    return "--output is empty; name a file, or use --no-output";
  }
  if (fs::equivalent(output, scenario, error)) {
    return fmt::format("--output {} is the scenario itself; name another file", output);
  }
  if (fs::is_directory(output, error)) {
    return fmt::format("--output {} is a folder; name a file in it", output);
  }
  if (fs::exists(output, error)) {
    if (!fs::is_regular_file(output, error)) {
      return fmt::format("--output {} is not a plain file; --no-output runs without one", output);
    }
    if (fs::file_size(output, error) > 0 && !is_hdf5(output)) {
      return fmt::format("--output {} is there and is no result file; remove it or name another",
                         output);
    }
    return "";
  }
  const fs::path folder = fs::path(output).parent_path();
  if (!folder.empty() && !fs::is_directory(folder, error)) {
    return fmt::format("--output {}: there is no folder {}", output, folder.string());
  }
  return "";
}

}  // namespace updraft::cli
