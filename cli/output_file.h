// Where a run may write its result: looked at before the run, not after an hour of it.
#pragma once

#include <string>

namespace updraft::cli {

/// Why `output` cannot take the results of `scenario`; empty when it can. A result file that is
/// there is replaced; any other file, above all the scenario itself, is not.
std::string why_not_output(const std::string& output, const std::string& scenario);

}  // namespace updraft::cli
