// Where targets register to get requests: a target group of a load balancer.
#pragma once

#include <cstdint>
#include <string>

#include "sim/engine/context.h"

namespace updraft::roles {

enum class TargetHealth : std::uint8_t {
  kNotRegistered,
  kInitial,
  kHealthy,
  kUnhealthy,
  kDraining
};

/// Hears when a deregistered target has nothing in flight any more, or its deregistration delay is
/// over.
class DeregistrationObserver {
 public:
  virtual ~DeregistrationObserver() = default;
  virtual void target_drained(sim::Context& ctx, sim::ComponentId target) = 0;
};

struct TargetSpec {
  sim::ComponentId component;
  sim::ZoneId zone;
  std::string name;
  bool standing = false;  // part of the scenario's initial state: it has passed its checks already
};

class TargetRegistry {
 public:
  virtual ~TargetRegistry() = default;
  virtual void register_target(sim::Context& ctx, const TargetSpec& target) = 0;
  /// `caused_by` is the decision that takes it out.
  virtual void deregister_target(sim::Context& ctx, sim::ComponentId target,
                                 DeregistrationObserver* observer, sim::DecisionId caused_by) = 0;
  [[nodiscard]] virtual TargetHealth target_health(sim::ComponentId target) const = 0;
  /// Why, in ELB's own reason codes: "Target.Timeout".
  [[nodiscard]] virtual std::string health_reason(sim::ComponentId target) const = 0;
  /// CPU work of the requests so far that found no target, in seconds at speed 1: demand that no
  /// instance has seen.
  [[nodiscard]] virtual double work_turned_away_s() const = 0;
  /// The decision that made its health what it is; none for one that has not changed since it came.
  [[nodiscard]] virtual sim::DecisionId health_decision(sim::ComponentId target) const = 0;
};

}  // namespace updraft::roles
