// From a plan's traffic to a source: files read, laws made.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "sim/scenario/scenario.pb.h"
#include "sim/traffic/source.h"

namespace updraft::sim {

/// A traffic file cannot be read or is not what it should be; holds every finding, one on a line.
class TrafficFileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The source's component, with path "traffic/<name>". Throws TrafficFileError.
TrafficSource& make_source(Simulation& simulation, const Traffic& traffic, const Plan& plan);

}  // namespace updraft::sim
