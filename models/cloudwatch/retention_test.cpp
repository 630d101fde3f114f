#include "models/cloudwatch/retention.h"

#include <gtest/gtest.h>

namespace updraft::cloudwatch {
namespace {

using namespace std::chrono_literals;

constexpr sim::Duration kDay = 24h;

TEST(Retention, CW_24_R6_1_1_DataAreRolledUpAsTheyAge) {
  EXPECT_EQ(finest_readable(1s, 3h), 1s);
  EXPECT_EQ(finest_readable(1s, 3h + 1s), 1min);
  EXPECT_EQ(finest_readable(10s, 15 * kDay), 1min);
  EXPECT_EQ(finest_readable(1min, 15 * kDay), 1min);
  EXPECT_EQ(finest_readable(1min, 15 * kDay + 1s), 5min);
  EXPECT_EQ(finest_readable(1min, 63 * kDay), 5min);
  EXPECT_EQ(finest_readable(1min, 63 * kDay + 1s), 1h);
  EXPECT_EQ(finest_readable(5min, kDay), 5min);
  EXPECT_EQ(finest_readable(1h, 455 * kDay), 1h);
  EXPECT_FALSE(finest_readable(1h, 455 * kDay + 1s));
}

TEST(Retention, CW_24_R6_1_1_AFinerPeriodHasNoData) {
  EXPECT_TRUE(is_readable(1s, 3h, 10s));
  EXPECT_FALSE(is_readable(1s, 4h, 10s));
  EXPECT_TRUE(is_readable(1s, 4h, 1min));
  EXPECT_FALSE(is_readable(1min, 20 * kDay, 1min));
  EXPECT_TRUE(is_readable(1min, 20 * kDay, 5min));
}

}  // namespace
}  // namespace updraft::cloudwatch
