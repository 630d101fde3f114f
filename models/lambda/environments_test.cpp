// Environments and the clock of retries: the rules alone.
#include "models/lambda/environments.h"

#include <algorithm>
#include <deque>
#include <string>

#include <gtest/gtest.h>

#include "models/lambda/retry_clock.h"

namespace updraft::lambda {
namespace {

using namespace std::chrono_literals;

sim::Time at(sim::Duration since_start) {
  return sim::kStart + since_start;
}

/// Three environments (0, 1, 2), idle since 3 s, 1 s and 2 s.
EnvironmentPool three(Reuse reuse) {
  EnvironmentPool pool({.reuse = reuse, .idle_timeout = 10min});
  for (int i = 0; i < 3; ++i) {
    pool.create(sim::kNever);
  }
  pool.release(at(1s), 1);
  pool.release(at(2s), 2);
  pool.release(at(3s), 0);
  return pool;
}

std::string order_of(Reuse reuse) {
  EnvironmentPool pool = three(reuse);
  std::string order;
  while (const auto place = pool.take(at(4s))) {
    order += std::to_string(*place);
  }
  return order;
}

TEST(Environments, R5_5_3_WhichIdleOneIsTakenIsAParameter) {
  EXPECT_EQ(order_of(Reuse::kMostRecentlyUsed), "021");
  EXPECT_EQ(order_of(Reuse::kLeastRecentlyUsed), "120");
  EXPECT_EQ(order_of(Reuse::kNewest), "210");
  EXPECT_EQ(order_of(Reuse::kOldest), "012");
}

TEST(Environments, R5_5_5_EndTenMinutesAfterTheirLastUse) {
  EnvironmentPool pool = three(Reuse::kMostRecentlyUsed);
  EXPECT_EQ(pool.next_expiry(), at(10min + 1s));
  EXPECT_EQ(pool.expire(at(10min + 1s) - 1ns), 0);
  EXPECT_EQ(pool.expire(at(10min + 1s)), 1);
  EXPECT_EQ(pool.next_expiry(), at(10min + 2s));
  EXPECT_EQ(*pool.take(at(10min + 1s)), 0);
  EXPECT_EQ(pool.expire(at(1h)), 1);
  EXPECT_EQ(pool.next_expiry(), sim::kNever);
  EXPECT_EQ(pool.alive(), 1);
  EXPECT_EQ(pool.in_use(), 1);
}

TEST(Environments, R5_5_2_AreNotUsedBeyondTheirLifetime) {
  EnvironmentPool pool({.idle_timeout = 10min});
  const std::uint32_t busy = pool.create(at(2h));
  const std::uint32_t idle = pool.create(at(2h));
  EXPECT_TRUE(pool.release(at(1h), idle));
  EXPECT_FALSE(pool.release(at(2h), busy));
  EXPECT_EQ(pool.take(at(2h)), std::nullopt);
  EXPECT_EQ(pool.alive(), 0);
}

TEST(Environments, ProvisionedOnesStayIdleForEver) {
  EnvironmentPool pool({.idle_timeout = 10min, .expires = false});
  pool.release(at(0s), pool.create(sim::kNever));
  EXPECT_EQ(pool.next_expiry(), sim::kNever);
  EXPECT_EQ(pool.expire(at(100h)), 0);
}

// Against a list that is searched from end to end.
struct SlowPool {
  struct One {
    std::uint64_t ordinal;
    sim::Time ends_at;
    sim::Time idle_since;
    std::uint64_t released;
    bool idle;
  };
  std::deque<One> all;
  std::uint64_t next = 0;
  std::uint64_t releases = 0;

