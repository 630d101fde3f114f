// From a plan's traffic to a source: files read, laws made.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/scenario.pb.h"
#include "sim/traffic/source.h"

namespace updraft::sim {

/// The source's component, with path "traffic/<name>". The loader has checked the files;
/// throws FileError when one has changed since.
TrafficSource& make_source(Simulation& simulation, const Traffic& traffic, const Plan& plan);

}  // namespace updraft::sim
