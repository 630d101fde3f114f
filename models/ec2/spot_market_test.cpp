#include "models/ec2/spot_market.h"

#include <gtest/gtest.h>

namespace updraft::ec2 {
namespace {

using namespace std::chrono_literals;

TEST(SpotPrices, R1_4_4_EachHoldsUntilTheNext) {
  const auto prices = SpotPrices::parse("seconds,usd_per_hour\n0,0.03\n7200,0.12\n9000,0.06\n");
  ASSERT_TRUE(prices.ok());
  EXPECT_EQ(prices->at("a", sim::kStart), 0.03);
  EXPECT_EQ(prices->at("b", sim::kStart + 2h - 1ns), 0.03);
  EXPECT_EQ(prices->at("b", sim::kStart + 2h), 0.12);
  EXPECT_EQ(prices->next_change("a", sim::kStart), sim::kStart + 2h);
  EXPECT_EQ(prices->next_change("a", sim::kStart + 9000s), sim::kNever);
  // An hour at 0.03, half an hour at 0.12, half an hour at 0.06.
  EXPECT_NEAR(prices->cost("a", sim::kStart + 1h, sim::kStart + 3h), 0.03 + 0.06 + 0.03, 1e-12);
}

TEST(SpotPrices, ZonesHaveTheirOwn) {
  const auto prices =
      SpotPrices::parse("seconds,usd_per_hour,availability_zone\n0,0.03,a\n0,0.04,b\n60,0.05,a\n");
  ASSERT_TRUE(prices.ok());
  EXPECT_EQ(prices->at("a", sim::kStart + 60s), 0.05);
  EXPECT_EQ(prices->at("b", sim::kStart + 60s), 0.04);
  EXPECT_EQ(prices->at("c", sim::kStart), std::nullopt);
  EXPECT_EQ(prices->next_change("c", sim::kStart), sim::kNever);
}

TEST(SpotPrices, SaysWhatIsWrong) {
  const auto error = [](const char* csv) { return SpotPrices::parse(csv).error(); };
  EXPECT_EQ(error("seconds,price\n0,1\n"),
            "Spot prices have the columns seconds, usd_per_hour and, if zones differ, "
            "availability_zone; usd_per_hour is missing");
  EXPECT_EQ(error("seconds,usd_per_hour\n"), "there is no price in it");
  EXPECT_EQ(error("seconds,usd_per_hour\n5,1\n"),
            "line 2: a zone's prices begin at second 0 and go on in order of time");
  EXPECT_EQ(error("seconds,usd_per_hour\n0,1\n9,1\n9,2\n"),
            "line 4: a zone's prices begin at second 0 and go on in order of time");
  EXPECT_EQ(error("seconds,usd_per_hour\n0,-1\n"),
            "line 2: 0 s and -1 USD an hour; seconds are 0 to 4e8, prices 0 to 1e6");
  EXPECT_EQ(error("seconds,usd_per_hour,availability_zone\n0,1,a\n0,1,\n"),
            "some prices name their availability_zone and others do not");
}

TEST(Spot, R1_4_4_TheShareThatAMonthInterrupts) {
  // A uniform of 1 - share is met at the end of the month, by the exponential law.
  EXPECT_NEAR(std::chrono::duration<double>(time_to_interruption(0.2, 0.8)).count(), 30 * 86400.0,
              1e-3);
  EXPECT_LT(time_to_interruption(0.2, 0.9), 30 * 24h);
  EXPECT_GT(time_to_interruption(0.2, 0.7), 30 * 24h);
  EXPECT_EQ(time_to_interruption(0, 0.5), sim::kNever - sim::kStart);
}

}  // namespace
}  // namespace updraft::ec2
