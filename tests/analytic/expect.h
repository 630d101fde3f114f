// How a measured mean is held against theory, and how it is shown that the comparison can fail.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/analytic/bench.h"

namespace updraft::sim::testing {

/// A quantity, what theory says of it, and how wide its interval may be, as a share of
/// it. 0.5 % where the run is short enough for that; where lines are long, as wide as still notices
/// a rate that is off by 2 % (at a load of 0.8 the mean wait then changes by 11 %).
struct Claim {
  std::string name;
  std::function<std::optional<double>(const Outcome&)> value;
  double expected = 0;
  double half_width = 0.02;
};

inline Measured measure(const System& system, const std::vector<Claim>& claims) {
  std::vector<Wanted> wanted;
  for (const Claim& claim : claims) {
    wanted.push_back({claim.value, claim.half_width});
  }
  return measure(system, wanted);
}

/// Every claim holds; and none of them does when customers come 2 % too often.
inline void expect_theory(const System& system, const std::vector<Claim>& claims) {
  const Measured right = measure(system, claims);
  System faster = system;
  faster.rate *= 1.02;
  const Measured wrong = measure(faster, claims);
  for (std::size_t i = 0; i < claims.size(); ++i) {
    EXPECT_TRUE(right.means[i].contains(claims[i].expected))
        << claims[i].name << " is " << right.means[i].mean() << " +- "
        << right.means[i].half_width() << ", theory says " << claims[i].expected;
    EXPECT_FALSE(wrong.means[i].contains(claims[i].expected))
        << claims[i].name << " is " << wrong.means[i].mean() << " +- "
        << wrong.means[i].half_width() << " at a rate that is off by 2 %, and "
        << claims[i].expected << " is not noticed to be wrong";
  }
}

inline std::optional<double> wait_of(const Outcome& outcome) {
  return outcome.served ? std::optional(outcome.wait()) : std::nullopt;
}
inline std::optional<double> response_of(const Outcome& outcome) {
  return outcome.served ? std::optional(outcome.response) : std::nullopt;
}
inline std::optional<double> loss_of(const Outcome& outcome) {
  return outcome.served ? 0.0 : 1.0;
}
/// 1 for customers that wait longer than `bound`, else 0: its mean is the tail of the law.
inline auto waits_longer_than(double bound) {
  return [bound](const Outcome& outcome) -> std::optional<double> {
    return outcome.wait() > bound ? 1.0 : 0.0;
  };
}

}  // namespace updraft::sim::testing
