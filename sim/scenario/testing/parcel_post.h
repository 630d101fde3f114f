// The registry of the loader's own tests: desks, vans, depots, a ledger that is always there, two
// faults.
#pragma once

#include "sim/scenario/type_registry.h"

namespace updraft::sim::testing {

/// With `regions` the region us-east-1 has the zones a to f and eu-central-1 a to c; else any goes.
TypeRegistry parcel_post_registry(bool regions = true);

}  // namespace updraft::sim::testing
