// The result file: HDF5 that opens in xarray, h5py, h5dump and ncdump, and that a kill at any
// moment leaves readable.
//
// The file grows in an unlinked working file beside its target; each commit puts a whole copy in
// the target's place by a rename. So the target is always one of: absent (before the first commit
// of the constructor), or the complete state of some commit. docs/design/result-file.md has the
// layout and the reasons.
//
//   auto file = create_result_file("results.h5", {.start = "1998-06-15T00:00:00", .run = 14 *
//   24h});
//   ... hand it to the recorders ...
//   file->finish(end);
//
// All of HDF5 is entered under one lock, because the library has global state: files of several
// simulations may be written from several threads.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "sim/core/time.h"
#include "sim/metrics/sink.h"

namespace updraft::sim {

/// The file cannot be created, written or read. The text names the file and what the system or HDF5
/// said.
class ResultFileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct ResultFileOptions {
  std::string start =
      "1970-01-01T00:00:00";             // time 0 in UTC, as CF units want it: seconds since START
  Duration run = std::chrono::hours{1};  // planned length; sets the chunks and commit_interval()
  int gzip_level = 1;                    // 0 to 9
};

/// Whether a file that is there is a result file, finished or not.
bool is_result_file(const std::string& path);

/// Why `path` cannot take the results of the scenario of that file name; empty when it can. A
/// result file that is there is replaced, an empty file too; any other file, above all the
/// scenario, is not.
std::string why_not_output(const std::string& path, const std::string& scenario = "");

/// Commits once (valid_until 0), so that the file exists from here on.
/// Throws ResultFileError when it cannot be made, as by why_not_output. The sink's calls throw it
/// when writing fails (a full disk).
std::unique_ptr<ResultSink> create_result_file(const std::string& path,
                                               const ResultFileOptions& options);

}  // namespace updraft::sim
