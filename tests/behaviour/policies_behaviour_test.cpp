// Step and simple scaling of a running fleet, called by alarms that the scenario names.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kOutSteps =
    "out: {step_scaling: {adjustment_type: PercentChangeInCapacity, step_adjustments: ["
    "{metric_interval_lower_bound: 0, metric_interval_upper_bound: 10, scaling_adjustment: 0}, "
    "{metric_interval_lower_bound: 10, metric_interval_upper_bound: 20, scaling_adjustment: 10}, "
    "{metric_interval_lower_bound: 20, scaling_adjustment: 30}]";
constexpr const char* kInSteps =
    "in: {step_scaling: {adjustment_type: PercentChangeInCapacity, step_adjustments: ["
    "{metric_interval_lower_bound: -10, metric_interval_upper_bound: 0, scaling_adjustment: 0}, "
    "{metric_interval_lower_bound: -20, metric_interval_upper_bound: -10, scaling_adjustment: "
    "-10}, "
    "{metric_interval_upper_bound: -20, scaling_adjustment: -30}]";

// An alarm on the group's CPU that calls a policy, one period of a minute.
std::string alarm(const std::string& name, const std::string& policy, const std::string& comparison,
                  int threshold, const std::string& more = "") {
  return fmt::format(
      "{}: {{alarm: {{metric_name: CPUUtilization, resource: fleet, statistic: Average, threshold: "
      "{}, comparison_operator: {}Threshold, evaluation_periods: 1, alarm_actions: "
      "[fleet/{}]{}}}}}\n",
      name, threshold, comparison, policy, more);
}

// So many vCPUs are busy from `from` until `until` (0s: the end): each of ten instances has two.
std::string busy(const std::string& name, double vcpus, const std::string& from,
                 const std::string& until = "0s") {
  return fmt::format(
      "{}: {{to: alb, rate: {{constant: {}/s, arrivals: regular}}, from: {}, until: {}, demand: "
      "{{cpu: 80ms}}}}\n",
      name, vcpus / 0.08, from, until);
}

FleetText ten(const std::string& policies, const std::string& alarms, const std::string& traffic) {
  return {.duration = "20m",
          .group = "min_size: 1, max_size: 50, scaling_policies: {" + policies + "}",
          .in_service = "10",
          .resources = alarms,
          .traffic = traffic};
}

TEST(StepScaling, ASG_01_R2_5_4_TheWorkedExample) {
  // 61 % of ten; when the eleventh is warm, 71 % of eleven.
  const FleetBench bench(
      fleet(ten(std::string(kOutSteps) + "}}", alarm("high", "out", "GreaterThan", 50),
                busy("first", 12.2, "0s", "10m") + busy("then", 0.71 * 22, "10m"))));
  const auto rows = bench.decided("desired capacity");
  ASSERT_GE(rows.size(), 2u) << bench.decisions("");
  EXPECT_EQ(rows[0].line(), "120s fleet: desired capacity from 10 to 11 [R2.5.4]");
  EXPECT_EQ(rows[1].line(), "720s fleet: desired capacity from 11 to 14 [R2.5.4]");
  EXPECT_THAT(rows[0].reason, HasSubstr("a monitor alarm high in state ALARM triggered policy out "
                                        "changing the desired capacity from 10 to 11."));
}

TEST(StepScaling, ASG_16_R2_5_4_WarmingInstancesCountInDesiredOnly) {
  const FleetBench bench(
      fleet(ten(std::string(kOutSteps) + ", estimated_instance_warmup: 20m}}",
                alarm("high", "out", "GreaterThan", 50),
                busy("first", 12.2, "0s", "4m") + busy("then", 0.62 * 22, "4m", "8m") +
                    busy("last", 0.71 * 22, "8m"))));
  // 62 % while one warms: 10 + 10 % is 11, which is on its way. 71 %: 10 + 30 % is 13, two more.
  EXPECT_EQ(bench.decisions("desired capacity"),
            "120s fleet: desired capacity from 10 to 11 [R2.5.4]\n"
            "600s fleet: desired capacity from 11 to 13 [R2.5.4]\n");
  EXPECT_THAT(bench.decisions("policy", "scale out"), HasSubstr("[blocked R2.4.7]"));
}

