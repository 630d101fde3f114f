// Clients that retry: the storm that outlasts its trigger, and the quota that ends it.
#include <numeric>

#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using sim::Status;

// One instance that can serve 100 requests a second is asked for 60, and for a minute (from minute
// 3 on) for 200. What waits longer than 2 s is given up by its client, and served all the same.
FleetBench after_a_spike(const std::string& retry) {
  return FleetBench(
      fleet({.duration = "20m",
             .group = "min_size: 1, max_size: 1",
             .instance = "relative_speed: 1, health_check_cpu: 0s, workers: 20, backlog: 2000",
             .in_service = "1",
             .traffic = "visitors: {to: alb, rate: {spike: {base: 60/s, peak: 200/s, at: 3m, hold: "
                        "1m}, arrivals: regular}, demand: {cpu: 20ms}" +
                        retry + "}"}));
}

/// Of the minutes [from, to), what the clients saw end badly as a share of what they asked for.
double error_share(const FleetBench& bench, std::size_t from, std::size_t to) {
  const auto sum = [&](const std::string& path) {
    const std::vector<double> minutes = bench.minutes(path);
    return std::accumulate(minutes.begin() + static_cast<std::ptrdiff_t>(from),
                           minutes.begin() + static_cast<std::ptrdiff_t>(to), 0.0);
  };
  return sum("/traffic/visitors/Errors") / sum("/traffic/visitors/Requests");
}

TEST(Retry, WithoutRetriesAnOverloadEndsWithItsTrigger) {
  const FleetBench bench = after_a_spike(", timeout: 2s");
  EXPECT_EQ(error_share(bench, 0, 3), 0);
  EXPECT_GT(error_share(bench, 3, 4), 0.5);
  EXPECT_EQ(error_share(bench, 8, 20), 0);
}

// Five attempts of each request are 300 a second: three times of what can be served, for good.
TEST(Retry, R24_2_RetriesWithoutQuotaKeepAnOverloadUpAfterItsTrigger) {
  const FleetBench bench = after_a_spike(", retry: {mode: legacy, attempt_timeout: 2s}");
  EXPECT_EQ(error_share(bench, 0, 3), 0);
  EXPECT_GT(error_share(bench, 8, 20), 0.9);
  const std::vector<double> attempts = bench.minutes("/traffic/visitors/Attempts");
  EXPECT_EQ(attempts.at(2), 60 * 60);
  EXPECT_GT(attempts.at(19), 4 * 60 * 60);
  // The instance works all the time, and nearly all of it is for clients that have gone.
  EXPECT_GT(bench.minutes("/fleet/CPUUtilization").at(19), 99);
}

TEST(Retry, R24_1_TheQuotaEndsTheStorm) {
  const FleetBench bench = after_a_spike(", retry: {mode: standard, attempt_timeout: 2s}");
  EXPECT_EQ(error_share(bench, 0, 3), 0);
  EXPECT_GT(error_share(bench, 3, 4), 0.5);
  EXPECT_EQ(error_share(bench, 8, 20), 0);
  EXPECT_EQ(bench.total("/traffic/visitors/Retries"), 50);  // a time-out costs 10 of 500
  EXPECT_EQ(bench.total("/traffic/visitors/Attempts"),
            static_cast<double>(bench.sent("visitors")) + 50);
  EXPECT_EQ(bench.total("/traffic/visitors/FirstAttemptErrors"),
            bench.total("/traffic/visitors/RetryQuotaExhausted"));
}

TEST(Retry, TheReportTellsWhatTheMetricsTell) {
  const FleetBench bench = after_a_spike(", retry: {mode: standard, attempt_timeout: 2s}");
  ASSERT_TRUE(bench.report().traffic.at(0).attempts.has_value());
  const sim::AttemptsReport attempts = *bench.report().traffic.at(0).attempts;
  EXPECT_EQ(attempts.attempts, bench.sent("visitors") + 50);
  EXPECT_EQ(attempts.retries, 50U);
  EXPECT_GT(attempts.quota_exhausted, 1000U);
  EXPECT_EQ(static_cast<double>(attempts.quota_exhausted),
            bench.total("/traffic/visitors/RetryQuotaExhausted"));
  EXPECT_EQ(static_cast<double>(attempts.first_attempt_errors),
            bench.total("/traffic/visitors/FirstAttemptErrors"));
  const FleetBench without = after_a_spike(", timeout: 2s");
  EXPECT_FALSE(without.report().traffic.at(0).attempts.has_value());
}

