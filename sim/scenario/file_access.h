// Which files a scenario may name.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "sim/core/result.h"

namespace updraft::sim {

enum class FilePolicy : std::uint8_t {
  kInsideFolder,  // below the scenario's folder, links followed
  kAnywhere,      // the user allowed more
  kNone,          // none at all
};

class FileAccess {
 public:
  /// An empty directory is the current one.
  FileAccess(std::string directory, FilePolicy policy);

  /// Checks that the name is a readable file that the policy allows; gives it normalised, as it
  /// goes into the plan: relative to the folder, with '/'. Errors continue a sentence "csv is X;
  /// ...".
  Result<std::string> check(const std::string& name);
  /// The content of a checked file, at most `max_bytes`.
  [[nodiscard]] Result<std::string> read(const std::string& checked, std::size_t max_bytes) const;
  /// Every file checked so far, sorted.
  [[nodiscard]] const std::set<std::string>& files() const { return files_; }

 private:
  std::string directory_;
  FilePolicy policy_;
  std::set<std::string> files_;
};

}  // namespace updraft::sim
