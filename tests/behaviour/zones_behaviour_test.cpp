// Groups over zones: rebalancing, Spot instances at risk, zonal shift; and suspended processes.
#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr const char* kQuick =
    "relative_speed: 1, health_check_cpu: 0s, pending: 30s, boot: 0s, shutting_down: 0s";

FleetText four(const std::string& group, const std::string& operations) {
  return {.duration = "40m",
          .group = "min_size: 0, max_size: 4" + group,
          .instance = kQuick,
          .in_service = "4",
          .operations = operations};
}

int there(const FleetBench& bench, const std::string& zone) {
  const auto all = bench.instances();
  return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const auto& instance) {
    return instance.zone == zone && instance.ended_s < 0;
  }));
}

// A zone is lost and comes back: what was launched elsewhere meanwhile (one: R2.3.5) moves back,
// the new one first.
TEST(Rebalancing, R2_10_2_LaunchesBeforeItTerminates) {
  FleetText text = four("", "");
  text.instance = "relative_speed: 1, health_check_cpu: 0s, pending: 90s, boot: 0s";
  text.faults = "{at: 60s, for: 10m, lose_availability_zone: b}";
  text.duration = "1h";
  const FleetBench bench(fleet(text));
  EXPECT_EQ(there(bench, "a"), 2);
  EXPECT_EQ(there(bench, "b"), 2);
  const auto pending = bench.minutes("/fleet/GroupPendingInstances");
  const auto serving = bench.minutes("/fleet/GroupInServiceInstances");
  double most = 0;
  for (std::size_t minute = 10; minute < serving.size(); ++minute) {
    most = std::max(most, pending[minute] + serving[minute]);
  }
  EXPECT_EQ(most, 5);  // max_size is 4: one more for that
  const auto ended = bench.decided("activity", "Terminating");
  const auto moved = std::count_if(ended.begin(), ended.end(),
                                   [](const auto& row) { return row.rule == "R2.10.2"; });
  EXPECT_EQ(moved, 1);
  EXPECT_EQ(bench.minutes("/fleet/GroupDesiredCapacity").at(50), 4);
}

TEST(Rebalancing, R2_16_1_R2_10_2_NotWhileItIsSuspended) {
  FleetText text = four("", "{at: 1s, fleet: {suspend_processes: [AZRebalance]}}");
  text.faults = "{at: 60s, for: 10m, lose_availability_zone: b}";
  text.duration = "1h";
  const FleetBench bench(fleet(text));
  EXPECT_EQ(there(bench, "a"), 4);
}

FleetText at_risk(const std::string& group) {
  FleetText text = four(group, "");
  text.duration = "30m";
  text.instance += ", market_type: spot, spot: {prices: data/prices.csv, max_price: 0.2}";
  return text;
}

// The price in a rises above the maximum after five minutes: those of a are warned, then ended.
TEST(CapacityRebalancing, R2_10_3_ReplacesWhatIsAtRisk) {
  const FleetBench off(fleet(at_risk("")), UPDRAFT_SOURCE_DIR "/tests/behaviour");
  const auto blocked = off.decided("activity", "replace i-");
  ASSERT_FALSE(blocked.empty());
  EXPECT_TRUE(blocked[0].blocked);
  EXPECT_THAT(blocked[0].reason, HasSubstr("capacity_rebalance is off"));
  const auto lowest = [](const FleetBench& bench) {
    const auto healthy = bench.minutes("/fleet/GroupInServiceInstances");
    return *std::min_element(healthy.begin() + 1, healthy.end());
  };
  EXPECT_EQ(lowest(off), 2);
  const FleetBench on(fleet(at_risk(", capacity_rebalance: true")),
                      UPDRAFT_SOURCE_DIR "/tests/behaviour");
  EXPECT_EQ(lowest(on), 3);  // a tenth of 4 is one at a time
  const auto ended = on.decided("activity", "Terminating");
  ASSERT_FALSE(ended.empty());
  EXPECT_EQ(ended[0].rule, "R2.10.3");
}

