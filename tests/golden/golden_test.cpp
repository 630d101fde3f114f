// In every build: g++ and clang++, -O2 and -O0 with sanitizers are all held to the same hashes.
#include "tests/golden/golden.h"

#include <gtest/gtest.h>

TEST(Golden, EveryScenarioGivesWhatIsWrittenDown) {
  updraft::testing::expect_golden("golden.csv");
}
