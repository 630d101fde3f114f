// Scheduled actions, suspended processes, operators and customized metrics of a running group.
#include <cmath>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

FleetText scheduled(const std::string& actions, const std::string& duration) {
  return {.duration = duration,
          .group = "min_size: 1, max_size: 10, scheduled_actions: {" + actions + "}"};
}

std::string starting(const FleetText& text, const std::string& start) {
  return "start: " + start + "\n" + fleet(text);
}

TEST(Schedule, ASG_30_R2_7_1_OnceAndByCron) {
  FleetText text = scheduled(
      "up: {start_time: \"2021-03-31T08:00:00Z\", desired_capacity: 3}, "
      "down: {start_time: \"2021-03-31T16:00:00Z\", desired_capacity: 1}, "
      "mornings: {recurrence: \"0 9 * * *\", start_time: \"2021-04-01T09:00:00Z\", "
      "desired_capacity: 3}",
      "60h");
  text.operations = "{at: 50h, fleet: {set_desired_capacity: 5}}";
  const FleetBench bench(starting(text, "2021-03-31T00:00:00Z"));
  EXPECT_EQ(bench.decisions("desired capacity"),
            "28800s fleet: desired capacity from 2 to 3 [R2.7.1]\n"
            "57600s fleet: desired capacity from 3 to 1 [R2.7.1]\n"
            "118800s fleet: desired capacity from 1 to 3 [R2.7.1]\n"
            "180000s fleet: desired capacity from 3 to 5 [R2.1.2]\n"
            "205200s fleet: desired capacity from 5 to 3 [R2.7.1]\n");
  const auto rows = bench.decided("scheduled action");
  ASSERT_THAT(rows, SizeIs(4));
  EXPECT_EQ(rows[0].who, "fleet/up");
  EXPECT_EQ(rows[0].reason,
            "At 2021-03-31T08:00:00Z a scheduled action update of AutoScalingGroup constraints to "
            "min: 1, max: 10, desired: 3 changing the desired capacity from 2 to 3.");
}

TEST(Schedule, R2_7_1_FollowsDaylightSavingOfItsZone) {
  const FleetBench bench(
      starting(scheduled("open: {recurrence: \"0 9 * * *\", time_zone: Europe/Berlin, "
                         "desired_capacity: 4}, close: {recurrence: \"0 18 * * *\", time_zone: "
                         "Europe/Berlin, desired_capacity: 2}",
                         "48h"),
               "2026-03-28T00:00:00Z"));
  // 08:00 UTC on the day before summer time, 07:00 from then on.
  EXPECT_EQ(bench.decisions("desired capacity"),
            "28800s fleet: desired capacity from 2 to 4 [R2.7.1]\n"
            "61200s fleet: desired capacity from 4 to 2 [R2.7.1]\n"
            "111600s fleet: desired capacity from 2 to 4 [R2.7.1]\n"
            "144000s fleet: desired capacity from 4 to 2 [R2.7.1]\n");
}

TEST(Schedule, R2_7_1_BoundsMoveDesiredAndStay) {
  const FleetBench bench(
      fleet(scheduled("floor: {recurrence: \"1 * * * *\", min_size: 4, max_size: 6}", "10m")));
  EXPECT_EQ(bench.decisions("desired capacity"),
            "60s fleet: desired capacity from 2 to 4 [R2.7.1]\n");
  EXPECT_DOUBLE_EQ(bench.minutes("/fleet/GroupMinSize").back(), 4);
  EXPECT_DOUBLE_EQ(bench.minutes("/fleet/GroupMaxSize").back(), 6);
}

TEST(Schedule, R2_7_1_WhatCrossesTheBoundsIsRejected) {
  const FleetBench bench(
      fleet(scheduled("much: {recurrence: \"1 * * * *\", desired_capacity: 11}", "10m")));
  EXPECT_THAT(bench.decided("desired capacity"), IsEmpty());
  const auto rows = bench.decided("scheduled action");
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_TRUE(rows[0].blocked);
  EXPECT_EQ(rows[0].reason, "desired capacity 11 is outside of 1 to 10");
}