  std::optional<std::uint64_t> take(sim::Time now, Reuse reuse) {
    // The pool ends them when their turn comes; they are never taken, so the sooner is the same.
    std::erase_if(all, [&](const One& one) { return one.idle && one.ends_at <= now; });
    One* best = nullptr;
    for (One& one : all) {
      if (!one.idle) {
        continue;
      }
      const auto key = [&](const One& x) -> std::int64_t {
        switch (reuse) {
          case Reuse::kMostRecentlyUsed:
            return static_cast<std::int64_t>(x.released);
          case Reuse::kLeastRecentlyUsed:
            return -static_cast<std::int64_t>(x.released);
          case Reuse::kNewest:
            return static_cast<std::int64_t>(x.ordinal);
          case Reuse::kOldest:
            return -static_cast<std::int64_t>(x.ordinal);
        }
        return 0;
      };
      if (best == nullptr || key(one) > key(*best)) {
        best = &one;
      }
    }
    if (best == nullptr) {
      return std::nullopt;
    }
    best->idle = false;
    return best->ordinal;
  }
};

void compare(Reuse reuse) {
  EnvironmentPool pool({.reuse = reuse, .idle_timeout = 50s});
  SlowPool slow;
  std::vector<std::uint32_t> busy;
  std::uint64_t state = static_cast<std::uint64_t>(reuse) + 1;
  const auto random = [&](std::uint64_t below) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::uint32_t>((state >> 33U) % below);
  };
  sim::Time now = sim::kStart;
  for (int step = 0; step < 20000; ++step) {
    now += 1s * random(step % 1000 < 500 ? 3 : 12);
    pool.expire(now);
    std::erase_if(slow.all, [&](const auto& x) { return x.idle && x.idle_since + 50s <= now; });
    if (busy.empty() || random(2) == 0) {
      const auto expected = slow.take(now, reuse);
      const auto got = pool.take(now);
      ASSERT_EQ(got.has_value(), expected.has_value()) << step;
      if (got) {
        ASSERT_EQ(pool[*got].ordinal, *expected) << step;
        busy.push_back(*got);
      } else {
        const sim::Time ends_at = now + 1s * (20 + random(400));
        busy.push_back(pool.create(ends_at));
        slow.all.push_back({slow.next++, ends_at, {}, 0, false});
      }
    } else {
      const std::uint32_t which = random(busy.size());
      const std::uint64_t ordinal = pool[busy[which]].ordinal;
      const auto found = std::find_if(slow.all.begin(), slow.all.end(),
                                      [&](const auto& x) { return x.ordinal == ordinal; });
      ASSERT_EQ(pool.release(now, busy[which]), found->ends_at > now);
      found->idle = true;
      found->idle_since = now;
      found->released = ++slow.releases;
      busy.erase(busy.begin() + which);
    }
    ASSERT_EQ(pool.in_use(), busy.size());
  }
}

TEST(Environments, AgreeWithASearchFromEndToEnd) {
  for (const Reuse reuse :
       {Reuse::kMostRecentlyUsed, Reuse::kLeastRecentlyUsed, Reuse::kNewest, Reuse::kOldest}) {
    compare(reuse);
  }
}

// --- asynchronous events

TEST(RetryClock, LAM_01_R5_2_2_OneMinuteAndTwoMinutes) {
  const RetryRules rules;
  AsyncTries tries{.accepted = at(0s)};
  sim::Time now = at(0s);
  std::string attempts = "0";
  while (true) {
    ++tries.failures;
    const NextTry next = after_failure(rules, tries, now);
    if (next.then != Then::kRetry) {
      EXPECT_EQ(next.then, Then::kRetriesExhausted);
      EXPECT_EQ(next.at, now);
      break;
    }
    now = next.at;
    attempts += " " + std::to_string(static_cast<int>(sim::to_seconds(now)));
  }
  EXPECT_EQ(attempts, "0 60 180");
  EXPECT_EQ(tries.failures, 3);
}

TEST(RetryClock, R5_2_2_NoRetriesWhenNoneAreAllowed) {
  const RetryRules rules{.maximum_retry_attempts = 0};
  EXPECT_EQ(after_failure(rules, {.failures = 1}, at(1s)).then, Then::kRetriesExhausted);
}

TEST(RetryClock, LAM_29_R5_2_2_ThrottledItWaitsOneSecondToFiveMinutesForSixHours) {
  const RetryRules rules;
  AsyncTries tries{.accepted = at(0s)};
  sim::Time now = at(0s);
  std::string waits;
  int tried = 1;
  while (true) {
    ++tries.throttles;
    const NextTry next = after_throttle(rules, tries, now);
    if (next.then != Then::kRetry) {
      EXPECT_EQ(next.then, Then::kEventAgeExceeded);
      EXPECT_EQ(next.at, at(6h));
      break;
    }
    if (tried < 12) {
      waits += std::to_string(static_cast<int>(sim::to_seconds(next.at - now))) + " ";
    }
    now = next.at;
    ++tried;
  }
  EXPECT_EQ(waits, "1 2 4 8 16 32 64 128 256 300 300 ");
  EXPECT_EQ(tries.failures, 0);
  // 511 s of doubling, then one every 300 s until 21,600 s.
  EXPECT_EQ(tried, 1 + 9 + (21600 - 511) / 300);
}

TEST(RetryClock, R5_2_2_AFailureThatWouldBeRetriedTooLateEndsAtTheAge) {
  const RetryRules rules{.maximum_event_age = 60s};
  const NextTry next = after_failure(rules, {.accepted = at(0s), .failures = 1}, at(10s));
  EXPECT_EQ(next.then, Then::kEventAgeExceeded);
  EXPECT_EQ(next.at, at(60s));
  const NextTry in_time = after_failure(rules, {.accepted = at(0s), .failures = 1}, at(0s));
  EXPECT_EQ(in_time.then, Then::kRetry);
}

}  // namespace
}  // namespace updraft::lambda
