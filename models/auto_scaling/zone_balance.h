// Which zone the next instance is launched in, and which one gives one up (R2.10.1, R2.9.1).
//
// Zone balance comes before every termination policy, OldestInstance included (ASG-23).
//
//   std::vector<ZoneCount> zones = {{.zone = 0, .instances = 2, .unprotected = 2}, ...};
//   auto zone = zone_to_launch(zones, uniform);       // uniform in (0, 1), a keyed draw for ties
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace updraft::auto_scaling {

struct ZoneCount {
  std::uint32_t zone = 0;         // index of the region's zone
  std::uint32_t instances = 0;    // pending and in service
  std::uint32_t unprotected = 0;  // in service without scale-in protection
  bool available = true;          // false: launches in it fail
};

/// The n-th of `count` by a uniform number in (0, 1).
inline std::size_t pick(double uniform, std::size_t count) {
  const auto at = static_cast<std::size_t>(uniform * static_cast<double>(count));
  return std::min(at, count - 1);
}

/// R2.10.1: the available zone with the fewest instances; among equals the draw decides. Nothing
/// when no zone is available.
inline std::optional<std::uint32_t> zone_to_launch(std::span<const ZoneCount> zones,
                                                   double uniform) {
  std::vector<std::uint32_t> fewest;
  std::uint32_t count = 0;
  for (const ZoneCount& zone : zones) {
    if (!zone.available) {
      continue;
    }
    if (fewest.empty() || zone.instances < count) {
      fewest.clear();
      count = zone.instances;
    }
    if (zone.instances == count) {
      fewest.push_back(zone.zone);
    }
  }
  if (fewest.empty()) {
    return std::nullopt;
  }
  return fewest[pick(uniform, fewest.size())];
}

/// R2.9.1: the zones with the most instances, of those that have one to give: an unprotected one.
/// Several when they are balanced, and then the policy chooses across all of them. Empty when every
/// instance is protected (R2.9.5).
inline std::vector<std::uint32_t> zones_to_terminate_in(std::span<const ZoneCount> zones) {
  std::vector<std::uint32_t> most;
  std::uint32_t count = 0;
  for (const ZoneCount& zone : zones) {
    if (zone.unprotected == 0) {
      continue;
    }
    if (most.empty() || zone.instances > count) {
      most.clear();
      count = zone.instances;
    }
    if (zone.instances == count) {
      most.push_back(zone.zone);
    }
  }
  return most;
}

}  // namespace updraft::auto_scaling
