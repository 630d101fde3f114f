// The end of a run in words and numbers, for a terminal and as JSON.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "cli/terminal.h"
#include "sim/build/report.h"
#include "sim/scenario/scenario.pb.h"

namespace updraft::cli {

/// What the summary says beside the report.
struct SummaryFacts {
  std::string repeat_command;
  std::string output;  // result file; empty: none
};

/// Some 30 lines of plain text, at most 100 columns.
std::string summary_text(const sim::Report& report, const sim::Plan& plan,
                         const SummaryFacts& facts, const Terminal& terminal);

/// The same, machine-readable. "version" changes when a field changes its meaning or goes.
nlohmann::ordered_json summary_json(const sim::Report& report, const sim::Plan& plan,
                                    const SummaryFacts& facts);

}  // namespace updraft::cli