TEST(StepScaling, R2_5_5_R6_3_1_ActsEachMinuteWhileTheAlarmStays) {
  const FleetBench bench(fleet(
      ten("out: {step_scaling: {adjustment_type: ChangeInCapacity, estimated_instance_warmup: 0s, "
          "step_adjustments: [{metric_interval_lower_bound: 0, scaling_adjustment: 1}]}}",
          alarm("high", "out", "GreaterThan", 50), busy("load", 13, "0s"))));
  // 65 % of ten. The minute from 240 s has not thirteen all through; the next one has 14.
  EXPECT_EQ(bench.decisions("desired capacity"),
            "120s fleet: desired capacity from 10 to 11 [R2.5.4]\n"
            "180s fleet: desired capacity from 11 to 12 [R2.5.4]\n"
            "240s fleet: desired capacity from 12 to 13 [R2.5.4]\n"
            "300s fleet: desired capacity from 13 to 14 [R2.5.4]\n"
            "360s fleet: desired capacity from 14 to 15 [R2.5.4]\n");
}

TEST(StepScaling, R2_4_6_TheSameStepDoesNotRemoveTwice) {
  FleetText text = ten(std::string(kInSteps) + "}}", alarm("low", "in", "LessThan", 50),
                       busy("load", 7, "0s"));  // 35 %: -10 %
  text.targets += ", deregistration_delay: 300s";
  const FleetBench bench(fleet(text));
  // One leaves; while it drains the same step finds nine and one on its way out.
  const auto rows = bench.decided("desired capacity");
  ASSERT_GE(rows.size(), 1u);
  EXPECT_EQ(rows[0].line(), "120s fleet: desired capacity from 10 to 9 [R2.5.4]");
  const auto blocked = bench.decided("policy", "scale in");
  ASSERT_GE(blocked.size(), 2u);
  EXPECT_TRUE(blocked[1].blocked);
  EXPECT_EQ(blocked[1].rule, "R2.4.7");
}

TEST(StepScaling, ASG_18_R2_4_5_ScaleInWaitsForTheWarmUp) {
  FleetText text =
      ten(std::string(kInSteps) + "}}", alarm("low", "in", "LessThan", 50), busy("load", 7, "0s"));
  text.operations = "{at: 10s, fleet: {set_desired_capacity: 11}}";
  const FleetBench bench(fleet(text));
  // The eleventh is in service at 40 s and warm at 340 s.
  const auto rows = bench.decided("policy", "scale in");
  ASSERT_GE(rows.size(), 2u);
  EXPECT_EQ(rows[0].rule, "R2.4.5");
  EXPECT_EQ(rows[0].at_s, 120);
  EXPECT_EQ(rows[0].last_s, 300);
  EXPECT_EQ(rows[1].at_s, 360);
  EXPECT_FALSE(rows[1].blocked);
}

TEST(StepScaling, R2_5_3_TheDatapointsOfTheAlarmPickTheStep) {
  const auto desired = [](const std::string& how) {
    FleetText text = ten(std::string(kOutSteps) + ", metric_aggregation_type: " + how + "}}",
                         alarm("high", "out", "GreaterThan", 50),
                         busy("first", 11, "0s", "60s") + busy("then", 14.4, "60s"));
    text.duration = "200s";
    const std::string one = "evaluation_periods: 1";
    text.resources.replace(text.resources.find(one), one.size(), "evaluation_periods: 2");
    return FleetBench(fleet(text)).decisions("desired capacity");
  };
  // 55 % and 72 %.
  EXPECT_EQ(desired("Minimum"), "");
  EXPECT_EQ(desired("Average"), "180s fleet: desired capacity from 10 to 11 [R2.5.4]\n");
  EXPECT_EQ(desired("Maximum"), "180s fleet: desired capacity from 10 to 13 [R2.5.4]\n");
}

TEST(StepScaling, R2_5_2_AMetricOutsideOfEveryStepDoesNothing) {
  const FleetBench bench(
      fleet(ten("out: {step_scaling: {adjustment_type: ChangeInCapacity, step_adjustments: "
                "[{metric_interval_lower_bound: 20, scaling_adjustment: 1}]}}",
                alarm("high", "out", "GreaterThan", 50), busy("load", 12, "0s"))));
  EXPECT_THAT(bench.decided("desired capacity"), IsEmpty());
  EXPECT_THAT(bench.decisions("policy"), HasSubstr("[blocked R2.5.2]"));
}

