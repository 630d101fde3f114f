#include "sim/core/check.h"

#include <cstring>

namespace updraft::sim {

void throw_invariant(const char* condition, const char* file, int line, const std::string& detail) {
  const char* slash = std::strrchr(file, '/');
  std::string text =
      fmt::format("invariant broken: {} ({}:{})", condition, slash ? slash + 1 : file, line);
  if (!detail.empty()) {
    text += ": " + detail;
  }
  throw InvariantError(text);
}

}  // namespace updraft::sim
