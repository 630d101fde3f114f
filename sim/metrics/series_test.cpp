#include "sim/metrics/series.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/core/check.h"
#include "sim/metrics/instruments.h"
#include "sim/metrics/memory_sink.h"

namespace updraft::sim {
namespace {

using testing::ElementsAre;
using testing::IsNan;

constexpr Time minute(int k) {
  return kStart + 60s * k;
}

MetricDeclaration requests() {
  return {.resource = "web-alb",
          .name = "RequestCount",
          .cloudwatch_namespace = "AWS/ApplicationELB",
          .unit = "Count",
          .statistic = Statistic::sum()};
}

MetricDeclaration response_time() {
  return {.resource = "web-alb",
          .name = "TargetResponseTime",
          .cloudwatch_namespace = "AWS/ApplicationELB",
          .unit = "Seconds",
          .statistic = Statistic::average(),
          .kept = {Statistic::at(kP99), Statistic::maximum()}};
}

// Publishes one sample of each value, one value a minute; NaN publishes nothing.
void publish_minutes(MetricStore& store, MetricId id, std::initializer_list<double> values) {
  int k = 0;
  for (const double value : values) {
    if (!std::isnan(value)) {
      store.publish(id, minute(k), StatisticSet::one(value));
    }
    store.close_period(60s, minute(k));
    ++k;
  }
}

TEST(MetricStore, HandsEveryClosedPeriodToTheSinkWithNaNForNoDatapoint) {
  MemorySink sink;
  MetricStore store(&sink);
  const MetricId id = store.declare(requests());
  publish_minutes(store, id, {3, NAN, 5});
  EXPECT_THAT(sink.column("/web-alb/RequestCount", 60s), ElementsAre(3, IsNan(), 5));
}

TEST(MetricStore, WritesAColumnForEachKeptStatistic) {
  MemorySink sink;
  MetricStore store(&sink);
  const MetricId id = store.declare(response_time());
  LatencyInstrument latency;
  for (int i = 1; i <= 100; ++i) {
    latency.record(1ms * i);
  }
  const StatisticSet set = latency.close_period(minute(0), minute(1));
  store.publish(id, minute(0), set, &latency.closed_period());
  store.close_period(60s, minute(0));
  EXPECT_THAT(sink.column("/web-alb/TargetResponseTime", 60s),
              ElementsAre(testing::DoubleEq(0.0505)));
  EXPECT_THAT(sink.column("/web-alb/TargetResponseTime_p99", 60s),
              ElementsAre(testing::DoubleNear(0.099, 0.00099)));
  EXPECT_THAT(sink.column("/web-alb/TargetResponseTime_Maximum", 60s), ElementsAre(0.1));
}

TEST(MetricStore, AMetricBornLateHasNoEarlierDatapoints) {
  MemorySink sink;
  MetricStore store(&sink);
  publish_minutes(store, store.declare(requests()), {1, 2});
  const MetricId late = store.declare(response_time());
  store.publish(late, minute(2), StatisticSet::one(0.5));
  store.close_period(60s, minute(2));
  EXPECT_THAT(sink.column("/web-alb/TargetResponseTime", 60s), ElementsAre(IsNan(), IsNan(), 0.5));
}

TEST(MetricStore, TheFirstMetricOfACadenceMayBeBornLate) {
  MemorySink sink;
  MetricStore store(&sink);
  store.close_period(300s, kStart);
  MetricDeclaration credits{
      .resource = "fleet", .name = "CPUCreditBalance", .unit = "Count", .period = 300s};
  const MetricId id = store.declare(credits);
  store.publish(id, kStart + 300s, StatisticSet::one(7));
  store.close_period(300s, kStart + 300s);
  EXPECT_THAT(sink.column("/fleet/CPUCreditBalance", 300s), ElementsAre(IsNan(), 7));
}

TEST(MetricStore, SeveralPublishersOfOnePeriodMerge) {
  MetricStore store(nullptr);
  const MetricId id = store.declare(response_time());
  store.publish(id, minute(0), {10, 1, 0.05, 0.2});
  store.publish(id, minute(0), {30, 9, 0.01, 0.9});
  EXPECT_EQ(store.window(id, minute(0), minute(1)), (StatisticSet{40, 10, 0.01, 0.9}));
  EXPECT_EQ(store.statistic(id, Statistic::sample_count(), minute(0), minute(1)), 40);
}

TEST(MetricStore, AnswersWindowsAndMultiplesOfThePeriod) {
  MetricStore store(nullptr);
  const MetricId id = store.declare(requests());
  publish_minutes(store, id, {1, 2, NAN, 4, 5, NAN, NAN});
  EXPECT_EQ(store.latest(id), std::pair(minute(4), StatisticSet::one(5)));
  EXPECT_EQ(store.window(id, minute(1), minute(4)), (StatisticSet{2, 6, 2, 4}));
  using Point = MetricStore::Point;
  EXPECT_THAT(store.query(id, Statistic::sum(), minute(0), minute(6), 120s),
              ElementsAre(Point{minute(0), 3}, Point{minute(2), 4}, Point{minute(4), 5}));
  EXPECT_THAT(store.query(id, Statistic::minimum(), minute(4), minute(7), 60s),
              ElementsAre(Point{minute(4), 5}, Point{minute(5), std::nullopt},
                          Point{minute(6), std::nullopt}));
  EXPECT_EQ(store.statistic(id, Statistic::average(), minute(5), minute(7)), std::nullopt);
}

TEST(MetricStore, KeepsAsManyDatapointsAsWereRequired) {
  MetricStore store(nullptr, {.default_history = 3});
  const MetricId few = store.declare(requests());
  const MetricId more = store.declare(response_time());
  store.require_history(more, 5);
  for (int k = 0; k < 10; ++k) {
    store.publish(few, minute(k), StatisticSet::one(k));
    store.publish(more, minute(k), StatisticSet::one(k));
    if (k == 7) {
      store.require_history(more, 6);  // keeps what there is
    }
    store.close_period(60s, minute(k));
  }
  EXPECT_EQ(store.window(few, minute(0), minute(10)), (StatisticSet{3, 24, 7, 9}));
  EXPECT_EQ(store.window(more, minute(0), minute(10)), (StatisticSet{6, 39, 4, 9}));
}

TEST(MetricStore, R6_2_1_PercentilesNeedHistogramsOrEqualSamples) {
  MetricStore store(nullptr);
  const MetricId id = store.declare(response_time());
  store.publish(id, minute(0), {4, 8, 2, 2});
  EXPECT_EQ(store.statistic(id, Statistic::at(kP99), minute(0), minute(1)), 2);
  store.publish(id, minute(0), {1, 3, 3, 3});
  EXPECT_EQ(store.statistic(id, Statistic::at(kP99), minute(0), minute(1)), std::nullopt);
}

TEST(MetricStore, PercentilesOverSeveralPeriodsEqualThoseOfAllSamples) {
  MetricStore store(nullptr);
  const MetricId id = store.declare(response_time());
  store.require_history(id, 10, KeepHistograms::kYes);
  Histogram all;
  LatencyInstrument latency;
  for (int k = 0; k < 4; ++k) {
    for (int i = 0; i < 250; ++i) {
      const Duration value = 1us * ((i * 7919 + k * 104729) % 100003);
      latency.record(value);
      all.record(value);
    }
    const StatisticSet set = latency.close_period(minute(k), minute(k + 1));
    store.publish(id, minute(k), set, &latency.closed_period());
    store.close_period(60s, minute(k));
  }
  for (const Percentile p : {kP50, kP90, kP99, Percentile{1}, Percentile{10'000}}) {
    EXPECT_EQ(store.statistic(id, Statistic::at(p), minute(0), minute(4)),
              all.percentile(p)->value / 1e9);
  }
}

TEST(MetricStore, WritesHistogramsOfPeriodsAndOfTheRun) {
  MemorySink sink;
  MetricStore store(&sink);
  MetricDeclaration declaration = response_time();
  declaration.keep_histogram = true;
  const MetricId id = store.declare(declaration);
  LatencyInstrument latency;
  for (int k = 0; k < 2; ++k) {
    latency.record(100ns);
    latency.record(k == 0 ? 5ns : 100ns);
    const StatisticSet set = latency.close_period(minute(k), minute(k + 1));
    store.publish(id, minute(k), set, &latency.closed_period());
    store.close_period(60s, minute(k));
  }
  store.finish();
  EXPECT_EQ(sink.transcript("/latency", "period"), "0s | 0 | 0 | 2\n60s | 0 | 2 | 1\n");
  EXPECT_EQ(sink.transcript("/latency", "period_entry"), "5 | 1\n100 | 1\n100 | 2\n");
  EXPECT_EQ(sink.transcript("/latency", "run_entry"), "0 | 5 | 1\n0 | 100 | 3\n");
  EXPECT_EQ(sink.transcript("/latency", "series"),
            "0 | web-alb | TargetResponseTime | 4 | 3.05e-07 | 5 | 100\n");
}

TEST(MetricStore, MembersShareColumnsOverOneObservationAxis) {
  MemorySink sink;
  MetricStore store(&sink);
  const FamilyId family = store.declare_family(
      {.group = "/instance_metrics",
       .member_table = "/instances",
       .member = "instance",
       .metrics = {{.name = "CPUUtilization", .unit = "Percent", .kept = {Statistic::maximum()}},
                   {.name = "NetworkIn", .unit = "Bytes", .statistic = Statistic::sum()}}});
  store.publish_member(family, 0, minute(0),
                       std::vector{StatisticSet{2, 60, 20, 40}, StatisticSet::one(7)});
  store.publish_member(family, 1, minute(0),
                       std::vector{StatisticSet::one(10), StatisticSet::none()});
  store.publish_member(family, 0, minute(1),
                       std::vector{StatisticSet::none(), StatisticSet::none()});
  EXPECT_EQ(sink.transcript("/instance_metrics", "observation"),
            "0s | 0 | 30 | 40 | 7\n0s | 1 | 10 | 10 | -\n");
}

TEST(MetricStore, FindsByResourceAndName) {
  MetricStore store(nullptr);
  const MetricId id = store.declare(requests());
  EXPECT_EQ(store.find("web-alb", "RequestCount"), id);
  EXPECT_EQ(store.find("web-alb", "Requests"), std::nullopt);
  EXPECT_EQ(store.declaration(id).unit, "Count");
}

TEST(MetricStore, RefusesWhatBreaksTheOrderOfPeriods) {
  MetricStore store(nullptr);
  const MetricId id = store.declare(requests());
  EXPECT_THROW(store.declare(requests()), InvariantError);
  EXPECT_THROW(store.publish(id, minute(1), StatisticSet::one(1)), InvariantError);
  EXPECT_THROW(store.publish(id, minute(0) + 1s, StatisticSet::one(1)), InvariantError);
  EXPECT_THROW(store.close_period(60s, minute(1)), InvariantError);
  EXPECT_THROW((void)store.query(id, Statistic::sum(), minute(0), minute(5), 120s), InvariantError);
}

TEST(MetricStore, ReservesTheGroupsOfTheFile) {
  for (const char* name : {"decisions", "traces", "bill", "latency", "instances",
                           "instance_metrics_300s", "time_60s"}) {
    EXPECT_TRUE(is_reserved_group(name)) << name;
  }
  EXPECT_FALSE(is_reserved_group("web-alb"));
}

}  // namespace
}  // namespace updraft::sim