// Two alarms go off in one instant.
FleetText two(const std::string& first, const std::string& second, const std::string& comparison,
              int in_service) {
  FleetText text =
      ten("", alarm("a", "first", comparison, 50) + alarm("b", "second", comparison, 50),
          comparison == "GreaterThan" ? busy("load", in_service * 1.4, "0s") : "");
  text.group = fmt::format("min_size: 1, max_size: 50, scaling_policies: {{first: {}, second: {}}}",
                           first, second);
  text.in_service = std::to_string(in_service);
  text.duration = "170s";
  return text;
}

std::string change(int amount, const std::string& type = "ChangeInCapacity") {
  return fmt::format(
      "{{step_scaling: {{adjustment_type: {}, estimated_instance_warmup: 0s, step_adjustments: "
      "[{{metric_interval_{}_bound: 0, "
      "scaling_adjustment: {}}}]}}}}",
      type, amount > 0 ? "lower" : "upper", amount);
}

TEST(Policies, ASG_09_R2_6_12_OfTwoScaleOutsTheLargerWins) {
  for (const bool larger_first : {true, false}) {
    const FleetBench bench(
        fleet(two(change(larger_first ? 2 : 1), change(larger_first ? 1 : 2), "GreaterThan", 4)));
    EXPECT_EQ(bench.decisions("desired capacity"),
              "120s fleet: desired capacity from 4 to 6 [R2.5.4]\n");
    const auto loser = bench.decided("policy", larger_first ? "fleet/second" : "fleet/first");
    ASSERT_THAT(loser, SizeIs(1));
    EXPECT_TRUE(loser[0].blocked);
    EXPECT_EQ(loser[0].rule, "R2.6.12");
  }
}

TEST(Policies, R2_6_12_OfTwoScaleInsTheLargerCapacityWins) {
  // -3 against -25 % of eight: two leave, whichever alarm speaks first.
  for (const bool larger_first : {true, false}) {
    const std::string three = change(-3);
    const std::string quarter = change(-25, "PercentChangeInCapacity");
    const FleetBench bench(
        fleet(two(larger_first ? quarter : three, larger_first ? three : quarter, "LessThan", 8)));
    EXPECT_EQ(bench.decisions("desired capacity"),
              "120s fleet: desired capacity from 8 to 6 [R2.5.4]\n");
  }
}

TEST(Policies, ASG_07_ASG_08_R2_1_2_WhatAStepAsksForIsClamped) {
  const auto desired = [](const std::string& policy, const std::string& comparison,
                          const std::string& bounds, const std::string& in_service) {
    FleetText text = ten("", alarm("a", "one", comparison, 50),
                         comparison == "GreaterThan" ? busy("load", 3, "0s") : "");
    text.group = bounds + ", scaling_policies: {one: " + policy + "}";
    text.in_service = in_service;
    text.duration = "170s";
    return FleetBench(fleet(text)).decisions("desired capacity");
  };
  EXPECT_EQ(desired(change(3), "GreaterThan", "min_size: 1, max_size: 3", "2"),
            "120s fleet: desired capacity from 2 to 3 [R2.5.4]\n");
  EXPECT_EQ(desired(change(-2), "LessThan", "min_size: 2, max_size: 9", "3"),
            "120s fleet: desired capacity from 3 to 2 [R2.5.4]\n");
}

TEST(Policies, R2_6_12_AStepScaleInIsNotHeldByATargetPolicy) {
  FleetText text = ten(
      "tracks: {target_tracking: {predefined_metric_type: ASGAverageCPUUtilization, target_value: "
      "50}}, in: " +
          change(-1),
      alarm("low", "in", "LessThan", 50), busy("load", 9, "0s"));  // 45 %
  text.duration = "170s";
  EXPECT_EQ(FleetBench(fleet(text)).decisions("desired capacity"),
            "120s fleet: desired capacity from 10 to 9 [R2.5.4]\n");
}

// --- simple scaling

constexpr const char* kPlusOne =
    "out: {simple_scaling: {adjustment_type: ChangeInCapacity, scaling_adjustment: 1";

