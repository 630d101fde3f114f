// Alarms that follow others, states set by hand, custom metrics, and metrics that faults keep back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

using Rows = std::vector<FleetBench::Decided>;

std::string alarm(const std::string& name, const std::string& metric, const std::string& more) {
  return name + ": {alarm: {" + metric +
         ", evaluation_periods: 1, comparison_operator: GreaterThanThreshold, " + more + "}}\n";
}

// 60 requests a minute, 360 from the fourth minute to the sixth.
constexpr const char* kRush =
    "calm: {to: alb, rate: {constant: 1/s, arrivals: regular}, demand: {wait: 1ms}}\n"
    "rush: {to: alb, rate: {constant: 5/s, arrivals: regular}, from: 3m, until: 6m, demand: {wait: "
    "1ms}}";
const std::string kBusy =
    alarm("busy", "metric_name: RequestCount, resource: alb, statistic: Sum", "threshold: 100");
const std::string kVeryBusy = alarm(
    "very-busy", "metric_name: RequestCount, resource: alb, statistic: Sum", "threshold: 1000");

TEST(CompositeAlarm, R6_5_1_FollowsItsChildren) {
  const FleetBench bench(fleet(
      {.duration = "12m",
       .resources = kBusy + kVeryBusy +
                    "either: {composite_alarm: {alarm_rule: ALARM(busy) OR ALARM(very-busy), "
                    "alarm_actions: [on-call], ok_actions: [on-call]}}\n"
                    "calm: {composite_alarm: {alarm_rule: NOT ALARM(either) AND OK(very-busy)}}",
       .traffic = kRush}));
  EXPECT_EQ(bench.decisions("alarm state", "either"),
            "0s either: OK [R6.5.1]\n"
            "300s either: ALARM [R6.5.1]\n"
            "480s either: OK [R6.5.1]\n");
  EXPECT_EQ(bench.decisions("alarm state", "calm"),
            "0s calm: OK [R6.5.1]\n"
            "120s calm: ALARM [R6.5.1]\n"
            "300s calm: OK [R6.5.1]\n"
            "480s calm: ALARM [R6.5.1]\n");
  EXPECT_EQ(bench.decisions("alarm action"),
            "0s either: notify on-call [R6.5.1]\n"
            "300s either: notify on-call [R6.5.1]\n"
            "480s either: notify on-call [R6.5.1]\n");
  // The composite alarm's state goes back to its child's.
  const Rows child = bench.decided("alarm state", "busy");
  const Rows own = bench.decided("alarm state", "either");
  EXPECT_EQ(own[1].cause, child[2].id) << child[2].line();
}

TEST(CompositeAlarm, R6_5_1_ASuppressorHoldsItsActionsBack) {
  const FleetBench bench(fleet(
      {.duration = "15m",
       .resources = kBusy +
                    alarm("deploying",
                          "metric_name: GroupDesiredCapacity, resource: fleet, "
                          "statistic: Maximum",
                          "threshold: 4") +
                    "noise: {composite_alarm: {alarm_rule: ALARM(busy), actions_suppressor: "
                    "deploying, actions_suppressor_wait_period: 2m, "
                    "actions_suppressor_extension_period: 3m, alarm_actions: [on-call]}}",
       .traffic = "rush: {to: alb, rate: {constant: 5/s, arrivals: regular}, from: 3m, demand: "
                  "{wait: 1ms}}",
       .operations = "{at: 270s, fleet: {set_desired_capacity: 5}}\n"
                     "{at: 400s, fleet: {set_desired_capacity: 3}}"}));
  // In ALARM at 300 s it waits for the suppressor, which is in ALARM from 360 s to 480 s.
  EXPECT_EQ(bench.decisions("alarm action"),
            "300s noise: notify on-call [blocked R6.5.1]\n"
            "360s noise: notify on-call [blocked R6.5.1]\n"
            "480s noise: notify on-call [blocked R6.5.1]\n"
            "660s noise: notify on-call [R6.5.1]\n");
  const Rows held = bench.decided("alarm action");
  EXPECT_EQ(held[0].reason, "Actions suppressed by WaitPeriod");
  EXPECT_EQ(held[1].reason, "Actions suppressed by ALARM");
  EXPECT_EQ(held[2].reason, "Actions suppressed by ExtensionPeriod");
}

