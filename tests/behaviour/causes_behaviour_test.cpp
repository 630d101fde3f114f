// Decisions name the decision that caused them: from an activity back to the alarm, the health or
// the termination that it answers.
#include <algorithm>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

using Rows = std::vector<FleetBench::Decided>;

/// "kind: what" of a decision and of all that caused it, the last effect first.
std::string chain(const FleetBench& bench, const FleetBench::Decided& last) {
  const Rows all = bench.decided("");
  std::string text = last.kind + ": " + last.what;
  for (std::int64_t id = last.cause; id != 0;) {
    const auto row = std::ranges::find(all, id, &FleetBench::Decided::id);
    if (row == all.end() || row->cause >= id) {
      return text + " <- a cause that is not there, or not before";
    }
    text += " <- " + row->kind + ": " + row->what;
    id = row->cause;
  }
  return text;
}

Rows since(const Rows& rows, double at_s) {
  Rows later;
  std::ranges::copy_if(rows, std::back_inserter(later),
                       [&](const FleetBench::Decided& row) { return row.at_s >= at_s; });
  return later;
}

TEST(Causes, ALaunchGoesBackToTheAlarm) {
  const FleetBench bench(
      fleet({.duration = "9m",
             .group = "min_size: 2, max_size: 10, scaling_policies: {cpu: {target_tracking: "
                      "{predefined_metric_type: ASGAverageCPUUtilization, target_value: 50}}}",
             .traffic = "visitors: {to: alb, rate: {constant: 40/s, arrivals: regular}, demand: "
                        "{cpu: 80ms}}"}));
  const Rows launches = since(bench.decided("activity", "Launching"), 1);
  ASSERT_THAT(launches, SizeIs(2));
  for (const auto& launch : launches) {
    EXPECT_EQ(chain(bench, launch), "activity: " + launch.what +
                                        " <- desired capacity: desired capacity from 2 to 4"
                                        " <- policy: scale out <- alarm state: ALARM");
  }
}

TEST(Causes, WhatStandsAtTheStartHasNone) {
  const FleetBench bench(fleet({.in_service = "3"}));
  const Rows launches = bench.decided("activity", "Launching");
  ASSERT_THAT(launches, SizeIs(3));
  for (const auto& launch : launches) {
    EXPECT_EQ(launch.cause, 0);
  }
}

TEST(Causes, ATerminationGoesBackToTheOperator) {
  const FleetBench bench(fleet({.group = "min_size: 1, max_size: 10",
                                .operations = "{at: 100s, fleet: {set_desired_capacity: 1}}"}));
  const Rows ended = bench.decided("activity", "Terminating");
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(chain(bench, ended[0]), "activity: " + ended[0].what +
                                        " <- desired capacity: desired capacity from 2 to 1"
                                        " <- operation: set_desired_capacity: 1");
  const Rows draining = bench.decided("health", "draining");
  ASSERT_THAT(draining, SizeIs(1));
  EXPECT_EQ(draining[0].cause, ended[0].id);
}

TEST(Causes, ABlockedTerminationGoesBackToTheDesiredCapacity) {
  const FleetBench bench(
      fleet({.group = "min_size: 1, max_size: 10, new_instances_protected_from_scale_in: true",
             .operations = "{at: 100s, fleet: {set_desired_capacity: 1}}"}));
  const Rows blocked = bench.decided("activity", "terminate an instance");
  ASSERT_THAT(blocked, SizeIs(1));
  EXPECT_THAT(chain(bench, blocked[0]), HasSubstr("desired capacity from 2 to 1"));
}

FleetText with_sick(const std::string& grace) {
  return {.group =
              "min_size: 2, max_size: 4, health_check_type: ELB, "
              "health_check_grace_period: " +
              grace,
          .instance = "relative_speed: 1, health_check_cpu: 1ms, boot: 1s",
          .faults = "{at: 60s, slow_instance: {of: fleet, speed_factor: 0}}"};
}

TEST(Causes, AReplacementGoesBackToTheTargetsHealth) {
  const FleetBench bench(fleet(with_sick("0s")));
  const Rows ended = bench.decided("activity", "Terminating");
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_THAT(chain(bench, ended[0]), StartsWith("activity: " + ended[0].what +
                                                 " <- health: i-000001 unhealthy at the node in"));
  const Rows launches = since(bench.decided("activity", "Launching"), 1);
  ASSERT_THAT(launches, SizeIs(1));
  EXPECT_EQ(launches[0].cause, ended[0].id);
}

TEST(Causes, TheWaitForGraceGoesBackToTheTargetsHealth) {
  const FleetBench bench(fleet(with_sick("300s")));
  const Rows waits = bench.decided("health", "replace i-000001");
  ASSERT_THAT(waits, SizeIs(1));
  EXPECT_THAT(chain(bench, waits[0]), HasSubstr(" <- health: i-000001 unhealthy at the node in"));
}

