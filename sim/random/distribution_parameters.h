// From what a user writes about a law to the law: usual parameters, or what is known of it.
//
//   make_distribution(Law::kLognormal, {{"mean", 40e6}, {"p99", 200e6}}, Quantity::kDuration)
//
// Two facts pin down a law of two parameters (one fact an exponential or a constant). Facts are its
// own parameters, mean, sd, cv (sd / mean), median and percentiles (p50, p99, p99.9, any above 0
// and below 100). Some pairs fit two laws (a lognormal with mean 40ms and p99 200ms may have sigma
// 0.85 or 3.81): the one with the least spread is taken. Pairs that no law fits are refused with
// what the law could do.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/core/result.h"
#include "sim/random/distribution.h"

namespace updraft::sim {

/// A parameter as written; times in nanoseconds.
struct LawParameter {
  std::string name;
  double value;
};

/// The law with these parameters. Errors are one clause, lower case, and name the parameters:
/// unknown, repeated, out of range, too few, too many, impossible together. Not for empirical laws
/// and mixtures, which Distribution builds from values and components.
[[nodiscard]] Result<Distribution> make_distribution(Law law,
                                                     std::span<const LawParameter> parameters,
                                                     Quantity quantity = Quantity::kPlain);

/// Names that make_distribution takes for a law, "p99" standing for any percentile.
[[nodiscard]] std::vector<std::string> parameters_of(Law law);

/// The percentile that a name speaks of: 99.9 for "p99.9", 50 for "median"; NaN when it is none.
[[nodiscard]] double percentile_of_name(std::string_view name);

}  // namespace updraft::sim
