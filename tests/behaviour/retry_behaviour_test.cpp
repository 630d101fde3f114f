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

// --- a budget

// Five attempts and no quota, as above; but retries are at most a fifth of what is asked for.
TEST(RetryBudget, EndsTheStorm) {
  const FleetBench bench =
      after_a_spike(", retry: {mode: legacy, attempt_timeout: 2s, budget: {budget_percent: 20%}}");
  EXPECT_GT(error_share(bench, 3, 4), 0.5);
  EXPECT_EQ(error_share(bench, 8, 20), 0);
  const sim::AttemptsReport attempts = *bench.report().traffic.at(0).attempts;
  EXPECT_GT(attempts.retries, 50U);  // more than the quota would let through
  EXPECT_GT(attempts.budget_exhausted, 1000U);
  EXPECT_EQ(static_cast<double>(attempts.budget_exhausted),
            bench.total("/traffic/visitors/RetryBudgetExhausted"));
  // In no minute more than a fifth of the requests, and the three that there may always be.
  const std::vector<double> retries = bench.minutes("/traffic/visitors/Retries");
  const std::vector<double> requests = bench.minutes("/traffic/visitors/Requests");
  for (std::size_t i = 0; i < retries.size(); ++i) {
    EXPECT_LE(retries[i], 0.25 * requests[i] + 3 * 60) << i;
  }
}

// --- a circuit breaker

TEST(CircuitBreakerOfTraffic, EndsTheStorm) {
  const FleetBench bench = after_a_spike(
      ", retry: {mode: legacy, attempt_timeout: 2s}, circuit_breaker: "
      "{wait_duration_in_open_state: "
      "20s}");
  EXPECT_GT(error_share(bench, 3, 4), 0.5);
  EXPECT_EQ(error_share(bench, 10, 20), 0);
  EXPECT_GT(bench.answered("visitors", Status::kCircuitOpen), 1000U);
  EXPECT_EQ(static_cast<double>(bench.report().traffic.at(0).attempts->not_permitted),
            bench.total("/traffic/visitors/NotPermittedCalls"));
}

TEST(CircuitBreakerOfTraffic, ItsStatesAreDecisions) {
  const FleetBench bench(R"(scenario: broken
duration: 10m
resources:
  it: {service: 10ms}
traffic:
  visitors:
    to: it
    rate: {constant: 10/s, arrivals: regular}
    until: 9m
    circuit_breaker: {sliding_window_size: 20, minimum_number_of_calls: 20, wait_duration_in_open_state: 1m}
faults:
  - {at: 2m, for: 90s, degrade_service: {of: it, error_probability: 100%}}
)");
  // One in 100 ms: of the last twenty the tenth that fails ends at 120.96 s. The trial while the
  // fault lasts fails, the one after it goes well.
  EXPECT_EQ(bench.decisions("circuit breaker"),
            "120.96s traffic/visitors: open the circuit []\n"
            "181.05s traffic/visitors: try a few calls []\n"
            "181.96s traffic/visitors: open the circuit []\n"
            "242.05s traffic/visitors: try a few calls []\n"
            "242.96s traffic/visitors: close the circuit []\n");
  EXPECT_EQ(bench.decided("circuit breaker")[0].reason, "too many of the last calls failed");
  EXPECT_EQ(bench.sent("visitors"), bench.answered("visitors", Status::kOk) +
                                        bench.answered("visitors", Status::kFailed) +
                                        bench.answered("visitors", Status::kCircuitOpen));
}

// --- hedging

// An answer takes 10 ms, and one in a hundred a second. Copies after 50 ms make a second of two
// slow ones in ten thousand.
FleetBench rarely_slow(const std::string& more) {
  return FleetBench(fleet(
      {.duration = "30m",
       .traffic = "visitors: {to: alb, rate: 20/s, until: 29m, demand: {wait: {mixture: [{weight: "
                  "0.99, of: 10ms}, {weight: 0.01, of: 1s}]}}" +
                  more + "}"}));
}

TEST(Hedging, ACopyAfterADelayTakesTheSlowestAway) {
  const FleetBench once = rarely_slow("");
  const FleetBench hedged = rarely_slow(", hedging: 50ms");
  const auto p999 = [](const FleetBench& bench) {
    return bench.report().traffic.at(0).ok_latency.percentile(sim::Percentile{9990})->value / 1e9;
  };
  EXPECT_NEAR(p999(once), 1.0, 0.01);
  EXPECT_LT(p999(hedged), 0.1);
  const auto requests = static_cast<double>(hedged.sent("visitors"));
  EXPECT_NEAR(hedged.total("/traffic/visitors/Hedges") / requests, 0.01, 0.003);
  EXPECT_EQ(hedged.answered("visitors", Status::kOk), hedged.sent("visitors"));
  EXPECT_EQ(hedged.total("/traffic/visitors/Attempts"),
            requests + hedged.total("/traffic/visitors/Hedges"));
}

