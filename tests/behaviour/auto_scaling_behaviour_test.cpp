// An Auto Scaling group with its alarms, instances and balancer, end to end.
#include <cmath>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using sim::Status;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::StartsWith;

constexpr const char* kTrackCpu =
    ", scaling_policies: {cpu: {target_tracking: {predefined_metric_type: "
    "ASGAverageCPUUtilization, target_value: 50}}}";

// `busy` vCPUs of work from `from` on, in requests of 80 ms.
std::string load(double busy, const std::string& from = "0s", const std::string& until = "0s") {
  return "visitors: {to: alb, rate: {constant: " + std::to_string(busy / 0.08) +
         "/s, arrivals: regular}, from: " + from + ", until: " + until + ", demand: {cpu: 80ms}}";
}

int alive(const FleetBench& bench, const std::string& zone, double at_s) {
  int count = 0;
  for (const auto& instance : bench.instances()) {
    count += instance.zone == zone && instance.launched_s <= at_s &&
                     (instance.ended_s < 0 || instance.ended_s > at_s)
                 ? 1
                 : 0;
  }
  return count;
}

TEST(Group, R2_6_2_R2_6_4_R6_1_5_ScalesOutAfterThreeMinutesAndThePublication) {
  const FleetBench bench(fleet({.duration = "9m",
                                .group = std::string("min_size: 2, max_size: 10") + kTrackCpu,
                                .traffic = load(3.2)}));
  const auto rows = bench.decided("desired capacity");
  ASSERT_GE(rows.size(), 1u);
  // 80 % on two instances: ceil(2 x 80 / 50) = 4. Three minutes above, seen a minute late.
  EXPECT_EQ(rows[0].line(), "240s fleet: desired capacity from 2 to 4 [R2.6.4]");
  EXPECT_THAT(rows[0].reason,
              AllOf(StartsWith("At 2026-01-01T00:04:00Z a monitor alarm TargetTracking-fleet-"),
                    HasSubstr("in state ALARM triggered policy cpu changing the desired capacity "
                              "from 2 to 4.")));
  EXPECT_EQ(rows.size(), 1u);  // those on their way suffice while the alarm goes on
  EXPECT_EQ(bench.decided("activity", "Launching").size(), 2u + 2u);
  EXPECT_DOUBLE_EQ(bench.minutes("/fleet/GroupDesiredCapacity").at(4), 4);
  EXPECT_DOUBLE_EQ(bench.minutes("/fleet/GroupInServiceInstances").at(4), 4);
}

TEST(Group, R2_6_2_R2_6_9_ScalesInAfterFifteenMinutes) {
  const FleetBench bench(fleet({.duration = "20m",
                                .group = std::string("min_size: 1, max_size: 10") + kTrackCpu,
                                .in_service = "4"}));
  const auto rows = bench.decided("desired capacity");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].line(), "960s fleet: desired capacity from 4 to 1 [R2.6.5]");
  const auto last = bench.minutes("/fleet/GroupInServiceInstances");
  EXPECT_DOUBLE_EQ(last.back(), 1);
}

TEST(Group, R2_1_2_R6_3_1_CW_15_AGroupAtItsMaximumIsAskedEveryMinute) {
  const FleetBench bench(fleet({.duration = "15m",
                                .group = std::string("min_size: 2, max_size: 2") + kTrackCpu,
                                .traffic = load(3.2)}));
  EXPECT_THAT(bench.decided("desired capacity"), IsEmpty());
  const auto rows = bench.decided("policy");
  ASSERT_EQ(rows.size(), 1u);  // one interval: the policy says the same each time
  EXPECT_TRUE(rows[0].blocked);
  EXPECT_EQ(rows[0].rule, "R2.1.2");
  EXPECT_EQ(rows[0].at_s, 240);
  EXPECT_EQ(rows[0].count, static_cast<std::int64_t>((rows[0].last_s - 240) / 60) + 1);
  EXPECT_GE(rows[0].last_s, 840);
}

