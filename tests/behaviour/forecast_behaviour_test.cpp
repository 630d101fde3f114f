// Predictive scaling of a group: when it acts, what it leaves to others, what it stands on.
#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kFolder = UPDRAFT_SOURCE_DIR "/tests/behaviour";

FleetText predictive(const std::string& bounds, const std::string& settings,
                     const std::string& others = "") {
  return {.duration = "2h40m",
          .group = bounds + ", scaling_policies: {daily: {predictive_scaling: {" + settings + "}}" +
                   others + "}",
          .instance =
              "relative_speed: 1, health_check_cpu: 0s, pending: 30s, boot: 0s, "
              "shutting_down: 0s"};
}

constexpr const char* kDaily =
    "predefined_metric_pair_type: ASGCPUUtilization, target_value: 50, history: data/load.csv";
constexpr const char* kScales =
    "predefined_metric_pair_type: ASGCPUUtilization, target_value: 50, history: data/load.csv, "
    "mode: ForecastAndScale";

// 8 are forecast for the hour from 01:00, 2 for the others; from 01:20 to 01:40 traffic needs 10.
TEST(Predictive, ASG_35_R2_8_2_TheLargestOfBothWins) {
  FleetText text = predictive("min_size: 2, max_size: 20", kScales,
                              ", cpu: {target_tracking: {predefined_metric_type: "
                              "ASGAverageCPUUtilization, target_value: 50, "
                              "estimated_instance_warmup: 3m}}");
  text.traffic =
      "visitors: {to: alb, rate: {constant: 19/s, arrivals: regular}, from: 80m, until: 100m, "
      "demand: {cpu: 500ms}}";
  const FleetBench bench(fleet(text), kFolder);
  const auto desired = bench.minutes("/fleet/GroupDesiredCapacity");
  EXPECT_EQ(desired.at(54), 2);
  EXPECT_EQ(desired.at(55), 8);  // R2.8.3: five minutes before the hour
  EXPECT_EQ(desired.at(78), 8);  // idle, but the forecast holds
  EXPECT_EQ(desired.at(95), 10);
  EXPECT_EQ(desired.at(119), 8) << "target tracking goes down to the forecast";
  EXPECT_EQ(desired.at(155), 2);
  const auto raised = bench.decided("forecast", "scale to");
  const auto done =
      std::count_if(raised.begin(), raised.end(), [](const auto& row) { return !row.blocked; });
  EXPECT_EQ(done, 1);
  const auto held = bench.decided("policy", "scale in");
  EXPECT_TRUE(std::any_of(held.begin(), held.end(), [](const auto& row) {
    return row.blocked && row.rule == "R2.8.2" &&
           row.reason == "predictive scaling wants as many for this hour";
  }));
}

TEST(Predictive, R2_8_2_NeverScalesIn) {
  const FleetBench bench(
      fleet(predictive("min_size: 2, max_size: 20, desired_capacity: 12", kScales)), kFolder);
  EXPECT_EQ(bench.minutes("/fleet/GroupDesiredCapacity").back(), 12);
  const auto rows = bench.decided("forecast", "scale to");
  ASSERT_THAT(rows, ::testing::Not(IsEmpty()));
  EXPECT_TRUE(rows[0].blocked);
  EXPECT_EQ(rows[0].reason, "desired capacity is 12; a forecast never scales in");
}

TEST(Predictive, R2_8_3_ForecastOnlyIsTheDefault) {
  const FleetBench bench(fleet(predictive("min_size: 2, max_size: 20", kDaily)), kFolder);
  EXPECT_EQ(bench.minutes("/fleet/GroupDesiredCapacity").back(), 2);
  EXPECT_EQ(bench.minutes("/fleet/PredictiveScalingCapacityForecast").at(70), 8);
  EXPECT_EQ(bench.minutes("/fleet/PredictiveScalingLoadForecast").at(70), 400);
  const auto rows = bench.decided("forecast", "scale to 8");
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].reason, "the mode is ForecastOnly");
  EXPECT_EQ(rows[0].rule, "R2.8.3");
}

TEST(Predictive, R2_8_3_TheBufferIsAParameter) {
  const FleetBench bench(fleet(predictive("min_size: 2, max_size: 20",
                                          std::string(kScales) + ", scheduling_buffer_time: 20m")),
                         kFolder);
  EXPECT_EQ(bench.minutes("/fleet/GroupDesiredCapacity").at(39), 2);
  EXPECT_EQ(bench.minutes("/fleet/GroupDesiredCapacity").at(40), 8);
}

TEST(Predictive, R2_8_3_TheMaximumHoldsOrGrowsAndStays) {
  const FleetBench honours(fleet(predictive("min_size: 2, max_size: 4", kScales)), kFolder);
  EXPECT_EQ(honours.minutes("/fleet/GroupDesiredCapacity").at(70), 4);
  const FleetBench grows(
      fleet(predictive("min_size: 2, max_size: 4",
                       std::string(kScales) + ", max_capacity_breach_behavior: "
                                              "IncreaseMaxCapacity, max_capacity_buffer: 20")),
      kFolder);
  EXPECT_EQ(grows.minutes("/fleet/GroupDesiredCapacity").at(70), 8);
  EXPECT_EQ(grows.minutes("/fleet/GroupMaxSize").at(70), 10);  // 9.6
  EXPECT_EQ(grows.minutes("/fleet/GroupMaxSize").back(), 10);
  EXPECT_THAT(grows.decided("forecast", "raise max size")[0].what, HasSubstr("from 4 to 10"));
}

// Two instances of two vCPUs, 1 request a second of 1 s: 25 % each, so a load of 50.
TEST(Predictive, R2_8_1_LearnsFromTheRunAfterADay) {
  for (const std::string pair : {"ASGCPUUtilization", "ALBRequestCount"}) {
    FleetText text = predictive("min_size: 2, max_size: 20",
                                "predefined_metric_pair_type: " + pair + ", target_value: 10");
    text.duration = "26h";
    text.traffic =
        "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, demand: {cpu: 1s}}";
    const FleetBench bench(fleet(text));
    const auto rows = bench.decided("forecast", "forecast 48 hours");
    ASSERT_THAT(rows, SizeIs(5)) << pair;  // R2.8.1: every six hours
    EXPECT_EQ(rows[0].reason, "0 hours of history; it needs 24");
    EXPECT_EQ(rows[3].reason, "18 hours of history; it needs 24");
    EXPECT_TRUE(rows[3].blocked);
    EXPECT_FALSE(rows[4].blocked);
    EXPECT_EQ(rows[4].at_s, 24 * 3600);
    EXPECT_NEAR(bench.minutes("/fleet/PredictiveScalingLoadForecast").back(),
                pair == "ALBRequestCount" ? 60 : 50, 0.5);
  }
}

}  // namespace
}  // namespace updraft::testing
