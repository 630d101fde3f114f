#include "models/network/faults.h"

#include <optional>

#include "models/network/network.h"
#include "sim/build/sampler.h"
#include "sim/build/world.h"

namespace updraft::network {

void DegradeLinkFault::begin(sim::Context& /*ctx*/, sim::World& world,
                             sim::DecisionId /*caused_by*/) {
  const std::string& other = message_.other_zone();
  world.service<RegionNetwork>().degrade(
      ordinal_, world.zone(message_.availability_zone()),
      other.empty() ? std::nullopt : std::optional<sim::ZoneId>(world.zone(other)),
      {.added = sim::make_sampler(message_.latency()),
       .loss = message_.loss(),
       .retransmission = sim::Duration{message_.retransmission_timeout().ns()}});
}

void DegradeLinkFault::end(sim::Context& /*ctx*/, sim::World& world,
                           sim::DecisionId /*caused_by*/) {
  world.service<RegionNetwork>().restore(ordinal_);
}

}  // namespace updraft::network
