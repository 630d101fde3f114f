// How long a message takes between zones.
#pragma once

#include <cstdint>

#include "sim/engine/context.h"

namespace updraft::roles {

class Network {
 public:
  virtual ~Network() = default;
  /// One way, within a zone or between two of one Region: always, or on average where it varies.
  [[nodiscard]] virtual sim::Duration one_way(sim::ZoneId from, sim::ZoneId to) const = 0;
  /// Whether messages differ now: then each is asked for by its keys.
  [[nodiscard]] virtual bool varies() const = 0;
  /// One way of one message: the ordinal of its request, and a number that tells the request's
  /// messages apart.
  [[nodiscard]] virtual sim::Duration one_way(sim::ZoneId from, sim::ZoneId to,
                                              std::uint64_t ordinal, std::uint32_t sub) const = 0;
};

}  // namespace updraft::roles
