// What a registry's scenarios may say, as one catalogue: for explanations, schemas and answers.
#pragma once

#include "sim/build/registry.h"
#include "sim/schema/catalogue.h"

namespace updraft::sim {

/// Every resource, fault, section and header field that the registry knows.
Catalogue catalogue(const ModelRegistry& registry);

}  // namespace updraft::sim
