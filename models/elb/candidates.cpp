#include "models/elb/candidates.h"

#include <algorithm>

namespace updraft::elb {
namespace {

// An unavailable target has its checks switched off and counts as healthy.
bool healthy(const TargetView& target) {
  return target.state == HealthState::kHealthy || target.state == HealthState::kUnavailable;
}

bool registered(const TargetView& target) {
  return target.state != HealthState::kUnused && target.state != HealthState::kDraining;
}

}  // namespace

bool breached(const HealthThreshold& threshold, std::size_t healthy, std::size_t registered) {
  return healthy < threshold.count ||
         static_cast<double>(healthy) * 100.0 < threshold.percent * static_cast<double>(registered);
}

Candidates candidates(std::span<const TargetView> targets, const RoutingScope& scope) {
  Candidates result;
  std::vector<std::uint32_t> open;
  for (const TargetView& target : targets) {
    // R3.1.1: without cross-zone balancing a node spreads over its own zone only.
    if (!registered(target) || (!scope.cross_zone && target.zone != scope.node_zone)) {
      continue;
    }
    ++result.registered;
    if (healthy(target)) {
      ++result.healthy;
      result.targets.push_back(target.target);
    }
    if (target.state != HealthState::kInitial || scope.fail_open_to_initial) {
      open.push_back(target.target);
    }
  }
  // R3.6.4, R3.2.1: too few healthy ones, and requests go to all. R3.1.4: nobody there is a 503.
  if (breached(scope.fail_open, result.healthy, result.registered)) {
    result.routing = open.empty() ? Routing::kNoTargets : Routing::kFailOpen;
    result.targets = std::move(open);
  } else {
    result.routing = result.targets.empty() ? Routing::kNoTargets : Routing::kHealthy;
  }
  std::sort(result.targets.begin(), result.targets.end());
  return result;
}

std::vector<std::uint32_t> healthy_zones(std::span<const std::uint32_t> zones,
                                         std::span<const TargetView> targets, bool cross_zone,
                                         const HealthThreshold& dns_failover) {
  std::vector<std::uint32_t> result;
  for (const std::uint32_t zone : zones) {  // R3.2.2
    std::size_t here = 0;
    std::size_t well = 0;
    for (const TargetView& target : targets) {
      if ((cross_zone || target.zone == zone) && registered(target)) {
        ++here;
        well += healthy(target) ? 1 : 0;
      }
    }
    if (here == 0 || !breached(dns_failover, well, here)) {
      result.push_back(zone);
    }
  }
  return result;
}

std::vector<std::uint32_t> zones_in_dns(std::span<const std::uint32_t> zones,
                                        std::span<const std::vector<std::uint32_t>> healthy) {
  std::vector<std::uint32_t> in_dns;
  for (const std::uint32_t zone : zones) {
    const bool any = std::any_of(healthy.begin(), healthy.end(), [&](const auto& group) {
      return std::binary_search(group.begin(), group.end(), zone);
    });
    if (any) {
      in_dns.push_back(zone);
    }
  }
  if (in_dns.empty()) {  // R3.1.3: all fail, and all addresses are returned
    in_dns.assign(zones.begin(), zones.end());
  }
  return in_dns;
}

}  // namespace updraft::elb
