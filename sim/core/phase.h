// The order of events inside one instant. Few, named, each with its reason.
#pragma once

#include <cstdint>

namespace updraft::sim {

enum class Phase : std::uint8_t {
  kOperations =
      0,  // operators and faults first: what they change holds for everything else of the instant
  kCompletions = 1,  // work that ends frees its place before the next request asks for one
  kArrivals = 2,     // requests, messages, invocations
  kControllers = 3,  // periodic controllers see the instant's traffic
  kRollUp = 4,       // a period closes after everything that belongs to it
  kAlarms = 5,       // alarms see the closed period
  kRecorders = 6,    // recorders see what the alarms decided
};

}  // namespace updraft::sim
