// Files of single requests: a header line, then a line for each request with its stamp and, if
// wanted, its size and its work (tokens, bytes).
//
//   TIMESTAMP,ContextTokens,GeneratedTokens
//   2023-11-16 18:15:46.6805900,374,44
//
// Rows must stand in order of time; equal stamps keep the order of the file. Times are relative to
// the first row, kept to the nanosecond, and divided by `speed`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

struct ReplayOptions {
  std::string time_column;  // empty: the first
  std::string size_column;  // empty: none
  std::string work_column;  // empty: none
  double speed = 1;         // above 0; 2 replays twice as fast
};

[[nodiscard]] ReplayOptions replay_options(const Replay& replay);

struct ReplayFile {
  std::int64_t first_unix_ns = 0;
  std::vector<std::int64_t> at_ns;  // since the first row, rising
  std::vector<double> size;         // empty without a column; else one for each row, 0 or more
  std::vector<double> work;         // likewise
  std::vector<std::string>
      errors;  // "file:line:column: ..."; the rest is meaningful when there are none
};

/// Reads the text of a replay file. `file` is its name for errors.
[[nodiscard]] ReplayFile read_replay(std::string_view text, std::string file,
                                     const ReplayOptions& options);

}  // namespace updraft::sim
