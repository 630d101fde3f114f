// Which instance, which zone, which health: the group's choices among instances.
#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "models/auto_scaling/activity.h"
#include "models/auto_scaling/health.h"
#include "models/auto_scaling/termination.h"
#include "models/auto_scaling/zone_balance.h"

namespace updraft::auto_scaling {
namespace {

constexpr sim::Time kNow = sim::kStart + 10h;

Candidate aged(std::uint64_t id, std::int64_t minutes, std::uint32_t zone = 0) {
  return {.id = id, .zone = zone, .launched_at = kNow - minutes * 1min};
}

std::optional<std::uint64_t> choose(std::vector<Candidate> candidates, TerminationPolicy policy,
                                    double uniform = 0.5) {
  const std::array policies = {policy};
  return choose_to_terminate(candidates, policies, {.now = kNow, .uniform = uniform});
}

TEST(Termination, R2_9_2_ASG_25_ClosestToTheNextBillingHour) {
  EXPECT_EQ(
      choose({aged(1, 10), aged(2, 47), aged(3, 58), aged(4, 130)}, TerminationPolicy::kDefault),
      3u);
}

TEST(Termination, R2_9_2_ASG_25_OlderTemplatesGoFirst) {
  std::vector<Candidate> candidates = {aged(1, 10), aged(2, 47), aged(3, 58)};
  candidates[0].template_version = 3;
  candidates[1].template_version = 2;
  candidates[2].template_version = 3;
  EXPECT_EQ(choose(candidates, TerminationPolicy::kDefault), 2u);
  candidates[0].launch_template = 7;  // not the current one, whatever its version
  candidates[0].template_version = 9;
  EXPECT_EQ(choose(candidates, TerminationPolicy::kDefault), 1u);
}

TEST(Termination, R2_9_2_RandomAmongEquals) {
  const std::vector<Candidate> equal = {aged(1, 10), aged(2, 10), aged(3, 10)};
  EXPECT_EQ(choose(equal, TerminationPolicy::kDefault, 0.1), 1u);
  EXPECT_EQ(choose(equal, TerminationPolicy::kDefault, 0.5), 2u);
  EXPECT_EQ(choose(equal, TerminationPolicy::kDefault, 0.999), 3u);
}

TEST(Termination, R2_9_1_ASG_23_ZoneBalanceComesBeforeOldestInstance) {
  EXPECT_EQ(choose({aged(1, 300, /*zone=*/1), aged(2, 20), aged(3, 10)},
                   TerminationPolicy::kOldestInstance),
            2u);
}

TEST(Termination, R2_9_1_BalancedZonesGiveFromAll) {
  EXPECT_EQ(choose({aged(1, 10), aged(2, 300, /*zone=*/1)}, TerminationPolicy::kOldestInstance),
            2u);
}

TEST(Termination, R2_9_4_TheOthers) {
  const std::vector<Candidate> three = {aged(1, 100), aged(2, 59), aged(3, 5)};
  EXPECT_EQ(choose(three, TerminationPolicy::kOldestInstance), 1u);
  EXPECT_EQ(choose(three, TerminationPolicy::kNewestInstance), 3u);
  EXPECT_EQ(choose(three, TerminationPolicy::kClosestToNextInstanceHour), 2u);
  std::vector<Candidate> versions = three;
  versions[0].template_version = versions[1].template_version = 1;
  EXPECT_EQ(choose(versions, TerminationPolicy::kOldestLaunchTemplate), 3u);
  EXPECT_EQ(to_next_instance_hour(aged(1, 120), kNow), 1h);
}

TEST(Termination, R2_9_4_ListsApplyInOrder) {
  std::vector<Candidate> candidates = {aged(1, 100), aged(2, 10), aged(3, 50)};
  candidates[0].template_version = 1;
  const std::array policies = {TerminationPolicy::kOldestLaunchTemplate,
                               TerminationPolicy::kNewestInstance};
  EXPECT_EQ(choose_to_terminate(candidates, policies, {.now = kNow}), 2u);
}

TEST(Termination, R2_9_5_ProtectedInstancesStay) {
  std::vector<Candidate> candidates = {aged(1, 10), aged(2, 58), aged(3, 20, /*zone=*/1)};
  candidates[1].is_protected = true;
  EXPECT_EQ(choose(candidates, TerminationPolicy::kDefault), 1u);
  candidates[0].is_protected = true;  // the larger zone has none to give
  EXPECT_EQ(choose(candidates, TerminationPolicy::kDefault), 3u);
  candidates[2].is_protected = true;
  EXPECT_EQ(choose(candidates, TerminationPolicy::kDefault), std::nullopt);
}

TEST(ZoneBalance, R2_10_1_ASG_23_LaunchesWhereTheFewestAre) {
  std::vector<ZoneCount> zones = {{.zone = 0, .instances = 2}, {.zone = 1, .instances = 1}};
  EXPECT_EQ(zone_to_launch(zones, 0.9), 1u);
  zones[1].available = false;
  EXPECT_EQ(zone_to_launch(zones, 0.9), 0u);
  zones[0].available = false;
  EXPECT_EQ(zone_to_launch(zones, 0.9), std::nullopt);
}

TEST(ZoneBalance, R2_10_1_TheDrawDecidesAmongEquals) {
  const std::vector<ZoneCount> zones = {
      {.zone = 0, .instances = 1}, {.zone = 1, .instances = 1}, {.zone = 2, .instances = 4}};
  EXPECT_EQ(zone_to_launch(zones, 0.25), 0u);
  EXPECT_EQ(zone_to_launch(zones, 0.75), 1u);
}

TEST(ZoneBalance, R2_9_1_ASG_23_TerminatesWhereTheMostAre) {
  const std::vector<ZoneCount> zones = {{.zone = 0, .instances = 2, .unprotected = 2},
                                        {.zone = 1, .instances = 1, .unprotected = 1}};
  EXPECT_EQ(zones_to_terminate_in(zones), std::vector<std::uint32_t>{0});
}

TEST(Health, R2_3_2_ASG_21_GraceShieldsFromElbOnly) {
  const sim::Time now = sim::kStart + 60s;
  const InstanceReport failing{.elb_unhealthy = true};
  const InstanceReport stopped{.running = false};
  const HealthSettings console{.elb_check = true, .grace_period = 300s};
  const HealthSettings api{.elb_check = true, .grace_period = 0s};
  EXPECT_EQ(verdict(failing, console, now), (Health{true, HealthCause::kGracePeriod}));
  EXPECT_EQ(verdict(failing, console, sim::kStart + 300s), (Health{false, HealthCause::kElb}));
  EXPECT_EQ(verdict(failing, api, now), (Health{false, HealthCause::kElb}));
  EXPECT_EQ(verdict(stopped, console, now), (Health{false, HealthCause::kNotRunning}));
  EXPECT_EQ(verdict(stopped, api, now), (Health{false, HealthCause::kNotRunning}));
}

TEST(Health, R2_3_1_FailedStatusChecksCountInsideTheGracePeriodToo) {
  const InstanceReport impaired{.impaired = true};
  EXPECT_EQ(verdict(impaired, {.elb_check = true, .grace_period = 300s}, sim::kStart + 60s),
            (Health{false, HealthCause::kImpaired}));
  EXPECT_EQ(verdict(impaired, {}, sim::kStart), (Health{false, HealthCause::kImpaired}));
}

TEST(Health, R2_3_2_ElbIsOffByDefault) {
  EXPECT_TRUE(verdict({.elb_unhealthy = true}, {}, kNow).healthy);
}

TEST(Health, R2_3_1_GraceCountsFromInService) {
  const InstanceReport late{.in_service_at = kNow - 10s, .elb_unhealthy = true};
  EXPECT_TRUE(verdict(late, {.elb_check = true, .grace_period = 300s}, kNow).healthy);
}

TEST(Health, R2_3_6_StandbyIsNotChecked) {
  EXPECT_EQ(verdict({.running = false, .standby = true}, {}, kNow),
            (Health{true, HealthCause::kStandby}));
}

TEST(Health, R2_3_5_ReplacesTenPercentAtATime) {
  EXPECT_EQ(replacements_allowed({.desired = 40, .in_service = 40, .failed_checks = 10}), 4u);
  EXPECT_EQ(
      replacements_allowed({.desired = 40, .in_service = 38, .failed_checks = 10, .replacing = 3}),
      1u);
  EXPECT_EQ(replacements_allowed({.desired = 4, .in_service = 4, .failed_checks = 4}), 1u);
  EXPECT_EQ(
      replacements_allowed({.desired = 4, .in_service = 3, .failed_checks = 3, .replacing = 1}),
      0u);
}

TEST(Health, R2_3_5_WaitsForAnActivityWhenTenPercentAreMissing) {
  ReplacementCounts counts{
      .desired = 10, .in_service = 9, .failed_checks = 2, .activity_in_progress = true};
  EXPECT_EQ(replacements_allowed(counts), 0u);
  counts.failed_at_once = 2;
  EXPECT_EQ(replacements_allowed(counts), 2u);
  counts.activity_in_progress = false;
  EXPECT_EQ(replacements_allowed(counts), 3u);
}

TEST(Activity, ReadsLikeTheActivityHistory) {
  const common::Calendar calendar{.start_unix_ns = 1'767'225'600'000'000'000};
  const sim::Time at = sim::kStart + 5min;
  EXPECT_EQ(cause_of_alarm(calendar, {.at = at,
                                      .alarm = "TargetTracking-fleet-AlarmHigh",
                                      .policy = "cpu",
                                      .from = 2,
                                      .to = 3}),
            "At 2026-01-01T00:05:00Z a monitor alarm TargetTracking-fleet-AlarmHigh in state ALARM "
            "triggered policy cpu changing the desired capacity from 2 to 3.");
  EXPECT_EQ(cause_of_user(calendar, {.at = at, .min = 1, .max = 9, .from = 2, .to = 4}),
            "At 2026-01-01T00:05:00Z a user request update of AutoScalingGroup constraints to min: "
            "1, max: 9, desired: 4 changing the desired capacity from 2 to 4.");
  EXPECT_EQ(cause_of_difference(calendar, at, 2, 3),
            "At 2026-01-01T00:05:00Z an instance was started in response to a difference between "
            "desired and actual capacity, increasing the capacity from 2 to 3.");
  EXPECT_EQ(cause_of_difference(calendar, at, 4, 2),
            "At 2026-01-01T00:05:00Z 2 instances were taken out of service in response to a "
            "difference between desired and actual capacity, shrinking the capacity from 4 to 2.");
  EXPECT_EQ(cause_of_health(calendar, at, FailedCheck::kElb),
            "At 2026-01-01T00:05:00Z an instance was taken out of service in response to an ELB "
            "system health check failure.");
  EXPECT_EQ(launch_description("i-000167"), "Launching a new EC2 instance: i-000167");
}

}  // namespace
}  // namespace updraft::auto_scaling
