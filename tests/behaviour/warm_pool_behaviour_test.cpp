// Warm pools, with real instances.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

FleetText pool(const std::string& settings, const std::string& operations) {
  return {.duration = "1h",
          .group = "min_size: 1, max_size: 4, warm_pool: {" + settings + "}",
          .instance =
              "relative_speed: 1, health_check_cpu: 0s, pending: 30s, boot: 300s, restart: "
              "20s, stopping: 10s, shutting_down: 0s",
          .in_service = "1",
          .operations = operations};
}

TEST(WarmPool, R2_12_1_ScaleOutStartsWhatIsStopped) {
  FleetText text = pool("", "{at: 1500s, fleet: {set_desired_capacity: 3}}");
  text.group +=
      ", lifecycle_hooks: {ready: {lifecycle_transition: "
      "\"autoscaling:EC2_INSTANCE_LAUNCHING\", completes_after: 400s}}";
  const FleetBench bench(fleet(text));
  EXPECT_EQ(bench.minutes("/fleet/WarmPoolDesiredCapacity").at(5), 3);
  EXPECT_EQ(bench.minutes("/fleet/WarmPoolPendingCapacity").at(5), 3);
  EXPECT_EQ(bench.minutes("/fleet/WarmPoolWarmedCapacity").at(20), 3);
  EXPECT_EQ(bench.minutes("/fleet/GroupTotalInstances").at(20), 1);
  const auto taken = bench.decided("activity", "from warm pool");
  ASSERT_THAT(taken, SizeIs(2));
  EXPECT_EQ(taken[0].line(),
            "1500s fleet: Launching a new EC2 instance from warm pool: i-000002 [R2.12.1]");
  // The hook fires on entering the pool and again on leaving it: 30 s and 400 s.
  EXPECT_EQ(bench.instances()[1].in_service_s, 1930);
  EXPECT_EQ(bench.minutes("/fleet/WarmPoolWarmedCapacity").at(58), 1);
  EXPECT_THAT(bench.instances(), SizeIs(4));
}

// Without a hook they are stopped before they have booted, and a start boots them from the
// beginning.
TEST(WarmPool, R2_12_1_WithoutAHookTheBootIsNotDoneInAdvance) {
  const auto first_answer = [](const std::string& hook) {
    FleetText text = pool("", "{at: 1500s, fleet: {set_desired_capacity: 2}}");
    text.group += hook;
    text.targets = "health_check_interval: 10s, healthy_threshold_count: 2";
    const FleetBench bench(fleet(text));
    for (const auto& row : bench.decided("health", "i-000002 healthy")) {
      return row.at_s;
    }
    return 0.0;
  };
  EXPECT_GE(first_answer(""), 1500 + 30 + 300);
  const double with_hook = first_answer(
      ", lifecycle_hooks: {ready: {lifecycle_transition: \"autoscaling:EC2_INSTANCE_LAUNCHING\", "
      "completes_after: 301s}}");
  EXPECT_GT(with_hook, 0);
  EXPECT_LT(with_hook, 1500 + 30 + 301 + 30);
}

// User data tells the hook when the boot is over: after 330 s in the pool, 50 s on the way out.
TEST(WarmPool, R2_12_1_AHookThatIsCompletedAtTheEndOfTheBoot) {
  for (const bool stopped : {true, false}) {
    FleetText text =
        pool(stopped ? "" : "pool_state: Running", "{at: 1500s, fleet: {set_desired_capacity: 2}}");
    text.group +=
        ", lifecycle_hooks: {ready: {lifecycle_transition: "
        "\"autoscaling:EC2_INSTANCE_LAUNCHING\", completes_at_boot: true}}";
    const FleetBench bench(fleet(text));
    EXPECT_EQ(bench.minutes("/fleet/WarmPoolWarmedCapacity").at(4), 0);
    EXPECT_EQ(bench.minutes("/fleet/WarmPoolWarmedCapacity").at(6), 3);
    EXPECT_EQ(bench.instances()[1].in_service_s, stopped ? 1550 : 1500);
  }
}

TEST(WarmPool, R2_12_1_ARunningPoolServesAtOnceAndCosts) {
  FleetText text =
      pool("pool_state: Running, min_size: 2", "{at: 1500s, fleet: {set_desired_capacity: 2}}");
  text.group = "min_size: 1, max_size: 2, warm_pool: {pool_state: Running, min_size: 2}";
  const FleetBench bench(fleet(text));
  EXPECT_EQ(bench.instances()[1].in_service_s, 1500);
  EXPECT_EQ(bench.minutes("/fleet/WarmPoolWarmedCapacity").at(58), 2);  // filled up again
  const double hours = bench.billed("ec2/m7g.large");
  EXPECT_NEAR(hours, 1 + 2 * (3600 - 30) / 3600.0 + (3600 - 1530) / 3600.0, 0.01);
}

TEST(WarmPool, R2_12_1_ScaleInReturnsThemOrEndsThem) {
  const auto run = [](const std::string& reuse) {
    return FleetBench(fleet(pool(reuse,
                                 "{at: 1000s, fleet: {set_desired_capacity: 3}}\n"
                                 "{at: 2400s, fleet: {set_desired_capacity: 1}}")));
  };
  const FleetBench ends = run("max_group_prepared_capacity: 3");
  EXPECT_THAT(ends.instances(), SizeIs(5));  // two have ended, two are launched for the pool
  const FleetBench returns = run("max_group_prepared_capacity: 3, reuse_on_scale_in: true");
  EXPECT_THAT(returns.instances(), SizeIs(3));
  EXPECT_THAT(returns.decided("warm pool", "returns to"), SizeIs(2));
  EXPECT_EQ(returns.minutes("/fleet/WarmPoolWarmedCapacity").at(58), 2);
}

TEST(WarmPool, R2_12_1_WhatIsNotReadyYetIsNotWaitedFor) {
  const FleetBench bench(fleet(pool("", "{at: 20s, fleet: {set_desired_capacity: 2}}")));
  EXPECT_THAT(bench.decided("activity", "from warm pool"), SizeIs(0));
  const auto launches = bench.decided("activity", "Launching");
  EXPECT_EQ(launches.back().at_s, 20);  // a cold launch, while the pool fills
  EXPECT_THAT(bench.decided("activity", "Terminating"), SizeIs(1));  // one too many in the pool
  EXPECT_THAT(bench.decided("activity", "Terminating")[0].reason, HasSubstr("difference"));
}

}  // namespace
}  // namespace updraft::testing
