// Small names for what lives in a simulation. All are plain numbers: they go into events, they are
// compared and hashed by value, and a stale one is recognised by its generation.
#pragma once

#include <compare>
#include <cstdint>

namespace updraft::sim {

/// A component's place in its Simulation, in order of creation (which follows the sorted names).
struct ComponentId {
  std::uint32_t index = 0xffffffff;
  [[nodiscard]] constexpr bool exists() const { return index != 0xffffffff; }
  friend constexpr auto operator<=>(ComponentId, ComponentId) = default;
};

/// A request in the pool. 32 bits of generation: a smaller one wraps within one long timer in a hot
/// pool.
struct RequestHandle {
  std::uint32_t index = 0xffffffff;
  std::uint32_t generation = 0;
  [[nodiscard]] constexpr bool exists() const { return index != 0xffffffff; }
  friend constexpr auto operator<=>(RequestHandle, RequestHandle) = default;
};

/// One call of a request to a component: who asked, who was asked, until the answer has been taken.
struct FrameHandle {
  std::uint32_t index = 0xffffffff;
  std::uint32_t generation = 0;
  [[nodiscard]] constexpr bool exists() const { return index != 0xffffffff; }
  friend constexpr auto operator<=>(FrameHandle, FrameHandle) = default;
};

/// An availability zone: index into the simulation's sorted list of zone names.
struct ZoneId {
  std::uint32_t index = 0xffffffff;
  [[nodiscard]] constexpr bool exists() const { return index != 0xffffffff; }
  friend constexpr auto operator<=>(ZoneId, ZoneId) = default;
};

}  // namespace updraft::sim
