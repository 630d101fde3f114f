#include "cli/load.h"

#include <google/protobuf/message.h>

namespace updraft::cli {

std::optional<sim::LoadResult> load(const std::string& file, bool files_anywhere,
                                    const sim::ModelRegistry& registry, const Terminal& terminal,
                                    int& exit_code) {
  sim::LoadOptions options;
  options.files = files_anywhere ? sim::FilePolicy::kAnywhere : sim::FilePolicy::kInsideFolder;
  try {
    sim::LoadResult loaded = sim::Scenario::load_file(file, registry.types(), options);
    terminal.err << loaded.warnings.render(terminal.err_color);
    return loaded;
  } catch (const sim::ScenarioError& error) {
    terminal.err << error.render(terminal.err_color) << "updraft: cannot run " << file << "\n";
    exit_code = kCouldNot;
  } catch (const std::runtime_error& error) {
    terminal.err << "updraft: " << error.what() << "\n";
    exit_code = kCouldNot;
  }
  return std::nullopt;
}

sim::Catalogue catalogue(const sim::ModelRegistry& registry) {
  sim::Catalogue::Spec spec;
  for (const auto& [name, type] : registry.types().resources()) {
    spec.models.push_back(type.params->GetDescriptor());
  }
  for (const auto& [name, type] : registry.types().faults()) {
    spec.faults.push_back(type.params->GetDescriptor());
  }
  spec.header = sim::ScenarioHeader::descriptor();
  spec.sections = {
      {.name = "traffic",
       .doc = "Who sends requests: each entry is a traffic source.",
       .message = sim::Traffic::descriptor(),
       .key_field = "name"},
      {.name = "slo", .doc = "Service level objectives, one line each: p(99) latency < 500ms."}};
  return sim::Catalogue(spec);
}

}  // namespace updraft::cli
