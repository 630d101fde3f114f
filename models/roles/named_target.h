// What a target group names as its target, where targets do not register themselves: an Application
// Load Balancer; a function.
#pragma once

#include <vector>

#include "sim/engine/context.h"

namespace updraft::roles {

class NamedTarget {
 public:
  virtual ~NamedTarget() = default;
  /// Where requests and health checks go.
  [[nodiscard]] virtual sim::ComponentId component() const = 0;
  /// The zones in which it has an address.
  [[nodiscard]] virtual std::vector<sim::ZoneId> zones() const = 0;
};

}  // namespace updraft::roles