TEST(Group, R2_4_5_ASG_18_AWarmingInstanceBlocksScaleIn) {
  const FleetBench bench(fleet({.duration = "25m",
                                .group = std::string("min_size: 1, max_size: 10") + kTrackCpu,
                                .operations = "{at: 14m, fleet: {set_desired_capacity: 3}}"}));
  // In service at 14:30, warm at 19:30 (default_cooldown of 300 s, R2.4.3).
  const auto policy = bench.decided("policy");
  ASSERT_GE(policy.size(), 2u);
  EXPECT_TRUE(policy[0].blocked);
  EXPECT_EQ(policy[0].rule, "R2.4.5");
  EXPECT_EQ(policy[0].at_s, 960);
  EXPECT_EQ(policy[0].last_s, 1140);
  EXPECT_EQ(policy[1].at_s, 1200);
  EXPECT_FALSE(policy[1].blocked);
}

TEST(Group, R2_6_11_DisableScaleInHoldsTheGroup) {
  const FleetBench bench(
      fleet({.duration = "20m",
             .group = "min_size: 1, max_size: 10, scaling_policies: {cpu: {target_tracking: "
                      "{predefined_metric_type: ASGAverageCPUUtilization, target_value: 50, "
                      "disable_scale_in: true}}}"}));
  EXPECT_THAT(bench.decided("desired capacity"), IsEmpty());
  EXPECT_THAT(bench.decisions("policy"), HasSubstr("[blocked R2.6.11]"));
}

TEST(Group, ASG_12_R2_6_8_RequestCountPerTargetIsProportional) {
  const FleetBench bench(
      fleet({.duration = "6m",
             .group = "min_size: 2, max_size: 20, scaling_policies: {requests: {target_tracking: "
                      "{predefined_metric_type: ALBRequestCountPerTarget, target_value: 100}}}",
             .in_service = "10",
             .traffic = "visitors: {to: alb, rate: {constant: 25/s, arrivals: regular}, demand: "
                        "{wait: 1ms}}"}));
  const auto rows = bench.decided("desired capacity");
  ASSERT_EQ(rows.size(), 1u);  // 150 per target against 100
  EXPECT_EQ(rows[0].line(), "240s fleet: desired capacity from 10 to 15 [R2.6.4]");
}

TEST(Group, ASG_15_R2_6_6_WithoutDataThereIsNoScaling) {
  const FleetBench bench(fleet(
      {.duration = "15m",
       .group = std::string("min_size: 2, max_size: 10, default_instance_warmup: 20m") + kTrackCpu,
       .traffic = "calm: {to: alb, rate: {constant: 20/s, arrivals: regular}, until: 150s, "
                  "demand: {cpu: 80ms}}\n"
                  "heavy: {to: alb, rate: {constant: 60/s, arrivals: regular}, from: 150s, "
                  "demand: {cpu: 80ms}}",
       .faults = "{at: 150s, kill_instance: {of: fleet, count: 2}}"}));
  // The new instances warm for 20 minutes and are in no mean, however busy they are.
  EXPECT_THAT(bench.decided("desired capacity"), IsEmpty());
  EXPECT_THAT(bench.decisions("alarm state", "AlarmHigh"), HasSubstr("INSUFFICIENT_DATA"));
  EXPECT_THAT(bench.decided("policy"), IsEmpty());
  EXPECT_TRUE(std::isnan(bench.minutes("/fleet/CPUUtilization").at(10)));
}

TEST(Group, ASG_40_TheGroupsMetricIsTheMeanOfItsInstances) {
  const FleetBench bench(
      fleet({.duration = "6m",
             .traffic = load(1.6),
             .faults = "{at: 60s, slow_instance: {of: fleet, count: 1, speed_factor: 0.5}}"}));
  const auto slow = bench.of_instance(0, "CPUUtilization");
  const auto fast = bench.of_instance(1, "CPUUtilization");
  const auto mean = bench.minutes("/fleet/CPUUtilization");
  EXPECT_NEAR(slow.at(4), 80, 6);
  EXPECT_NEAR(fast.at(4), 40, 3);
  for (std::size_t minute = 0; minute < 6; ++minute) {
    EXPECT_DOUBLE_EQ(mean.at(minute), (slow.at(minute) + fast.at(minute)) / 2) << minute;
  }
}

// --- health

FleetText with_grace(const std::string& grace, const std::string& fault) {
  return {.duration = "10m",
          .group = "min_size: 2, max_size: 4, health_check_type: ELB, health_check_grace_period: " +
                   grace,
          .instance = "relative_speed: 1, health_check_cpu: 1ms",
          .faults = fault};
}
constexpr const char* kFailChecks = "{at: 60s, slow_instance: {of: fleet, speed_factor: 0}}";
constexpr const char* kStop = "{at: 60s, kill_instance: {of: fleet}}";

