#include "sim/scenario/file_access.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace updraft::sim {
namespace {

namespace fs = std::filesystem;

bool is_inside(const fs::path& path, const fs::path& folder) {
  const auto [end, unused] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

}  // namespace

FileAccess::FileAccess(std::string directory, FilePolicy policy)
    : directory_(directory.empty() ? "." : std::move(directory)), policy_(policy) {}

Result<std::string> FileAccess::check(const std::string& name) {
  if (policy_ == FilePolicy::kNone) {
    return Error{"files are not read here"};
  }
  if (name.empty() || name.find('\0') != std::string::npos) {
    return Error{"it must be the name of a file"};
  }
  const fs::path written(name);
  const bool confined = policy_ == FilePolicy::kInsideFolder;
  if (confined && written.is_absolute()) {
    return Error{"it must be relative to the scenario's folder"};
  }
  const fs::path plain = written.lexically_normal();
  if (confined && !plain.empty() && *plain.begin() == "..") {
    return Error{"it leaves the scenario's folder"};
  }
  std::error_code error;
  const fs::path whole = fs::path(directory_) / plain;
  const fs::file_status status = fs::status(whole, error);
  if (!fs::exists(status)) {
    return Error{"there is no such file in the scenario's folder"};
  }
  if (!fs::is_regular_file(status)) {
    return Error{"it is not a file"};
  }
  if (confined) {
    const fs::path real = fs::canonical(whole, error);
    const fs::path folder = error ? fs::path() : fs::canonical(fs::path(directory_), error);
    if (error || !is_inside(real, folder)) {
      return Error{"it leads out of the scenario's folder through a link"};
    }
  }
  std::string checked = plain.generic_string();
  files_.insert(checked);
  return checked;
}

Result<std::string> FileAccess::read(const std::string& checked, std::size_t max_bytes) const {
  const fs::path whole = fs::path(directory_) / fs::path(checked);
  std::error_code error;
  const std::uintmax_t size = fs::file_size(whole, error);
  if (error) {
    return Error{"it cannot be read"};
  }
  if (size > max_bytes) {
    return Error{fmt::format("it has {} bytes; at most {} are read", size, max_bytes)};
  }
  std::ifstream in(whole, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in || static_cast<std::uintmax_t>(in.gcount()) != size) {
    return Error{"it cannot be read"};
  }
  return text;
}

}  // namespace updraft::sim
