// What faults need of the components they hit. Every one can be taken back.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/engine/context.h"

namespace updraft::roles {

/// Something that stands in zones and loses what it has there.
class ZoneBound {
 public:
  virtual ~ZoneBound() = default;
  virtual void lose_zone(sim::Context& ctx, sim::ZoneId zone) = 0;
  virtual void restore_zone(sim::Context& ctx, sim::ZoneId zone) = 0;
};

/// A set of instances of which some can be hit: the longest running first, of one zone or of all.
class InstanceSet {
 public:
  virtual ~InstanceSet() = default;
  /// Ends `count` running instances at once, as if their hosts had failed. Returns how many were
  /// hit.
  virtual std::uint32_t crash_instances(sim::Context& ctx, std::uint32_t count,
                                        std::optional<sim::ZoneId> zone) = 0;
  /// Slows `count` running instances to `factor` of their speed. `fault` names the fault for
  /// restore_instances().
  virtual std::uint32_t slow_instances(sim::Context& ctx, std::uint64_t fault, std::uint32_t count,
                                       std::optional<sim::ZoneId> zone, double factor) = 0;
  virtual void restore_instances(sim::Context& ctx, std::uint64_t fault) = 0;
};

}  // namespace updraft::roles
