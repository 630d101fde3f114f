// Puts a copy of an open file in the place of a path, at once: whoever opens the path, and whenever
// this process is killed, finds the old content or the new, never a part.
#pragma once

#include <string>

namespace updraft::sim {

/// `source` is a file descriptor; its whole content is copied (shared blocks where the file system
/// can) to a file without a name beside `target`, which is then named and renamed over it. Throws
/// ResultFileError.
void replace_with_copy(int source, const std::string& target);

}  // namespace updraft::sim
