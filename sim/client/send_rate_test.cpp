#include "sim/client/send_rate.h"

#include <vector>

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

constexpr Time after_ms(std::int64_t ms) {
  return kStart + Duration{ms * 1'000'000};
}

TEST(SendRate, R24_2_NothingIsLimitedBeforeTheFirstThrottling) {
  SendRate rate;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(rate.try_send(after_ms(i)));
    rate.ended(after_ms(i), /*throttled=*/false);
  }
  EXPECT_FALSE(rate.limits());
}

// An attempt ends every 50 ms; the 40th to the 43rd and the 120th are throttled. The rates are
// those of botocore 1.44.8's ClientRateLimiter with a clock that shows these times.
TEST(SendRate, R24_2_TheRateIsThatOfBotocore) {
  struct Shown {
    int attempt;
    double rate;
  };
  const std::vector<Shown> shown{
      {20, 0.5},         {40, 13.9776},     {41, 9.78432},     {43, 4.7943168},   {44, 4.96781647},
      {60, 6.58066253},  {80, 6.84979727},  {100, 7.41790662}, {120, 7.29434003}, {121, 7.52472948},
      {140, 10.0388062}, {160, 10.4204872}, {180, 10.8393832}, {200, 13.6954942}, {220, 21.38882},
      {240, 36.3193608}, {260, 40},         {300, 40}};
  SendRate rate;
  std::size_t next = 0;
  for (int i = 1; i <= 300; ++i) {
    rate.ended(after_ms(std::int64_t{50} * i), (i >= 40 && i < 44) || i == 120);
    if (next < shown.size() && shown[next].attempt == i) {
      EXPECT_NEAR(rate.per_second(), shown[next].rate, shown[next].rate * 1e-8) << i;
      ++next;
    }
  }
  EXPECT_EQ(next, shown.size());
}

TEST(SendRate, R24_2_AThrottlingCutsTheRateToSeventyPercent) {
  SendRate rate;
  for (int i = 1; i <= 100; ++i) {
    rate.ended(after_ms(std::int64_t{100} * i), /*throttled=*/false);
  }
  rate.ended(after_ms(10'100), /*throttled=*/true);
  EXPECT_TRUE(rate.limits());
  EXPECT_NEAR(rate.per_second(), 7, 0.01);
}

TEST(SendRate, TokensComeAtTheRate) {
  SendRate rate;
  for (int i = 1; i <= 100; ++i) {
    rate.ended(after_ms(std::int64_t{100} * i), /*throttled=*/false);
  }
  Time now = after_ms(10'100);
  rate.ended(now, /*throttled=*/true);
  while (rate.try_send(now)) {
  }
  const Time begun = now;
  for (int i = 0; i < 70; ++i) {
    const Time next = rate.next_token(now);
    EXPECT_FALSE(rate.try_send(next - 1ms));
    EXPECT_TRUE(rate.try_send(next));
    now = next;
  }
  EXPECT_NEAR(to_seconds(now - begun), 10, 0.2);
}

}  // namespace
}  // namespace updraft::sim
