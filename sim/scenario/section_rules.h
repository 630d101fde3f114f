// Defaults that depend on other fields, of the messages that the scenario itself declares. Every
// registry has them: any scenario may have traffic.
#pragma once

#include "sim/scenario/type_registry.h"

namespace updraft::sim {

void add_section_rules(TypeRegistry& registry);

}  // namespace updraft::sim
