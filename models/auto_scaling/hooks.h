// Lifecycle hooks: for how long one holds an instance back (R2.11.1).
#pragma once

#include <algorithm>
#include <optional>

#include "sim/core/time.h"

namespace updraft::auto_scaling {

struct HookTimes {
  sim::Duration heartbeat_timeout{};
  std::optional<sim::Duration> completes_after{};  // none: nobody completes the action
  std::optional<sim::Duration> heartbeat_every{};  // none: nobody records heartbeats
};

struct HookEnd {
  sim::Duration after{};   // from the beginning of the wait
  bool completed = false;  // else its time was over, and the default result holds

  friend bool operator==(const HookEnd&, const HookEnd&) = default;
};

inline constexpr sim::Duration kLongestWait = std::chrono::hours{48};
inline constexpr int kMostHeartbeats = 100;

/// How long a hook may wait with heartbeats: 48 hours or a hundred time-outs, whichever is shorter.
constexpr sim::Duration global_timeout(sim::Duration heartbeat_timeout) {
  return std::min(kLongestWait, heartbeat_timeout * kMostHeartbeats);
}

/// A heartbeat in time starts the time-out anew; one that comes later than the time-out is none.
constexpr HookEnd hook_end(const HookTimes& times) {
  const bool extended = times.heartbeat_every && *times.heartbeat_every < times.heartbeat_timeout;
  const sim::Duration longest =
      extended ? global_timeout(times.heartbeat_timeout) : times.heartbeat_timeout;
  if (times.completes_after && *times.completes_after <= longest) {
    return {.after = *times.completes_after, .completed = true};
  }
  return {.after = longest, .completed = false};
}

}  // namespace updraft::auto_scaling
