// Among which targets a load balancer node chooses, and which zones stand in the balancer's DNS
// name.
//
// Both are evaluated again when a target's state or membership changes, not for each request.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/elb/health.h"

namespace updraft::elb {

struct TargetView {
  std::uint32_t target = 0;  // ordinal within the target group
  std::uint32_t zone = 0;
  HealthState state = HealthState::kInitial;
};

/// R3.2.1: an action is taken when either bound is breached; 0 switches a bound off.
struct HealthThreshold {
  std::uint32_t count = 1;
  double percent = 0;
};
[[nodiscard]] bool breached(const HealthThreshold& threshold, std::size_t healthy,
                            std::size_t registered);

enum class Routing : std::uint8_t {
  kHealthy,    // to the healthy targets
  kFailOpen,   // to all targets, because too few are healthy
  kNoTargets,  // to none: 503
};

struct Candidates {
  Routing routing = Routing::kNoTargets;
  std::vector<std::uint32_t> targets;  // ascending
  std::size_t healthy = 0;             // in the node's scope
  std::size_t registered = 0;          // in the node's scope, unused and draining ones left out
};

struct RoutingScope {
  std::uint32_t node_zone = 0;
  bool cross_zone = true;       // R3.1.T1
  HealthThreshold fail_open{};  // R3.2.2: unhealthy_state_routing
  // Whether failing open reaches targets whose first check is still out. R3.2.1 says "all targets".
  bool fail_open_to_initial = true;
};

/// Candidates of one node (R3.1.1, R3.1.4, R3.2.1, R3.6.4).
[[nodiscard]] Candidates candidates(std::span<const TargetView> targets, const RoutingScope& scope);

/// Zones in which the group is healthy enough for DNS, ascending (R3.2.2): with cross-zone
/// balancing all or none. A zone without registered targets is one of them, or nothing could meet
/// the 503 of R3.1.4.
[[nodiscard]] std::vector<std::uint32_t> healthy_zones(std::span<const std::uint32_t> zones,
                                                       std::span<const TargetView> targets,
                                                       bool cross_zone,
                                                       const HealthThreshold& dns_failover);

/// Zones whose node addresses the DNS name returns, ascending (R3.1.3, R3.2.2): those in which at
/// least one of the balancer's target groups is healthy, or all. `zones` are the enabled ones,
/// ascending; `healthy` has the healthy_zones() of each target group.
[[nodiscard]] std::vector<std::uint32_t> zones_in_dns(
    std::span<const std::uint32_t> zones, std::span<const std::vector<std::uint32_t>> healthy);

}  // namespace updraft::elb
