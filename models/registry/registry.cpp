#include "models/registry/registry.h"

namespace updraft {

sim::ModelRegistry make_registry() {
  sim::ModelRegistry registry;
  register_all_models(registry);
  return registry;
}

}  // namespace updraft
