#include "models/auto_scaling/interventions.h"

#include <fmt/format.h>

namespace updraft::auto_scaling {

Ruling rule_on(const AutoScalingGroupOperations& operation, Bounds now) {  // R2.1.5
  Ruling ruling{.bounds = now, .what = {}, .rejected = {}};
  if (operation.has_set_desired_capacity()) {
    const std::uint32_t desired = operation.set_desired_capacity().desired_capacity();
    ruling.what = fmt::format("set desired capacity to {}", desired);
    if (clamp(desired, now) != desired) {
      ruling.rejected = fmt::format("outside of {} to {}", now.min, now.max);
    }
  } else if (operation.has_set_min_size()) {
    ruling.what = fmt::format("set min size to {}", operation.set_min_size());
    if (operation.set_min_size() > now.max) {
      ruling.rejected = fmt::format("above the max size, {}", now.max);
    } else {
      ruling.bounds.min = operation.set_min_size();
    }
  } else if (operation.has_set_max_size()) {
    ruling.what = fmt::format("set max size to {}", operation.set_max_size());
    if (operation.set_max_size() < now.min) {
      ruling.rejected = fmt::format("below the min size, {}", now.min);
    } else {
      ruling.bounds.max = operation.set_max_size();
    }
  }
  return ruling;
}

}  // namespace updraft::auto_scaling
