#include "models/cloudwatch/statistics.h"

#include <gtest/gtest.h>

#include "models/cloudwatch/alarm_evaluation.h"

namespace updraft::cloudwatch {
namespace {

using sim::Statistic;

Statistic percentile(std::string_view text) {
  return sim::parse_statistic(text).value();
}

TEST(Statistics, R6_2_1_CW_16_AverageInsideOnePeriodAlarms) {
  PeriodData period;
  period.add(21);
  period.add(22);
  EXPECT_EQ(period.value(Statistic::average()), 21.5);
  EXPECT_EQ(period.value(Statistic::sample_count()), 2);

  const AlarmRule rule{.threshold = 21, .treat_missing_data = TreatMissingData::kIgnore};
  const std::vector<Datapoint> silence = {{sim::kStart, PeriodData().value(Statistic::average())}};
  const std::vector<Datapoint> data = {{sim::kStart, period.value(Statistic::average())}};
  const AlarmState before = evaluate(rule, silence, AlarmState::kInsufficientData).state;
  EXPECT_EQ(before, AlarmState::kInsufficientData);
  EXPECT_EQ(evaluate(rule, data, before).state, AlarmState::kAlarm);
}

TEST(Statistics, R6_2_1_CW_18_MergesAValueAndAStatisticSet) {
  PeriodData period;
  period.add(11);
  period.add(sim::StatisticSet{.count = 10, .sum = 55, .min = 1, .max = 10});
  EXPECT_EQ(period.value(Statistic::sum()), 66);
  EXPECT_EQ(period.value(Statistic::sample_count()), 11);
  EXPECT_EQ(period.value(Statistic::minimum()), 1);
  EXPECT_EQ(period.value(Statistic::maximum()), 11);
  EXPECT_EQ(period.value(Statistic::average()), 6);
}

TEST(Statistics, R6_2_1_CW_19_ValuesWithCounts) {
  PeriodData period;
  period.add(1, 2);
  period.add(10, 4);
  EXPECT_EQ(period.value(Statistic::sample_count()), 6);
  EXPECT_EQ(period.value(Statistic::sum()), 42);
  EXPECT_EQ(period.value(Statistic::maximum()), 10);
}

TEST(Statistics, R6_2_1_PercentilesByNearestRank) {
  PeriodData period;
  for (const double value : {15.0, 20.0, 35.0, 40.0, 50.0}) {
    period.add(value);
  }
  EXPECT_EQ(period.value(percentile("p30")), 20);
  EXPECT_EQ(period.value(percentile("p40")), 20);
  EXPECT_EQ(period.value(percentile("p40.01")), 35);
  EXPECT_EQ(period.value(percentile("p100")), 50);
}

TEST(Statistics, R6_2_1_PercentilesNeedTheSamples) {
  PeriodData equal;
  equal.add(1);
  equal.add(sim::StatisticSet{.count = 3, .sum = 12, .min = 4, .max = 4});
  EXPECT_EQ(equal.value(percentile("p50")), 4);
  EXPECT_EQ(equal.value(percentile("p25")), 1);

  PeriodData spread;
  spread.add(sim::StatisticSet{.count = 3, .sum = 12, .min = 3, .max = 5});
  EXPECT_EQ(spread.value(percentile("p50")), std::nullopt);

  PeriodData negative;
  negative.add(-1);
  negative.add(2);
  EXPECT_EQ(negative.value(percentile("p50")), std::nullopt);
  EXPECT_EQ(negative.value(Statistic::average()), 0.5);
}

TEST(Statistics, R6_2_1_NoDatapointIsNoZero) {
  EXPECT_EQ(PeriodData().value(Statistic::sum()), std::nullopt);
  EXPECT_EQ(PeriodData().value(percentile("p99")), std::nullopt);
  EXPECT_EQ(value_of(Statistic::sum(), sim::StatisticSet::none()), std::nullopt);
  EXPECT_EQ(value_of(Statistic::sum(), sim::Histogram()), std::nullopt);
}

TEST(Statistics, LatenciesAreInSeconds) {
  sim::Histogram latencies;
  for (int ms = 1; ms <= 1000; ++ms) {
    latencies.record(std::chrono::milliseconds(ms));
  }
  EXPECT_EQ(value_of(Statistic::sample_count(), latencies), 1000);
  EXPECT_NEAR(*value_of(Statistic::average(), latencies), 0.5005, 1e-12);
  EXPECT_NEAR(*value_of(percentile("p99"), latencies), 0.99, 0.99 * sim::Histogram::kRelativeError);
}

TEST(Statistics, R6_3_7_CW_21_LowSamples) {
  struct Case {
    const char* percentile;
    double enough;
  };
  for (const Case& c : {Case{"p99", 1000}, Case{"p90", 100}, Case{"p50", 20}, Case{"p10", 100}}) {
    const sim::Percentile p = percentile(c.percentile).percentile;
    EXPECT_TRUE(is_low_sample(p, c.enough - 1)) << c.percentile;
    EXPECT_FALSE(is_low_sample(p, c.enough)) << c.percentile;
  }
}

}  // namespace
}  // namespace updraft::cloudwatch