TEST(Group, ASG_21_R2_3_2_GraceShieldsFromElbOnly) {
  const auto ended = [](const FleetText& text) {
    const FleetBench bench(fleet(text));
    const auto rows = bench.decided("activity", "Terminating");
    return rows.empty() ? -1 : rows[0].at_s;
  };
  EXPECT_EQ(ended(with_grace("0s", kFailChecks)), 120);    // API: the next periodic check
  EXPECT_EQ(ended(with_grace("300s", kFailChecks)), 300);  // console: when grace is over
  EXPECT_EQ(ended(with_grace("0s", kStop)), 60);           // R2.3.1: at once in both
  EXPECT_EQ(ended(with_grace("300s", kStop)), 60);
}

TEST(Group, ASG_21_R2_3_2_TheWaitForGraceIsADecision) {
  const FleetBench bench(fleet(with_grace("300s", kFailChecks)));
  const auto rows = bench.decided("health", "replace i-000001");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_TRUE(rows[0].blocked);
  EXPECT_EQ(rows[0].at_s, 120);
  EXPECT_EQ(rows[0].last_s, 240);
  EXPECT_EQ(rows[0].count, 3);
}

TEST(Group, R2_3_2_ElbIsNotAskedByDefault) {
  FleetText text = with_grace("0s", kFailChecks);
  text.group = "min_size: 2, max_size: 4";
  EXPECT_THAT(FleetBench(fleet(text)).decided("activity", "Terminating"), IsEmpty());
}

TEST(Group, R2_3_4_AReplacementStartsAtTheSameTime) {
  const FleetBench bench(fleet(with_grace("0s", kStop)));
  const auto rows = bench.decided("activity");
  ASSERT_EQ(rows.size(), 2u + 2u);
  EXPECT_THAT(rows[2].what, HasSubstr("Terminating"));
  EXPECT_EQ(rows[2].at_s, 60);
  EXPECT_THAT(rows[2].reason, HasSubstr("an EC2 health check indicating it has been terminated or "
                                        "stopped"));
  EXPECT_THAT(rows[3].what, HasSubstr("Launching"));
  EXPECT_EQ(rows[3].at_s, 60);
  EXPECT_EQ(alive(bench, "a", 200) + alive(bench, "b", 200), 2);
}

TEST(Group, R2_3_5_UnhealthyInstancesAreReplacedTenPercentAtATime) {
  FleetText text = with_grace("0s",
                              "{at: 60s, slow_instance: {of: fleet, count: 3, speed_factor: "
                              "0}}");
  text.group = "min_size: 10, max_size: 12, health_check_type: ELB, default_instance_warmup: 60s";
  text.in_service = "10";
  text.duration = "20m";
  // New ones must not fail their checks while they boot.
  text.instance += ", boot: 1s";
  const FleetBench bench(fleet(text));
  const auto rows = bench.decided("activity", "Terminating");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].at_s, 120);
  EXPECT_GE(rows[1].at_s, 120 + 90);  // in service after 30 s and warm after 60 s more
  EXPECT_GE(rows[2].at_s, rows[1].at_s + 90);
  EXPECT_THAT(bench.decisions("health", "replace"), HasSubstr("[blocked R2.3.5]"));
}

