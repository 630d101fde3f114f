// Instances that are replaced by others: refresh, lifetimes, the maintenance policy.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr const char* kInstance =
    "relative_speed: 1, health_check_cpu: 0s, pending: 30s, boot: 0s, shutting_down: 10s";

FleetText four(const std::string& group, const std::string& operation) {
  return {.duration = "3h",
          .group = "min_size: 4, max_size: 4, default_instance_warmup: 60s" + group,
          .instance = kInstance,
          .in_service = "4",
          .resources =
              "next: {launch_template: {instance_type: m7g.xlarge, pending: 30s, boot: "
              "0s, shutting_down: 10s}}",
          .operations = "{at: 100s, fleet: {" + operation + "}}"};
}

std::vector<FleetBench::Decided> refreshed(const FleetBench& bench) {
  return bench.decided("instance refresh");
}

std::vector<double> levels(const FleetBench& bench, const std::string& path) {
  return bench.minutes(path);
}

TEST(InstanceRefresh, R2_13_1_OneByOneToTheNewTemplate) {
  const FleetBench bench(fleet(four("", "start_instance_refresh: {launch_template: next}")));
  const auto rows = refreshed(bench);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].line(), "100s fleet: begins: 4 instances [R2.13.1]");
  EXPECT_EQ(rows[1].what, "succeeded");
  EXPECT_EQ(rows[1].reason, "4 instances are replaced");
  const auto in_service = levels(bench, "/fleet/GroupInServiceInstances");
  EXPECT_EQ(*std::min_element(in_service.begin(), in_service.end()), 3);
  EXPECT_EQ(in_service.back(), 4);
  const auto ended = bench.decided("activity", "Terminating");
  ASSERT_THAT(ended, SizeIs(4));
  // 30 s until it runs, then the first check at the balancer within 10 s, and a minute of warm-up.
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_GE(ended[i].at_s - ended[i - 1].at_s, 90);
    EXPECT_LE(ended[i].at_s - ended[i - 1].at_s, 110);
    EXPECT_EQ(ended[i].cause, rows[0].id);
  }
}

TEST(InstanceRefresh, R2_13_1_AllAtOnceAndLaunchingFirst) {
  const FleetBench all(fleet(four("", "start_instance_refresh: {min_healthy_percentage: 0}")));
  EXPECT_THAT(all.decided("activity", "Terminating"), SizeIs(4));
  EXPECT_EQ(all.decided("activity", "Terminating")[3].at_s, 100);
  const FleetBench first(fleet(four("",
                                    "start_instance_refresh: {min_healthy_percentage: 100, "
                                    "max_healthy_percentage: 150}")));
  const auto in_service = levels(first, "/fleet/GroupInServiceInstances");
  EXPECT_EQ(*std::min_element(in_service.begin(), in_service.end()), 4);
  EXPECT_EQ(*std::max_element(in_service.begin(), in_service.end()), 6);
  EXPECT_EQ(in_service.back(), 4);
  EXPECT_THAT(first.instances(), SizeIs(8));
}

TEST(InstanceRefresh, R2_13_T1_SkipMatchingLeavesWhatFits) {
  const FleetBench bench(fleet(four("", "start_instance_refresh: {skip_matching: true}")));
  EXPECT_EQ(refreshed(bench)[0].what, "begins: 0 instances");
  EXPECT_EQ(refreshed(bench)[1].what, "succeeded");
  EXPECT_THAT(bench.instances(), SizeIs(4));
}

TEST(InstanceRefresh, ASG_33_R2_13_2_CheckpointsPause) {
  FleetText text = four("",
                        "start_instance_refresh: {checkpoint_percentages: [10, 40, 100], "
                        "checkpoint_delay: 600s}");
  text.group = "min_size: 2, max_size: 2, default_instance_warmup: 60s";
  text.in_service = "2";
  const FleetBench bench(fleet(text));
  const auto rows = bench.decided("instance refresh", "reaches");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].what, "reaches the checkpoint of 40 %");
  EXPECT_EQ(rows[0].reason, "1 of 2 instances are replaced");
  EXPECT_EQ(rows[1].what, "reaches the checkpoint of 100 %");
  EXPECT_GE(rows[1].at_s - rows[0].at_s, 690);
}

// The new template never becomes healthy: an hour later it fails and goes back.
TEST(InstanceRefresh, R2_13_1_AStuckRefreshFailsAndRollsBack) {
  FleetText text = four("",
                        "start_instance_refresh: {launch_template: broken, auto_rollback: "
                        "true}");
  text.resources = "broken: {launch_template: {instance_type: m7g.large, pending: 30s, boot: 10h}}";
  const FleetBench bench(fleet(text));
  const auto rows = refreshed(bench);
  ASSERT_THAT(rows, SizeIs(4));
  EXPECT_EQ(rows[1].what, "failed");
  EXPECT_EQ(rows[1].reason, "no instance became ready for an hour");
  EXPECT_EQ(rows[2].what, "rolls back: 1 instances");
  EXPECT_EQ(rows[2].cause, rows[1].id);
  EXPECT_EQ(rows[3].what, "rolled back");
  EXPECT_EQ(bench.minutes("/web/HealthyHostCount").at(170), 4);
}

