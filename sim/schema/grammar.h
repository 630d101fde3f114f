// How quantities are written in a scenario and in the schema itself (default_value, min, max): the
// names of units, the patterns that the JSON Schema gives to editors, and a reader for plain
// quantities. The loader reads values into messages; here a quantity is only compared with its
// bounds.
//
//   magnitude("1h30m") == 5.4e12 ns   magnitude("10kB") == 1e4 bytes   magnitude("2.5") == 2.5
//   magnitude("[a]") == nothing
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace updraft::sim {

struct UnitName {
  std::string_view name;
  double factor;  // in ns for times, in bytes for sizes
};

/// ns, us, ms, s, m (minutes), h, d; longest first, so that "ms" is not read as "m".
const std::vector<UnitName>& time_units();
/// B, kB, MB, GB, TB (powers of 1000) and KiB, MiB, GiB, TiB (powers of 1024).
const std::vector<UnitName>& byte_units();

enum class Dimension { kNone, kTime, kBytes };

struct Magnitude {
  double value = 0;  // plain, in nanoseconds or in bytes
  Dimension dimension = Dimension::kNone;
};

/// A number, a duration (parts from the longest unit to the shortest, "1h30m") or a size. Nothing
/// for other text.
std::optional<Magnitude> magnitude(std::string_view text);

/// What a value with this unit of the schema is: "s" is a time, "bytes" a size, all others plain
/// numbers.
Dimension dimension_of_unit(std::string_view unit);

/// Regular expressions (ECMA 262, anchored) of the same grammar.
std::string duration_pattern();
std::string bytes_pattern();
/// A rate with its period: "50/s", "3000/m".
std::string rate_pattern();

}  // namespace updraft::sim
