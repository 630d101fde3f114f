// Wrong values for every parameter: made from its kind, range, unit and spellings, put one at a
// time into a valid scenario. Works for any registered type, so a new model is tested by naming it
// in the scenario.
//
//   for (const Mutation& wrong : wrong_values(text, registry)) {
//     expect ScenarioError from wrong.text whose what() contains every one of wrong.mentions
//   }
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/type_registry.h"

namespace updraft::sim::testing {

struct Mutation {
  std::string what;  // "counter.parcel_desk.clerks = 0"
  std::string text;
  std::vector<std::string> mentions;
};

/// `text` must load, and its mappings must be written without anchors. Fields that the scenario
/// does not write are added; fields of nested messages are reached where the scenario writes one.
std::vector<Mutation> wrong_values(const std::string& text, const TypeRegistry& registry);

/// Mutations that load after all, or whose error misses a mention; one line each. Empty: all is
/// well.
std::vector<std::string> surviving(const std::vector<Mutation>& mutations,
                                   const TypeRegistry& registry, const std::string& folder);

}  // namespace updraft::sim::testing
