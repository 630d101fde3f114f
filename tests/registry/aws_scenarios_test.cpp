// tests/bad_scenarios/aws: wrong in ways that need the models of AWS.
#include <string>

#include <gtest/gtest.h>

#include "models/registry/registry.h"
#include "sim/scenario/testing/bad_scenarios.h"

namespace updraft {
namespace {

const std::string kFolder = UPDRAFT_SOURCE_DIR "/tests/bad_scenarios/aws";

class AwsScenarios : public ::testing::TestWithParam<std::string> {};

TEST_P(AwsScenarios, GiveTheirText) {
  const sim::testing::GoldenPair pair =
      sim::testing::golden_pair(kFolder, GetParam(), make_registry().types());
  EXPECT_EQ(pair.found, pair.expected);
  EXPECT_NE(pair.found, "loads\n");
}

INSTANTIATE_TEST_SUITE_P(Bad, AwsScenarios,
                         ::testing::ValuesIn(sim::testing::scenario_names(kFolder)),
                         [](const auto& one) { return one.param; });

TEST(AwsScenarios, AreAtLeastForty) {
  EXPECT_GE(sim::testing::scenario_names(kFolder).size(), 40U);
}

}  // namespace
}  // namespace updraft
