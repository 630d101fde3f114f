// How clients find a node of the load balancer.
#pragma once

#include <cstdint>
#include <span>

#include "models/elb/routing.h"
#include "sim/core/time.h"

namespace updraft::elb {

/// R3.1.1: how long a client may go on using an answer.
inline constexpr sim::Duration kDnsTimeToLive = std::chrono::seconds{60};

/// R3.1.1: the node that a client which asks now will use; every address in DNS is equally likely.
/// `zones` is not empty (zones_in_dns never is); `draw` is uniform over 64 bits.
inline std::uint32_t node_for_client(std::span<const std::uint32_t> zones, std::uint64_t draw) {
  SIM_CHECK(!zones.empty());
  return zones[place_of(draw, static_cast<std::uint32_t>(zones.size()))];
}

}  // namespace updraft::elb
