// How quantities are written in the schema itself (default_value, min, max) and in JSON Schema:
// what the reader of sim/schema/quantity.h means in the grain of its kind, and patterns for
// editors. A pattern accepts what the reader accepts, but for quantities that are too fine or too
// large.
//
//   magnitude("1h30m", "s") == 5.4e12
//   magnitude("10kB", "bytes") == 1e4
//   magnitude("[a]", "1") == std::nullopt
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/schema/quantity.h"

namespace updraft::sim {

/// The quantity in the grain of its kind: ns, 1/s, bytes, bytes/s, bits/s, percent, share, or the
/// plain number. A plain number is read for every kind but times, so that `min: "0"` may stand for
/// a rate. Nothing for instants and other text.
std::optional<double> magnitude(std::string_view text, std::string_view unit);

/// A regular expression (ECMA 262, anchored) of a quantity written as text; empty where only a
/// number is written.
std::string quantity_pattern(std::string_view unit);

}  // namespace updraft::sim
