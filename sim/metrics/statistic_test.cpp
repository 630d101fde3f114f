#include "sim/metrics/statistic.h"

#include <cmath>

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

TEST(StatisticSet, MergesAsCloudWatchDoes) {
  StatisticSet set = StatisticSet::one(40);
  set.merge({2, 30, 5, 25});
  EXPECT_EQ(set, (StatisticSet{3, 70, 5, 40}));
  set.merge(StatisticSet::none());
  EXPECT_EQ(set, (StatisticSet{3, 70, 5, 40}));
}

TEST(StatisticSet, TellsNoDatapointFromZero) {
  EXPECT_TRUE(StatisticSet::none().empty());
  EXPECT_TRUE(std::isnan(StatisticSet::none().average()));
  EXPECT_FALSE(StatisticSet::one(0).empty());
  EXPECT_EQ(StatisticSet::one(0).average(), 0);
}

TEST(Statistic, R6_2_1_ReadsAndWritesCloudWatchsNames) {
  for (const char* text : {"Average", "Sum", "Minimum", "Maximum", "SampleCount", "p50", "p99",
                           "p99.9", "p99.99", "p0.01", "p99.05", "p100"}) {
    const Result<Statistic> statistic = parse_statistic(text);
    ASSERT_TRUE(statistic.ok()) << text;
    EXPECT_EQ(to_string(*statistic), text);
  }
  EXPECT_EQ(parse_statistic("p99.9")->percentile.hundredths, 9990u);
  EXPECT_EQ(parse_statistic("p99.90").value(), Statistic::at(Percentile{9990}));
}

TEST(Statistic, RefusesWhatIsNone) {
  for (const char* text : {"", "average", "p", "p0", "p.5", "p5.", "p100.01", "p101", "p9.999",
                           "p1e1", "p-1", "p99999999999999", "p1.2.3"}) {
    EXPECT_FALSE(parse_statistic(text).ok()) << text;
  }
  EXPECT_EQ(parse_statistic("P99").error(),
            "no statistic \"P99\"; it must be Average, Sum, Minimum, Maximum, SampleCount or a "
            "percentile "
            "from p0.01 to p100 with at most two decimals");
}

}  // namespace
}  // namespace updraft::sim