TEST(Group, R2_3_1_AKilledInstanceIsReplacedAndServesAgain) {
  const FleetBench bench(
      fleet({.traffic = "late: {to: alb, rate: {constant: 10/s, arrivals: regular}, from: 300s, "
                        "demand: {wait: 1ms}}",
             .faults = "{at: 100s, kill_instance: {of: fleet}}"}));
  EXPECT_EQ(bench.answered("late", Status::kOk), 3000u);
  EXPECT_GT(bench.of_instance(2, "NetworkIn").back(), 200'000);
  EXPECT_EQ(bench.capacity().launches, 3u);
  EXPECT_EQ(bench.capacity().terminations, 1u);
}

TEST(Group, R2_1_3_R2_3_1_ALostZoneIsLeftForTheOthers) {
  const FleetBench bench(
      fleet({.duration = "40m",
             .in_service = "4",
             .traffic = "late: {to: alb, rate: {constant: 10/s, arrivals: regular}, from: 10m, "
                        "until: 20m, demand: {wait: 1ms}}",
             .faults = "{at: 100s, for: 30m, lose_availability_zone: {availability_zone: b}}"}));
  EXPECT_EQ(alive(bench, "a", 90), 2);
  EXPECT_EQ(alive(bench, "b", 90), 2);
  EXPECT_EQ(alive(bench, "a", 900), 4);  // after the tolerance of failed status checks
  EXPECT_EQ(alive(bench, "b", 900), 0);
  EXPECT_EQ(bench.answered("late", Status::kOk), 6000u);
}

// They run, so they are not replaced all at once, as those that do not run are.
TEST(Group, R2_3_5_R2_3_1_InstancesThatFailTheirStatusChecksAreReplacedInTurn) {
  const FleetBench bench(
      fleet({.duration = "40m",
             .group = "min_size: 4, max_size: 8",
             .in_service = "4",
             .operations = "{at: 1s, fleet: {suspend_processes: [AZRebalance]}}",
             .faults = "{at: 100s, for: 35m, lose_availability_zone: {availability_zone: b}}"}));
  const auto rows = bench.decided("activity", "Terminating");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].at_s, 120 + 180);  // seen at 120 s, tolerated for three minutes
  EXPECT_THAT(rows[0].reason, HasSubstr("an EC2 instance status checks failure"));
  // In service 30 s later and warm 300 s after that; found so by the check at 660 s.
  EXPECT_EQ(rows[1].at_s, 660);
  EXPECT_THAT(bench.decisions("health", "replace"), HasSubstr("[blocked R2.3.5]"));
}

TEST(Group, R2_3_1_InstancesThatDoNotRunAreReplacedAllAtOnce) {
  const FleetBench bench(fleet({.group = "min_size: 4, max_size: 8",
                                .in_service = "4",
                                .faults = "{at: 100s, kill_instance: {of: fleet, count: 3}}"}));
  const auto rows = bench.decided("activity", "Terminating");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].at_s, 100);
  EXPECT_EQ(rows[2].at_s, 100);
}

// --- several policies, and whose warm-up it is

const char* const kCpuAndRequests =
    "min_size: 1, max_size: 10, scaling_policies: {cpu: {target_tracking: {predefined_metric_type: "
    "ASGAverageCPUUtilization, target_value: 50}}, requests: {target_tracking: "
    "{predefined_metric_type: ALBRequestCountPerTarget, target_value: 100}}}";

TEST(Group, R2_6_12_ScaleInNeedsEveryPolicy) {
  const auto moves = [](const std::string& rate) {
    return FleetBench(fleet({.duration = "20m",
                             .group = kCpuAndRequests,
                             .in_service = "4",
                             .traffic = "visitors: {to: alb, rate: {constant: " + rate +
                                        "/s, arrivals: regular}, demand: {wait: 1ms}}"}))
        .decisions("desired capacity");
  };
  // 90 requests a minute at each of four: over 70, under 100. The CPU, idle, may not decide.
  EXPECT_EQ(moves("6"), "");
  // 45 at each of four: two are enough for them, one for the CPU. The larger capacity it is.
  EXPECT_EQ(moves("3"), "960s fleet: desired capacity from 4 to 2 [R2.6.5]\n");
}

TEST(Group, R2_6_12_AnyPolicyScalesOut) {
  const FleetBench bench(
      fleet({.duration = "9m",
             .group = kCpuAndRequests,
             .in_service = "4",
             .traffic = "visitors: {to: alb, rate: {constant: 10/s, arrivals: regular}, demand: "
                        "{wait: 1ms}}"}));
  // 150 requests a minute at each of four, with the CPU idle all the while.
  EXPECT_EQ(bench.decisions("desired capacity"),
            "240s fleet: desired capacity from 4 to 6 [R2.6.4]\n");
}

