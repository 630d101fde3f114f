// The life of instances in a group: hooks, standby, protection, a mark by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr const char* kOn =
    "min_size: 1, max_size: 4, lifecycle_hooks: {ready: "
    "{lifecycle_transition: \"autoscaling:EC2_INSTANCE_LAUNCHING\", ";
constexpr const char* kOff =
    "min_size: 1, max_size: 4, lifecycle_hooks: {save: "
    "{lifecycle_transition: \"autoscaling:EC2_INSTANCE_TERMINATING\", ";

FleetText one(const std::string& group, const std::string& operations) {
  return {.duration = "30m",
          .group = group,
          .instance = "relative_speed: 1, health_check_cpu: 0s, pending: 30s, boot: 0s",
          .in_service = "1",
          .operations = operations};
}

// One launch at 60 s: running at 90 s, and then the hook's time.
TEST(Lifecycle, R2_2_1_R2_11_1_ALaunchHookComesBeforeInService) {
  const FleetBench bench(fleet(one(std::string(kOn) + "completes_after: 100s}}",
                                   "{at: 60s, fleet: {set_desired_capacity: 2}}")));
  const auto hooks = bench.decided("lifecycle hook");
  ASSERT_THAT(hooks, SizeIs(2));
  EXPECT_EQ(hooks[0].line(), "90s fleet: i-000002 waits for ready [R2.11.1]");
  EXPECT_EQ(hooks[0].reason, "Pending:Wait");
  EXPECT_EQ(hooks[1].line(), "190s fleet: ready of i-000002: CONTINUE [R2.11.1]");
  EXPECT_EQ(bench.instances()[1].in_service_s, 190);
  EXPECT_EQ(bench.minutes("/fleet/GroupPendingInstances").at(2), 1);
}

// R2.11.2: for as long as it waits, the group's metric is the mean of the others.
TEST(Lifecycle, R2_11_2_WhatWaitsForAHookIsInNoMetric) {
  FleetText text = one(std::string(kOn) + "completes_after: 600s}}, default_instance_warmup: 0s",
                       "{at: 60s, fleet: {set_desired_capacity: 2}}");
  text.traffic =
      "steady: {to: alb, rate: {constant: 10/s, arrivals: regular}, demand: {cpu: 100ms}}";
  const FleetBench bench(fleet(text));
  EXPECT_NEAR(bench.minutes("/fleet/CPUUtilization").at(8), 50, 1);   // one of 2 vCPUs
  EXPECT_NEAR(bench.minutes("/fleet/CPUUtilization").at(15), 25, 1);  // two instances
}

TEST(Lifecycle, R2_11_1_AnAbandonedLaunchIsReplaced) {
  const FleetBench bench(fleet(one(std::string(kOn) + "heartbeat_timeout: 60s}}",
                                   "{at: 60s, fleet: {set_desired_capacity: 2}}")));
  const auto ended = bench.decided("activity", "Terminating");
  ASSERT_FALSE(ended.empty());
  EXPECT_EQ(ended[0].at_s, 150);  // running at 90 s, a minute of waiting
  EXPECT_EQ(ended[0].rule, "R2.11.1");
  const auto hooks = bench.decided("lifecycle hook", "ready of i-000002");
  ASSERT_THAT(hooks, SizeIs(1));
  EXPECT_EQ(hooks[0].what, "ready of i-000002: ABANDON");
  EXPECT_EQ(ended[0].cause, hooks[0].id);
  const auto launches = bench.decided("activity", "Launching");
  ASSERT_GT(launches.size(), 2u);
  EXPECT_EQ(launches[2].at_s, 150);
  EXPECT_EQ(launches[2].cause, ended[0].id);
  EXPECT_EQ(bench.minutes("/fleet/GroupInServiceInstances").at(25), 1);
}

TEST(Lifecycle, R2_2_3_R2_11_1_ATerminateHookRunsAfterTheTargetsAreDrained) {
  FleetText text = one(std::string(kOff) + "completes_after: 200s}}",
                       "{at: 60s, fleet: {set_desired_capacity: 1}}");
  text.in_service = "2";
  text.targets = "health_check_interval: 10s, deregistration_delay: 100s";
  text.instance += ", shutting_down: 0s";
  text.traffic =
      "long: {to: alb, rate: {constant: 1/s, arrivals: regular}, until: 30s, demand: "
      "{wait: 50s}, timeout: 600s}";
  const FleetBench bench(fleet(text));
  const auto hooks = bench.decided("lifecycle hook");
  ASSERT_THAT(hooks, SizeIs(2));
  EXPECT_GE(hooks[0].at_s, 78);  // the last of its requests ends then
  EXPECT_LE(hooks[0].at_s, 80);
  EXPECT_EQ(hooks[1].at_s, hooks[0].at_s + 200);
  const auto ended = bench.decided("activity", "Terminating");
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(hooks[0].cause, ended[0].id);
  for (const auto& instance : bench.instances()) {
    if (instance.ended_s > 0) {
      EXPECT_EQ(instance.ended_s, hooks[1].at_s);
    }
  }
}

TEST(Lifecycle, R2_11_1_AnOperatorCompletesAHook) {
  const FleetBench bench(
      fleet(one(std::string(kOn) + "heartbeat_timeout: 7200s}}",
                "{at: 60s, fleet: {set_desired_capacity: 2}}\n"
                "{at: 80s, fleet: {complete_lifecycle_action: {lifecycle_hook_name: ready, "
                "lifecycle_action_result: CONTINUE}}}\n"
                "{at: 400s, fleet: {complete_lifecycle_action: {lifecycle_hook_name: ready, "
                "lifecycle_action_result: CONTINUE}}}")));
  EXPECT_EQ(bench.instances()[1].in_service_s, 400);
  const auto operations = bench.decided("operation", "complete ready");
  ASSERT_THAT(operations, SizeIs(2));
  EXPECT_TRUE(operations[0].blocked);
  EXPECT_EQ(operations[0].reason, "no instance waits there");
}

