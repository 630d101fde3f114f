// The one loader: reads a scenario strictly, checks it against what models registered, and gives
// the Plan.
//
//   LoadResult loaded = Scenario::load_file("scenarios/match_day.yaml", registry);
//   loaded.plan.resource(0).name();
//   loaded.sources.resource("fleet").was_written("max_size");
//
// Everything wrong is found in one go and thrown as one ScenarioError (syntax errors of YAML alone:
// nothing can be read behind them). The Plan is sorted by name, so a scenario with its keys in
// another order gives the same one.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "sim/scenario/diagnostic.h"
#include "sim/scenario/file_access.h"
#include "sim/scenario/scenario.pb.h"
#include "sim/scenario/source_map.h"
#include "sim/scenario/type_registry.h"
#include "sim/scenario/yaml_tree.h"

namespace updraft::sim {

struct LoadOptions {
  /// Folder of the files that the scenario names; empty: that of `filename`.
  std::string directory;
  FilePolicy files = FilePolicy::kInsideFolder;
  /// Findings that an error's text shows.
  std::size_t max_findings = 100;
  YamlLimits limits;
};

struct LoadResult {
  Plan plan;
  SourceMap sources;
  /// What can be run, but is hardly meant: resources that nothing leads to, gaps that were filled.
  Findings warnings;
  /// Files that the scenario names, sorted, relative to Plan.directory. Their content decides the
  /// result too.
  std::set<std::string> files;
};

struct Scenario {
  /// Throws ScenarioError. `filename` is used in messages and for the folder only.
  static LoadResult load(std::string text, const std::string& filename,
                         const TypeRegistry& registry, const LoadOptions& options = {});
  /// The same from a file; std::runtime_error when it cannot be read.
  static LoadResult load_file(const std::string& filename, const TypeRegistry& registry,
                              const LoadOptions& options = {});
};

/// The fields that decide a result, as bytes that are the same everywhere: without text, places and
/// folder.
std::string canonical(const Plan& plan);

}  // namespace updraft::sim
