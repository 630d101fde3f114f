// Where a run may write its result: looked at before the run, not after an hour of it.
#pragma once

#include <string>

namespace updraft::cli {

/// Why `output` cannot take the results of `scenario`, in this program's words; empty when it can.
/// The rule is the library's (sim::why_not_output).
std::string why_not_output(const std::string& output, const std::string& scenario);

}  // namespace updraft::cli
