// Which instance leaves on scale-in (R2.9). Unhealthy instances are replaced before and do not come
// here (R2.3.6); In a mixed group the caller leaves the
// purchase option that is to leave.
//
//   auto id = choose_to_terminate(candidates, policies,
//                                 {.current_template = 1, .now = now, .uniform = draw});
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sim/core/time.h"

namespace updraft::auto_scaling {

/// R2.9.4, those that a launch-template group may have.
enum class TerminationPolicy : std::uint8_t {
  kDefault,
  kOldestInstance,
  kNewestInstance,
  kOldestLaunchTemplate,
  kClosestToNextInstanceHour,
};

/// "ClosestToNextInstanceHour".
std::string_view spelling(TerminationPolicy policy);

struct Candidate {
  std::uint64_t id = 0;
  std::uint32_t zone = 0;
  std::uint32_t launch_template = 0;   // which template
  std::uint32_t template_version = 0;  // of it
  sim::Time launched_at{};
  bool is_protected = false;  // R2.9.5
  std::uint32_t misfit = 0;   // R2.9.3: how little its type fits the allocation strategy
};

struct TerminationContext {
  std::uint32_t current_template = 0;
  sim::Time now{};
  double uniform = 0.5;  // in (0, 1): a keyed draw, for the last, random step
};

/// Time until the next full hour since launch; a whole hour at the hour itself.
sim::Duration to_next_instance_hour(const Candidate& candidate, sim::Time now);

/// R2.9.1, R2.9.2, R2.9.4: zone balance first, then the policies in order, each among what the one
/// before left equal, then at random. Nothing when all are protected: desired still drops (R2.9.5).
/// Candidates are the group's in-service instances, by rising id.
std::optional<std::uint64_t> choose_to_terminate(std::span<const Candidate> candidates,
                                                 std::span<const TerminationPolicy> policies,
                                                 const TerminationContext& context);

}  // namespace updraft::auto_scaling
