// Concurrency, rates, memory and money: the rules alone.
#include <gtest/gtest.h>

#include "models/common/token_bucket.h"
#include "models/lambda/account.h"
#include "models/lambda/concurrency.h"
#include "models/lambda/cpu.h"

namespace updraft::lambda {
namespace {

using namespace std::chrono_literals;

sim::Time at(sim::Duration since_start) {
  return sim::kStart + since_start;
}

int takes(common::TokenBucket& bucket, sim::Time now, int wanted) {
  int taken = 0;
  for (int i = 0; i < wanted; ++i) {
    taken += bucket.take(now) ? 1 : 0;
  }
  return taken;
}

// --- rates

TEST(ScalingRate, LAM_25_R5_1_3_AThousandAtOnceThenAHundredASecond) {
  common::TokenBucket bucket({.capacity = 1000, .refill = 1000, .per = 10s});
  int environments = takes(bucket, at(0s), 20000);
  EXPECT_EQ(environments, 1000);
  for (int second = 1; second <= 90; ++second) {
    environments += takes(bucket, at(1s * second), 20000 - environments);
    EXPECT_EQ(environments, 1000 + 100 * second);
  }
  EXPECT_EQ(environments, 10000);
}

TEST(ScalingRate, LAM_25_R5_1_3_WhatIsNotUsedDoesNotAccumulate) {
  common::TokenBucket bucket({.capacity = 1000, .refill = 1000, .per = 10s});
  EXPECT_EQ(takes(bucket, at(24h * 365), 5000), 1000);
  EXPECT_EQ(takes(bucket, at(24h * 365 + 10ms), 5000), 1);
  EXPECT_EQ(takes(bucket, at(24h * 365 + 19ms), 5000), 0);
  EXPECT_EQ(takes(bucket, at(24h * 365 + 20ms), 5000), 1);
}

TEST(ScalingRate, LAM_27_R5_1_3_TheOlderRuleIsABurstAndFiveHundredAMinute) {
  common::TokenBucket bucket({.capacity = 3000, .refill = 500, .per = 1min});
  EXPECT_EQ(takes(bucket, at(0s), 10000), 3000);
  EXPECT_EQ(takes(bucket, at(1min), 10000), 500);
}

TEST(ScalingRate, AnotherRateKeepsWhatIsThere) {
  common::TokenBucket bucket(request_rate(10));
  EXPECT_EQ(takes(bucket, at(0s), 60), 60);
  bucket.set(at(0s), request_rate(2));
  EXPECT_EQ(takes(bucket, at(0s), 100), 20);
  bucket.set(at(0s), request_rate(0));
  EXPECT_EQ(takes(bucket, at(1h), 1), 0);
}

// --- concurrency

TEST(Concurrency, LAM_32_R5_1_2_AHundredStayUnreserved) {
  ConcurrencyLedger ledger(1000);
  const FunctionId a = ledger.add_function();
  const FunctionId b = ledger.add_function();
  EXPECT_EQ(ledger.reserve(a, 901), Change::kUnreservedTooLow);
  EXPECT_EQ(ledger.reserve(a, 600), Change::kDone);
  EXPECT_EQ(ledger.reserve(b, 301), Change::kUnreservedTooLow);
  EXPECT_EQ(ledger.reserve(b, 300), Change::kDone);
  EXPECT_EQ(ledger.unreserved(), 100);
  EXPECT_EQ(ledger.reserve(b, 200), Change::kDone);
  EXPECT_EQ(ledger.unreserved(), 200);
}

TEST(Concurrency, R5_1_2_AFunctionOfASmallAccountCanBeStopped) {
  ConcurrencyLedger ledger(10);  // a new account
  const FunctionId a = ledger.add_function();
  EXPECT_EQ(ledger.reserve(a, 1), Change::kUnreservedTooLow);
  EXPECT_EQ(ledger.reserve(a, 0), Change::kDone);
  EXPECT_EQ(ledger.enter(a), Entry::kReservedLimit);
}

TEST(Concurrency, R5_1_2_ReservedIsGuaranteeAndCap) {
  ConcurrencyLedger ledger(110);
  const FunctionId a = ledger.add_function();
  const FunctionId b = ledger.add_function();
  ASSERT_EQ(ledger.reserve(a, 10), Change::kDone);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(ledger.enter(b), Entry::kEntered);
  }
  EXPECT_EQ(ledger.enter(b), Entry::kAccountLimit);  // the ten are not for it
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(ledger.enter(a), Entry::kEntered);
  }
  EXPECT_EQ(ledger.enter(a), Entry::kReservedLimit);
  ledger.leave(b);
  EXPECT_EQ(ledger.enter(a), Entry::kReservedLimit);
  EXPECT_EQ(ledger.enter(b), Entry::kEntered);
  ledger.leave(a);
  EXPECT_EQ(ledger.enter(a), Entry::kEntered);
}

