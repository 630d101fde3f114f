// The states of an instance, what moves it between them, and which of them are billed (Table
// R1.1.T1).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "models/roles/launchable.h"
#include "sim/core/time.h"

namespace updraft::ec2 {

using roles::InstanceState;

/// What happens to an instance. The last three are the ends of transitional states.
enum class InstanceChange : std::uint8_t {
  kStop,
  kStart,
  kTerminate,
  kReboot,
  kPendingOver,
  kStoppingOver,
  kShuttingDownOver,
};

/// As AWS spells it: "shutting-down".
std::string_view spelling(InstanceState state);

/// R1.1.1: the state after the change; nothing when the change is not possible in this state.
[[nodiscard]] std::optional<InstanceState> after(InstanceState state, InstanceChange change);

/// Table R1.1.T1: whether compute is billed. A hibernating instance is billed while it is stopping.
[[nodiscard]] bool billed(InstanceState state, bool hibernating = false);

/// What a launched instance goes through before it works at full speed. AWS publishes none of these
/// (section 1.1, MODEL durations); they are drawn for each launch from the template's laws.
struct LaunchDurations {
  sim::Duration pending{};          // launch to running
  sim::Duration boot{};             // running to the first request it can take
  sim::Duration warm_up{};          // the slow first period after boot
  double warm_up_speed_factor = 1;  // speed in it, of the full speed
};

struct LaunchTimeline {
  sim::Time running{};     // billed from here on
  sim::Time ready{};       // connections are refused before
  sim::Time full_speed{};  // equal to ready without a slow first period
};

[[nodiscard]] constexpr LaunchTimeline timeline(sim::Time launched, const LaunchDurations& lasts) {
  const sim::Time running = launched + lasts.pending;
  const sim::Time ready = running + lasts.boot;
  return {running, ready, ready + lasts.warm_up};
}

/// Factor on the instance's speed at that time: of the slow first period, times that of a
/// slow_instance fault.
[[nodiscard]] constexpr double speed_factor(const LaunchTimeline& timeline,
                                            const LaunchDurations& lasts, sim::Time now,
                                            double fault_factor = 1.0) {
  return (now < timeline.full_speed ? lasts.warm_up_speed_factor : 1.0) * fault_factor;
}

}  // namespace updraft::ec2
