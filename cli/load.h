// Loads a scenario for a command: what goes wrong is printed, and the exit code is in hand.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/terminal.h"
#include "sim/build/registry.h"
#include "sim/metrics/result_source.h"
#include "sim/scenario/scenario.h"
#include "sim/study/catalogue.h"

namespace updraft::cli {

/// The file that stands for standard input.
inline constexpr std::string_view kStandardInput = "-";
/// The file that stands for standard output.
inline constexpr std::string_view kStandardOutput = "-";

/// Reads and checks a scenario from a file, or from terminal.in when `file` is "-" (files that it
/// names are then looked for in the working directory). Throws ScenarioError, and
/// std::runtime_error when it cannot be read.
sim::LoadResult read_scenario(const std::string& file, bool files_anywhere,
                              const sim::ModelRegistry& registry, const Terminal& terminal);

/// The checked scenario; nothing when it has mistakes or cannot be read. Then what was found is
/// printed to err and `exit_code` is kCouldNot: findings are the answer of `validate` alone.
std::optional<sim::LoadResult> load(const std::string& file, bool files_anywhere,
                                    const sim::ModelRegistry& registry, const Terminal& terminal,
                                    int& exit_code);

/// The scenario that a result file holds; nothing where it names files that are not beside it.
std::optional<sim::Plan> plan_of_results(const sim::ResultSource& results, const std::string& file,
                                         bool files_anywhere, const sim::ModelRegistry& registry);

using sim::catalogue;  // all that a scenario may say, for explain and schema

}  // namespace updraft::cli