TEST(Concurrency, LAM_06_R5_1_6_ReservedEqualToProvisionedStarvesTheRest) {
  ConcurrencyLedger ledger(1000);
  const FunctionId a = ledger.add_function();
  ASSERT_EQ(ledger.reserve(a, 1), Change::kDone);
  ASSERT_EQ(ledger.provision(a, 1), Change::kDone);
  EXPECT_EQ(ledger.enter(a), Entry::kReservedLimit);
}

TEST(Concurrency, LAM_07_R5_1_6_ReservedAndProvisionedBoundEachOther) {
  ConcurrencyLedger ledger(1000);
  const FunctionId a = ledger.add_function();
  ASSERT_EQ(ledger.provision(a, 2), Change::kDone);
  EXPECT_EQ(ledger.reserve(a, 1), Change::kBelowProvisioned);
  EXPECT_EQ(ledger.reserve(a, 2), Change::kDone);
  EXPECT_EQ(ledger.provision(a, 3), Change::kAboveReserved);
  EXPECT_EQ(ledger.provisioned(a), 2);
}

TEST(Concurrency, R5_1_6_ProvisionedCountsAgainstTheAccountWhetherItRunsOrNot) {
  ConcurrencyLedger ledger(1000);
  const FunctionId a = ledger.add_function();
  const FunctionId b = ledger.add_function();
  EXPECT_EQ(ledger.provision(a, 901), Change::kUnreservedTooLow);
  ASSERT_EQ(ledger.provision(a, 900), Change::kDone);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(ledger.enter(b), Entry::kEntered);
  }
  EXPECT_EQ(ledger.enter(b), Entry::kAccountLimit);
  EXPECT_EQ(ledger.reserve(b, 1), Change::kUnreservedTooLow);
  ASSERT_EQ(ledger.provision(a, 0), Change::kDone);
  EXPECT_EQ(ledger.enter(b), Entry::kEntered);
}

// What is counted one by one is what a count from scratch says, whatever happens.
TEST(Concurrency, CountsAgreeWithACountFromScratch) {
  ConcurrencyLedger ledger(300);
  std::vector<FunctionId> functions;
  std::vector<std::uint32_t> running(4);
  functions.reserve(4);
  for (int i = 0; i < 4; ++i) {
    functions.push_back(ledger.add_function());
  }
  std::uint64_t state = 1;
  const auto random = [&](std::uint64_t below) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::uint32_t>((state >> 33U) % below);
  };
  int refused = 0;
  for (int step = 0; step < 200000; ++step) {
    const std::uint32_t f = random(4);
    const std::uint32_t what = random(100);
    if (what < 50) {
      const Entry entry = ledger.enter(functions[f]);
      running[f] += entry == Entry::kEntered ? 1 : 0;
      refused += entry == Entry::kEntered ? 0 : 1;
    } else if (what < 96) {
      if (running[f] > 0) {
        ledger.leave(functions[f]);
        --running[f];
      }
    } else if (what < 98) {
      ledger.reserve(functions[f], random(2) == 0 ? std::nullopt : std::optional(random(120)));
    } else {
      ledger.provision(functions[f], random(60));
    }
    std::uint32_t reserved = 0;
    std::uint32_t shared = 0;
    for (std::uint32_t i = 0; i < 4; ++i) {
      const auto own = ledger.reserved(functions[i]);
      reserved += own.value_or(0);
      shared += own ? 0 : running[i] + ledger.provisioned(functions[i]);
      ASSERT_EQ(ledger.in_use(functions[i]), running[i]);
      ASSERT_TRUE(!own || ledger.provisioned(functions[i]) <= *own);
    }
    ASSERT_EQ(ledger.unreserved(), 300 - reserved);
    ASSERT_EQ(ledger.unreserved_in_use(), shared);
    ASSERT_TRUE(reserved == 0 || ledger.unreserved() >= kUnreservedMinimum);
  }
  EXPECT_GT(refused, 100);
}

// --- memory and money

TEST(Cpu, LAM_39_R5_6_1_IsInProportionToMemory) {
  EXPECT_DOUBLE_EQ(vcpus_of(1769), 1);
  EXPECT_DOUBLE_EQ(vcpus_of(3538), 2);
  EXPECT_NEAR(vcpus_of(128), 0.0724, 0.0001);
  EXPECT_NEAR(vcpus_of(10240), 5.79, 0.01);
  EXPECT_DOUBLE_EQ(speed_of(3538, 1), 1);  // one thread uses one vCPU
  EXPECT_DOUBLE_EQ(speed_of(3538, 4), 2);
  EXPECT_EQ(time_at(100ms, 1), 100ms);
  EXPECT_EQ(time_at(100ms, 0.5), 200ms);
}

TEST(Bill, R5_6_2_EveryStartedMillisecond) {
  EXPECT_EQ(billed_ms(0ns), 0);
  EXPECT_EQ(billed_ms(1ns), 1);
  EXPECT_EQ(billed_ms(1ms), 1);
  EXPECT_EQ(billed_ms(1ms + 1ns), 2);
}

}  // namespace
}  // namespace updraft::lambda
