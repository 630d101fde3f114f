// A run as a command drives it: with a progress bar, stopped by Ctrl-C, and what went wrong
// printed.
#pragma once

#include <optional>
#include <string>

#include "cli/terminal.h"
#include "sim/build/registry.h"
#include "sim/study/run.h"

namespace updraft::cli {

struct SimulateOptions {
  bool quiet = false;
  std::string repeat_command;  // for the report of a mistake of ours
};

/// The report; nothing when the run could not be done, and err says why (exit code kCouldNot).
std::optional<sim::Report> simulate(const sim::Plan& plan, const sim::ModelRegistry& registry,
                                    sim::RunOptions run_options, const SimulateOptions& options,
                                    const Terminal& terminal);

}  // namespace updraft::cli
