// The hash of a result file's logical content: paths, types, shapes, values and attributes.
//
// It does not see chunks, compression, byte order, the order of attributes or of links, nor HDF5's
// bookkeeping. It leaves out the root attributes `version`, `trace_hash`, `scenario_text` and
// `run_id`. The same scenario, seed, rules and version give the same hash on every machine.
#pragma once

#include <string>

#include "sim/metrics/result_file.h"

namespace updraft::sim {

/// 32 hexadecimal digits. Throws ResultFileError when the file cannot be read.
std::string results_hash(const std::string& path);

}  // namespace updraft::sim
