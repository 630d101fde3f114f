#include "models/network/network.h"
#include "sim/build/registry.h"

namespace updraft::network {

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<RegionNetwork, NetworkParams>();
}

}  // namespace updraft::network
