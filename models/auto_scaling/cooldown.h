// The cooldown of simple scaling (R2.4.1): a simple policy waits until nothing is being launched,
// terminated or replaced, and then until the cooldown of the last simple activity is over.
//
//   std::optional<Cooldown> cooldown = Cooldown{.length = 300s};        // begun, still launching
//   waits(cooldown, /*activity_in_progress=*/true, now)                 // kActivity
//   cooldown->from = kStart + 90s;                                      // the last one is in
//   service waits(cooldown, /*activity_in_progress=*/false, kStart + 389s)      // kCooldown
#pragma once

#include <cstdint>
#include <optional>

#include "sim/core/time.h"

namespace updraft::auto_scaling {

/// Of the last activity that simple scaling, or an operator who honours it, began. It counts from
/// when the last instance is in service (after its hooks) or drained (before its hooks).
struct Cooldown {
  sim::Duration length{};
  std::optional<sim::Time> from{};  // none: its activity goes on
};

enum class Wait : std::uint8_t { kNone, kActivity, kCooldown };

/// R2.4.1.
constexpr Wait waits(const std::optional<Cooldown>& cooldown, bool activity_in_progress,
                     sim::Time now) {
  if (activity_in_progress) {
    return Wait::kActivity;
  }
  if (cooldown && cooldown->from && now - *cooldown->from < cooldown->length) {
    return Wait::kCooldown;
  }
  return Wait::kNone;
}

}  // namespace updraft::auto_scaling
