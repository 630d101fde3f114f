// What a group answers to an operator, before it acts: accepted, or rejected and why.
#pragma once

#include <string>

#include "models/auto_scaling/auto_scaling.pb.h"
#include "models/auto_scaling/capacity.h"

namespace updraft::auto_scaling {

struct Ruling {
  Bounds bounds;         // afterwards; as before where it is rejected
  std::string what;      // "set desired capacity to 8"
  std::string rejected;  // "outside of 2 to 20"; empty: accepted
};

/// R2.1.5: a desired capacity outside the bounds is rejected, not clamped; so are bounds that
/// cross.
Ruling rule_on(const AutoScalingGroupOperations& operation, Bounds now);

}  // namespace updraft::auto_scaling
