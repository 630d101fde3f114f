// What one field of a listener alone cannot say: R3.3.6's and R3.3.7's limits.
#pragma once

#include <string>

#include "models/elb/elb.pb.h"
#include "sim/scenario/type_registry.h"

namespace updraft::elb {

/// Errors of a listener at `place` ("listeners[0]").
void check_listener(const Listener& listener, const std::string& place, sim::Checker& check);

}  // namespace updraft::elb
