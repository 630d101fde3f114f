// Groups of several types and purchase options.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using ::testing::SizeIs;

FleetText mixed(const std::string& policy, const std::string& operations,
                const std::string& faults = "") {
  return {.duration = "1h",
          .group = "min_size: 0, max_size: 60, desired_capacity: 0, mixed_instances_policy: {" +
                   policy + "}",
          .instance_type = "m7g.xlarge",  // not launched: overrides name the types
          .instance =
              "relative_speed: 1, health_check_cpu: 0s, pending: 30s, boot: 0s, "
              "shutting_down: 0s",
          .in_service = "0",
          .resources =
              "small: {launch_template: {instance_type: m7g.large, boot: 0s, shutting_down: 0s}}\n"
              "big: {launch_template: {instance_type: m7g.2xlarge, boot: 0s}}",
          .operations = operations,
          .faults = faults};
}

double hours(const FleetBench& bench, std::string_view item) {
  return bench.billed(item);
}

// (a) of ASG-26: a base of 10 and half of the rest.
TEST(MixedGroup, ASG_26_R2_15_1_OnDemandFirstThenBoth) {
  const FleetBench bench(fleet(
      mixed("instances_distribution: {on_demand_base_capacity: 10, "
            "on_demand_percentage_above_base_capacity: 50}, overrides: [{launch_template: small}]",
            "{at: 0s, fleet: {set_desired_capacity: 20}}")));
  EXPECT_THAT(bench.instances(), SizeIs(20));
  EXPECT_NEAR(hours(bench, "ec2/m7g.large"), 15 * 3570 / 3600.0, 0.01);
  EXPECT_NEAR(hours(bench, "ec2/spot/m7g.large"), 5 * 3570 / 3600.0, 0.01);
}

TEST(MixedGroup, R2_9_3_ScaleInMovesTowardsTheShares) {
  const FleetBench bench(fleet(
      mixed("instances_distribution: {on_demand_percentage_above_base_capacity: 50}, overrides: "
            "[{launch_template: small}]",
            "{at: 0s, fleet: {set_desired_capacity: 8}}\n"
            "{at: 1830s, fleet: {set_desired_capacity: 4}}")));
  // 4 and 4 for half an hour, 2 and 2 for the rest.
  EXPECT_NEAR(hours(bench, "ec2/m7g.large"), 4 * 0.5 + 2 * 1770 / 3600.0, 0.01);
  EXPECT_NEAR(hours(bench, "ec2/spot/m7g.large"), 4 * 0.5 + 2 * 1770 / 3600.0, 0.01);
}

TEST(MixedGroup, ASG_28_WeightsOvershootByLessThanTheLargest) {
  const FleetBench bench(fleet(
      mixed("overrides: [{launch_template: big, weighted_capacity: 12}, {launch_template: small, "
            "weighted_capacity: 2}]",
            "{at: 0s, fleet: {set_desired_capacity: 12}}\n{at: 600s, fleet: {set_desired_capacity: "
            "17}}")));
  EXPECT_THAT(bench.instances(), SizeIs(2));  // 24 units, 7 more than asked for
  EXPECT_EQ(bench.minutes("/fleet/GroupDesiredCapacity").at(30), 17);
}

TEST(MixedGroup, ASG_29_ScaleInKeepsWhatIsDesired) {
  FleetText text = mixed("overrides: [{launch_template: big, weighted_capacity: 4}]",
                         "{at: 0s, fleet: {set_desired_capacity: 30}}\n"
                         "{at: 1200s, fleet: {execute_policy: {policy_name: down, metric_value: 0, "
                         "breach_threshold: 1}}}");
  text.group +=
      ", scaling_policies: {down: {step_scaling: {adjustment_type: ChangeInCapacity, "
      "step_adjustments: [{metric_interval_upper_bound: 0, scaling_adjustment: -1}]}}}, "
      "default_instance_warmup: 60s";
  const FleetBench bench(fleet(text));
  EXPECT_THAT(bench.instances(), SizeIs(8));  // 32 units
  EXPECT_THAT(bench.decided("activity", "Terminating"), SizeIs(0));
  EXPECT_EQ(bench.minutes("/fleet/GroupDesiredCapacity").at(30), 30);
  EXPECT_FALSE(bench.decided("policy", "down").empty());
}

TEST(MixedGroup, R2_15_2_TheNextTypeIsAskedWhereOneIsRefused) {
  const FleetBench bench(
      fleet(mixed("overrides: [{launch_template: small}, {launch_template: big}]",
                  "{at: 60s, fleet: {set_desired_capacity: 4}}",
                  "{at: 0s, for: 10m, insufficient_capacity: {instance_type: m7g.large, "
                  "availability_zone: a}}")));
  EXPECT_NEAR(hours(bench, "ec2/m7g.large"), 2 * 3510 / 3600.0, 0.01);    // zone b
  EXPECT_NEAR(hours(bench, "ec2/m7g.2xlarge"), 2 * 3510 / 3600.0, 0.01);  // zone a
}

TEST(MixedGroup, R2_15_2_LowestPriceTakesTheCheapestUnit) {
  const auto big = [](const std::string& weight) {
    const FleetBench bench(
        fleet(mixed("instances_distribution: {on_demand_allocation_strategy: lowest-price}, "
                    "overrides: [{launch_template: small}, {launch_template: big, "
                    "weighted_capacity: " +
                        weight + "}]",
                    "{at: 60s, fleet: {set_desired_capacity: 4}}")));
    return hours(bench, "ec2/m7g.2xlarge") > 0;
  };
  EXPECT_FALSE(big("3"));  // costs four times as much
  EXPECT_TRUE(big("5"));
}

}  // namespace
}  // namespace updraft::testing
