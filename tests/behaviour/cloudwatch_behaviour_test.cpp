// Alarms of a running fleet.
#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

FleetText with_alarm(const std::string& settings, const std::string& network = "") {
  FleetText text{.duration = "15m",
                 .resources =
                     "busy: {alarm: {metric_name: RequestCount, resource: alb, statistic: "
                     "Sum, threshold: 100, comparison_operator: GreaterThanThreshold, " +
                     settings + "}}",
                 .traffic =
                     "calm: {to: alb, rate: {constant: 1/s, arrivals: regular}, until: 3m, "
                     "demand: {wait: 1ms}}\n"
                     "rush: {to: alb, rate: {constant: 5/s, arrivals: regular}, from: 3m, "
                     "until: 6m, demand: {wait: 1ms}}"};
  text.resources += network;
  return text;
}

TEST(AlarmResource, R6_3_1_R6_1_5_GoesThroughItsStates) {
  const FleetBench bench(fleet(with_alarm("evaluation_periods: 1")));
  // Minute k ends at 60 (k + 1) and is seen a minute later. The last one with requests is the 6th;
  // it stands in the evaluation range of three periods until the 9th is known to be empty.
  EXPECT_EQ(bench.decisions("alarm state", "busy"),
            "120s busy: OK [R6.4.2]\n"
            "300s busy: ALARM [R6.4.2]\n"
            "600s busy: INSUFFICIENT_DATA [R6.4.3]\n");
}

// What `initial` says stands from the first instant on: no minute has a minimum of none.
TEST(AlarmResource, R3_10_1_TheFirstMinuteOfHealthyHostsHasAllThatStand) {
  const FleetBench bench(
      fleet({.in_service = "4",
             .resources = "few: {alarm: {metric_name: HealthyHostCount, resource: web, statistic: "
                          "Minimum, threshold: 2, comparison_operator: LessThanThreshold, "
                          "evaluation_periods: 1}}"}));
  EXPECT_EQ(bench.decisions("alarm state", "few"), "120s few: OK [R6.4.2]\n");
}

TEST(AlarmResource, R6_3_4_ThreeOfThreeTakesThreeMinutes) {
  const FleetBench bench(fleet(with_alarm("evaluation_periods: 3")));
  const auto rows = bench.decided("alarm state", "ALARM");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].at_s, 420);
}

// `rate` requests a second in the minutes named, one a second in all others of the first 15.
std::string minutes_at(int rate, std::initializer_list<int> minutes) {
  std::string traffic;
  for (int minute = 0; minute < 15; ++minute) {
    const bool busy = std::find(minutes.begin(), minutes.end(), minute) != minutes.end();
    traffic += fmt::format(
        "m{}: {{to: alb, rate: {{constant: {}/s, arrivals: regular}}, from: {}m, until: {}m, "
        "demand: {{wait: 1ms}}}}\n",
        minute, busy ? rate : 1, minute, minute + 1);
  }
  return traffic;
}

TEST(AlarmResource, R6_3_4_CW_13_ThreeOfThreeOverNinePeriods) {
  FleetText text = with_alarm("evaluation_periods: 3");
  text.traffic = minutes_at(5, {2, 3, 4, 8});  // periods 3, 4, 5 and 9
  // Period k ends at 60 k and is seen a minute later: ALARM of period 5, OK of period 6, and not
  // again for period 9.
  EXPECT_EQ(FleetBench(fleet(text)).decisions("alarm state", "busy"),
            "120s busy: OK [R6.4.3]\n"
            "360s busy: ALARM [R6.4.2]\n"
            "420s busy: OK [R6.4.2]\n");
}

TEST(AlarmResource, R6_3_2_CW_12_AFiveMinuteWindowSlidesEveryMinute) {
  FleetText text = with_alarm("evaluation_periods: 1, period: 300s");
  text.resources.replace(text.resources.find("threshold: 100"), 14, "threshold: 1200");
  text.traffic = minutes_at(5, {2, 3, 4, 5, 6});
  // Requests in minutes 1 to 5: 1,020; 2 to 6: 1,260; 3 to 7: 1,500; 4 to 8: 1,260; 5 to 9: 1,020.
  // Windows of minutes 1 to 5 and 6 to 10 alone would never see so many.
  EXPECT_EQ(FleetBench(fleet(text)).decisions("alarm state", "busy"),
            "360s busy: OK [R6.4.2]\n"
            "420s busy: ALARM [R6.4.2]\n"
            "600s busy: OK [R6.4.2]\n");
}

// Metrics of a minute have one point in six periods of ten seconds, out when its minute is over; by
// then it has left the range that such an alarm looks at. AWS warns of the same.
TEST(AlarmResource, R6_1_5_AShortPeriodSeesNoMinuteBeforeItIsPublished) {
  EXPECT_EQ(FleetBench(fleet(with_alarm("evaluation_periods: 1, period: 10s")))
                .decisions("alarm state", "busy"),
            "");
}

