// A moment of a run as a person names it.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/core/result.h"
#include "sim/core/time.h"

namespace updraft::sim {

/// "3d2h" since the start, or "1998-06-18T02:00:00Z" (the Z and the seconds may be left out), where
/// the run starts at `start_unix_ns`. The error says what is allowed.
Result<Time> parse_when(std::string_view text, std::int64_t start_unix_ns);

}  // namespace updraft::sim