TEST(Group, R2_4_3_TheWarmUpIsThePolicysThenTheGroupsThenTheCooldown) {
  // In service at 14:30. Scale-in is asked for from 16:00 on and waits until it is warm.
  const auto scales_in_at = [](const std::string& of_group, const std::string& of_policy) {
    const FleetBench bench(
        fleet({.duration = "25m",
               .group = "min_size: 1, max_size: 10" + of_group +
                        ", scaling_policies: {cpu: {target_tracking: {predefined_metric_type: "
                        "ASGAverageCPUUtilization, target_value: 50" +
                        of_policy + "}}}",
               .operations = "{at: 14m, fleet: {set_desired_capacity: 3}}"}));
    const auto rows = bench.decided("desired capacity", "from 3 to 1");
    return rows.empty() ? -1 : rows[0].at_s;
  };
  EXPECT_EQ(scales_in_at("", ""), 20 * 60);  // 300 s, warm at 19:30
  EXPECT_EQ(scales_in_at(", default_cooldown: 200s", ""), 18 * 60);
  EXPECT_EQ(scales_in_at(", default_instance_warmup: 120s", ""), 17 * 60);
  EXPECT_EQ(scales_in_at(", default_instance_warmup: 120s", ", estimated_instance_warmup: 240s"),
            19 * 60);
  EXPECT_EQ(scales_in_at(", default_instance_warmup: 120s", ", estimated_instance_warmup: 0s"),
            16 * 60);
}

TEST(Group, R2_1_3_ALaunchWaitsForAZone) {
  const FleetBench bench(
      fleet({.duration = "20m",
             .group_zones = "b",
             .faults = "{at: 100s, for: 10m, lose_availability_zone: {availability_zone: b}}"}));
  EXPECT_THAT(bench.decisions("activity", "launch an instance"), HasSubstr("[blocked R2.1.3]"));
  EXPECT_EQ(alive(bench, "b", 1100), 2);
}

// --- zones and termination

TEST(Group, ASG_23_R2_9_1_R2_10_1_ZonesStayInBalance) {
  const FleetBench bench(fleet({.duration = "10m",
                                .group = "min_size: 1, max_size: 10, desired_capacity: 3",
                                .in_service = "3",
                                .operations = "{at: 100s, fleet: {set_desired_capacity: 2}}\n"
                                              "{at: 300s, fleet: {set_desired_capacity: 3}}\n"
                                              "{at: 400s, fleet: {set_desired_capacity: 4}}"}));
  EXPECT_EQ(std::abs(alive(bench, "a", 50) - alive(bench, "b", 50)), 1);
  EXPECT_EQ(alive(bench, "a", 250), 1);
  EXPECT_EQ(alive(bench, "b", 250), 1);
  EXPECT_EQ(std::abs(alive(bench, "a", 350) - alive(bench, "b", 350)), 1);
  EXPECT_EQ(alive(bench, "a", 450), 2);
  EXPECT_EQ(alive(bench, "b", 450), 2);
}

TEST(Group, ASG_25_R2_9_2_TheOneNearestToItsBillingHourGoes) {
  const FleetBench bench(fleet({.duration = "140m",
                                .group = "min_size: 1, max_size: 10",
                                .group_zones = "a",
                                .in_service = "1",
                                .operations = "{at: 72m, fleet: {set_desired_capacity: 2}}\n"
                                              "{at: 83m, fleet: {set_desired_capacity: 3}}\n"
                                              "{at: 120m, fleet: {set_desired_capacity: 4}}\n"
                                              "{at: 130m, fleet: {set_desired_capacity: 3}}"}));
  // Ages of 130, 58, 47 and 10 minutes.
  const auto instances = bench.instances();
  ASSERT_EQ(instances.size(), 4u);
  EXPECT_EQ(instances[0].ended_s, -1);
  EXPECT_EQ(instances[1].ended_s, 130 * 60 + 30);
  EXPECT_EQ(instances[2].ended_s, -1);
  EXPECT_EQ(instances[3].ended_s, -1);
}

TEST(Group, ASG_23_R2_9_1_ZoneBalanceComesBeforeTheOldestInstance) {
  const FleetBench bench(
      fleet({.duration = "10m",
             .group = "min_size: 1, max_size: 10, termination_policies: [OldestInstance]",
             .in_service = "1",
             .operations = "{at: 10s, fleet: {set_desired_capacity: 2}}\n"
                           "{at: 100s, fleet: {set_desired_capacity: 3}}\n"
                           "{at: 200s, fleet: {set_desired_capacity: 2}}\n"
                           "{at: 400s, fleet: {set_desired_capacity: 1}}"}));
  const auto instances = bench.instances();
  ASSERT_EQ(instances.size(), 3u);
  // Of three the zone with two gives its older one, although the other zone may have an older yet;
  // of two zones with one each, the oldest of all goes.
  const std::size_t first = instances[2].zone == instances[0].zone ? 0 : 1;
  EXPECT_EQ(instances[first].ended_s, 230);
  EXPECT_EQ(instances[1 - first].ended_s, 430);
  EXPECT_EQ(instances[2].ended_s, -1);
}

