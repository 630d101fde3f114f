// Runs too long for every change.
#include <gtest/gtest.h>

#include "tests/golden/golden.h"

TEST(GoldenNightly, FourteenDaysGiveWhatIsWrittenDown) {
  updraft::testing::expect_golden("nightly.csv");
}