TEST(AlarmResource, R6_3_8_AStateSetByHandStandsUntilTheNextEvaluation) {
  const FleetBench bench(
      fleet({.resources = kBusy,
             .traffic = "calm: {to: alb, rate: {constant: 1/s, arrivals: regular}, demand: {wait: "
                        "1ms}}",
             .operations = "{at: 200s, busy: {set_alarm_state: {state_value: ALARM, state_reason: "
                           "a drill}}}"}));
  EXPECT_EQ(bench.decisions("alarm state", "busy"),
            "120s busy: OK [R6.4.2]\n"
            "200s busy: ALARM [R6.3.8]\n"
            "240s busy: OK [R6.4.2]\n");
  const Rows rows = bench.decided("alarm state", "busy");
  EXPECT_EQ(rows[1].reason, "a drill");
  EXPECT_EQ(rows[1].cause, bench.decided("operation")[0].id);
}

// A policy hears of a state set by hand as of any other: the operator's way to try it out.
TEST(AlarmResource, R6_3_8_AStateSetByHandRunsActions) {
  const FleetBench bench(
      fleet({.group = "min_size: 2, max_size: 10, scaling_policies: {add: {simple_scaling: "
                      "{adjustment_type: ChangeInCapacity, scaling_adjustment: 2, cooldown: 0s}}}",
             .resources = alarm("busy", "metric_name: RequestCount, resource: alb, statistic: Sum",
                                "threshold: 100, alarm_actions: [fleet/add]"),
             .traffic = "calm: {to: alb, rate: {constant: 1/s, arrivals: regular}, demand: {wait: "
                        "1ms}}",
             .operations = "{at: 200s, busy: {set_alarm_state: ALARM}}"}));
  const Rows desired = bench.decided("desired capacity");
  ASSERT_THAT(desired, SizeIs(1));
  EXPECT_EQ(desired[0].at_s, 200);
}

// Ten seconds of two values, 21 and 22: their mean is above 21 (CW-16).
TEST(CustomMetric, R6_1_1_R6_3_2_CW_16_AnAlarmOfTenSecondsSeesWhatWasPutIntoThem) {
  const FleetBench bench(
      fleet({.duration = "2m",
             .resources = "orders: {custom_metric: {storage_resolution: 1s}}\n" +
                          alarm("many",
                                "metric_name: Value, resource: orders, statistic: Average, "
                                "period: 10s, treat_missing_data: ignore",
                                "threshold: 21"),
             .operations = "{at: 31s, orders: {put_metric_data: [21]}}\n"
                           "{at: 38s, orders: {put_metric_data: [22]}}"}));
  // The period from 30 s ends at 40 s and is out 5 s later: the evaluation of 50 s sees it.
  const Rows rows = bench.decided("alarm state", "many");
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].line(), "50s many: ALARM [R6.4.2]");
  EXPECT_THAT(rows[0].reason, HasSubstr("[21.5 (01/01/26 00:00:30)]"));
}

// One breaching value is enough for four hours of ten-second periods; but it can't be read by ten
// seconds any more when it is three hours old.
TEST(CustomMetric, R6_1_1_CW_24_SecondsAreKeptForThreeHours) {
  const FleetBench bench(fleet(
      {.duration = "5h",
       .resources = "orders: {custom_metric: {storage_resolution: 1s}}\n"
                    "many: {alarm: {metric_name: Value, resource: orders, statistic: Average, "
                    "period: 10s, treat_missing_data: notBreaching, evaluation_periods: 1440, "
                    "datapoints_to_alarm: 1, threshold: 21, comparison_operator: "
                    "GreaterThanThreshold}}",
       .operations = "{at: 31s, orders: {put_metric_data: [22]}}"}));
  const Rows rows = bench.decided("alarm state", "many");
  const auto back = std::find_if(rows.begin(), rows.end(),
                                 [](const auto& row) { return row.what == "OK" && row.at_s > 60; });
  ASSERT_NE(back, rows.end());
  EXPECT_NEAR(back->at_s, 3 * 3600 + 30, 30);
}

