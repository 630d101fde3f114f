// The policies' part of the registration: defaults that follow the group, and what one field alone
// cannot say.
#pragma once

#include "models/auto_scaling/auto_scaling.pb.h"
#include "sim/build/registry.h"

namespace updraft::auto_scaling {

void register_policies(sim::ModelRegistry& registry);
void check_policies(const AutoScalingGroupParams& group, sim::Checker& check);
void check_schedule(const AutoScalingGroupParams& group, sim::Checker& check);

}  // namespace updraft::auto_scaling
