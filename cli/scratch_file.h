// A file that nobody wants to keep, such as the results of a run that is only asked about; gone
// with this.
#pragma once

#include <string>

namespace updraft::cli {

class ScratchFile {
 public:
  /// Throws sim::ResultFileError when the folder for temporary files takes none.
  ScratchFile();
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace updraft::cli