// p90 has few samples below 100: 60 a minute, then 300 a minute from the fourth to the sixth.
TEST(AlarmResource, R6_3_7_APercentileOfFewSamplesCanBeIgnored) {
  const auto states = [](const std::string& low_samples) {
    FleetText text = with_alarm("evaluation_periods: 1");
    text.resources =
        "slow: {alarm: {metric_name: TargetResponseTime, resource: alb, extended_statistic: p90, "
        "threshold: 0.0005, comparison_operator: GreaterThanThreshold, evaluation_periods: 1, "
        "evaluate_low_sample_count_percentile: " +
        low_samples + "}}";
    return FleetBench(fleet(text)).decisions("alarm state", "slow");
  };
  EXPECT_EQ(states("evaluate"),
            "120s slow: ALARM [R6.4.2]\n"
            "600s slow: INSUFFICIENT_DATA [R6.4.3]\n");
  EXPECT_EQ(states("ignore"),
            "120s slow: ALARM [blocked R6.3.7]\n"
            "300s slow: ALARM [R6.4.2]\n"
            "600s slow: INSUFFICIENT_DATA [R6.4.3]\n");
}

TEST(AlarmResource, R6_3_5_MissingDataCanCountAsGood) {
  const FleetBench bench(
      fleet(with_alarm("evaluation_periods: 1, treat_missing_data: notBreaching")));
  const auto rows = bench.decided("alarm state", "busy");
  ASSERT_EQ(rows.size(), 3u) << bench.decisions("alarm state", "busy");
  EXPECT_EQ(rows[2].what, "OK");
}

TEST(AlarmResource, R6_1_5_ThePublicationDelayIsASetting) {
  const FleetBench bench(fleet(
      with_alarm("evaluation_periods: 1", "\nwatch: {cloudwatch: {publication_delay: 120s}}")));
  const auto rows = bench.decided("alarm state", "ALARM");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].at_s, 360);
}

FleetText with_math(const std::string& metrics, double threshold) {
  FleetText text = with_alarm("");
  text.resources = fmt::format(
      "busy: {{alarm: {{metrics: [{}], threshold: {}, comparison_operator: GreaterThanThreshold, "
      "evaluation_periods: 1}}}}",
      metrics, threshold);
  return text;
}

// 1 a second, 5 a second from the fourth to the sixth minute, none after it.
TEST(AlarmResource, R6_2_1_WatchesAnExpressionOfMetrics) {
  const std::string requests = "{id: requests, metric: RequestCount, resource: alb, stat: Sum}, ";
  EXPECT_EQ(FleetBench(fleet(with_math(requests + "{id: rate, expression: \"requests / "
                                                  "PERIOD(requests)\", return_data: true}",
                                       3)))
                .decisions("alarm state", "busy"),
            "120s busy: OK [R6.4.2]\n"
            "300s busy: ALARM [R6.4.2]\n"
            "600s busy: INSUFFICIENT_DATA [R6.4.3]\n");
  // A missing minute is a real 0 where the expression fills it.
  EXPECT_EQ(FleetBench(fleet(with_math(requests + "{id: rate, expression: \"FILL(requests, 0) / "
                                                  "PERIOD(requests)\", return_data: true}",
                                       3)))
                .decisions("alarm state", "busy"),
            "120s busy: OK [R6.4.2]\n"
            "300s busy: ALARM [R6.4.2]\n"
            "480s busy: OK [R6.4.2]\n");
}

// No error is no datapoint: it counts as 0 where there are requests, and 0 / nothing is nothing.
TEST(AlarmResource, R6_2_1_MissingIsZeroBesideAValueAndADivisionByZeroIsMissing) {
  const FleetBench bench(fleet(with_math(
      "{id: e, metric: HTTPCode_ELB_5XX_Count, resource: alb, stat: Sum}, {id: r, metric: "
      "RequestCount, resource: alb, stat: Sum}, {id: share, expression: \"100 * e / r\", "
      "return_data: true}",
      5)));
  const auto rows = bench.decided("alarm state", "busy");
  EXPECT_EQ(bench.decisions("alarm state", "busy"),
            "120s busy: OK [R6.4.2]\n"
            "600s busy: INSUFFICIENT_DATA [R6.4.3]\n");
  ASSERT_FALSE(rows.empty());
  EXPECT_EQ(rows[0].reason,
            "Threshold Crossed: 1 out of the last 1 datapoints [0.0 (01/01/26 00:00:00)] was not "
            "greater than the threshold (5.0) (minimum 1 datapoint for ALARM -> OK transition).");
}

}  // namespace
}  // namespace updraft::testing
