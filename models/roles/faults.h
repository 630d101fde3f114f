// What faults need of the components they hit. Every one can be taken back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "sim/core/check.h"
#include "sim/engine/context.h"

namespace updraft::roles {

/// Something that stands in zones and loses what it has there. Several faults may hold the same
/// zone down: it is lost with the first of them and back when the last one ends.
class ZoneBound {
 public:
  virtual ~ZoneBound() = default;
  /// `caused_by` is the fault's record.
  void begin_loss(sim::Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) {
    if (losses_[zone.index]++ == 0) {
      lose_zone(ctx, zone, caused_by);
    }
  }
  void end_loss(sim::Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) {
    std::uint32_t& losses = losses_[zone.index];
    SIM_CHECK(losses > 0, "zone {} is given back and was not lost", zone.index);
    if (--losses == 0) {
      restore_zone(ctx, zone, caused_by);
    }
  }

 private:
  virtual void lose_zone(sim::Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) = 0;
  virtual void restore_zone(sim::Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) = 0;

  std::map<std::uint32_t, std::uint32_t> losses_;  // in force, by zone
};

/// Which instances a fault hits, and which record of the fault is the cause of what follows.
struct Hit {
  std::uint32_t count = 1;
  std::optional<sim::ZoneId> zone{};  // none: of all zones
  sim::DecisionId caused_by = sim::DecisionId::kNone;
};

/// What a fault does to an instance while it lasts.
struct Impairment {
  enum class Kind : std::uint8_t {
    kSlow,           // works at speed_factor of its speed
    kHang,           // takes connections and answers nothing
    kInstanceCheck,  // that status check fails (R1.2.1)
    kSystemCheck,    // likewise
    kHealthCheck     // answers health checks with an error, and goes on serving
  };
  Kind kind = Kind::kSlow;
  double speed_factor = 1.0;
};

/// A lack of capacity for launches: of one type or of all, in one zone or in all.
struct Shortage {
  std::string instance_type;          // empty: every type
  std::optional<sim::ZoneId> zone{};  // none: all zones
  sim::DecisionId caused_by = sim::DecisionId::kNone;
};

/// Something that launches what may be short.
class CapacityBound {
 public:
  virtual ~CapacityBound() = default;
  virtual void begin_shortage(sim::Context& ctx, std::uint64_t fault, const Shortage& shortage) = 0;
  virtual void end_shortage(sim::Context& ctx, std::uint64_t fault) = 0;
};

/// A set of instances of which some can be hit: the longest running first, of one zone or of all.
class InstanceSet {
 public:
  virtual ~InstanceSet() = default;
  /// Ends running instances at once, as if their hosts had failed. Returns how many were hit.
  virtual std::uint32_t crash_instances(sim::Context& ctx, const Hit& hit) = 0;
  /// Impairs running instances until restore_instances() of the same fault. Returns how many were
  /// hit.
  virtual std::uint32_t impair_instances(sim::Context& ctx, std::uint64_t fault, const Hit& hit,
                                         const Impairment& impairment) = 0;
  virtual void restore_instances(sim::Context& ctx, std::uint64_t fault) = 0;
};

}  // namespace updraft::roles
