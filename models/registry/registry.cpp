#include "models/registry/registry.h"

#include "sim/traffic/check_traffic.h"

namespace updraft {

sim::ModelRegistry make_registry() {
  sim::ModelRegistry registry;
  register_all_models(registry);
  sim::register_traffic(registry);
  return registry;
}

}  // namespace updraft
