// Capacities of a group and what may change them: bounds, instances that warm up or leave, and
// several policies at once.
//
//   GroupCapacity group{.desired = 4, .in_service = 4, .warming = 1};
//   std::vector<Proposal> proposals = ...;                 // one for each policy that was
//   triggered ScalingDecision d = combine(group, {.min = 2, .max = 20}, proposals); if (auto* to =
//   std::get_if<ScaleTo>(&d)) ...
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace updraft::auto_scaling {

struct Bounds {
  std::uint32_t min = 0;
  std::uint32_t max = 0;
};

/// R2.1.2: what a policy computed, brought into [min, max].
constexpr std::uint32_t clamp(std::uint32_t wanted, Bounds bounds) {
  return wanted < bounds.min ? bounds.min : wanted > bounds.max ? bounds.max : wanted;
}

/// Instances of the group. `in_service` includes the warming ones, not the terminating ones.
struct GroupCapacity {
  std::uint32_t desired = 0;
  std::uint32_t in_service = 0;
  std::uint32_t warming = 0;
  std::uint32_t pending = 0;      // launched, not yet in service; their warm-up is ahead
  std::uint32_t terminating = 0;  // draining or in a hook

  /// R2.4.5: while any instance warms, or is about to, no policy scales in.
  [[nodiscard]] constexpr bool is_warming() const { return warming + pending > 0; }
};

/// The capacity that a scale-out is computed from: past warm-up and running (R2.4.7). Desired
/// capacity already includes the warming ones, which is why the result is compared with it.
constexpr std::uint32_t capacity_to_scale_out_from(const GroupCapacity& group) {
  return group.in_service - group.warming;
}

/// The capacity that a scale-in is computed from: terminating instances still count (R2.4.6), so a
/// breach that goes on while they drain does not take the same ones away twice.
constexpr std::uint32_t capacity_to_scale_in_from(const GroupCapacity& group) {
  return group.in_service - group.warming + group.terminating;
}

enum class NoChangeReason : std::uint8_t {
  kNoData,           // R2.6.6
  kAtTarget,         // the computed capacity is the present one
  kWouldOscillate,   // R2.6.4: removing one instance would put the metric over the target
  kScaleInDisabled,  // R2.6.11
  kAlreadyDesired,   // R2.5.4: instances on their way suffice
  kWarmingUp,        // R2.4.5
  kAtMaximum,        // R2.1.2
  kAtMinimum,        // R2.1.2
  kAnotherPolicy,    // R2.6.12: not every policy agrees to scale in
  kSmaller,          // R2.6.12: the largest capacity wins
  kNoStep,           // R2.5.2: the metric lies in no step's interval
  kNoAdjustment,     // R2.5.1: the adjustment is none
  kActivity,         // R2.4.1: simple scaling waits for the activity to end
  kCooldown,         // R2.4.1
  kSuspended,        // R2.16.1
  kZonalShift,       // R2.10.4
  kForecast,         // R2.8.2
};

/// "a warming instance blocks scale-in"; for the decision log.
std::string_view text(NoChangeReason reason);
/// "R2.4.5".
std::string_view rule_id(NoChangeReason reason);

struct ScaleTo {
  std::uint32_t capacity = 0;
  friend bool operator==(const ScaleTo&, const ScaleTo&) = default;
};
struct NoChange {
  NoChangeReason reason = NoChangeReason::kAtTarget;
  friend bool operator==(const NoChange&, const NoChange&) = default;
};
using ScalingDecision = std::variant<ScaleTo, NoChange>;

/// Which way a policy was triggered: by AlarmHigh or AlarmLow.
enum class Direction : std::uint8_t { kOut, kIn };

/// What one policy says. A target tracking policy always has an opinion: one that is not ready to
/// scale in holds the group. A step or simple policy speaks only when it is triggered (R2.6.12).
struct Proposal {
  enum class Kind : std::uint8_t { kTargetTracking, kStepOrSimple };
  Kind kind = Kind::kTargetTracking;
  Direction direction = Direction::kOut;
  ScalingDecision decision = NoChange{};
  bool scale_in_enabled =
      true;  // target tracking: one that never scales in does not hold the others
  bool waits_for_warmup = true;  // simple scaling has a cooldown instead
};

struct CombinedDecision {
  ScalingDecision decision = NoChange{};
  std::size_t decided_by = 0;         // index of the proposal that won, or that blocked
  bool target_scale_in_held = false;  // a target policy keeps the others of its kind from it
};

/// R2.6.12, R2.4.5, R2.1.2: the largest capacity wins, out and in; target tracking scales in only
/// when every target policy with scale-in enabled wants to; no scale-in while an instance warms.
/// `proposals` is not empty.
CombinedDecision combine(const GroupCapacity& group, Bounds bounds,
                         std::span<const Proposal> proposals);

/// One policy's wish against the present state: clamped to the bounds, compared with desired. A
/// policy that scales out never lowers desired, one that scales in never raises it (R2.5.4).
ScalingDecision admit(const GroupCapacity& group, Bounds bounds, std::uint32_t wanted,
                      Direction direction);

}  // namespace updraft::auto_scaling
