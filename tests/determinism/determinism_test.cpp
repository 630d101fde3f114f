// Same scenario and seed, same results: twice in one process, four at once, keys in another order.
#include <filesystem>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/determinism/match_day.h"
#include "tests/determinism/permute.h"

namespace updraft {
namespace {

using testing::kSixHours;
using testing::match_day_text;
using testing::plan_of;
using testing::replaced;

class MatchDay : public ::testing::Test {
 protected:
  MatchDay() : folder_(::testing::TempDir() + fmt::format("updraft-{}", ::getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~MatchDay() override { std::filesystem::remove_all(folder_); }

  sim::Report run(const std::string& text, const std::string& name,
                  std::optional<std::uint64_t> seed = std::nullopt) const {
    const sim::ModelRegistry registry = make_registry();
    return sim::run(plan_of(text, registry), registry,
                    {.seed = seed, .duration = kSixHours, .output = folder_ + "/" + name});
  }

  std::string folder_;
};

TEST_F(MatchDay, GivesTheSameTwiceInOneProcess) {
  const sim::Report first = run(match_day_text(), "first.h5");
  const sim::Report second = run(match_day_text(), "second.h5");
  EXPECT_GT(first.traffic.at(0).sent, 500'000u);
  EXPECT_EQ(first.results_hash, second.results_hash);
  EXPECT_EQ(first.trace_hash, second.trace_hash);
}

TEST_F(MatchDay, GivesAnotherResultForAnotherSeed) {
  const sim::Report first = run(match_day_text(), "first.h5");
  const sim::Report other = run(match_day_text(), "other.h5", 2);
  EXPECT_NE(first.results_hash, other.results_hash);
  EXPECT_NE(first.trace_hash, other.trace_hash);
}

TEST_F(MatchDay, GivesTheSameFourAtOnce) {
  std::vector<sim::Report> reports(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    threads.emplace_back([&, i] { reports[i] = run(match_day_text(), fmt::format("{}.h5", i)); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const sim::Report& report : reports) {
    EXPECT_TRUE(report.complete);
    EXPECT_EQ(report.results_hash, reports[0].results_hash);
    EXPECT_EQ(report.trace_hash, reports[0].trace_hash);
  }
}

TEST_F(MatchDay, GivesTheSameWithItsKeysInAnotherOrder) {
  const std::string permuted = testing::with_keys_reversed(match_day_text());
  ASSERT_EQ(permuted.find("slo:"), 0u) << permuted;
  const sim::Report written = run(match_day_text(), "written.h5");
  const sim::Report reversed = run(permuted, "reversed.h5");
  EXPECT_EQ(written.results_hash, reversed.results_hash);
  EXPECT_EQ(written.trace_hash, reversed.trace_hash);
}

TEST_F(MatchDay, MeetsTheSameFateBesideAnIdleResource) {
  const std::string beside = replaced(match_day_text(), "resources:\n",
                                      "resources:\n  an-idle-one:\n    target_group: {}\n");
  const sim::Report alone = run(match_day_text(), "alone.h5");
  const sim::Report accompanied = run(beside, "beside.h5");
  ASSERT_EQ(accompanied.traffic.size(), 1u);
  const sim::TrafficReport& a = alone.traffic[0];
  const sim::TrafficReport& b = accompanied.traffic[0];
  EXPECT_EQ(a.sent, b.sent);
  EXPECT_EQ(a.by_status, b.by_status);
  EXPECT_EQ(a.latency.sum(), b.latency.sum());
  EXPECT_EQ(alone.capacity.at(0).instance_hours, accompanied.capacity.at(0).instance_hours);
  EXPECT_EQ(alone.capacity.at(0).activities, accompanied.capacity.at(0).activities);
}

}  // namespace
}  // namespace updraft
