// How quantities are written in a scenario and in the schema itself (default_value, min, max): the
// patterns that the JSON Schema gives to editors, and a reader for comparing a default with its
// bounds. The loader reads values into messages, exactly and with error texts
// (sim/scenario/quantity.h); a pattern here accepts what it accepts, but for quantities that are
// too fine or too large.
//
//   magnitude("1h30m", "s") == 5.4e12
//   magnitude("10kB", "bytes") == 1e4
//   magnitude("[a]", "1") == std::nullopt
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace updraft::sim {

/// What the schema's `unit` says about how a value is written.
enum class UnitKind {
  kNumber,    // "1" or none: 5
  kTime,      // "s", "min": 90s, 1h30m
  kRate,      // "1/s": 100/s, 6000/min
  kBytes,     // "bytes": 64KiB
  kByteRate,  // "bytes/s": 10MB/s
  kBitRate,   // "bits/s": 10Gbit/s
  kPercent,   // "percent": 50 or 50%
  kShare,     // "share": 0.5 or 50%
  kInstant,   // "instant": 2026-01-01T00:00:00Z
  kOther,     // "USD/h": 12.5 or 12.5 USD/h
};

UnitKind unit_kind(std::string_view unit);

/// The quantity in the grain of its kind: ns, 1/s, bytes, bytes/s, bits/s, percent, share, or the
/// plain number. A plain number is read for every kind but times, so that `min: "0"` may stand for
/// a rate. Nothing for instants and other text.
std::optional<double> magnitude(std::string_view text, std::string_view unit);

/// A regular expression (ECMA 262, anchored) of a quantity written as text; empty where only a
/// number is written.
std::string quantity_pattern(std::string_view unit);

}  // namespace updraft::sim
