#include "sim/metrics/instruments.h"

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

constexpr Time kMinute = kStart + 60s;

TEST(Counter, ReportsTheEventsOfThePeriodAsOneSample) {
  Counter counter;
  counter.add();
  counter.add(4);
  EXPECT_EQ(counter.close_period(kStart, kMinute), StatisticSet::one(5));
  counter.add(2);
  EXPECT_EQ(counter.close_period(kMinute, kMinute + 60s), StatisticSet::one(2));
  EXPECT_EQ(counter.total(), 7u);
}

TEST(Counter, AnEmptyPeriodIsNoDatapointOrARealZero) {
  Counter silent;
  EXPECT_TRUE(silent.close_period(kStart, kMinute).empty());
  Counter speaking{EmptyPeriod::kZero};
  EXPECT_EQ(speaking.close_period(kStart, kMinute), StatisticSet::one(0));
}

TEST(Gauge, WeighsLevelsByTime) {
  Gauge gauge{kStart, 2};
  gauge.set(kStart + 15s, 6);
  gauge.add(kStart + 45s, -5);
  // 15 s of 2, 30 s of 6, 15 s of 1.
  EXPECT_EQ(gauge.close_period(kStart, kMinute), (StatisticSet{1, 3.75, 1, 6}));
  EXPECT_EQ(gauge.level(), 1);
  // The level carries over; min and max start again from it.
  EXPECT_EQ(gauge.close_period(kMinute, kMinute + 60s), StatisticSet::one(1));
}

TEST(Gauge, AnswersOnlyForThePartInWhichItLived) {
  Gauge gauge{kStart + 30s, 10};
  gauge.set(kStart + 45s, 20);
  EXPECT_EQ(gauge.close_period(kStart, kMinute), (StatisticSet{1, 15, 10, 20}));
  Gauge unborn{kMinute, 1};
  EXPECT_TRUE(unborn.close_period(kStart, kMinute).empty());
}

TEST(Gauge, ALevelThatStoodForNoTimeIsNoMinimumAndNoMaximum) {
  Gauge gauge{kStart};
  gauge.set(kStart, 4);  // replaced in the instant in which it began
  EXPECT_EQ(gauge.close_period(kStart, kMinute), StatisticSet::one(4));
  gauge.add(kMinute + 30s, 5);  // and back in the same instant
  gauge.add(kMinute + 30s, -5);
  EXPECT_EQ(gauge.close_period(kMinute, kMinute + 60s), StatisticSet::one(4));
  gauge.set(kMinute + 120s, 7);  // at the end of a period: a level of the next
  EXPECT_EQ(gauge.close_period(kMinute + 60s, kMinute + 120s), StatisticSet::one(4));
  EXPECT_EQ(gauge.close_period(kMinute + 120s, kMinute + 180s), StatisticSet::one(7));
}

TEST(Gauge, PeriodsOfOneLengthMergeToTheMeanOverAll) {
  Gauge gauge{kStart, 0};
  gauge.set(kStart + 30s, 8);
  StatisticSet both = gauge.close_period(kStart, kMinute);
  both.merge(gauge.close_period(kMinute, kMinute + 60s));
  EXPECT_EQ(both.average(), 6);
}

TEST(Gauge, RefusesToCloseInItsPast) {
  Gauge gauge{kStart, 0};
  gauge.set(kMinute + 1s, 1);
  EXPECT_THROW(gauge.close_period(kStart, kMinute), InvariantError);
}

TEST(Samples, KeepsCountSumMinAndMaxOfThePeriodAndTheRun) {
  Samples sizes;
  sizes.record(10);
  sizes.record(-2);
  EXPECT_EQ(sizes.close_period(kStart, kMinute), (StatisticSet{2, 8, -2, 10}));
  EXPECT_TRUE(sizes.close_period(kMinute, kMinute + 60s).empty());
  sizes.record(3);
  sizes.close_period(kMinute + 60s, kMinute + 120s);
  EXPECT_EQ(sizes.run(), (StatisticSet{3, 11, -2, 10}));
}

TEST(LatencyInstrument, KeepsAHistogramForThePeriodAndTheRun) {
  LatencyInstrument latency;
  latency.record(20ms);
  latency.record(40ms);
  EXPECT_EQ(latency.close_period(kStart, kMinute), (StatisticSet{2, 0.06, 0.02, 0.04}));
  EXPECT_EQ(latency.closed_period().count(), 2);
  latency.record(10ms);
  latency.close_period(kMinute, kMinute + 60s);
  EXPECT_EQ(latency.closed_period().max(), 10'000'000);
  EXPECT_EQ(latency.run().count(), 3);
  EXPECT_EQ(latency.run().min(), 10'000'000);
  EXPECT_TRUE(latency.close_period(kMinute + 60s, kMinute + 120s).empty());
}

}  // namespace
}  // namespace updraft::sim
