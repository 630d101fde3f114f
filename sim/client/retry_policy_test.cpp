#include "sim/client/retry_policy.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

constexpr RetryRules kStandard{.max_attempts = 3,
                               .base_delay = 1s,
                               .throttling_base_delay = 1s,
                               .max_delay = 20s,
                               .jitter = true,
                               .quota = 500,
                               .cost = 5,
                               .timeout_cost = 10,
                               .throttling_cost = 5,
                               .success = 1};
constexpr RetryRules kLegacy{.max_attempts = 5,
                             .base_delay = 1s,
                             .throttling_base_delay = 1s,
                             .max_delay = 20s,
                             .jitter = true};

RetryRules with_quota(std::uint32_t quota) {
  RetryRules rules = kStandard;
  rules.quota = quota;
  return rules;
}

std::string told(const RetryAnswer& answer) {
  switch (answer.verdict) {
    case RetryVerdict::kRetry:
      return fmt::format("after {} ms for {}", to_ns(answer.delay) / 1'000'000, answer.cost);
    case RetryVerdict::kNotRetried:
      return "not retried";
    case RetryVerdict::kAttempts:
      return "attempts";
    case RetryVerdict::kDeadline:
      return "deadline";
    case RetryVerdict::kBudget:
      return "budget";
    case RetryVerdict::kQuota:
      return fmt::format("quota, not {}", answer.cost);
  }
  return "";
}

std::string decided(const RetryRules& rules, const EndedAttempt& ended) {
  RetryPolicy policy(rules);
  return told(policy.decide(ended));
}

TEST(RetryPolicy, R24_1_EveryEndButSuccessIsRetried) {
  for (std::size_t i = 0; i < kStatusCount; ++i) {
    const auto status = static_cast<Status>(i);
    EXPECT_EQ(is_retried(status), status != Status::kOk && status != Status::kCircuitOpen)
        << status_name(status);
  }
}

TEST(RetryPolicy, R24_1_ThreeAttemptsInStandardMode) {
  EXPECT_EQ(decided(kStandard, {.status = Status::kFailed, .attempts = 1, .uniform = 0.5}),
            "after 500 ms for 5");
  EXPECT_EQ(decided(kStandard, {.status = Status::kFailed, .attempts = 2, .uniform = 0.5}),
            "after 1000 ms for 5");
  EXPECT_EQ(decided(kStandard, {.status = Status::kFailed, .attempts = 3, .uniform = 0.5}),
            "attempts");
}

TEST(RetryPolicy, R24_2_FiveAttemptsInLegacyModeWithoutQuota) {
  RetryPolicy policy(kLegacy);
  std::string text;
  for (std::uint32_t attempts = 1; attempts <= 5; ++attempts) {
    text +=
        told(policy.decide({.status = Status::kTimedOut, .attempts = attempts, .uniform = 0.25})) +
        "\n";
  }
  EXPECT_EQ(text,
            "after 250 ms for 0\nafter 500 ms for 0\nafter 1000 ms for 0\nafter 2000 ms for 0\n"
            "attempts\n");
}

