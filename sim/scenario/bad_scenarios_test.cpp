// tests/bad_scenarios/engine: wrong in every way that needs no model of AWS.
#include "sim/scenario/testing/bad_scenarios.h"

#include <string>

#include <gtest/gtest.h>

#include "sim/scenario/testing/parcel_post.h"

namespace updraft::sim::testing {
namespace {

const std::string kFolder = UPDRAFT_SOURCE_DIR "/tests/bad_scenarios/engine";

class EngineScenarios : public ::testing::TestWithParam<std::string> {};

TEST_P(EngineScenarios, GiveTheirText) {
  const GoldenPair pair = golden_pair(kFolder, GetParam(), parcel_post_registry());
  EXPECT_EQ(pair.found, pair.expected);
  EXPECT_NE(pair.found, "loads\n");
}

INSTANTIATE_TEST_SUITE_P(Bad, EngineScenarios, ::testing::ValuesIn(scenario_names(kFolder)),
                         [](const auto& one) { return one.param; });

TEST(BadScenarios, AreAtLeastSixty) {
  EXPECT_GE(scenario_names(kFolder).size(), 60U);
}

}  // namespace
}  // namespace updraft::sim::testing
