#include "sim/core/time.h"

#include <gtest/gtest.h>

#include "sim/core/check.h"

namespace updraft::sim {
namespace {

TEST(Time, CountsNanosecondsSinceTheStart) {
  EXPECT_EQ(to_ns(kStart + 90s), 90'000'000'000);
  EXPECT_DOUBLE_EQ(to_seconds(kStart + 1500ms), 1.5);
}

TEST(Check, NamesConditionPlaceAndDetail) {
  try {
    SIM_CHECK(1 > 2, "busy is {}", 7);
    FAIL() << "did not throw";
  } catch (const InvariantError& e) {
    EXPECT_STREQ(e.what(), "invariant broken: 1 > 2 (time_test.cpp:17): busy is 7");
  }
}

}  // namespace
}  // namespace updraft::sim
