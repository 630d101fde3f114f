#include "cli/numbers.h"

#include <limits>

#include <gtest/gtest.h>

namespace updraft::cli {
namespace {

using namespace std::chrono_literals;

TEST(Numbers, AreWrittenForPeople) {
  EXPECT_EQ(grouped(7), "7");
  EXPECT_EQ(grouped(1234), "1,234");
  EXPECT_EQ(grouped(75123456), "75,123,456");
  EXPECT_EQ(latency(870), "870 ns");
  EXPECT_EQ(latency(41.23e6), "41.2 ms");
  EXPECT_EQ(latency(999.6e6), "1.00 s");
  EXPECT_EQ(latency(1.534e9), "1.53 s");
  EXPECT_EQ(latency(std::numeric_limits<double>::infinity()), "never");
  EXPECT_EQ(length(14 * 24h), "14 d");
  EXPECT_EQ(length(30h), "1 d 6 h");
  EXPECT_EQ(length(90s), "1 min 30 s");
  EXPECT_EQ(money(1234.561), "$1,234.56");
  EXPECT_EQ(money(0.0123), "$0.0123");
  EXPECT_EQ(money(0), "$0.00");
}

TEST(Numbers, APercentageTellsNearlyAllFromAll) {
  EXPECT_EQ(percent(1), "100 %");
  EXPECT_EQ(percent(0.5), "50 %");
  EXPECT_EQ(percent(0.99999), "99.999 %");
  EXPECT_EQ(percent(0.000004), "0.0004 %");
  EXPECT_EQ(percent(0), "0 %");
}

}  // namespace
}  // namespace updraft::cli
