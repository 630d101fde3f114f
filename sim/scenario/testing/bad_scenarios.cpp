#include "sim/scenario/testing/bad_scenarios.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "sim/scenario/scenario.h"

namespace updraft::sim::testing {
namespace {

namespace fs = std::filesystem;

}  // namespace

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw std::runtime_error("cannot read " + path);
  }
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string> scenario_names(const std::string& folder) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") {
      names.push_back(entry.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string findings_of(const std::string& text, const std::string& filename,
                        const std::string& folder, const TypeRegistry& registry) {
  LoadOptions options;
  options.directory = folder;
  try {
    return Scenario::load(text, filename, registry, options).warnings.render(false) + "loads\n";
  } catch (const ScenarioError& error) {
    return error.what();
  }
}

GoldenPair golden_pair(const std::string& folder, const std::string& name,
                       const TypeRegistry& registry) {
  const std::string base = folder + "/" + name;
  GoldenPair pair;
  pair.found = findings_of(read_text(base + ".yaml"), name + ".yaml", folder, registry);
  if (std::getenv("UPDRAFT_UPDATE_GOLDEN") != nullptr) {  // NOLINT(tidy-word): a test, not a run
    std::ofstream(base + ".txt", std::ios::binary) << pair.found;
  }
  pair.expected = read_text(base + ".txt");
  return pair;
}

}  // namespace updraft::sim::testing
