// Traffic read from files, as it reaches a running fleet.
#include <numeric>

#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using sim::Status;

struct Trace {
  const char* file;
  double requests;
  double seconds;        // of the last request
  double context_bytes;  // sum of the column that is their size here
  double tokens;         // sum of the column that multiplies their work
};

double sum_over_instances(const FleetBench& bench, std::string_view metric) {
  double sum = 0;
  for (std::size_t row = 0; row < bench.instances().size(); ++row) {
    const auto values = bench.of_instance(static_cast<std::int64_t>(row), metric);
    sum += std::accumulate(values.begin(), values.end(), 0.0);
  }
  return sum;
}

class ReplayedTrace : public ::testing::TestWithParam<Trace> {};

TEST_P(ReplayedTrace, IN_05_EveryRequestComesWithItsStampSizeAndWork) {
  const Trace& trace = GetParam();
  const auto until = [&](const std::string& end) {
    return FleetBench(
        fleet({.duration = "61m",
               .traffic =
                   std::string("tokens: {to: alb, replay: {csv: traffic/azure-llm/") + trace.file +
                   ", size_column: ContextTokens, work_column: GeneratedTokens}, until: " + end +
                   ", demand: {cpu: 100us}}"}),
        UPDRAFT_SOURCE_DIR "/scenarios");
  };
  const FleetBench bench = until("1h");
  EXPECT_EQ(bench.answered("tokens", Status::kOk), trace.requests);
  EXPECT_EQ(bench.total("/alb/RequestCount"), trace.requests);
  EXPECT_EQ(sum_over_instances(bench, "NetworkIn"), trace.context_bytes);
  // Per cent of two vCPUs, a minute each.
  EXPECT_NEAR(sum_over_instances(bench, "CPUUtilization") / 100 * 120, trace.tokens * 1e-4, 1e-3);
  const auto milliseconds = static_cast<std::int64_t>(trace.seconds * 1000);
  EXPECT_LT(until(std::to_string(milliseconds - 50) + "ms").sent("tokens"), trace.requests);
  EXPECT_EQ(until(std::to_string(milliseconds + 50) + "ms").sent("tokens"), trace.requests);
}

INSTANTIATE_TEST_SUITE_P(Azure, ReplayedTrace,
                         ::testing::Values(Trace{"AzureLLMInferenceTrace_conv.csv", 19'366, 3501.7,
                                                 22'361'870, 4'088'665},
                                           Trace{"AzureLLMInferenceTrace_code.csv", 8'819, 3435.9,
                                                 18'059'974, 245'896}));

}  // namespace
}  // namespace updraft::testing
