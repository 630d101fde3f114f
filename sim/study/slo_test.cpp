#include "sim/study/slo.h"

#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "sim/scenario/slo.h"

namespace updraft::sim {
namespace {

using namespace std::chrono_literals;

/// 97 answers ok in 100 ms, two in 895 and 900 ms, and one that failed at once.
TrafficReport visitors() {
  TrafficReport report{.name = "visitors", .sent = 100};
  report.by_status[static_cast<std::size_t>(Status::kOk)] = 99;
  report.by_status[static_cast<std::size_t>(Status::kUnavailable)] = 1;
  for (int i = 0; i < 97; ++i) {
    report.ok_latency.record(100ms);
  }
  report.ok_latency.record(895ms);
  report.ok_latency.record(900ms);
  return report;
}

Verdict verdict_on(const std::string& line, const std::vector<TrafficReport>& traffic) {
  const auto parsed = parse_slo(line, {"visitors", "robots"});
  if (const auto* fault = std::get_if<SloFault>(&parsed)) {
    ADD_FAILURE() << line << ": " << fault->message;
    return Verdict::kCannotTell;
  }
  return judge(std::get<Slo>(parsed), traffic, 10s).verdict;
}

TEST(Objective, IsJudgedOverAllRequestsOfItsSources) {
  const TrafficReport none{.name = "robots"};
  struct Case {
    std::string line;
    Verdict expected;
  };
  const std::vector<Case> cases = {
      {"p(97) latency < 200ms", Verdict::kPass},
      {"p(99) latency < 1s", Verdict::kPass},
      {"p(99) latency < 800ms", Verdict::kFail},
      {"p(99.5) latency < 1h", Verdict::kFail},  // the failed request is slower than any bound
      {"mean latency < 1h", Verdict::kFail},
      {"max latency < 1h", Verdict::kFail},
      {"p(97) latency < 100ms", Verdict::kFail},
      {"p(98) latency < 895ms", Verdict::kCannotTell},  // inside the histogram's error
      {"error_rate <= 1%", Verdict::kPass},
      {"error_rate < 1%", Verdict::kFail},
      {"availability >= 99%", Verdict::kPass},
      {"throughput > 9/s", Verdict::kPass},
      {"throughput > 10/s", Verdict::kFail},
      {"error_rate of visitors < 2%", Verdict::kPass},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(verdict_on(one.line, {visitors(), none}), one.expected) << one.line;
  }
}

TEST(Objective, WithoutARequestOnlyThroughputIsKnown) {
  const std::vector<TrafficReport> traffic = {visitors(), {.name = "robots"}};
  EXPECT_EQ(verdict_on("error_rate of robots < 1%", traffic), Verdict::kCannotTell);
  EXPECT_EQ(verdict_on("p(99) latency of robots < 1s", traffic), Verdict::kCannotTell);
  EXPECT_EQ(verdict_on("throughput of robots > 1/s", traffic), Verdict::kFail);
  EXPECT_EQ(verdict_on("throughput of robots >= 0/s", traffic), Verdict::kPass);
}

}  // namespace
}  // namespace updraft::sim
