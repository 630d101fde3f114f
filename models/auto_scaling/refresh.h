// An instance refresh, decided from counts: how many instances to launch and to terminate now,
// which checkpoint has been reached (R2.13).
//
//   RefreshStep step = refresh_step({.desired = 10, .counted = 10, .ready = 10, .old = 10},
//                                   {.min_healthy = 90, .max_healthy = 100});
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace updraft::auto_scaling {

/// R2.14.1, R2.13.T1: percentages of desired capacity.
struct HealthyShare {
  std::uint32_t min_healthy = 90;
  std::uint32_t max_healthy = 100;

  /// The new instance is ready before the old one goes.
  [[nodiscard]] constexpr bool launches_first() const { return max_healthy > 100; }
};

struct RefreshCounts {
  std::uint32_t desired = 0;
  std::uint32_t counted = 0;  // pending and in service, old and new
  std::uint32_t ready = 0;    // of those: in service, healthy, and past the warm-up
  std::uint32_t old = 0;      // in service and still to be replaced
  std::uint32_t unfit = 0;    // of the old ones: not ready, so nobody misses them
};

struct RefreshStep {
  std::uint32_t launch = 0;
  std::uint32_t terminate = 0;

  friend bool operator==(const RefreshStep&, const RefreshStep&) = default;
};

/// Old instances go while as many as min_healthy says stay ready; new ones come first while no more
/// than max_healthy says stand there. At least one is replaced at a time, once all others are
/// ready.
constexpr RefreshStep refresh_step(const RefreshCounts& counts, const HealthyShare& share) {
  const std::uint64_t desired = counts.desired;
  const auto least = static_cast<std::uint32_t>((desired * share.min_healthy + 99) / 100);
  const auto most = static_cast<std::uint32_t>(desired * share.max_healthy / 100);
  RefreshStep step;
  step.terminate = counts.unfit;
  if (counts.ready > least) {
    step.terminate += std::min(counts.old - counts.unfit, counts.ready - least);
  }
  const std::uint32_t staying = counts.counted - step.terminate;
  if (share.launches_first() && most > staying) {  // as many as take the place of old ones
    const std::uint32_t coming = staying > counts.desired ? staying - counts.desired : 0;
    const std::uint32_t left = counts.old - step.terminate;
    step.launch = std::min(most - staying, left > coming ? left - coming : 0);
  }
  const bool settled = counts.ready == counts.counted && counts.counted >= counts.desired;
  if (step == RefreshStep{} && settled && counts.old > 0) {
    if (share.launches_first()) {
      step.launch = counts.counted == counts.desired ? 1 : 0;
    }
    step.terminate = step.launch == 0 ? 1 : 0;
  }
  return step;
}

/// R2.13.2: the highest checkpoint that the replaced share has reached, at or after `next`;
/// lower ones are skipped. Its place, or nothing.
constexpr std::optional<std::size_t> checkpoint_reached(std::span<const std::uint32_t> percentages,
                                                        std::size_t next, std::uint32_t replaced,
                                                        std::uint32_t total) {
  std::optional<std::size_t> reached;
  for (std::size_t i = next; i < percentages.size(); ++i) {
    if (std::uint64_t{replaced} * 100 >= std::uint64_t{percentages[i]} * total) {
      reached = i;
    }
  }
  return reached;
}

/// R2.14.2: how many instances whose lifetime is over may be under replacement at a time.
constexpr std::uint32_t lifetimes_at_a_time(std::uint32_t desired) {
  return std::max(1u, desired / 10);
}

}  // namespace updraft::auto_scaling
