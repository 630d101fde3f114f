// Wrong values for every parameter: made from its kind, range, unit and spellings, put one at a
// time into a valid scenario. Works for any registered type, so a new model is tested by naming it
// in the scenario.
//
//   for (const Mutation& wrong : wrong_values(text, registry)) {
//     expect ScenarioError from wrong.text whose what() contains every one of wrong.mentions
//   }
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sim/scenario/type_registry.h"

namespace updraft::sim::testing {

struct Mutation {
  std::string what;  // "counter.parcel_desk.clerks = 0"
  std::string text;
  std::vector<std::string> mentions;
  std::string field = {};  // full name of the parameter in its schema; empty: an unknown key
};

/// `text` must load, and its mappings must be written without anchors. Fields that the scenario
/// does not write are added; fields of nested messages are reached where the scenario writes one.
std::vector<Mutation> wrong_values(const std::string& text, const TypeRegistry& registry);

/// Mutations that load after all, or whose error misses a mention; one line each. Empty: all is
/// well.
std::vector<std::string> surviving(const std::vector<Mutation>& mutations,
                                   const TypeRegistry& registry, const std::string& folder);

/// Full names of all parameters that a scenario can write: header, traffic, times, and of every
/// registered type its parameters, beginning, operations and faults, nested messages included.
std::set<std::string> all_parameters(const TypeRegistry& registry);

/// Those that no mutation is about. Empty: every parameter was given wrong values.
std::set<std::string> untouched(const std::vector<Mutation>& mutations,
                                const TypeRegistry& registry);

}  // namespace updraft::sim::testing
