// From the message of a distribution to its law.
#pragma once

#include "sim/core/result.h"
#include "sim/random/distribution.h"
#include "sim/schema/quantity.pb.h"

namespace updraft::sim {

/// The law of a message that the loader made; `quantity` is for error texts. Errors say why there
/// is none: unknown, missing or impossible parameters, no values, weights that sum to 0.
Result<Distribution> build_distribution(const DistributionValue& value,
                                        Quantity quantity = Quantity::kPlain);

}  // namespace updraft::sim
