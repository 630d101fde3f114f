// Small scenarios drawn by a number: fleets, algorithms, health settings, faults, operations and
// traffic of every kind, many of them overloaded or broken on purpose.
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/time.h"

namespace updraft::testing {

inline constexpr sim::Duration kTrafficEnds = std::chrono::seconds{420};
inline constexpr sim::Duration kRunEnds = std::chrono::seconds{600};  // all is answered by then

/// A zone that a fault takes away.
struct LostZone {
  char zone = 0;  // 0: none
  sim::Duration from{};
  sim::Duration until{};
};

struct Generated {
  std::string yaml;
  std::uint32_t min_size = 0;
  std::uint32_t max_size = 0;
  LostZone lost;
};

/// The n-th scenario; the same one everywhere.
Generated generate(std::uint64_t number);

}  // namespace updraft::testing