TEST(RetryPolicy, R24_1_TheDelayDoublesUpToItsMaximum) {
  std::vector<std::int64_t> seconds;
  for (const std::uint32_t attempts : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 1000U, 4'000'000'000U}) {
    seconds.push_back(to_ns(backoff(kStandard, attempts, Status::kFailed)) / 1'000'000'000);
  }
  EXPECT_EQ(seconds, (std::vector<std::int64_t>{1, 2, 4, 8, 16, 20, 20, 20, 20}));
}

TEST(RetryPolicy, AMaximumBelowTheBaseIsTheDelay) {
  EXPECT_EQ(backoff({.base_delay = 5s, .max_delay = 2s}, 1, Status::kFailed), 2s);
}

TEST(RetryPolicy, NoBaseIsNoDelay) {
  EXPECT_EQ(backoff({.base_delay = 0s, .max_delay = 20s}, 4'000'000'000U, Status::kFailed), 0s);
}

TEST(RetryPolicy, WithoutJitterTheDelayIsTheWhole) {
  RetryRules rules = kStandard;
  rules.jitter = false;
  EXPECT_EQ(decided(rules, {.status = Status::kThrottled, .attempts = 2, .uniform = 0.01}),
            "after 2000 ms for 5");
}

TEST(RetryPolicy, R24_1_ATimeOutCostsTen) {
  for (std::size_t i = 1; i < kStatusCount; ++i) {
    const auto status = static_cast<Status>(i);
    if (!is_retried(status)) {
      continue;
    }
    const bool time_out = status == Status::kTimedOut || status == Status::kUnreachable;
    EXPECT_EQ(decided(kStandard, {.status = status, .attempts = 1, .uniform = 0.5}),
              time_out ? "after 500 ms for 10" : "after 500 ms for 5")
        << status_name(status);
  }
}

TEST(RetryPolicy, R24_2_TheOptInOf2026TellsThrottlingFromOtherFailures) {
  constexpr RetryRules kRules{.max_attempts = 3,
                              .base_delay = 50ms,
                              .throttling_base_delay = 1s,
                              .max_delay = 20s,
                              .jitter = false,
                              .quota = 500,
                              .cost = 14,
                              .timeout_cost = 14,
                              .throttling_cost = 5,
                              .success = 1};
  EXPECT_EQ(decided(kRules, {.status = Status::kThrottled, .attempts = 1}), "after 1000 ms for 5");
  EXPECT_EQ(decided(kRules, {.status = Status::kThrottled, .attempts = 2}), "after 2000 ms for 5");
  EXPECT_EQ(decided(kRules, {.status = Status::kFailed, .attempts = 1}), "after 50 ms for 14");
  EXPECT_EQ(decided(kRules, {.status = Status::kTimedOut, .attempts = 2}), "after 100 ms for 14");
}

TEST(RetryPolicy, TheBudgetBoundsTheRetriesUnderWay) {
  RetryRules rules = kLegacy;
  rules.budget = RetryBudgetRules{.share = 0.2, .min_concurrency = 1};
  RetryPolicy policy(rules);
  const EndedAttempt ended{.status = Status::kFailed, .attempts = 1, .uniform = 0.5, .active = 14};
  EXPECT_EQ(told(policy.decide(ended)), "after 500 ms for 0");
  EXPECT_EQ(told(policy.decide(ended)), "after 500 ms for 0");
  EXPECT_EQ(told(policy.decide(ended)), "budget");  // 20 % of 14 are 2
  policy.retry_ended();
  EXPECT_EQ(told(policy.decide(ended)), "after 500 ms for 0");
}

TEST(RetryPolicy, WhatTheBudgetForbidsCostsNoQuota) {
  RetryRules rules = kStandard;
  rules.budget = RetryBudgetRules{.share = 0, .min_concurrency = 0};
  RetryPolicy policy(rules);
  EXPECT_EQ(told(policy.decide({.status = Status::kFailed, .attempts = 1, .active = 100})),
            "budget");
  EXPECT_EQ(policy.available(), 500U);
}

TEST(RetryPolicy, R24_1_AQuotaOf500IsAHundredRetries) {
  RetryPolicy policy(kStandard);
  int retries = 0;
  while (policy.decide({.status = Status::kUnavailable, .attempts = 1, .uniform = 0.5}).verdict ==
         RetryVerdict::kRetry) {
    ++retries;
  }
  EXPECT_EQ(retries, 100);
  EXPECT_EQ(policy.available(), 0U);
  EXPECT_EQ(told(policy.decide({.status = Status::kUnavailable, .attempts = 1})), "quota, not 5");
}

TEST(RetryPolicy, R24_1_WhatIsLeftIsNotEnoughForATimeOut) {
  RetryPolicy policy(with_quota(12));
  EXPECT_EQ(told(policy.decide({.status = Status::kFailed, .attempts = 1})), "after 0 ms for 5");
  EXPECT_EQ(told(policy.decide({.status = Status::kTimedOut, .attempts = 1})), "quota, not 10");
  EXPECT_EQ(told(policy.decide({.status = Status::kFailed, .attempts = 1})), "after 0 ms for 5");
  EXPECT_EQ(policy.available(), 2U);
}

TEST(RetryPolicy, R24_1_ARetryThatSucceedsReturnsItsCost) {
  RetryPolicy policy(with_quota(100));
  const auto first = policy.decide({.status = Status::kTimedOut, .attempts = 1});
  const auto second = policy.decide({.status = Status::kFailed, .attempts = 2});
  EXPECT_EQ(first.cost, 10U);
  EXPECT_EQ(policy.available(), 85U);
  policy.succeeded({.attempts = 3, .last_cost = second.cost});  // the last one's, no more
  EXPECT_EQ(policy.available(), 90U);
}

TEST(RetryPolicy, R24_1_ASuccessWithoutRetryBringsOneUpToTheCapacity) {
  RetryPolicy policy(with_quota(6));
  EXPECT_EQ(policy.decide({.status = Status::kFailed, .attempts = 1}).cost, 5U);
  std::vector<std::uint32_t> available;
  for (int i = 0; i < 7; ++i) {
    available.push_back(policy.available());
    policy.succeeded({});
  }
  EXPECT_EQ(available, (std::vector<std::uint32_t>{1, 2, 3, 4, 5, 6, 6}));
}

TEST(RetryPolicy, WithoutQuotaNothingIsCountedNorGivenBack) {
  RetryPolicy policy(kLegacy);
  policy.succeeded({});
  policy.succeeded({.attempts = 2, .last_cost = 0});
  EXPECT_EQ(policy.available(), 0U);
}

TEST(RetryPolicy, ARetryAtTheDeadlineOrLaterIsNotMade) {
  RetryRules rules = kStandard;
  rules.jitter = false;
  const auto at = [&](Time deadline) {
    return decided(
        rules,
        {.status = Status::kFailed, .attempts = 1, .now = kStart + 10s, .deadline = deadline});
  };
  EXPECT_EQ(at(kStart + 10s), "deadline");
  EXPECT_EQ(at(kStart + 11s), "deadline");
  EXPECT_EQ(at(kStart + 11s + 1ns), "after 1000 ms for 5");
  EXPECT_EQ(at(kNever), "after 1000 ms for 5");
}

TEST(RetryPolicy, WhatTheDeadlineForbidsCostsNothing) {
  RetryPolicy policy(kStandard);
  EXPECT_EQ(told(policy.decide({.status = Status::kFailed, .attempts = 1, .deadline = kStart})),
            "deadline");
  EXPECT_EQ(policy.available(), 500U);
}

TEST(RetryPolicy, TheLastAttemptCostsNothing) {
  RetryPolicy policy(kStandard);
  EXPECT_EQ(told(policy.decide({.status = Status::kFailed, .attempts = 3})), "attempts");
  EXPECT_EQ(policy.available(), 500U);
}

TEST(RetryPolicy, SuccessAsksForNothing) {
  EXPECT_EQ(decided(kStandard, {.status = Status::kOk, .attempts = 1}), "not retried");
}

}  // namespace
}  // namespace updraft::sim
