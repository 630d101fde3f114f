#include "models/common/token_bucket.h"

#include <gtest/gtest.h>

namespace updraft::common {
namespace {

using namespace std::chrono_literals;
using sim::kStart;

TEST(TokenBucket, TakesABurstAndThenTheRate) {
  TokenBucket bucket(10, 5);
  int taken = 0;
  for (int ms = 0; ms < 2000; ++ms) {
    taken += bucket.take(kStart + ms * 1ms) ? 1 : 0;
  }
  EXPECT_EQ(taken, 5 + 19);  // the next token of each 100 ms; the 20th comes at 2 s
}

TEST(TokenBucket, HoldsNoMoreThanItsBurst) {
  TokenBucket bucket(10, 5);
  EXPECT_EQ(bucket.level(kStart + 1h), 5);
  EXPECT_TRUE(bucket.take(kStart + 1h, 5));
  EXPECT_FALSE(bucket.take(kStart + 1h));
  EXPECT_NEAR(bucket.level(kStart + 1h + 250ms), 2.5, 1e-12);
}

TEST(TokenBucket, TakesAllOrNothing) {
  TokenBucket bucket(1, 3);
  EXPECT_FALSE(bucket.take(kStart, 4));
  EXPECT_EQ(bucket.level(kStart), 3);
  EXPECT_TRUE(bucket.take(kStart, 2.5));
  EXPECT_FALSE(bucket.take(kStart));
}

TEST(TokenBucket, AddsUpPiecesWithoutLosingOne) {
  TokenBucket bucket(3, 1);
  ASSERT_TRUE(bucket.take(kStart));
  int taken = 0;
  for (int ms = 1; ms <= 1000; ++ms) {
    taken += bucket.take(kStart + ms * 1ms) ? 1 : 0;
  }
  EXPECT_EQ(taken, 2);  // at 334 and 668 ms: a token is there 333.3 ms after the last was taken
}

}  // namespace
}  // namespace updraft::common
