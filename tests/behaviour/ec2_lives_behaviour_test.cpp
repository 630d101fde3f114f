// What operators, the account and EC2 itself do to the instances of a group.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using ::testing::HasSubstr;

TEST(Lives, R1_1_1_AGroupReplacesAnInstanceThatIsStopped) {
  const FleetBench bench(
      fleet({.group = "min_size: 2, max_size: 2",
             .operations = "{at: 100s, fleet/launch_template: {stop_instances: 1}}"}));
  ASSERT_EQ(bench.instances().size(), 3u);
  EXPECT_GT(bench.instances()[0].ended_s, 130);  // stopped after 30 s, then terminated
  EXPECT_LT(bench.instances()[0].ended_s, 600);
  const auto ended = bench.decided("activity", "Terminating");
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].at_s, 100);
  EXPECT_EQ(ended[0].rule, "R2.3.1");
  const auto stopped = bench.decided("instance", "stop");
  ASSERT_EQ(stopped.size(), 1u);
  EXPECT_EQ(ended[0].cause, stopped[0].id);
}

TEST(Lives, R1_1_6_ARebootedInstanceStaysInItsGroup) {
  const FleetBench bench(
      fleet({.duration = "10m",
             .group = "min_size: 1, max_size: 1",
             .instance = "relative_speed: 1, health_check_cpu: 0s, reboot: 120s",
             .in_service = "1",
             .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 100s, "
                        "until: 400s, demand: {wait: 1ms}}",
             .operations = "{at: 200s, fleet/launch_template: reboot_instances}"}));
  EXPECT_EQ(bench.instances().size(), 1u);
  EXPECT_EQ(bench.answered("visitors", sim::Status::kBadGateway), 120u);
  EXPECT_EQ(bench.answered("visitors", sim::Status::kOk), 180u);
}

TEST(Lives, R1_2_1_R2_3_1_AFailedStatusCheckIsToleratedForMinutes) {
  const FleetBench bench(
      fleet({.group = "min_size: 1, max_size: 1",
             .in_service = "1",
             .faults = "{at: 100s, for: 400s, fail_status_check: {of: fleet}}"}));
  EXPECT_EQ(bench.minutes("/fleet/launch_template/StatusCheckFailed").at(2), 1);
  const auto found = bench.decided("status check");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].what, "i-000001 fails its instance check");
  const auto ended = bench.decided("activity", "Terminating");
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].at_s, 300);  // seen at 120 s, three minutes of patience
  EXPECT_EQ(ended[0].cause, found[0].id);
}

TEST(Lives, EC2_quota_ALaunchBeyondTheQuotaIsRefused) {
  const FleetBench bench(
      fleet({.group = "min_size: 2, max_size: 10",
             .resources = "account: {ec2_account: {on_demand_standard_vcpus: 6}}",
             .operations = "{at: 100s, fleet: {set_desired_capacity: 5}}\n"
                           "{at: 300s, fleet: {set_desired_capacity: 3}}"}));
  EXPECT_EQ(bench.instances().size(), 3u);  // 2 vCPUs each
  const auto refused = bench.decided("launch");
  ASSERT_EQ(refused.size(), 1u);  // one row for as long as it lasts
  EXPECT_TRUE(refused[0].blocked);
  EXPECT_THAT(refused[0].reason, HasSubstr("VcpuLimitExceeded: 6 of 6 vCPUs are in use"));
  const auto activities = bench.decided("activity", "launch an instance");
  ASSERT_FALSE(activities.empty());
  EXPECT_EQ(activities[0].cause, refused[0].id);
}

