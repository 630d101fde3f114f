#include "sim/client/circuit_breaker.h"

#include <string>

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

constexpr CircuitBreakerRules kRules{.failure_rate = 0.5,
                                     .slow_call_rate = 1.0,
                                     .slow_call = 2s,
                                     .window = 10,
                                     .minimum = 4,
                                     .open_for = 60s,
                                     .half_open_calls = 3};

/// One character for each call, '+' well, '-' failed, 's' slow; '.' for one that did not pass.
/// `text` comes back with what became of them.
std::string calls(CircuitBreaker& breaker, Time now, const std::string& text) {
  std::string out;
  for (const char each : text) {
    const BreakerPermit permit = breaker.ask(now);
    out += permit.granted ? each : '.';
    if (permit.granted) {
      breaker.ended(permit, now, each == 's' ? Duration{3s} : Duration{1s}, each == '-');
    }
  }
  return out;
}

TEST(CircuitBreaker, OpensWhenHalfOfTheLastCallsFail) {
  CircuitBreaker breaker(kRules);
  EXPECT_EQ(calls(breaker, kStart, "++++++--++--++"), "++++++--++--++");  // 4 of the last 10
  EXPECT_EQ(breaker.state(), BreakerState::kClosed);
  EXPECT_EQ(calls(breaker, kStart, "-+++"), "-...");  // 5 of the last 10
  EXPECT_EQ(breaker.state(), BreakerState::kOpen);
  EXPECT_DOUBLE_EQ(breaker.failure_rate(), 0.5);
}

TEST(CircuitBreaker, DoesNotOpenBeforeEnoughCallsHaveEnded) {
  CircuitBreaker breaker(kRules);
  EXPECT_EQ(calls(breaker, kStart, "---"), "---");
  EXPECT_EQ(breaker.state(), BreakerState::kClosed);
  EXPECT_EQ(calls(breaker, kStart, "+-"), "+.");  // the fourth ends the wait: 3 of 4
}

TEST(CircuitBreaker, OpensWhenAllCallsAreSlow) {
  CircuitBreaker breaker(kRules);
  EXPECT_EQ(calls(breaker, kStart, "ss+sss"), "ss+sss");
  EXPECT_EQ(breaker.state(), BreakerState::kClosed);
  EXPECT_EQ(calls(breaker, kStart, "ssssssss"), "sssssss.");
  EXPECT_DOUBLE_EQ(breaker.slow_call_rate(), 1.0);
  EXPECT_DOUBLE_EQ(breaker.failure_rate(), 0.0);
}

TEST(CircuitBreaker, TriesAFewWhenItsTimeIsOverAndCloses) {
  CircuitBreaker breaker(kRules);
  calls(breaker, kStart, "----");
  EXPECT_EQ(calls(breaker, kStart + 60s - 1ns, "+"), ".");
  EXPECT_EQ(calls(breaker, kStart + 60s, "++"), "++");
  EXPECT_EQ(breaker.state(), BreakerState::kHalfOpen);
  EXPECT_EQ(calls(breaker, kStart + 60s, "-"), "-");  // 1 of 3
  EXPECT_EQ(breaker.state(), BreakerState::kClosed);
  EXPECT_EQ(calls(breaker, kStart + 60s, "---+"), "---+");  // what was before is forgotten
  EXPECT_EQ(breaker.state(), BreakerState::kOpen);
}

TEST(CircuitBreaker, OpensAgainWhenTheTrialsFail) {
  CircuitBreaker breaker(kRules);
  calls(breaker, kStart, "----");
  EXPECT_EQ(calls(breaker, kStart + 60s, "+--+"), "+--.");
  EXPECT_EQ(breaker.state(), BreakerState::kOpen);
  EXPECT_EQ(calls(breaker, kStart + 119s, "+"), ".");
  EXPECT_EQ(calls(breaker, kStart + 120s, "+++"), "+++");
  EXPECT_EQ(breaker.state(), BreakerState::kClosed);
}

TEST(CircuitBreaker, LetsNoMoreThroughThanItLooksAt) {
  CircuitBreaker breaker(kRules);
  calls(breaker, kStart, "----");
  const BreakerPermit first = breaker.ask(kStart + 60s);
  const BreakerPermit second = breaker.ask(kStart + 60s);
  const BreakerPermit third = breaker.ask(kStart + 60s);
  EXPECT_TRUE(first.granted && second.granted && third.granted);
  EXPECT_FALSE(breaker.ask(kStart + 60s).granted);
  breaker.released(third);  // given up: another one may try
  EXPECT_TRUE(breaker.ask(kStart + 60s).granted);
}

TEST(CircuitBreaker, WhatEndsAfterItsStateIsNotLookedAt) {
  CircuitBreaker breaker(kRules);
  const BreakerPermit late = breaker.ask(kStart);
  calls(breaker, kStart, "----");
  ASSERT_EQ(calls(breaker, kStart + 60s, "+"), "+");
  breaker.ended(late, kStart + 60s, 60s, /*failed=*/true);
  EXPECT_EQ(calls(breaker, kStart + 60s, "++"), "++");
  EXPECT_EQ(breaker.state(), BreakerState::kClosed);
}

}  // namespace
}  // namespace updraft::sim
