// What sets an operation or a fault off, as the Plan holds it.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

/// Where something stands among the others: by time; what has none comes last.
inline std::int64_t order_of(const Timing& timing) {
  return timing.has_at() ? timing.at().ns() : std::numeric_limits<std::int64_t>::max();
}
template <class PlanMessage>
std::int64_t order_of_plan(const PlanMessage& plan) {
  return plan.has_at_ns() ? plan.at_ns() : std::numeric_limits<std::int64_t>::max();
}

/// Into an OperationPlan or a FaultPlan: one of time, rate and condition.
template <class PlanMessage>
void set_trigger(const Timing& timing, const std::optional<Condition>& condition,
                 PlanMessage& plan) {
  if (condition) {
    *plan.mutable_condition() = *condition;
  } else if (timing.has_rate()) {
    plan.set_rate_per_s(timing.rate());
  } else {
    plan.set_at_ns(timing.at().ns());
  }
}

}  // namespace updraft::sim
