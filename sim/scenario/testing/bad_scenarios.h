// Wrong scenarios and the text that each must give: a folder of pairs, NAME.yaml and NAME.txt.
//
//   class EngineScenarios : public ::testing::TestWithParam<std::string> {};
//   TEST_P(EngineScenarios, GiveTheirText) {
//     const GoldenPair pair = golden_pair(folder, GetParam(), parcel_post_registry());
//     EXPECT_EQ(pair.found, pair.expected);
//   }
//   INSTANTIATE_TEST_SUITE_P(Bad, EngineScenarios, ::testing::ValuesIn(scenario_names(folder)));
//
// With UPDRAFT_UPDATE_GOLDEN set in the environment the texts are written anew; read the
// difference.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/type_registry.h"

namespace updraft::sim::testing {

/// Names of the *.yaml of a folder, without the ending, sorted.
std::vector<std::string> scenario_names(const std::string& folder);

/// What loading gives: ScenarioError::what(), or the warnings and then "loads".
std::string findings_of(const std::string& text, const std::string& filename,
                        const std::string& folder, const TypeRegistry& registry);

struct GoldenPair {
  std::string found;
  std::string expected;
};
/// Loads NAME.yaml; expected is NAME.txt.
GoldenPair golden_pair(const std::string& folder, const std::string& name,
                       const TypeRegistry& registry);

/// The content of a file; std::runtime_error when there is none.
std::string read_text(const std::string& path);

}  // namespace updraft::sim::testing
