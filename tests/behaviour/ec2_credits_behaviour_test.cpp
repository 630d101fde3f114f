// Burstable instances under load: when their credits run out, how fast they are then, what they
// show and what they cost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

// One t3.nano whose vCPUs are independent, with more work than it can do until `until`.
FleetText busy(const std::string& instance, const std::string& until) {
  return {.duration = "15m",
          .group = "min_size: 0, max_size: 1",
          .instance_type = "t3.nano",
          .instance = "relative_speed: 1, smt_yield: 2, health_check_cpu: 0s, " + instance,
          .in_service = "1",
          .traffic = "visitors: {to: alb, rate: {constant: 3/s, arrivals: regular}, until: " +
                     until + ", timeout: 20s, demand: {cpu: 1s}}"};
}

TEST(CpuCredits, R1_3_6_TheCpuFallsToItsBaseline) {
  const FleetBench bench(
      fleet(busy("credit_specification: standard, initial_cpu_credits: 3", "15m")));
  // 3 credits, 1.9 a minute: gone after 94.7 s, and up to a second later because the work begins
  // slowly.
  const auto fallen = bench.decided("cpu credits", "falls");
  ASSERT_FALSE(fallen.empty());
  EXPECT_NEAR(fallen[0].at_s, 95.2, 0.8);
  EXPECT_EQ(fallen[0].rule, "R1.3.6");
  const auto cpu = bench.of_instance(0, "CPUUtilization");
  EXPECT_NEAR(cpu.at(0), 100, 1);
  EXPECT_NEAR(cpu.at(1), (35.5 * 100 + 24.5 * 5) / 60, 1);
  EXPECT_NEAR(cpu.at(5), 5, 1e-6);  // R1.3.10: it reads the baseline
  EXPECT_NEAR(cpu.at(14), 5, 1e-6);
}

TEST(CpuCredits, R1_3_10_MetricsEveryFiveMinutes) {
  const FleetBench bench(
      fleet(busy("credit_specification: standard, initial_cpu_credits: 3", "15m")));
  const auto used = bench.of_instance(0, "CPUCreditUsage", "/instance_credits");
  ASSERT_EQ(used.size(), 3u);
  EXPECT_NEAR(used[0], 3 + 0.5, 0.03);  // all there was, and what was earned in five minutes
  EXPECT_NEAR(used[1], 0.5, 1e-6);
  const auto balance = bench.of_instance(0, "CPUCreditBalance", "/instance_credits");
  EXPECT_NEAR(balance[0], 0, 1e-6);
}

TEST(CpuCredits, R1_3_6_ItRecoversWhenTheLoadIsGone) {
  FleetText text =
      busy("credit_specification: standard, initial_cpu_credits: 1, workers: 2, backlog: 0", "2m");
  text.traffic +=
      "\nlater: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 12m, until: "
      "721s, demand: {cpu: 1s}}";
  const FleetBench bench(fleet(text));
  EXPECT_FALSE(bench.decided("cpu credits", "leaves").empty());
  EXPECT_NEAR(bench.mean_latency_s("later"), 1.0, 1e-6);  // at full speed again
}

TEST(CpuCredits, R1_3_7_R1_3_8_SurplusIsChargedAtTheEnd) {
  FleetText text = busy("credit_specification: unlimited", "10m");
  text.targets = "health_check_interval: 10s, deregistration_delay: 0s";
  text.operations = "{at: 10m, fleet: {set_desired_capacity: 0}}";
  const FleetBench bench(fleet(text));
  EXPECT_TRUE(bench.decided("cpu credits").empty());
  // 20 vCPU-minutes at full speed, 1 credit earned; nothing below the cap is charged before.
  EXPECT_NEAR(bench.billed("ec2/surplus/t3"), 19.0 / 60, 0.005);
  const auto surplus = bench.of_instance(0, "CPUSurplusCreditBalance", "/instance_credits");
  EXPECT_NEAR(surplus.at(0), 9.5, 0.1);
}

TEST(CpuCredits, R1_3_7_AChangeOfModeChargesWhatIsOwed) {
  FleetText text = busy("credit_specification: unlimited", "15m");
  text.operations = "{at: 5m, fleet/launch_template: {set_credit_specification: standard}}";
  const FleetBench bench(fleet(text));
  EXPECT_NEAR(bench.billed("ec2/surplus/t3"), 9.5 / 60, 0.005);
  EXPECT_NEAR(bench.of_instance(0, "CPUUtilization").at(6), 5, 1e-6);
}

TEST(CpuCredits, R1_3_5_R1_3_4_AT2BeginsWithLaunchCredits) {
  FleetText text = busy("", "15m");
  text.instance_type = "t2.nano";
  text.in_service = "0";
  text.group = "min_size: 1, max_size: 1";
  text.traffic.clear();
  const FleetBench bench(fleet(text));
  const auto balance = bench.of_instance(0, "CPUCreditBalance", "/instance_credits");
  EXPECT_NEAR(balance.at(0), 30 + 3.0 * 4.5 / 60, 1e-6);  // running after 30 s
}

}  // namespace
}  // namespace updraft::testing
