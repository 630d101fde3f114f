#include "cli/load.h"

#include <filesystem>
#include <iostream>
#include <iterator>
#include <utility>

namespace updraft::cli {

sim::LoadResult read_scenario(const std::string& file, bool files_anywhere,
                              const sim::ModelRegistry& registry, const Terminal& terminal) {
  sim::LoadOptions options;
  options.files = files_anywhere ? sim::FilePolicy::kAnywhere : sim::FilePolicy::kInsideFolder;
  if (file != kStandardInput) {
    return sim::Scenario::load_file(file, registry.types(), options);
  }
  std::istream& in = terminal.in == nullptr ? std::cin : *terminal.in;
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  options.directory = ".";
  return sim::Scenario::load(std::move(text), "<stdin>", registry.types(), options);
}

std::optional<sim::LoadResult> load(const std::string& file, bool files_anywhere,
                                    const sim::ModelRegistry& registry, const Terminal& terminal,
                                    int& exit_code) {
  try {
    sim::LoadResult loaded = read_scenario(file, files_anywhere, registry, terminal);
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

std::optional<sim::Plan> plan_of_results(const sim::ResultSource& results, const std::string& file,
                                         bool files_anywhere, const sim::ModelRegistry& registry) {
  sim::LoadOptions options;
  options.directory = std::filesystem::path(file).parent_path().string();
  options.files = files_anywhere ? sim::FilePolicy::kAnywhere : sim::FilePolicy::kInsideFolder;
  try {
    return sim::Scenario::load(results.text("scenario_text").value_or(""),
                               "the scenario of " + file, registry.types(), options)
        .plan;
  } catch (const sim::ScenarioError&) {
    return std::nullopt;
  }
}

}  // namespace updraft::cli