TEST(InstanceRefresh, R2_13_1_AnAlarmFailsIt) {
  FleetText text = four("", "start_instance_refresh: {alarms: [broken], bake_time: 1h}");
  text.resources =
      "broken: {alarm: {metric_name: HTTPCode_ELB_5XX_Count, resource: alb, statistic: "
      "Sum, evaluation_periods: 1, threshold: 0, comparison_operator: "
      "GreaterThanThreshold}}";
  text.operations +=
      "\n{at: 2500s, broken: {set_alarm_state: {state_value: ALARM, state_reason: a "
      "test}}}";
  const FleetBench bench(fleet(text));
  const auto rows = refreshed(bench);
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(rows[1].what, "bakes");
  EXPECT_EQ(rows[2].what, "failed");
  EXPECT_EQ(rows[2].reason, "alarm broken is in ALARM");
}

TEST(InstanceRefresh, R2_13_1_AnOperatorStopsIt) {
  FleetText text = four("", "start_instance_refresh: {launch_template: next}");
  text.operations +=
      "\n{at: 150s, fleet: {start_instance_refresh: {}}}\n"
      "{at: 300s, fleet: {stop_instance_refresh: {rollback: true}}}\n"
      "{at: 2h, fleet: stop_instance_refresh}";
  const FleetBench bench(fleet(text));
  const auto rows = refreshed(bench);
  ASSERT_THAT(rows, SizeIs(5));
  EXPECT_TRUE(rows[1].blocked);
  EXPECT_THAT(rows[1].reason, HasSubstr("InstanceRefreshInProgress"));
  EXPECT_THAT(rows[2].what, HasSubstr("rolls back"));
  EXPECT_EQ(rows[3].what, "rolled back");
  EXPECT_THAT(rows[4].reason, HasSubstr("ActiveInstanceRefreshNotFound"));
}

TEST(InstanceRefresh, R2_13_T1_ProtectedInstancesAreWaitedForOrLeft) {
  FleetText text =
      four(", new_instances_protected_from_scale_in: true", "start_instance_refresh: {}");
  const FleetBench waits(fleet(text));
  const auto rows = refreshed(waits);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[1].reason, "instances have been protected from scale-in for an hour");
  text.operations =
      "{at: 100s, fleet: {start_instance_refresh: {scale_in_protected_instances: "
      "Refresh}}}";
  EXPECT_THAT(FleetBench(fleet(text)).instances(), SizeIs(8));
  text.operations =
      "{at: 100s, fleet: {start_instance_refresh: {scale_in_protected_instances: Ignore}}}";
  EXPECT_THAT(FleetBench(fleet(text)).instances(), SizeIs(4));
}

// R2.14.1: an instance that its target group finds unhealthy goes when the new one is healthy.
TEST(InstanceMaintenancePolicy, R2_14_1_TheNewOneFirst) {
  FleetText text{.duration = "20m",
                 .group = "min_size: 2, max_size: 2, health_check_type: ELB",
                 .instance = kInstance,
                 .in_service = "2",
                 .operations = "{at: 1s, fleet: {suspend_processes: [AZRebalance]}}",
                 .faults = "{at: 60s, slow_instance: {of: fleet, speed_factor: 0}}"};
  text.instance = "relative_speed: 1, health_check_cpu: 1ms, pending: 30s, boot: 0s";
  const auto gap = [](const FleetBench& bench) {
    return bench.decided("activity", "Terminating")[0].at_s -
           bench.decided("activity", "Launching")[2].at_s;
  };
  EXPECT_EQ(gap(FleetBench(fleet(text))), 0);
  text.group +=
      ", instance_maintenance_policy: {min_healthy_percentage: 100, max_healthy_percentage: 150}";
  const FleetBench bench(fleet(text));
  EXPECT_EQ(gap(bench), 60);  // it is there after 30 s, and seen at the next look
  EXPECT_THAT(bench.instances(), SizeIs(3));
}

TEST(InstanceLifetime, ASG_41_R2_14_2_ATenthAtATime) {
  FleetText text{.duration = "26h",
                 .group = "min_size: 20, max_size: 20, max_instance_lifetime: 86400s",
                 .instance = kInstance,
                 .in_service = "20"};
  const FleetBench bench(fleet(text));
  const auto in_service = levels(bench, "/fleet/GroupInServiceInstances");
  EXPECT_EQ(*std::min_element(in_service.begin(), in_service.end()), 18);
  const auto ended = bench.decided("activity", "Terminating");
  ASSERT_THAT(ended, SizeIs(20));
  EXPECT_EQ(ended[0].at_s, 86400);
  EXPECT_EQ(ended[0].rule, "R2.14.2");
  EXPECT_EQ(bench.instances().size(), 40u);
}

}  // namespace
}  // namespace updraft::testing