TEST(Causes, ARejectedOperationGoesBackToTheOperator) {
  const FleetBench bench(fleet({.operations = "{at: 100s, fleet: {set_desired_capacity: 11}}"}));
  const Rows rows = bench.decided("operation");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(chain(bench, rows[1]),
            "operation: set desired capacity to 11 <- operation: set_desired_capacity: 11");
}

TEST(Causes, AKilledInstancesReplacementGoesBackToTheFault) {
  const FleetBench bench(fleet({.faults = "{at: 60s, kill_instance: {of: fleet}}"}));
  const Rows ended = bench.decided("activity", "Terminating");
  const Rows launches = since(bench.decided("activity", "Launching"), 1);
  ASSERT_THAT(ended, SizeIs(1));
  ASSERT_THAT(launches, SizeIs(1));
  EXPECT_EQ(chain(bench, launches[0]), "activity: " + launches[0].what +
                                           " <- activity: " + ended[0].what + " <- fault: begins");
}

TEST(Causes, ALostZonesReplacementsAndNodesGoBackToTheFault) {
  const FleetBench bench(
      fleet({.duration = "20m",
             .operations = "{at: 1s, fleet: {suspend_processes: [AZRebalance]}}",
             .faults = "{at: 60s, for: 5m, lose_availability_zone: {availability_zone: b}}"}));
  const Rows ended = bench.decided("activity", "Terminating");
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(chain(bench, ended[0]), "activity: " + ended[0].what +
                                        " <- status check: i-000002 fails its system check"
                                        " <- fault: begins");
  const Rows dns = bench.decided("dns");
  ASSERT_THAT(dns, SizeIs(2));
  EXPECT_THAT(chain(bench, dns[0]), HasSubstr(" <- fault: begins"));
  EXPECT_THAT(chain(bench, dns[1]), HasSubstr(" <- fault: ends"));
}

TEST(Causes, FailingOpenAndLeavingDnsGoBackToTheTargetsHealth) {
  FleetText text = with_sick("0s");
  text.group = "min_size: 2, max_size: 4";
  text.targets = "health_check_interval: 10s, load_balancing_cross_zone_enabled: \"false\"";
  const FleetBench bench(fleet(text));
  const Rows dns = bench.decided("dns");
  const Rows open = bench.decided("routing", "fail open");
  ASSERT_THAT(dns, SizeIs(1));
  ASSERT_THAT(open, SizeIs(1));
  EXPECT_THAT(chain(bench, dns[0]), HasSubstr(" <- health: i-000001 unhealthy at the node in"));
  EXPECT_THAT(chain(bench, open[0]), HasSubstr(" <- health: i-000001 unhealthy at the node in"));
}

// Each of several replacements of one check has its own termination for a cause.
TEST(Causes, ReplacementsOfOneCheckHaveACauseEach) {
  FleetText text = with_sick("0s");
  text.group = "min_size: 30, max_size: 30, health_check_type: ELB, health_check_grace_period: 0s";
  text.in_service = "30";
  text.faults = "{at: 60s, slow_instance: {of: fleet, count: 3, speed_factor: 0}}";
  const FleetBench bench(fleet(text));
  const Rows ended = bench.decided("activity", "Terminating");
  const Rows launches = since(bench.decided("activity", "Launching"), 1);
  ASSERT_THAT(ended, SizeIs(3));
  ASSERT_THAT(launches, SizeIs(3));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(launches[i].cause, ended[i].id) << i;
    EXPECT_THAT(chain(bench, ended[i]), HasSubstr(" <- health: i-00000"));
  }
}

// No zone takes it for two minutes: the wait and the launch at its end have one cause.
TEST(Causes, ALaunchThatWaitsForAZoneKeepsItsCause) {
  const FleetBench bench(
      fleet({.duration = "20m",
             .group_zones = "b",
             .operations = "{at: 200s, fleet: {set_desired_capacity: 3}}",
             .faults = "{at: 190s, for: 2m, lose_availability_zone: {availability_zone: b}}"}));
  const Rows desired = bench.decided("desired capacity");
  ASSERT_THAT(desired, SizeIs(1));
  const Rows blocked = bench.decided("activity", "launch an instance");
  ASSERT_THAT(blocked, SizeIs(1));
  EXPECT_EQ(chain(bench, blocked[0]),
            "activity: launch an instance <- launch: launch an instance in b <- desired capacity: "
            "desired capacity from 2 to 3 <- operation: set_desired_capacity: 3");
  EXPECT_GT(blocked[0].count, 1);
  const Rows launches = since(bench.decided("activity", "Launching"), 1);
  ASSERT_THAT(launches, SizeIs(1));
  EXPECT_EQ(launches[0].cause, desired[0].id);
}

}  // namespace
}  // namespace updraft::testing
