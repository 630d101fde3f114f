// How long a packet takes between zones.
#pragma once

#include "sim/engine/context.h"

namespace updraft::roles {

class Network {
 public:
  virtual ~Network() = default;
  /// One way, within a zone or between two of one Region.
  [[nodiscard]] virtual sim::Duration one_way(sim::ZoneId from, sim::ZoneId to) const = 0;
};

}  // namespace updraft::roles