TEST(GroupZonalShift, R2_10_4_NothingNewThereAndNoScaleIn) {
  FleetText text = four(
      ", availability_zone_impairment_policy: {zonal_shift_enabled: true}, scaling_policies: "
      "{down: {step_scaling: {adjustment_type: ChangeInCapacity, step_adjustments: "
      "[{metric_interval_upper_bound: 0, scaling_adjustment: -1}]}}}, default_instance_warmup: 0s",
      "{at: 60s, fleet: {start_zonal_shift: {away_from: b, expires_in: 20m}}}\n"
      "{at: 120s, fleet: {execute_policy: {policy_name: down, metric_value: 0, breach_threshold: "
      "1}}}\n"
      "{at: 180s, fleet: {set_desired_capacity: 2}}\n"
      "{at: 240s, fleet: {set_desired_capacity: 4}}\n"
      "{at: 1500s, fleet: {execute_policy: {policy_name: down, metric_value: 0, breach_threshold: "
      "1}}}");
  const FleetBench bench(fleet(text));
  const auto policy = bench.decided("policy", "scale in");
  ASSERT_THAT(policy, SizeIs(2));
  EXPECT_TRUE(policy[0].blocked);
  EXPECT_EQ(policy[0].rule, "R2.10.4");
  EXPECT_FALSE(policy[1].blocked);  // it has expired
  const auto all = bench.instances();
  for (const auto& instance : all) {
    if (instance.launched_s >= 60 && instance.launched_s < 1260) {
      EXPECT_EQ(instance.zone, "a") << instance.id;
    }
  }
  EXPECT_GE(all.size(), 6u);
}

TEST(GroupZonalShift, R2_10_4_UnhealthyOnesAreReplacedOrLeft) {
  const auto ended = [](const std::string& behaviour) {
    FleetText text = four(
        ", health_check_type: ELB, availability_zone_impairment_policy: "
        "{zonal_shift_enabled: true, impaired_zone_health_check_behavior: " +
            behaviour + "}",
        "{at: 60s, fleet: {start_zonal_shift: {away_from: b, expires_in: 2h}}}");
    text.instance = "relative_speed: 1, health_check_cpu: 1ms, pending: 30s, boot: 0s";
    text.faults =
        "{at: 120s, slow_instance: {of: fleet, count: 1, availability_zone: b, "
        "speed_factor: 0}}";
    return FleetBench(fleet(text)).decided("activity", "Terminating").size();
  };
  EXPECT_EQ(ended("ReplaceUnhealthy"), 1u);
  EXPECT_EQ(ended("IgnoreUnhealthy"), 0u);
}

TEST(GroupZonalShift, R2_10_4_RefusedWhereItIsNotEnabled) {
  const FleetBench bench(
      fleet(four("", "{at: 60s, fleet: {start_zonal_shift: {away_from: b, expires_in: 20m}}}")));
  EXPECT_EQ(bench.decided("operation", "shift away")[0].reason, "zonal_shift_enabled is false");
}

TEST(Suspended, R2_16_1_LaunchTerminateAndRegistration) {
  FleetText text = four("",
                        "{at: 1s, fleet: {suspend_processes: [Launch]}}\n"
                        "{at: 60s, fleet: {set_desired_capacity: 2}}\n"
                        "{at: 120s, fleet: {set_desired_capacity: 3}}\n"
                        "{at: 600s, fleet: {suspend_processes: [AddToLoadBalancer]}}\n"
                        "{at: 601s, fleet: {resume_processes: [Launch]}}\n"
                        "{at: 900s, fleet: {suspend_processes: [Terminate]}}\n"
                        "{at: 960s, fleet: {set_desired_capacity: 1}}");
  const FleetBench bench(fleet(text));
  EXPECT_EQ(bench.decided("activity", "launch an instance")[0].reason, "Launch is suspended");
  EXPECT_EQ(bench.minutes("/fleet/GroupInServiceInstances").at(8), 2);
  EXPECT_EQ(bench.minutes("/fleet/GroupInServiceInstances").at(13), 3);
  EXPECT_EQ(bench.minutes("/web/HealthyHostCount").at(13), 2);  // and it is not registered later
  EXPECT_EQ(bench.minutes("/web/HealthyHostCount").at(38), 2);
  EXPECT_EQ(bench.decided("activity", "terminate an instance")[0].reason, "Terminate is suspended");
  EXPECT_EQ(bench.minutes("/fleet/GroupInServiceInstances").at(38), 3);
}

TEST(Suspended, R2_16_1_HealthChecksAndReplacement) {
  for (const std::string process : {"HealthCheck", "ReplaceUnhealthy"}) {
    FleetText text = four("", fmt::format("{{at: 1s, fleet: {{suspend_processes: [{}]}}}}\n"
                                          "{{at: 60s, fleet: {{set_instance_health: 1}}}}\n"
                                          "{{at: 1200s, fleet: {{resume_processes: [{}]}}}}",
                                          process, process));
    const FleetBench bench(fleet(text));
    const auto ended = bench.decided("activity", "Terminating");
    ASSERT_THAT(ended, SizeIs(1)) << process;
    EXPECT_GE(ended[0].at_s, 1200) << process;
  }
}

}  // namespace
}  // namespace updraft::testing