TEST(Lifecycle, ASG_37_StandbyWithDecrement) {
  FleetText text = one("min_size: 1, max_size: 6",
                       "{at: 100s, fleet: {enter_standby: {count: 1, "
                       "should_decrement_desired_capacity: true}}}\n"
                       "{at: 900s, fleet: {exit_standby: 1}}");
  text.in_service = "4";
  text.faults = "{at: 200s, for: 600s, slow_instance: {of: fleet, count: 1, speed_factor: 0}}";
  text.group += ", health_check_type: ELB";
  const FleetBench bench(fleet(text));
  EXPECT_EQ(bench.decisions("desired capacity"),
            "100s fleet: desired capacity from 4 to 3 [R2.2.1]\n"
            "900s fleet: desired capacity from 3 to 4 [R2.2.1]\n");
  EXPECT_EQ(bench.minutes("/fleet/GroupStandbyInstances").at(5), 1);
  EXPECT_EQ(bench.minutes("/web/HealthyHostCount").at(3), 3);
  EXPECT_EQ(bench.minutes("/web/HealthyHostCount").at(17), 4);
}

TEST(Lifecycle, ASG_37_StandbyWithoutDecrement) {
  FleetText text = one("min_size: 1, max_size: 6",
                       "{at: 100s, fleet: {enter_standby: {should_decrement_desired_capacity: "
                       "false}}}\n{at: 900s, fleet: exit_standby}");
  text.in_service = "4";
  const FleetBench bench(fleet(text));
  EXPECT_EQ(bench.decisions("desired capacity"), "");
  const auto launches = bench.decided("activity", "Launching");
  ASSERT_FALSE(launches.empty());
  EXPECT_EQ(launches.back().at_s, 100);
  const auto ended = bench.decided("activity", "Terminating");
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].at_s, 900);
  EXPECT_EQ(bench.minutes("/fleet/GroupInServiceInstances").at(20), 4);
}

// Also one that stood there before the run began; it first served then all the same.
TEST(Lifecycle, R3_6_1_R2_4_4_WhatComesBackFromStandbyIsCheckedAnewAndWarms) {
  const FleetBench bench(fleet({.duration = "10m",
                                .group = "min_size: 0, max_size: 4, default_instance_warmup: 2m",
                                .operations = "{at: 60s, fleet: {enter_standby: 1}}\n"
                                              "{at: 120s, fleet: {exit_standby: 1}}"}));
  const auto healthy = bench.decided("health", "i-000001 healthy at the node in a");
  ASSERT_EQ(healthy.size(), 1u);
  EXPECT_GT(healthy[0].at_s, 120);
  EXPECT_LE(healthy[0].at_s, 131);
  EXPECT_EQ(bench.instances()[0].in_service_s, 0);
}

TEST(Lifecycle, R2_2_1_WhatStandbyRefuses) {
  FleetText text = one("min_size: 2, max_size: 2",
                       "{at: 100s, fleet: {enter_standby: 1}}\n"
                       "{at: 200s, fleet: {enter_standby: {count: 3, "
                       "should_decrement_desired_capacity: false}}}\n"
                       "{at: 300s, fleet: {exit_standby: 1}}");
  text.in_service = "2";
  const FleetBench bench(fleet(text));
  const auto operations = bench.decided("operation");
  ASSERT_THAT(operations, SizeIs(6));  // each as the scenario has it, and what became of it
  EXPECT_THAT(bench.decided("operation", "put 1 instances into standby")[0].reason,
              HasSubstr("desired capacity would drop to 1, below the min size, 2"));
  EXPECT_EQ(bench.decided("operation", "put 3 instances into standby")[0].reason,
            "2 of 3 instances were in service");
  EXPECT_EQ(bench.decided("operation", "put 1 instances back")[0].reason,
            "0 of 1 instances ran in standby");
}

TEST(Lifecycle, R2_9_5_AnOperatorProtectsInstances) {
  FleetText text = one("min_size: 1, max_size: 4",
                       "{at: 100s, fleet: {set_instance_protection: 3}}\n"
                       "{at: 200s, fleet: {set_desired_capacity: 1}}\n"
                       "{at: 600s, fleet: {set_instance_protection: {count: 3, "
                       "protected_from_scale_in: false}}}\n"
                       "{at: 700s, fleet: {set_desired_capacity: 2}}");
  text.in_service = "4";
  const FleetBench bench(fleet(text));
  EXPECT_EQ(bench.minutes("/fleet/GroupInServiceInstances").at(8), 3);
  EXPECT_EQ(bench.decided("activity", "terminate an instance")[0].rule, "R2.9.5");
  EXPECT_EQ(bench.minutes("/fleet/GroupInServiceInstances").at(20), 2);
}

TEST(Lifecycle, R2_3_5_AMarkedInstanceIsReplaced) {
  FleetText text = one("min_size: 2, max_size: 4", "{at: 100s, fleet: {set_instance_health: 1}}");
  text.in_service = "2";
  const FleetBench bench(fleet(text));
  const auto ended = bench.decided("activity", "Terminating");
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].at_s, 120);
  EXPECT_THAT(ended[0].reason, HasSubstr("a user health-check"));
  EXPECT_EQ(ended[0].cause, bench.decided("operation", "mark 1")[0].id);
}

}  // namespace
}  // namespace updraft::testing
