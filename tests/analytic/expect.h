// How a measured mean is held against theory, and how it is shown that the comparison can fail.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/analytic/bench.h"

namespace updraft::sim::testing {

/// Half-width of every interval, as a share of what is claimed.
inline constexpr double kHalfWidth = 0.005;

/// A quantity of one customer and what theory says of its mean.
struct Claim {
  std::string name;
  std::function<double(const Outcome&)> value;
  double expected = 0;
  /// What half-widths are a share of; `expected` by default. Of a quantile: the quantile times the
  /// density there, so that the share is one of the quantile, not of the small tail beyond it.
  std::optional<double> scale{};
  std::optional<double> tail{};
};

inline Measured measure(const System& system, const std::vector<Claim>& claims) {
  std::vector<Wanted> wanted;
  for (const Claim& claim : claims) {
    wanted.push_back({.value = claim.value,
                      .half_width = kHalfWidth * claim.scale.value_or(claim.expected),
                      .tail = claim.tail});
  }
  return measure(system, wanted);
}

/// The draws are those that theory speaks of; without that, estimates would lean the wrong way.
inline void expect_true_draws(const Measured& measured) {
  for (std::size_t i = 0; i < measured.draws.size(); ++i) {
    EXPECT_TRUE(measured.draws[i].contains(0))
        << "control " << i << " is " << measured.draws[i].mean << " +- "
        << measured.draws[i].half_width;
  }
}

/// Every claim holds of `system`, and none of `wrong`, which is off by 2 %. Returns what was
/// measured of `system`.
inline Measured expect_theory(const System& system, const System& wrong,
                              const std::vector<Claim>& claims) {
  const Measured right = measure(system, claims);
  expect_true_draws(right);
  const Measured off = measure(wrong, claims);
  for (std::size_t i = 0; i < claims.size(); ++i) {
    EXPECT_TRUE(right.estimates[i].contains(claims[i].expected))
        << claims[i].name << " is " << right.estimates[i].mean << " +- "
        << right.estimates[i].half_width << ", theory says " << claims[i].expected;
    EXPECT_FALSE(off.estimates[i].contains(claims[i].expected))
        << claims[i].name << " is " << off.estimates[i].mean << " +- "
        << off.estimates[i].half_width << " of a system that is off by 2 %, and "
        << claims[i].expected << " is not noticed to be wrong";
  }
  return right;
}

/// The same, where wrong is that customers come 2 % too often.
inline Measured expect_theory(const System& system, const std::vector<Claim>& claims) {
  System faster = system;
  faster.rate *= 1.02;
  return expect_theory(system, faster, claims);
}

inline double wait_of(const Outcome& outcome) {
  return outcome.wait();
}
inline double response_of(const Outcome& outcome) {
  return outcome.response;
}
inline double loss_of(const Outcome& outcome) {
  return outcome.served ? 0.0 : 1.0;
}
inline double has_to_wait(const Outcome& outcome) {
  return outcome.wait() > 1e-8 ? 1.0 : 0.0;
}

/// "A share of `beyond` waits longer than that": the quantile is good to half a per cent. `density`
/// is that of the waiting time there.
inline Claim wait_quantile(std::string name, double quantile, double beyond, double density) {
  return {.name = std::move(name),
          .value = [quantile](const Outcome& o) { return o.wait() > quantile ? 1.0 : 0.0; },
          .expected = beyond,
          .scale = density * quantile,
          .tail = quantile};
}

}  // namespace updraft::sim::testing