TEST(Hedging, ABadAnswerHasTheCopySentAtOnce) {
  const FleetBench bench(fleet({.duration = "2m",
                                .group = "min_size: 0, max_size: 0",
                                .in_service = "0",
                                .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: "
                                           "regular}, until: 100s, hedging: {delay: 10s, "
                                           "max_attempts: 3}}"}));
  EXPECT_EQ(bench.answered("visitors", Status::kUnavailable), bench.sent("visitors"));
  EXPECT_EQ(bench.total("/traffic/visitors/Attempts"),
            3.0 * static_cast<double>(bench.sent("visitors")));
  EXPECT_DOUBLE_EQ(bench.max_latency_s("visitors"), 0);
}

// Everything is slow: without a budget each request would be asked for twice.
TEST(Hedging, ABudgetBoundsTheCopies) {
  const auto hedges = [](const std::string& budget) {
    const FleetBench bench(
        fleet({.duration = "10m",
               .traffic = "visitors: {to: alb, rate: {constant: 22/s, arrivals: regular}, until: "
                          "9m, demand: {wait: 1s}, hedging: {delay: 50ms" +
                          budget + "}}"}));
    return bench.total("/traffic/visitors/Hedges") / static_cast<double>(bench.sent("visitors"));
  };
  EXPECT_GT(hedges(""), 0.99);
  // 10 % of the 22 that are under way are 2; each is under way for 0.95 s.
  EXPECT_NEAR(hedges(", budget: {budget_percent: 10%, min_retry_concurrency: 0}"), 2 / 0.95 / 22,
              0.005);
}

// --- mode adaptive

// A service that lets 50 a second through is asked for 100.
FleetBench throttled(const std::string& retry) {
  return FleetBench(R"(scenario: throttled
duration: 10m
resources:
  it: {service: {latency: 10ms, rate_limit: {rate: 50/s, burst: 50}}}
traffic:
  visitors: {to: it, rate: {constant: 100/s, arrivals: regular}, timeout: 20s, retry: )" +
                    retry + "}\n");
}

TEST(AdaptiveRetry, R24_2_TheClientSendsNoFasterThanIsTaken) {
  const FleetBench standard = throttled("standard");
  const FleetBench adaptive = throttled("adaptive");
  const auto share = [](const FleetBench& bench, const std::string& metric) {
    return bench.total("/it/" + metric) / bench.total("/it/Requests");
  };
  EXPECT_GT(share(standard, "Throttles"), 0.45);
  EXPECT_LT(share(adaptive, "Throttles"), 0.25);
  EXPECT_GT(adaptive.total("/traffic/visitors/DelayedAttempts"), 1000);
  // What is let through stays the same, nearly.
  const double taken = adaptive.total("/it/Requests") - adaptive.total("/it/Throttles");
  EXPECT_NEAR(taken / 600, 50, 7);
}

TEST(AdaptiveRetry, R24_2_WithoutThrottlingNothingIsDelayed) {
  const FleetBench bench(R"(scenario: free
duration: 5m
resources:
  it: {service: 10ms}
traffic:
  visitors: {to: it, rate: 100/s, retry: adaptive}
)");
  EXPECT_EQ(bench.total("/traffic/visitors/DelayedAttempts"), 0);
}

// What waits for the rate may lose its patience there.
TEST(AdaptiveRetry, WhoWaitsForTheRateMayLeave) {
  const FleetBench bench(R"(scenario: refused
duration: 5m
resources:
  it: {service: {latency: 10ms, rate_limit: {rate: 1/s, burst: 1}}}
traffic:
  visitors: {to: it, rate: {constant: 20/s, arrivals: regular}, until: 4m, timeout: 2s, retry: adaptive}
)");
  const auto ok = bench.answered("visitors", Status::kOk);
  const auto throttled = bench.answered("visitors", Status::kThrottled);
  const auto left = bench.answered("visitors", Status::kTimedOut);
  EXPECT_GT(left, 1000U);
  EXPECT_EQ(ok + throttled + left, bench.sent("visitors"));
}

}  // namespace
}  // namespace updraft::testing