// It is the quota, not the number of attempts: the same mode without one does not recover.
TEST(Retry, R24_1_ThreeAttemptsWithoutQuotaKeepItUpToo) {
  const FleetBench bench =
      after_a_spike(", retry: {mode: standard, quota: 0, attempt_timeout: 2s}");
  EXPECT_GT(error_share(bench, 8, 20), 0.9);
}

TEST(Retry, R24_1_TheExhaustionOfTheQuotaIsADecision) {
  const FleetBench bench = after_a_spike(", retry: {attempt_timeout: 2s}");
  const auto rows = bench.decided("retry");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].who, "traffic/visitors");
  EXPECT_EQ(rows[0].reason, "the retry quota is exhausted");
  EXPECT_EQ(rows[0].rule, "R24.1");
  EXPECT_TRUE(rows[0].blocked);
  EXPECT_GT(rows[0].at_s, 180);
  EXPECT_LT(rows[0].at_s, 190);
}

// It fills with one token for each success: two spikes far apart are two episodes.
TEST(Retry, AFullQuotaBeginsANewEpisode) {
  const FleetBench bench(fleet(
      {.duration = "30m",
       .in_service = "1",
       .traffic = "visitors: {to: alb, rate: {constant: 20/s, arrivals: regular}, demand: {wait: "
                  "10ms}, retry: {quota: 50, jitter: none}}",
       .faults = "{at: 5m, for: 2m, hang_instance: {of: fleet}}\n"
                 "{at: 20m, for: 2m, hang_instance: {of: fleet}}"}));
  EXPECT_EQ(bench.decided("retry").size(), 2u);
}

TEST(Retry, TheBalancerSeesEveryAttempt) {
  const FleetBench bench(
      fleet({.duration = "2m",
             .group = "min_size: 0, max_size: 0",
             .in_service = "0",
             .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, until: "
                        "100s, retry: {jitter: none, quota: 0}}"}));
  const auto sent = static_cast<double>(bench.sent("visitors"));
  EXPECT_EQ(bench.answered("visitors", Status::kUnavailable), bench.sent("visitors"));
  EXPECT_DOUBLE_EQ(bench.mean_latency_s("visitors"), 3.0);  // 1 s and 2 s
  EXPECT_EQ(bench.total("/traffic/visitors/Attempts"), 3 * sent);
  EXPECT_EQ(bench.total("/alb/HTTPCode_ELB_503_Count"), 3 * sent);
}

// Doubled with no bound: 1 + 2 + 4 + 8 + 16 + 32 + 64 s. Mode standard waits 20 s in place of more.
TEST(Retry, R24_2_TheDelaysOfModeLegacyHaveNoBound) {
  const auto longest_s = [](const std::string& mode) {
    const FleetBench bench(fleet(
        {.group = "min_size: 0, max_size: 0",
         .in_service = "0",
         .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, until: 10s, "
                    "retry: {max_attempts: 8, quota: 0, jitter: none, mode: " +
                    mode + "}}"}));
    return bench.max_latency_s("visitors");
  };
  EXPECT_DOUBLE_EQ(longest_s("legacy"), 1 + 2 + 4 + 8 + 16 + 32 + 64);
  EXPECT_DOUBLE_EQ(longest_s("standard"), 1 + 2 + 4 + 8 + 16 + 20 + 20);
}

// One attempt in seven takes too long; the demand of the next one is drawn anew.
TEST(Retry, RetriesHideWhatIsRare) {
  const std::string traffic =
      "visitors: {to: alb, rate: 10/s, until: 25m, demand: {wait: {exponential: 300ms}}, ";
  const FleetBench patient(fleet(
      {.duration = "30m", .traffic = traffic + "retry: {attempt_timeout: 600ms, quota: 100000}}"}));
  const FleetBench once(fleet({.duration = "30m", .traffic = traffic + "timeout: 600ms}"}));
  const auto share_ok = [](const FleetBench& bench) {
    return static_cast<double>(bench.answered("visitors", Status::kOk)) /
           static_cast<double>(bench.sent("visitors"));
  };
  // exp(-2) = 0.135 of the attempts last longer than 600 ms; three in a row 0.0025.
  EXPECT_NEAR(share_ok(once), 0.865, 0.01);
  EXPECT_NEAR(share_ok(patient), 0.9975, 0.001);
  EXPECT_NEAR(patient.total("/traffic/visitors/FirstAttemptErrors"),
              static_cast<double>(once.answered("visitors", Status::kTimedOut)), 0.5);
}

}  // namespace
}  // namespace updraft::testing