TEST(Suspend, R2_7_1_R2_16_1_MissedActionsAreNotMadeUpFor) {
  FleetText text = scheduled("up: {recurrence: \"*/5 * * * *\", desired_capacity: 4}", "12m");
  text.operations =
      "{at: 0s, fleet: {suspend_processes: [ScheduledActions]}}\n"
      "{at: 6m, fleet: {resume_processes: [ScheduledActions]}}";
  const FleetBench bench(fleet(text));
  EXPECT_EQ(bench.decisions("desired capacity"),
            "600s fleet: desired capacity from 2 to 4 [R2.7.1]\n");
  EXPECT_THAT(bench.decisions("scheduled action"),
              HasSubstr("300s fleet/up: set desired capacity 4 [blocked R2.16.1]\n"));
  EXPECT_THAT(bench.decisions("operation"),
              AllOf(HasSubstr("suspend ScheduledActions [R2.16.1]"),
                    HasSubstr("suspend_processes: [ScheduledActions]")));
}

constexpr const char* kPlusOne =
    "out: {simple_scaling: {adjustment_type: ChangeInCapacity, scaling_adjustment: 1}}";
constexpr const char* kBusy =
    "busy: {alarm: {metric_name: CPUUtilization, resource: fleet, statistic: Average, threshold: "
    "50, comparison_operator: GreaterThanThreshold, evaluation_periods: 1, alarm_actions: "
    "[fleet/out]}}\n";
constexpr const char* kLoad =
    "visitors: {to: alb, rate: {constant: 40/s, arrivals: regular}, demand: {cpu: 80ms}}";

FleetText called(const std::string& operations) {
  return {.group = std::string("min_size: 1, max_size: 10, scaling_policies: {") + kPlusOne + "}",
          .resources = kBusy,
          .traffic = kLoad,
          .operations = operations};
}

TEST(Suspend, R2_16_1_AlarmsStillInBreachActOnResume) {
  const FleetBench bench(
      fleet(called("{at: 0s, fleet: {suspend_processes: [AlarmNotification]}}\n"
                   "{at: 290s, fleet: {resume_processes: [AlarmNotification]}}")));
  EXPECT_EQ(bench.decisions("desired capacity"),
            "300s fleet: desired capacity from 2 to 3 [R2.5.1]\n");
  const auto rows = bench.decided("policy");
  ASSERT_GE(rows.size(), 2u);
  EXPECT_EQ(rows[0].rule, "R2.16.1");
  EXPECT_EQ(rows[0].at_s, 120);
  EXPECT_EQ(rows[0].count, 3);
}

TEST(Operators, R2_4_2_AManualChangeWaitsOnlyIfItHonoursTheCooldown) {
  // The policy acts at 120 s; its instance is in service at 150 s, the cooldown ends at 450 s.
  const FleetBench bench(
      fleet(called("{at: 130s, fleet: {set_desired_capacity: {desired_capacity: 5, honor_cooldown: "
                   "true}}}\n"
                   "{at: 200s, fleet: {set_desired_capacity: {desired_capacity: 5, honor_cooldown: "
                   "true}}}\n"
                   "{at: 210s, fleet: {set_desired_capacity: 4}}\n"
                   "{at: 455s, fleet: {set_desired_capacity: {desired_capacity: 5, honor_cooldown: "
                   "true}}}")));
  EXPECT_EQ(bench.decisions("desired capacity"),
            "120s fleet: desired capacity from 2 to 3 [R2.5.1]\n"
            "210s fleet: desired capacity from 3 to 4 [R2.1.2]\n"
            "455s fleet: desired capacity from 4 to 5 [R2.1.2]\n");
  const auto rows = bench.decided("operation", "set desired capacity to 5");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].reason, "an activity is in progress");
  EXPECT_EQ(rows[1].reason, "the cooldown is not over");
  EXPECT_EQ(rows[1].rule, "R2.4.2");
}

