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

/// Narrow enough to notice 2 % at that load: the response grows with 1 / (1 - load).
double half_width(double load) {
  return load > 0.85 ? 0.06 : load > 0.7 ? 0.02 : 0.005;
}

class Balancing : public ::testing::TestWithParam<double> {};

TEST_P(Balancing, LB_20_RoundRobinIsErlangArrivalsAtEachServer) {
  const double load = GetParam();
  expect_theory(
      balanced(Policy::kRoundRobin, 2, load),
      {{"response", response_of, closed_forms::round_robin_response(2, load), half_width(load)}});
}

TEST_P(Balancing, LB_22_RandomSplittingIsMM1AtEachServer) {
  const double load = GetParam();
  for (const std::uint32_t stations : {2U, 5U}) {
    expect_theory(balanced(Policy::kRandom, stations, load),
                  {{"response", response_of, 1 / (1 - load), half_width(load)}});
  }
}

TEST_P(Balancing, LB_23_LeastOutstandingOfTwoJoinsTheShorterLine) {
  const double load = GetParam();
  expect_theory(
      balanced(Policy::kLeastOutstanding, 2, load),
      {{"response", response_of, closed_forms::join_shortest_of_two(load), half_width(load)}});
}

INSTANTIATE_TEST_SUITE_P(Loads, Balancing, ::testing::Values(0.5, 0.8, 0.9));

// Two choices is no algorithm of ALB, so the order is shown of the others.
TEST(BalancingOrder, LB_27_LeastOutstandingBeatsRoundRobinBeatsRandom) {
  for (const std::uint32_t stations : {4U, 10U}) {
    for (const double load : {0.5, 0.8}) {
      const std::vector<Claim> response = {{"response", response_of, 0, 0.03}};
      const auto mean = [&](Policy policy) {
        return measure(balanced(policy, stations, load), response).means[0];
      };
      const BatchMeans least = mean(Policy::kLeastOutstanding);
      const BatchMeans turns = mean(Policy::kRoundRobin);
      const BatchMeans random = mean(Policy::kRandom);
      const closed_forms::QueueMeans central =
          closed_forms::mmc({.arrival_rate = load * stations, .servers = stations});
      EXPECT_LT(central.response, least.mean() - least.half_width());
      EXPECT_LT(least.mean() + least.half_width(), turns.mean() - turns.half_width());
      EXPECT_LT(turns.mean() + turns.half_width(), random.mean() - random.half_width());
    }
  }
}

}  // namespace
}  // namespace updraft::sim::testing
