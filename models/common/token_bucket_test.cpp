#include "models/common/token_bucket.h"

#include <gtest/gtest.h>

namespace updraft::common {
namespace {

using namespace std::chrono_literals;
using sim::kStart;

TEST(TokenBucket, TakesABurstAndThenTheRate) {
  TokenBucket bucket({.capacity = 5, .refill = 10, .per = 1s});
  int taken = 0;
  for (int ms = 0; ms < 2000; ++ms) {
    taken += bucket.take(kStart + ms * 1ms) ? 1 : 0;
  }
  EXPECT_EQ(taken, 5 + 19);  // the next token of each 100 ms; the 20th comes at 2 s
}

TEST(TokenBucket, HoldsNoMoreThanItsCapacity) {
  TokenBucket bucket({.capacity = 5, .refill = 10, .per = 1s});
  EXPECT_EQ(bucket.available(kStart + 100h), 5);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(bucket.take(kStart + 100h));
  }
  EXPECT_FALSE(bucket.take(kStart + 100h));
  EXPECT_EQ(bucket.available(kStart + 100h + 250ms), 2);
}

TEST(TokenBucket, AddsUpPiecesWithoutLosingOne) {
  TokenBucket bucket({.capacity = 1, .refill = 3, .per = 1s});
  ASSERT_TRUE(bucket.take(kStart));
  int taken = 0;
  for (int ms = 1; ms <= 1002; ++ms) {
    taken += bucket.take(kStart + ms * 1ms) ? 1 : 0;
  }
  EXPECT_EQ(taken, 3);  // at 334, 668 and 1,002 ms: whole milliseconds after each third of a second
}

TEST(TokenBucket, KeepsWhatItHasAndGetsWhatALargerLimitAdds) {
  TokenBucket bucket({.capacity = 10, .refill = 1, .per = 1s});
  ASSERT_TRUE(bucket.take(kStart));
  bucket.set(kStart, {.capacity = 100, .refill = 1, .per = 10s});
  EXPECT_EQ(bucket.available(kStart), 99);
  bucket.set(kStart, {.capacity = 4, .refill = 1, .per = 10s});
  EXPECT_EQ(bucket.available(kStart), 4);
  bucket.set(kStart, {.capacity = 0, .refill = 0, .per = 10s});
  EXPECT_EQ(bucket.available(kStart), 0);
}

}  // namespace
}  // namespace updraft::common