TEST(Operators, R2_5_1_ExecutePolicyRunsAStepOrSimplePolicy) {
  FleetText text{
      .group =
          "min_size: 1, max_size: 10, scaling_policies: {out: {simple_scaling: "
          "{adjustment_type: ChangeInCapacity, scaling_adjustment: 1}}, steps: "
          "{step_scaling: {adjustment_type: ChangeInCapacity, estimated_instance_warmup: "
          "0s, step_adjustments: [{metric_interval_lower_bound: 0, "
          "metric_interval_upper_bound: 10, scaling_adjustment: 1}, "
          "{metric_interval_lower_bound: 10, scaling_adjustment: 3}]}}}",
      .operations =
          "{at: 100s, fleet: {execute_policy: out}}\n"
          "{at: 110s, fleet: {execute_policy: {policy_name: out, "
          "honor_cooldown: true}}}\n"
          "{at: 200s, fleet: {execute_policy: {policy_name: steps, "
          "metric_value: 65, breach_threshold: 50}}}\n"
          "{at: 300s, fleet: {execute_policy: nobody}}"};
  const FleetBench bench(fleet(text));
  EXPECT_EQ(bench.decisions("desired capacity"),
            "100s fleet: desired capacity from 2 to 3 [R2.5.1]\n"
            "200s fleet: desired capacity from 3 to 6 [R2.5.4]\n");
  EXPECT_THAT(bench.decided("desired capacity")[0].reason,
              HasSubstr("a user request executed policy out changing the desired capacity from 2 "
                        "to 3."));
  EXPECT_THAT(bench.decisions("policy", "fleet/out"), HasSubstr("110s fleet/out: scale out "
                                                                "[blocked R2.4.1]"));
  EXPECT_THAT(bench.decisions("operation"),
              HasSubstr("300s fleet: execute policy nobody [blocked"));
}

// --- customized metrics

FleetText tracking(const std::string& policy, const std::string& traffic) {
  return {.duration = "5m",
          .group = "min_size: 1, max_size: 20, scaling_policies: {own: {target_tracking: {" +
                   policy + "}}}",
          .in_service = "10",
          .traffic = traffic};
}
constexpr const char* kRequests =
    "visitors: {to: alb, rate: {constant: 25/s, arrivals: regular}, demand: {wait: 1ms}}";

TEST(CustomMetrics, R2_6_10_AMetricOfAnotherResource) {
  // 1,500 requests a minute at the balancer, where 1,000 are wanted: ceil(10 x 1.5).
  const FleetBench bench(
      fleet(tracking("metrics: [{id: m, metric: RequestCount, resource: alb, stat: Sum}], "
                     "target_value: 1000",
                     kRequests)));
  EXPECT_EQ(bench.decisions("desired capacity"),
            "240s fleet: desired capacity from 10 to 15 [R2.6.4]\n");
}

TEST(CustomMetrics, R2_6_10_MetricMathOverSeveral) {
  // Requests for each instance in service, of the balancer and of the group itself.
  const FleetBench bench(
      fleet(tracking("metrics: [{id: requests, metric: RequestCount, resource: alb, stat: Sum}, "
                     "{id: instances, metric: GroupInServiceInstances}, "
                     "{id: each, expression: requests / instances, return_data: true}], "
                     "target_value: 100",
                     kRequests)));
  EXPECT_EQ(bench.decisions("desired capacity"),
            "240s fleet: desired capacity from 10 to 15 [R2.6.4]\n");
}

TEST(CustomMetrics, R2_6_8_TheGroupsNetwork) {
  // 150 requests a minute of 10 kB each come in at every instance.
  FleetText text = tracking("predefined_metric_type: ASGAverageNetworkIn, target_value: 1000000",
                            std::string(kRequests).replace(std::string(kRequests).find("demand"), 0,
                                                           "request_size: 10kB, "));
  const FleetBench bench(fleet(text));
  EXPECT_NEAR(bench.minutes("/fleet/NetworkIn").at(1), 1.5e6, 1.5e4);
  EXPECT_EQ(bench.decisions("desired capacity"),
            "240s fleet: desired capacity from 10 to 15 [R2.6.4]\n");
}

TEST(CustomMetrics, R2_6_1_AlarmsCarryTheGroupsName) {
  const FleetBench bench(
      fleet(tracking("metrics: [{id: m, metric: RequestCount, resource: alb, stat: Sum}], "
                     "target_value: 1000",
                     kRequests)));
  EXPECT_THAT(bench.decisions("alarm state"), HasSubstr("TargetTracking-fleet-AlarmHigh-own"));
}

}  // namespace
}  // namespace updraft::testing
