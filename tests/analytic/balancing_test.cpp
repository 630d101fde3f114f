// One node of a balancer before equal servers, each with its own line.
#include <gtest/gtest.h>

#include "sim/study/closed_forms.h"
#include "tests/analytic/expect.h"

namespace updraft::sim::testing {
namespace {

System balanced(Policy policy, std::uint32_t stations, double load) {
  return {
      .rate = load * stations, .work = exponential_work(), .stations = stations, .policy = policy};
}

std::vector<Claim> response_is(double expected) {
  return {{.name = "response", .value = response_of, .expected = expected}};
}

class Balancing : public ::testing::TestWithParam<double> {};

TEST_P(Balancing, LB_20_RoundRobinIsErlangArrivalsAtEachServer) {
  const double load = GetParam();
  expect_theory(balanced(Policy::kRoundRobin, 2, load),
                response_is(closed_forms::round_robin_response(2, load)));
}

TEST_P(Balancing, LB_22_RandomSplittingIsMM1AtEachServer) {
  const double load = GetParam();
  for (const std::uint32_t stations : {2U, 5U}) {
    expect_theory(balanced(Policy::kRandom, stations, load), response_is(1 / (1 - load)));
  }
}

TEST_P(Balancing, LB_23_LeastOutstandingOfTwoJoinsTheShorterLine) {
  const double load = GetParam();
  expect_theory(balanced(Policy::kLeastOutstanding, 2, load),
                response_is(closed_forms::join_shortest_of_two(load)));
}

INSTANTIATE_TEST_SUITE_P(Loads, Balancing, ::testing::Values(0.5, 0.8, 0.9));

// Two choices is no algorithm of ALB, so the order is shown of the others.
class BalancingOrder : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(BalancingOrder, LB_27_LeastOutstandingBeatsRoundRobinBeatsRandom) {
  const std::uint32_t stations = GetParam();
  for (const double load : {0.5, 0.8}) {
    // Half-widths are half a per cent of the best there can be: one line before all servers.
    const double central =
        closed_forms::mmc({.arrival_rate = load * stations, .servers = stations}).response;
    const auto response = [&](Policy policy) {
      return measure(balanced(policy, stations, load), response_is(central)).estimates[0];
    };
    const Estimate least = response(Policy::kLeastOutstanding);
    const Estimate turns = response(Policy::kRoundRobin);
    const Estimate random = response(Policy::kRandom);
    EXPECT_LT(central, least.mean - least.half_width);
    EXPECT_LT(least.mean + least.half_width, turns.mean - turns.half_width);
    EXPECT_LT(turns.mean + turns.half_width, random.mean - random.half_width);
    EXPECT_TRUE(random.contains(1 / (1 - load))) << random.mean;
  }
  EXPECT_NEAR(closed_forms::mmc({.arrival_rate = 8, .servers = 10}).response, 1.204590, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Servers, BalancingOrder, ::testing::Values(4, 10));

}  // namespace
}  // namespace updraft::sim::testing
