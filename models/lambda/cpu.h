// What a function's memory buys (R5.6.1), and what an invocation costs (R5.6.2).
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/core/time.h"

namespace updraft::lambda {

inline constexpr double kMemoryOfOneVcpu = 1769;  // MB
inline constexpr double kMostVcpus = 6;

/// R5.6.1: in proportion to the memory (MB).
inline double vcpus_of(std::uint32_t memory) {
  return std::min(static_cast<double>(memory) / kMemoryOfOneVcpu, kMostVcpus);
}

/// Work per time of code that keeps so many vCPUs busy; 1 is one whole vCPU.
inline double speed_of(std::uint32_t memory, double threads) {
  return std::min(vcpus_of(memory), threads);
}

/// The time that work takes at a speed, rounded up.
inline sim::Duration time_at(sim::Duration work, double speed) {
  const double ns = static_cast<double>(sim::to_ns(work)) / speed;
  const auto whole = static_cast<std::int64_t>(ns);
  return sim::Duration{whole + (static_cast<double>(whole) < ns ? 1 : 0)};
}

/// R5.6.2: milliseconds, rounded up.
inline std::int64_t billed_ms(sim::Duration duration) {
  constexpr std::int64_t kNsOfMs = 1'000'000;
  return (sim::to_ns(duration) + kNsOfMs - 1) / kNsOfMs;
}

}  // namespace updraft::lambda
