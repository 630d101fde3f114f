#include "models/auto_scaling/capacity.h"

#include "sim/core/check.h"

namespace updraft::auto_scaling {

std::string_view text(NoChangeReason reason) {
  switch (reason) {
    case NoChangeReason::kNoData:
      return "there are no data";
    case NoChangeReason::kAtTarget:
      return "the capacity fits the target";
    case NoChangeReason::kWouldOscillate:
      return "one instance less would put the metric over the target";
    case NoChangeReason::kScaleInDisabled:
      return "scale-in is disabled";
    case NoChangeReason::kAlreadyDesired:
      return "the desired capacity is already there";
    case NoChangeReason::kWarmingUp:
      return "a warming instance blocks scale-in";
    case NoChangeReason::kAtMaximum:
      return "the group is at its maximum size";
    case NoChangeReason::kAtMinimum:
      return "the group is at its minimum size";
    case NoChangeReason::kAnotherPolicy:
      return "another policy does not agree to scale in";
    case NoChangeReason::kSmaller:
      return "another policy asks for a larger capacity";
    case NoChangeReason::kNoStep:
      return "the metric lies in no step of the policy";
    case NoChangeReason::kNoAdjustment:
      return "the adjustment changes nothing";
    case NoChangeReason::kActivity:
      return "an activity is in progress";
    case NoChangeReason::kCooldown:
      return "the cooldown is not over";
    case NoChangeReason::kSuspended:
      return "AlarmNotification is suspended";
    case NoChangeReason::kZonalShift:
      return "a zonal shift keeps capacity from falling";
    case NoChangeReason::kForecast:
      return "predictive scaling wants as many for this hour";
  }
  return {};
}

std::string_view rule_id(NoChangeReason reason) {
  switch (reason) {
    case NoChangeReason::kNoData:
      return "R2.6.6";
    case NoChangeReason::kAtTarget:
    case NoChangeReason::kWouldOscillate:
      return "R2.6.4";
    case NoChangeReason::kScaleInDisabled:
      return "R2.6.11";
    case NoChangeReason::kAlreadyDesired:
      return "R2.4.7";
    case NoChangeReason::kWarmingUp:
      return "R2.4.5";
    case NoChangeReason::kAtMaximum:
    case NoChangeReason::kAtMinimum:
      return "R2.1.2";
    case NoChangeReason::kAnotherPolicy:
    case NoChangeReason::kSmaller:
      return "R2.6.12";
    case NoChangeReason::kNoStep:
      return "R2.5.2";
    case NoChangeReason::kNoAdjustment:
      return "R2.5.1";
    case NoChangeReason::kActivity:
    case NoChangeReason::kCooldown:
      return "R2.4.1";
    case NoChangeReason::kSuspended:
      return "R2.16.1";
    case NoChangeReason::kZonalShift:
      return "R2.10.4";
    case NoChangeReason::kForecast:
      return "R2.8.2";
  }
  return {};
}

ScalingDecision admit(const GroupCapacity& group, Bounds bounds, std::uint32_t wanted,
                      Direction direction) {
  const std::uint32_t capacity = clamp(wanted, bounds);  // R2.1.2
  if (capacity == group.desired) {
    if (wanted > capacity) {
      return NoChange{NoChangeReason::kAtMaximum};
    }
    if (wanted < capacity) {
      return NoChange{NoChangeReason::kAtMinimum};
    }
    return NoChange{NoChangeReason::kAlreadyDesired};
  }
  if ((capacity < group.desired) == (direction == Direction::kOut)) {  // R2.4.7
    return NoChange{NoChangeReason::kAlreadyDesired};
  }
  if (direction == Direction::kIn && group.is_warming()) {  // R2.4.5
    return NoChange{NoChangeReason::kWarmingUp};
  }
  return ScaleTo{capacity};
}

namespace {

bool is_held(const Proposal& proposal, const Proposal* holder) {
  return holder != nullptr && proposal.kind == Proposal::Kind::kTargetTracking &&
         proposal.direction == Direction::kIn;
}

}  // namespace

CombinedDecision combine(const GroupCapacity& group, Bounds bounds,
                         std::span<const Proposal> proposals) {
  SIM_CHECK(!proposals.empty());
  // R2.6.12: a target policy that does not move wants the group as it is, and keeps the others of
  // its kind from scaling in. A step scale-in is not held by it.
  const Proposal* holder = nullptr;
  for (const Proposal& proposal : proposals) {
    if (proposal.kind == Proposal::Kind::kTargetTracking && proposal.scale_in_enabled &&
        !std::holds_alternative<ScaleTo>(proposal.decision) && holder == nullptr) {
      holder = &proposal;
    }
  }
  // The largest wish wins, the first one among equals.
  const Proposal* largest = nullptr;
  std::uint32_t wanted = 0;
  bool held = false;
  for (const Proposal& proposal : proposals) {
    const auto* to = std::get_if<ScaleTo>(&proposal.decision);
    if (to == nullptr) {
      continue;
    }
    if (is_held(proposal, holder)) {
      held = true;
    } else if (largest == nullptr || to->capacity > wanted) {
      largest = &proposal;
      wanted = to->capacity;
    }
  }
  const auto index = [&](const Proposal* proposal) {
    return static_cast<std::size_t>(proposal - proposals.data());
  };
  if (largest == nullptr) {
    return held ? CombinedDecision{.decision = NoChange{NoChangeReason::kAnotherPolicy},
                                   .decided_by = index(holder),
                                   .target_scale_in_held = true}
                : CombinedDecision{.decision = proposals[0].decision};
  }
  GroupCapacity seen = group;
  if (!largest->waits_for_warmup) {
    seen.warming = 0;
    seen.pending = 0;
  }
  return {.decision = admit(seen, bounds, wanted, largest->direction),
          .decided_by = index(largest),
          .target_scale_in_held = held};
}

}  // namespace updraft::auto_scaling
