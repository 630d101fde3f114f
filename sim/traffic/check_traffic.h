// What a traffic source's shape and files say, found when the scenario is loaded.
#pragma once

#include "sim/build/registry.h"
#include "sim/scenario/type_registry.h"

namespace updraft::sim {

/// Findings of a file are those of its reader ("traffic/web.csv:12:1: ..."), placed where the
/// scenario names it; gaps and repeated stamps that a rule has settled are warnings.
void check_traffic(const Traffic& traffic, Checker& checker);

/// Has check_traffic() called for every source, and says how decisions of sources are told.
void register_traffic(ModelRegistry& registry);

}  // namespace updraft::sim
