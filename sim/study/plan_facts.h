// Facts about a Plan that every run needs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/time.h"
#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

/// The version of this library: "0.1.0".
std::string_view version();

/// Every availability zone that some parameter names, sorted, once each.
std::vector<std::string> zone_names(const Plan& plan);

/// Unix nanoseconds as UTC: "1998-06-15T00:00:00", with a fraction only where there is one.
std::string utc_text(std::int64_t unix_ns);

/// Hash of what decides a run's results: the plan without text and places, the content of the files
/// that it names, seed, replication, length and version, and what tzdata says of the time zones
/// that it names between the start and the end (fields called time_zone).
std::string run_id(const Plan& plan, std::uint64_t seed, std::uint32_t replication,
                   Duration duration);

}  // namespace updraft::sim
