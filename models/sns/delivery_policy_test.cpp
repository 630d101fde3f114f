#include "models/sns/delivery_policy.h"

#include <cmath>

#include <gtest/gtest.h>

namespace updraft::sns {
namespace {

using namespace std::chrono_literals;

double seconds(const DeliveryPolicy& policy, std::uint64_t retry) {
  return sim::to_seconds(delay_before_retry(policy, retry).value());
}

TEST(DeliveryPolicy, SNS_01_R7_1_ThreePhasesAndTheLast) {
  const DeliveryPolicy policy{.immediate = 3,
                              .pre_backoff = 2,
                              .backoff = 10,
                              .post_backoff = 35,
                              .min_delay = 1s,
                              .max_delay = 60s,
                              .function = Backoff::kExponential};
  EXPECT_EQ(retries(policy), 50U);
  for (const std::uint64_t retry : {1U, 2U, 3U}) {
    EXPECT_EQ(seconds(policy, retry), 0);
  }
  EXPECT_EQ(seconds(policy, 4), 1);
  EXPECT_EQ(seconds(policy, 5), 1);
  EXPECT_EQ(seconds(policy, 6), 1);
  for (std::uint64_t retry = 7; retry <= 15; ++retry) {
    EXPECT_GT(seconds(policy, retry), seconds(policy, retry - 1));
    EXPECT_NEAR(seconds(policy, retry) / seconds(policy, retry - 1), std::pow(60, 1.0 / 9), 1e-6);
  }
  for (std::uint64_t retry = 15; retry <= 50; ++retry) {
    EXPECT_EQ(seconds(policy, retry), 60);
  }
  EXPECT_FALSE(delay_before_retry(policy, 51).has_value());
  EXPECT_LE(total_delay(policy), 3600s);
}

TEST(DeliveryPolicy, R7_1_AwsManagedEndpointsOver23Days) {
  EXPECT_EQ(retries(kAwsManaged), 100'015U);
  EXPECT_EQ(seconds(kAwsManaged, 3), 0);
  EXPECT_EQ(seconds(kAwsManaged, 4), 1);
  EXPECT_EQ(seconds(kAwsManaged, 15), 20);
  EXPECT_EQ(seconds(kAwsManaged, 100'015), 20);
  EXPECT_FALSE(delay_before_retry(kAwsManaged, 100'016).has_value());
  EXPECT_GT(total_delay(kAwsManaged), 23 * 24h);
  EXPECT_LT(total_delay(kAwsManaged), 24 * 24h);
}

TEST(DeliveryPolicy, CurvesLieBetweenTheDelaysAndBelowOneAnother) {
  const auto delay = [](Backoff function, std::uint64_t retry) {
    return seconds({.backoff = 5, .min_delay = 10s, .max_delay = 50s, .function = function}, retry);
  };
  for (const Backoff function :
       {Backoff::kLinear, Backoff::kArithmetic, Backoff::kGeometric, Backoff::kExponential}) {
    EXPECT_EQ(delay(function, 1), 10);
    EXPECT_EQ(delay(function, 5), 50);
  }
  EXPECT_DOUBLE_EQ(delay(Backoff::kLinear, 2), 20);
  EXPECT_DOUBLE_EQ(delay(Backoff::kLinear, 3), 30);
  EXPECT_DOUBLE_EQ(delay(Backoff::kArithmetic, 3), 20);
  EXPECT_NEAR(delay(Backoff::kExponential, 3), std::sqrt(500.0), 1e-6);
}

TEST(DeliveryPolicy, NoRetryWithoutPhases) {
  EXPECT_FALSE(delay_before_retry({}, 1).has_value());
  EXPECT_FALSE(delay_before_retry(kAwsManaged, 0).has_value());
  EXPECT_EQ(total_delay({}), 0s);
}

TEST(DeliveryPolicy, ASingleBackoffWaitsForTheLeast) {
  EXPECT_EQ(seconds({.backoff = 1, .min_delay = 5s, .max_delay = 50s}, 1), 5);
}

}  // namespace
}  // namespace updraft::sns
