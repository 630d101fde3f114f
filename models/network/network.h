// The network of one Region, as those who send over it ask for it (roles::Network).
#pragma once

#include "models/network/network.pb.h"
#include "models/roles/network.h"
#include "sim/build/resource.h"
#include "sim/engine/component.h"

namespace updraft::network {

class RegionNetwork final : public sim::Component, public sim::Resource, public roles::Network {
 public:
  RegionNetwork(const sim::Birth& birth, const NetworkParams& params)
      : Component(birth),
        same_zone_(params.same_zone_latency().ns()),
        cross_zone_(params.cross_zone_latency().ns()) {}

  // R23.3
  [[nodiscard]] sim::Duration one_way(sim::ZoneId from, sim::ZoneId to) const override {
    return from == to ? same_zone_ : cross_zone_;
  }

 private:
  sim::Duration same_zone_;
  sim::Duration cross_zone_;
};

}  // namespace updraft::network