TEST(SimpleScaling, ASG_19_R2_4_1_WaitsForTheActivityAndTheCooldown) {
  FleetText text = ten(std::string(kPlusOne) + "}}", alarm("high", "out", "GreaterThan", 50),
                       busy("load", 18, "0s"));
  text.instance += ", pending: 100s";
  const FleetBench bench(fleet(text));
  // In service 100 s after the launch at 120 s; 300 s from then it is 520 s, so at 540 s.
  EXPECT_EQ(bench.decisions("desired capacity"),
            "120s fleet: desired capacity from 10 to 11 [R2.5.1]\n"
            "540s fleet: desired capacity from 11 to 12 [R2.5.1]\n"
            "960s fleet: desired capacity from 12 to 13 [R2.5.1]\n");
  const auto rows = bench.decided("policy");
  ASSERT_GE(rows.size(), 4u);
  EXPECT_THAT(rows[1].reason, HasSubstr("an activity is in progress"));
  EXPECT_EQ(rows[1].last_s, 180);
  EXPECT_THAT(rows[2].reason, HasSubstr("the cooldown is not over"));
  EXPECT_EQ(rows[2].at_s, 240);
  EXPECT_EQ(rows[2].last_s, 480);
  EXPECT_EQ(rows[2].rule, "R2.4.1");
}

TEST(SimpleScaling, R2_4_1_AShorterCooldownOfItsOwn) {
  const FleetBench bench(
      fleet(ten(std::string(kPlusOne) + ", cooldown: 60s}}",
                alarm("high", "out", "GreaterThan", 50), busy("load", 18, "0s"))));
  const auto rows = bench.decided("desired capacity");
  ASSERT_GE(rows.size(), 2u);
  EXPECT_EQ(rows[0].at_s, 120);  // in service at 150 s
  EXPECT_EQ(rows[1].at_s, 240);
}

TEST(SimpleScaling, R2_4_1_ScaleInCountsFromTheEndOfDraining) {
  FleetText text = ten(
      "in: {simple_scaling: {adjustment_type: ChangeInCapacity, scaling_adjustment: -1, cooldown: "
      "60s}}",
      alarm("low", "in", "LessThan", 50),
      "visitors: {to: alb, rate: {constant: 10/s, arrivals: regular}, demand: {wait: 200s}}");
  text.targets += ", deregistration_delay: 100s";
  text.balancer = "idle_timeout: 600s";
  const FleetBench bench(fleet(text));
  // Its requests last longer than the delay: drained at 220 s, and the cooldown ends at 280 s.
  const auto rows = bench.decided("desired capacity");
  ASSERT_GE(rows.size(), 2u);
  EXPECT_EQ(rows[0].at_s, 120);
  EXPECT_EQ(rows[1].at_s, 300);
}

TEST(SimpleScaling, ASG_19_R2_4_2_OthersDoNotWait) {
  FleetText text =
      ten(std::string(kPlusOne) + "}}, steps: " + change(2),
          alarm("high", "out", "GreaterThan", 50) + alarm("higher", "steps", "GreaterThan", 80),
          busy("load", 11, "0s", "3m") + busy("more", 19, "3m"));
  text.faults = "{at: 200s, kill_instance: {of: fleet}}";
  const FleetBench bench(fleet(text));
  // The step policy moves inside the cooldown, and so does the replacement of what was killed.
  EXPECT_THAT(bench.decisions("desired capacity"),
              HasSubstr("120s fleet: desired capacity from 10 to 11 [R2.5.1]\n"
                        "300s fleet: desired capacity from 11 to 13 [R2.5.4]\n"));
  const auto launches = bench.decided("activity", "Launching");
  ASSERT_GE(launches.size(), 12u);
  EXPECT_EQ(launches[11].at_s, 200);
}

TEST(Policies, R6_3_1_OkActionsCallPoliciesToo) {
  FleetText text =
      ten("home: {simple_scaling: {adjustment_type: ExactCapacity, "
          "scaling_adjustment: 3}}",
          alarm("high", "home", "GreaterThan", 50), busy("load", 18, "0s", "3m"));
  const std::string on = "alarm_actions";
  text.resources.replace(text.resources.find(on), on.size(), "ok_actions");
  const auto rows = FleetBench(fleet(text)).decided("desired capacity");
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].line(), "300s fleet: desired capacity from 10 to 3 [R2.5.1]");
}

}  // namespace
}  // namespace updraft::testing