TEST(Lives, R2_1_3_AShortageInOneZoneSendsLaunchesToTheOther) {
  const FleetBench bench(
      fleet({.group = "min_size: 2, max_size: 10",
             .operations = "{at: 1s, fleet: {suspend_processes: [AZRebalance]}}\n"
                           "{at: 100s, fleet: {set_desired_capacity: 6}}",
             .faults = "{at: 50s, for: 5m, insufficient_capacity: {availability_zone: a}}"}));
  int in_b = 0;
  for (const auto& instance : bench.instances()) {
    in_b += instance.zone == "b" ? 1 : 0;
  }
  EXPECT_EQ(bench.instances().size(), 6u);
  EXPECT_EQ(in_b, 5);
  EXPECT_THAT(bench.decided("launch").at(0).reason,
              HasSubstr("InsufficientInstanceCapacity: there is no m7g.large in a now"));
}

TEST(Lives, R2_1_3_AShortageEverywhereIsTriedAgain) {
  const FleetBench bench(
      fleet({.group = "min_size: 2, max_size: 10",
             .operations = "{at: 100s, fleet: {set_desired_capacity: 4}}",
             .faults = "{at: 50s, for: 5m, insufficient_capacity: {instance_type: m7g.large}}\n"
                       "{at: 40s, insufficient_capacity: {instance_type: m5.large}}"}));
  ASSERT_EQ(bench.instances().size(), 4u);
  EXPECT_EQ(bench.instances()[2].launched_s, 400);  // 100 s and every minute
}

// The price is above the On-Demand price from 5 min on: notices, and two minutes later the end.
TEST(Lives, R1_4_1_R1_4_2_R1_4_4_APriceAboveTheMaximumInterrupts) {
  const FleetBench bench(
      fleet({.duration = "12m",
             .instance = "market_type: spot, spot: {prices: prices.csv, monthly_interruption: 0}"}),
      UPDRAFT_SOURCE_DIR "/tests/behaviour/data");
  const auto spot = bench.decided("spot");
  ASSERT_EQ(spot.size(), 2u);  // of the instance in a
  EXPECT_EQ(spot[0].at_s, 300);
  EXPECT_EQ(spot[0].rule, "R1.4.2");
  EXPECT_EQ(spot[1].rule, "R1.4.1");
  const auto ended = bench.decided("activity", "Terminating");
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].at_s, 420);
  EXPECT_EQ(ended[0].cause, spot[1].id);
  // Its replacement goes where the price is low; refused in a by R1.4.4.
  EXPECT_EQ(bench.instances().back().zone, "b");
  EXPECT_EQ(bench.decided("launch").at(0).rule, "R1.4.4");
}

TEST(Lives, R1_4_4_ASpotInstanceCostsTheCurrentPrice) {
  FleetText text{.duration = "10m",
                 .group = "min_size: 1, max_size: 1",
                 .group_zones = "b",
                 .instance =
                     "market_type: spot, spot: {prices: prices.csv, "
                     "monthly_interruption: 0}",
                 .in_service = "1"};
  const FleetBench bench(fleet(text), UPDRAFT_SOURCE_DIR "/tests/behaviour/data");
  // Zone b: 0.03 USD an hour for 6 minutes, 0.06 for 4.
  EXPECT_NEAR(bench.billed("ec2/spot/m7g.large"), 1.0 / 6, 1e-9);
  double usd = 0;
  for (const auto& line : bench.report().bill) {
    usd += line.item == "ec2/spot/m7g.large" ? line.cost_usd : 0;
  }
  EXPECT_NEAR(usd, (0.03 * 6 + 0.06 * 4) / 60, 1e-9);
}

TEST(Lives, APublicAddressIsOnTheBillWhileItRuns) {
  const FleetBench bench(fleet({.duration = "30m",
                                .group = "min_size: 0, max_size: 1",
                                .instance = "associate_public_ip_address: true",
                                .in_service = "1",
                                .operations = "{at: 15m, fleet: {set_desired_capacity: 0}}"}));
  EXPECT_NEAR(bench.billed("vpc/public_ipv4"), bench.billed("ec2/m7g.large"), 1e-9);
  EXPECT_GT(bench.billed("vpc/public_ipv4"), 0.24);
}

}  // namespace
}  // namespace updraft::testing
