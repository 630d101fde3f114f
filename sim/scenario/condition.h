// Conditions on which operations and faults take place, one line each:
//
//   fleet.CPUUtilization > 80 for 5m        web-alb.TargetResponseTime >= 0.5
//
// The resource, a dot, its metric; without `for` one datapoint is enough.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

/// What is wrong with a condition, and which bytes of it.
struct ConditionFault {
  std::size_t offset = 0;
  std::size_t length = 1;
  std::string message;
};

/// Grammar only: whether the resource and its metric exist is the loader's to say.
std::variant<Condition, ConditionFault> parse_condition(std::string_view text);

}  // namespace updraft::sim
