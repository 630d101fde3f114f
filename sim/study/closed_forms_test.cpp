#include "sim/study/closed_forms.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace updraft::sim::closed_forms {
namespace {

TEST(ClosedForms, Q_01_MM1) {
  const QueueMeans q = mmc({.arrival_rate = 0.8});
  EXPECT_NEAR(q.wait, 4, 1e-12);
  EXPECT_NEAR(q.response, 5, 1e-12);
  EXPECT_NEAR(q.waiting, 3.2, 1e-12);
  EXPECT_NEAR(q.utilization, 0.8, 1e-12);
  EXPECT_NEAR(mm1_response_tail(0.8, 1, 7), std::exp(-0.2 * 7), 1e-14);
  EXPECT_NEAR(mmc_wait_quantile({.arrival_rate = 0.8}, 0.95), 13.863, 5e-4);
  EXPECT_NEAR(mmc_wait_quantile({.arrival_rate = 0.8}, 0.99), 21.910, 5e-4);
}

TEST(ClosedForms, Q_02_MM5) {
  const MarkovQueue queue{.arrival_rate = 4, .servers = 5};
  EXPECT_NEAR(erlang_c(5, 4), 0.554113, 5e-7);
  EXPECT_NEAR(mmc(queue).wait, 0.554113, 5e-7);
  EXPECT_NEAR(mmc(queue).response, 1.554113, 5e-7);
  EXPECT_NEAR(mmc_wait_quantile(queue, 0.99), 4.01478, 5e-6);
}

TEST(ClosedForms, Q_03_MM10) {
  const MarkovQueue queue{.arrival_rate = 8, .servers = 10};
  EXPECT_NEAR(erlang_c(10, 8), 0.409180, 5e-7);
  EXPECT_NEAR(mmc(queue).wait, 0.204590, 5e-7);
  EXPECT_NEAR(mmc(queue).response, 1.204590, 5e-7);
  EXPECT_NEAR(mmc_wait_quantile(queue, 0.95), 1.05107, 5e-6);
  EXPECT_NEAR(mmc_wait_quantile(queue, 0.99), 1.85579, 5e-6);
  EXPECT_EQ(mmc_wait_quantile(queue, 0.5), 0);  // 59 % do not wait
}

TEST(ClosedForms, Q_06_ErlangB) {
  EXPECT_NEAR(erlang_b(10, 5), 0.01838457, 5e-9);
  EXPECT_NEAR(erlang_b(10, 10), 0.21458234, 5e-9);
  EXPECT_NEAR(erlang_b(20, 15), 0.04559322, 5e-9);
}

TEST(ClosedForms, Q_08_MM1K) {
  const double loads[] = {0.9, 1, 1.5};
  const double loss[] = {0.050814, 0.090909, 0.337232};
  const double number[] = {3.969441, 5, 8.128659};
  const double response[] = {4.646601, 5.5, 8.176476};
  for (int i = 0; i < 3; ++i) {
    const LossMeans q = mm1k(loads[i], 1, 10);
    EXPECT_NEAR(q.loss, loss[i], 5e-7);
    EXPECT_NEAR(q.number, number[i], 5e-7);
    EXPECT_NEAR(q.response, response[i], 5e-7);
  }
  EXPECT_NEAR(mm1k(1e6, 1, 1000).loss, 1 - 1e-6, 1e-12);  // does not overflow
}

TEST(ClosedForms, Q_10_MG1) {
  const double cv2[] = {0, 1, 4};
  const double wait[] = {2, 4, 10};
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(mg1(0.8, 1, cv2[i]).wait, wait[i], 1e-12);
    EXPECT_NEAR(mg1(0.8, 1, cv2[i]).response, wait[i] + 1, 1e-12);
  }
}

TEST(ClosedForms, Q_11_ProcessorSharing) {
  EXPECT_NEAR(mg1_ps_response(0.8, 1), 5, 1e-12);
  EXPECT_NEAR(mg1_ps_response_of(0.8, 1, 0.3), 1.5, 1e-12);
}

TEST(ClosedForms, Q_15_ClosedSystem) {
  const std::vector<double> demands{0.5};
  const std::uint32_t clients[] = {5, 10, 20};
  const double throughput[] = {0.471284, 0.924074, 1.682216};
  const double response[] = {0.609314, 0.821648, 1.889079};
  for (int i = 0; i < 3; ++i) {
    const ClosedMeans q = closed_system(clients[i], 10, demands);
    EXPECT_NEAR(q.throughput, throughput[i], 5e-7);
    EXPECT_NEAR(q.response, response[i], 5e-7);
    EXPECT_NEAR(q.number[0], q.throughput * q.response, 1e-12);
  }
}

TEST(ClosedForms, LB_20_RoundRobin) {
  EXPECT_NEAR(round_robin_response(2, 0.5), 1.618034, 5e-7);
  EXPECT_NEAR(round_robin_response(2, 0.8), 3.843980, 5e-7);
  EXPECT_NEAR(round_robin_response(2, 0.9), 7.588284, 5e-7);
  EXPECT_NEAR(round_robin_response(1, 0.8), 5, 1e-9);  // M/M/1
  EXPECT_LT(round_robin_response(50, 0.8), round_robin_response(2, 0.8));
}

TEST(ClosedForms, LB_23_JoinTheShorterOfTwo) {
  EXPECT_NEAR(join_shortest_of_two(0.5), 1.42632, 5e-6);
  EXPECT_NEAR(join_shortest_of_two(0.8), 2.95574, 5e-6);
  EXPECT_NEAR(join_shortest_of_two(0.9), 5.48, 0.04);
}

// LB-27: least outstanding < round robin < random, and one central line below all.
TEST(ClosedForms, LB_27_OrderOfPolicies) {
  for (const double load : {0.3, 0.5, 0.8, 0.9}) {
    const double central = mmc({.arrival_rate = 2 * load, .servers = 2}).response;
    EXPECT_LT(central, join_shortest_of_two(load)) << load;
    EXPECT_LT(join_shortest_of_two(load), round_robin_response(2, load)) << load;
    EXPECT_LT(round_robin_response(2, load), mmc({.arrival_rate = load}).response) << load;
  }
}

TEST(ClosedForms, OverloadIsInfinite) {
  EXPECT_TRUE(std::isinf(mmc({.arrival_rate = 5, .servers = 5}).wait));
  EXPECT_TRUE(std::isinf(mg1(1, 1, 1).wait));
  EXPECT_TRUE(std::isinf(mg1_ps_response(2, 1)));
  EXPECT_TRUE(std::isinf(round_robin_response(2, 1)));
  EXPECT_TRUE(std::isinf(mmc_wait_quantile({.arrival_rate = 5, .servers = 5}, 0.5)));
  EXPECT_EQ(erlang_c(5, 6), 1);
}

}  // namespace
}  // namespace updraft::sim::closed_forms