TEST(Group, R2_9_5_WhereAllAreProtectedDesiredDropsAndNothingTerminates) {
  const FleetBench bench(
      fleet({.group = "min_size: 1, max_size: 10, new_instances_protected_from_scale_in: true",
             .in_service = "3",
             .operations = "{at: 100s, fleet: {set_desired_capacity: 1}}",
             .faults = "{at: 300s, kill_instance: {of: fleet}}"}));
  EXPECT_EQ(bench.decisions("desired capacity"),
            "100s fleet: desired capacity from 3 to 1 [R2.1.2]\n");
  EXPECT_THAT(bench.decisions("activity", "terminate an instance"), HasSubstr("[blocked R2.9.5]"));
  EXPECT_EQ(alive(bench, "a", 290) + alive(bench, "b", 290), 3);
  // Nor does protection keep one that does not run; and two are more than desired already.
  EXPECT_EQ(alive(bench, "a", 590) + alive(bench, "b", 590), 2);
}

// --- operators

TEST(Group, R2_2_2_WhatStandsAtTheStartIsThereForTheFirstRequestAndOperation) {
  const FleetBench bench(fleet({.traffic = "first: {to: alb, rate: {constant: 10/s}, until: 1s}",
                                .operations = "{at: 0s, fleet: {set_desired_capacity: 4}}"}));
  EXPECT_EQ(bench.answered("first", Status::kOk), bench.sent("first"));
  const auto instances = bench.instances();
  ASSERT_EQ(instances.size(), 4u);
  EXPECT_EQ(instances[1].in_service_s, 0);
  EXPECT_EQ(instances[2].in_service_s, 30);
}

TEST(Group, R2_1_5_ADesiredCapacityOutOfBoundsIsRejected) {
  const FleetBench bench(fleet({.group = "min_size: 1, max_size: 4",
                                .operations = "{at: 100s, fleet: {set_desired_capacity: 5}}\n"
                                              "{at: 200s, fleet: {set_desired_capacity: 0}}\n"
                                              "{at: 300s, fleet: {set_desired_capacity: 4}}"}));
  EXPECT_EQ(bench.decisions("desired capacity"),
            "300s fleet: desired capacity from 2 to 4 [R2.1.2]\n");
  EXPECT_THAT(bench.decisions("operation"),
              AllOf(HasSubstr("100s fleet: set desired capacity to 5 [blocked R2.1.5]"),
                    HasSubstr("200s fleet: set desired capacity to 0 [blocked R2.1.5]")));
}

TEST(Group, R2_1_2_NewBoundsMoveDesired) {
  const FleetBench bench(fleet({.group = "min_size: 1, max_size: 8",
                                .operations = "{at: 100s, fleet: {set_min_size: 4}}\n"
                                              "{at: 300s, fleet: {set_max_size: 4}}\n"
                                              "{at: 400s, fleet: {set_min_size: 1}}\n"
                                              "{at: 500s, fleet: {set_max_size: 1}}"}));
  EXPECT_EQ(bench.decisions("desired capacity"),
            "100s fleet: desired capacity from 2 to 4 [R2.1.2]\n"
            "500s fleet: desired capacity from 4 to 1 [R2.1.2]\n");
}

TEST(Group, R2_1_2_DesiredNeverLeavesItsBounds) {
  const FleetBench bench(fleet({.duration = "60m",
                                .group = std::string("min_size: 2, max_size: 5") + kTrackCpu,
                                .traffic = load(6, "5m", "30m"),
                                .faults = "{at: 8m, kill_instance: {of: fleet, count: 2}}"}));
  EXPECT_THAT(bench.minutes("/fleet/GroupDesiredCapacity"), Each(AllOf(Ge(2.0), Le(5.0))));
  EXPECT_THAT(bench.minutes("/fleet/GroupInServiceInstances"), Each(Le(5.0)));
  EXPECT_DOUBLE_EQ(bench.minutes("/fleet/GroupDesiredCapacity").at(29), 5);
  EXPECT_DOUBLE_EQ(bench.minutes("/fleet/GroupDesiredCapacity").back(), 2);
}

