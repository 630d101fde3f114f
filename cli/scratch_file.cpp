#include "cli/scratch_file.h"

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "sim/metrics/result_file.h"

namespace updraft::cli {

namespace fs = std::filesystem;

ScratchFile::ScratchFile() : path_((fs::temp_directory_path() / "updraft-XXXXXX").string()) {
  const int file = mkstemp(path_.data());
  if (file < 0) {
    throw sim::ResultFileError(
        fmt::format("cannot make a file in {}", fs::temp_directory_path().string()));
  }
  close(file);
}

ScratchFile::~ScratchFile() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

}  // namespace updraft::cli
