// Every model by name. The list behind it is generated from the folders that called sim_model().
#pragma once

#include "sim/build/registry.h"

namespace updraft {

/// Registers all models.
void register_all_models(sim::ModelRegistry& registry);
/// A registry with all models.
sim::ModelRegistry make_registry();

}  // namespace updraft
