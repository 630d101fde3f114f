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
      return "R2.6.12";
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

CombinedDecision combine(const GroupCapacity& group, Bounds bounds,
                         std::span<const Proposal> proposals) {
  SIM_CHECK(!proposals.empty());
  // The largest wish wins, the first one among equals. A target policy that does not move wants the
  // group as it is.
  const Proposal* largest = nullptr;
  std::uint32_t wanted = 0;
  const Proposal* holder = nullptr;
  for (const Proposal& proposal : proposals) {
    if (const auto* to = std::get_if<ScaleTo>(&proposal.decision)) {
      if (largest == nullptr || to->capacity > wanted) {
        largest = &proposal;
        wanted = to->capacity;
      }
    } else if (proposal.kind == Proposal::Kind::kTargetTracking && proposal.scale_in_enabled &&
               holder == nullptr) {
      holder = &proposal;
    }
  }
  const auto index = [&](const Proposal* proposal) {
    return static_cast<std::size_t>(proposal - proposals.data());
  };
  if (largest == nullptr) {
    return {.decision = proposals[0].decision, .decided_by = 0};
  }
  // R2.6.12: a step scale-in is not blocked by a target policy, a target policy's is.
  if (largest->direction == Direction::kIn && holder != nullptr &&
      largest->kind == Proposal::Kind::kTargetTracking) {
    return {.decision = NoChange{NoChangeReason::kAnotherPolicy}, .decided_by = index(holder)};
  }
  return {.decision = admit(group, bounds, wanted, largest->direction),
          .decided_by = index(largest)};
}

}  // namespace updraft::auto_scaling
