// The sampler of a distribution as the plan holds it.
#pragma once

#include "sim/random/distribution.h"
#include "sim/schema/quantity.pb.h"

namespace updraft::sim {

/// The loader has checked the value, so an impossible one breaks an invariant. Absent: always 0.
Distribution make_sampler(const DistributionValue& value);

}  // namespace updraft::sim
