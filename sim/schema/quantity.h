// The grammar of quantities: what `90s`, `6000/min`, `64KiB`, `50%` and `1998-06-15T00:00:00Z`
// mean.
//
//   durations  90s  20ms  1.5h  1h30m     ns us ms s m h d w, from long to short, a fraction only
//   in the last rates      100/s  6000/min  1/6h      per ns us ms s min h d bytes      1kB
//   64KiB  1.5MB  0B      B, kB MB GB TB PB (powers of 1,000), KiB MiB GiB TiB PiB (of 1,024)
//   shares     50%  0.5                   percent: 50%  50
//   instants   1998-06-15T00:00:00Z       ISO 8601, UTC, up to nine decimals of a second
//
// Durations and bytes are exact: `0.1s` is 100,000,000 ns, and a quantity finer than its grain is
// an error. A bare number where a unit belongs is an error, zero too, because the reader of the
// file should not have to guess. Error texts continue a sentence "clerks is X; ...".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/core/result.h"

namespace updraft::sim {

/// What kind of quantity a schema unit is.
enum class QuantityKind : std::uint8_t {
  kNumber,    // "1" or none: a plain number
  kTime,      // ns us ms s min h d
  kRate,      // 1/s 1/min 1/h
  kBytes,     // bytes kB MB GB KiB MiB GiB
  kByteRate,  // bytes/s
  kBitRate,   // bits/s, Mbit/s, Gbit/s
  kPercent,   // percent: 50 or 50%
  kShare,     // share: 0.5 or 50%
  kInstant,   // instant: ISO 8601
  kOther,     // USD/h, vCPU: a number, the unit may follow it
};

QuantityKind quantity_kind(std::string_view unit);

/// Nanoseconds. May be negative (`-90s`).
Result<std::int64_t> parse_duration(std::string_view text);
/// Bytes.
Result<std::int64_t> parse_bytes(std::string_view text);
/// Nanoseconds since 1970-01-01T00:00:00Z; years 1700 to 2261.
Result<std::int64_t> parse_instant(std::string_view text);
/// Whole numbers: digits, no leading zero, no separators.
Result<std::int64_t> parse_int(std::string_view text);
Result<std::uint64_t> parse_uint(std::string_view text);
/// A finite decimal number.
Result<double> parse_number(std::string_view text);
/// `true` or `false`, nothing else.
Result<bool> parse_bool(std::string_view text);

/// A quantity as a number of `unit`: "1.5h" with unit "s" is 5400, "6000/min" with "1/s" is 100.
Result<double> parse_quantity(std::string_view text, std::string_view unit);
/// The same where only whole numbers of the unit are allowed.
Result<std::int64_t> parse_whole_quantity(std::string_view text, std::string_view unit);

/// What is expected, for messages: "a duration such as 90s", "a rate such as 100/s".
std::string_view expected_of(QuantityKind kind);

/// The shortest exact spelling: 90s, 1h30m, 250ms, 0s.
std::string format_duration(std::int64_t ns);

}  // namespace updraft::sim
