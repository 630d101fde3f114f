// Faults and operations that come at random or on a condition.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using ::testing::SizeIs;

using Rows = std::vector<FleetBench::Decided>;

// 60 requests a minute, 360 from the fourth minute to the sixth and from the tenth to the eleventh.
constexpr const char* kRushes =
    "calm: {to: alb, rate: {constant: 1/s, arrivals: regular}, demand: {wait: 1ms}}\n"
    "rush: {to: alb, rate: {constant: 5/s, arrivals: regular}, from: 3m, until: 6m, demand: {wait: "
    "1ms}}\n"
    "again: {to: alb, rate: {constant: 5/s, arrivals: regular}, from: 9m, until: 11m, demand: "
    "{wait: 1ms}}";

TEST(Triggers, AFaultBeginsWhenItsConditionHasHeldLongEnoughAndWhenItDoesSoAnew) {
  const FleetBench bench(
      fleet({.duration = "14m",
             .traffic = kRushes,
             .faults = "{when: alb.RequestCount > 100 for 2m, kill_instance: {of: fleet}}"}));
  EXPECT_EQ(bench.decisions("fault"),
            "300s kill_instance: begins []\n"
            "660s kill_instance: begins []\n");
  const Rows begun = bench.decided("fault");
  EXPECT_EQ(begun[0].reason, "alb.RequestCount > 100 for 2m");
  const Rows ended = bench.decided("activity", "Terminating");
  ASSERT_THAT(ended, SizeIs(2));
  EXPECT_EQ(ended[0].cause, begun[0].id);
}

TEST(Triggers, AConditionWithoutALengthHoldsAtOnce) {
  const FleetBench bench(fleet({.duration = "9m",
                                .traffic = kRushes,
                                .faults = "{when: alb.RequestCount >= 360, for: 1m, "
                                          "slow_instance: {of: fleet, speed_factor: 0.5}}"}));
  EXPECT_EQ(bench.decisions("fault"),
            "240s slow_instance: begins []\n"
            "300s slow_instance: ends []\n");
  const Rows rows = bench.decided("fault");
  EXPECT_EQ(rows[1].cause, rows[0].id);
}

TEST(Triggers, AnOperationWaitsForItsCondition) {
  const FleetBench bench(
      fleet({.duration = "9m",
             .traffic = kRushes,
             .operations = "{when: alb.RequestCount > 100, fleet: {set_desired_capacity: 5}}"}));
  const Rows operation = bench.decided("operation");
  ASSERT_THAT(operation, SizeIs(1));
  EXPECT_EQ(operation[0].at_s, 240);
  const Rows desired = bench.decided("desired capacity");
  ASSERT_THAT(desired, SizeIs(1));
  EXPECT_EQ(desired[0].cause, operation[0].id);
}

std::vector<double> begins(const FleetBench& bench, std::string_view type) {
  std::vector<double> times;
  for (const auto& row : bench.decided("fault", type)) {
    if (row.what == "begins") {
      times.push_back(row.at_s);
    }
  }
  return times;
}

TEST(Triggers, RandomFaultsComeAtTheirRateAndGoByTheSeed) {
  const std::string text = "{rate: 1/2min, for: 1s, slow_instance: {of: fleet, speed_factor: 0.5}}";
  const FleetText alone{.duration = "100h", .faults = text};
  const std::vector<double> times = begins(FleetBench(fleet(alone)), "slow_instance");
  // 121 s on average: 2,975 of them, with a standard deviation of some 54.
  EXPECT_GT(times.size(), 2975u - 250u);
  EXPECT_LT(times.size(), 2975u + 250u);
  EXPECT_EQ(begins(FleetBench(fleet(alone)), "slow_instance"), times);
  // Another random fault before it moves none of its times.
  FleetText beside = alone;
  beside.faults = "{rate: 1/3h, kill_instance: {of: fleet}}\n" + text;
  const FleetBench both(fleet(beside));
  EXPECT_EQ(begins(both, "slow_instance"), times);
  EXPECT_GT(begins(both, "kill_instance").size(), 15u);
}

TEST(Triggers, ARandomFaultIsOverBeforeItComesAgain) {
  const FleetBench bench(
      fleet({.duration = "50h", .faults = "{rate: 1/10min, for: 30m, lose_availability_zone: b}"}));
  const Rows rows = bench.decided("fault");
  ASSERT_GT(rows.size(), 100u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].what, i % 2 == 0 ? "begins" : "ends");
    if (i % 2 == 1) {
      EXPECT_EQ(rows[i].at_s, rows[i - 1].at_s + 1800);
    }
  }
}

}  // namespace
}  // namespace updraft::testing
