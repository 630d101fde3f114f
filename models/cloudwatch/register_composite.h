// The check of composite alarms.
#pragma once

#include "sim/scenario/type_registry.h"

namespace updraft::cloudwatch {

void check_composite(const google::protobuf::Message& message, sim::Checker& checker);

}  // namespace updraft::cloudwatch
