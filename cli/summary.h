// The end of a run in words and numbers, for a terminal.
#pragma once

#include <string>

#include "cli/terminal.h"
#include "sim/build/report.h"
#include "sim/scenario/scenario.pb.h"
#include "sim/study/report_json.h"

namespace updraft::cli {

/// Some 30 lines of plain text, at most 100 columns.
std::string summary_text(const sim::Report& report, const sim::Plan& plan,
                         const sim::ReportFacts& facts, const Terminal& terminal);

}  // namespace updraft::cli