// CW-18 and CW-19: a value, values with counts and a statistic set of one minute are merged.
TEST(CustomMetric, R6_2_1_CW_18_CW_19_WhatIsPutIntoOneMinuteIsMerged) {
  const auto state = [](const std::string& put, const std::string& statistic, double above) {
    const FleetBench bench(
        fleet({.duration = "4m",
               .resources = "orders: {custom_metric: {}}\n" +
                            alarm("many", "metric_name: Value, resource: orders, " + statistic,
                                  "threshold: " + std::to_string(above)),
               .operations = put}));
    const Rows rows = bench.decided("alarm state", "many");
    return rows.empty() ? "" : rows[0].what;
  };
  const std::string cw18 =
      "{at: 61s, orders: {put_metric_data: [11]}}\n"
      "{at: 70s, orders: {put_metric_data: {statistic_values: {sample_count: 10, sum: 55, minimum: "
      "1, maximum: 10}}}}";
  const std::string cw19 =
      "{at: 61s, orders: {put_metric_data: {values: [1, 10], counts: [2, 4]}}}";
  struct Case {
    std::string put, statistic;
    double value;
  };
  for (const Case& one : std::vector<Case>{{cw18, "statistic: Sum", 66},
                                           {cw18, "statistic: SampleCount", 11},
                                           {cw18, "statistic: Minimum", 1},
                                           {cw18, "statistic: Maximum", 11},
                                           {cw18, "statistic: Average", 6},
                                           {cw19, "statistic: SampleCount", 6},
                                           {cw19, "statistic: Sum", 42},
                                           {cw19, "statistic: Maximum", 10},
                                           {cw19, "extended_statistic: p50", 10},
                                           {cw19, "extended_statistic: p30", 1}}) {
    EXPECT_EQ(state(one.put, one.statistic, one.value - 0.01), "ALARM") << one.statistic;
    EXPECT_EQ(state(one.put, one.statistic, one.value), "OK") << one.statistic;
  }
  // A set of ten values from 1 to 10 has no percentile that is known.
  EXPECT_EQ(state(cw18, "extended_statistic: p50", 0), "");
}

TEST(MetricFaults, DroppedMetricsLeaveAnAlarmWithoutData) {
  const FleetBench bench(
      fleet({.duration = "15m",
             .resources = kBusy,
             .traffic = "calm: {to: alb, rate: {constant: 1/s, arrivals: regular}, demand: {wait: "
                        "1ms}}",
             .faults = "{at: 150s, for: 5m, drop_metrics: {of: alb}}"}));
  // Minutes that end from 180 s to 420 s are lost; the range of three empties at 360 s.
  EXPECT_EQ(bench.decisions("alarm state", "busy"),
            "120s busy: OK [R6.4.2]\n"
            "360s busy: INSUFFICIENT_DATA [R6.4.3]\n"
            "540s busy: OK [R6.4.2]\n");
  const Rows rows = bench.decided("alarm state", "busy");
  EXPECT_EQ(rows[1].cause, bench.decided("fault", "begins")[0].id);
  EXPECT_EQ(rows[2].cause, bench.decided("fault", "begins")[0].id);
  // The file of results has them all the same.
  EXPECT_EQ(bench.minutes("/alb/RequestCount")[4], 60);
}

TEST(MetricFaults, DelayedMetricsMakeAnAlarmLate) {
  const FleetBench bench(
      fleet({.duration = "15m",
             .resources = kBusy,
             .traffic = kRush,
             .faults = "{at: 200s, for: 10m, delay_metrics: {of: alb, metric: RequestCount, by: "
                       "1m}}"}));
  // A minute later than without the fault, which has it at 300 s.
  const Rows rows = bench.decided("alarm state", "ALARM");
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].at_s, 360);
}

TEST(MetricFaults, OtherMetricsAreNotMet) {
  const FleetBench bench(
      fleet({.duration = "10m",
             .resources = kBusy,
             .traffic = kRush,
             .faults = "{at: 1s, drop_metrics: {of: alb, metric: TargetResponseTime}}\n"
                       "{at: 1s, drop_metrics: {of: fleet}}"}));
  EXPECT_EQ(bench.decided("alarm state", "ALARM")[0].at_s, 300);
}

}  // namespace
}  // namespace updraft::testing