// Each of two gets a second of work every two seconds, on two vCPUs.
TEST(Group, R1_7_2_TheMeanOfItsInstancesIsTheGroups) {
  const FleetBench bench(
      fleet({.traffic = "steady: {to: alb, rate: {constant: 1/s, arrivals: regular}, "
                        "demand: {cpu: 1s}}"}));
  const auto group = bench.minutes("/fleet/CPUUtilization");
  const auto first = bench.of_instance(0, "CPUUtilization");
  const auto second = bench.of_instance(1, "CPUUtilization");
  for (std::size_t minute = 2; minute < 9; ++minute) {
    EXPECT_NEAR(group.at(minute), 25.0, 0.5);
    EXPECT_NEAR(group.at(minute), (first.at(minute) + second.at(minute)) / 2, 1e-9);
  }
}

TEST(Group, R6_1_3_ItsMetricsAndTheBalancersComeEachMinute) {
  const FleetBench bench(
      fleet({.traffic = "steady: {to: alb, rate: {constant: 1/s, arrivals: regular}, "
                        "demand: {cpu: 1ms}}"}));
  for (const char* metric :
       {"/fleet/GroupDesiredCapacity", "/alb/RequestCount", "/web/RequestCountPerTarget"}) {
    const auto values = bench.minutes(metric);
    ASSERT_EQ(values.size(), 10u) << metric;
    for (const double value : values) {
      EXPECT_GT(value, 0) << metric;
    }
  }
}

TEST(Group, R2_1_4_MetricsOfTheGroup) {
  const FleetBench bench(fleet({.duration = "5m",
                                .group = "min_size: 1, max_size: 4",
                                .instance = "pending: 90s, shutting_down: 90s",
                                .operations = "{at: 30s, fleet: {set_desired_capacity: 4}}\n"
                                              "{at: 150s, fleet: {set_desired_capacity: 1}}"}));
  using ::testing::ElementsAre;
  EXPECT_THAT(bench.minutes("/fleet/GroupPendingInstances"), ElementsAre(2, 0, 0, 0, 0));
  EXPECT_THAT(bench.minutes("/fleet/GroupInServiceInstances"), ElementsAre(2, 4, 1, 1, 1));
  EXPECT_THAT(bench.minutes("/fleet/GroupTerminatingInstances"), ElementsAre(0, 0, 3, 0, 0));
  EXPECT_THAT(bench.minutes("/fleet/GroupTotalInstances"), ElementsAre(4, 4, 4, 1, 1));
  EXPECT_THAT(bench.minutes("/fleet/GroupMinSize"), Each(1));
  EXPECT_THAT(bench.minutes("/fleet/GroupMaxSize"), Each(4));
}

// --- needed capacity

TEST(Group, NeededCountsTheWorkOfAnInstanceAtItsTarget) {
  const auto needed = [](const std::string& type) {
    return FleetBench(fleet({.duration = "10m",
                             .group = std::string("min_size: 4, max_size: 4") + kTrackCpu,
                             .instance_type = type,
                             .in_service = "4",
                             .traffic = load(2)}))
        .capacity()
        .needed_mean;
  };
  // Two vCPUs of work. At 50 % a core of its own each does one: m7g.large has one of two busy.
  EXPECT_NEAR(needed("m7g.large"), 2.0, 0.01);
  // One thread of an m5.large at work does one as well, although the whole type does but 1.25.
  EXPECT_NEAR(needed("m5.large"), 2.0, 0.01);
}

TEST(Group, NeededOfEachMinuteIsAMetricAndItsMeanIsTheReports) {
  FleetBench bench(fleet({.duration = "10m",
                          .group = std::string("min_size: 1, max_size: 1") + kTrackCpu,
                          .in_service = "1",
                          .traffic = load(2)}));
  const std::vector<double> minutes = bench.minutes("/fleet/needed_instances");
  ASSERT_EQ(minutes.size(), 10U);
  const double mean = std::accumulate(minutes.begin(), minutes.end(), 0.0) / 10;
  EXPECT_NEAR(mean, bench.capacity().needed_mean, 1e-9);
  EXPECT_GT(mean, 1.5);  // more than the one that is there: what waits or is turned away counts
}

TEST(Group, NeededWithoutATargetCountsTheWholeInstance) {
  const FleetBench bench(fleet({.group = "min_size: 4, max_size: 4",
                                .instance_type = "m5.large",
                                .in_service = "4",
                                .traffic = load(2)}));
  EXPECT_NEAR(bench.capacity().needed_mean, 2 / 1.25, 0.01);
}

}  // namespace
}  // namespace updraft::testing
