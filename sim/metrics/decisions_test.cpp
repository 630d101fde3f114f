#include "sim/metrics/decisions.h"

#include <gtest/gtest.h>

#include "sim/core/check.h"
#include "sim/metrics/memory_sink.h"

namespace updraft::sim {
namespace {

Decision blocked(std::string_view reason = "cooldown") {
  return {.who = "fleet/cpu",
          .kind = "policy",
          .outcome = Outcome::kBlocked,
          .what = "add 2 instances",
          .reason = reason,
          .rule = "R2.5.1"};
}

TEST(DecisionLog, ABlockedPolicyAskedEveryMinuteIsOneRow) {
  MemorySink sink;
  DecisionLog log(&sink);
  for (int k = 0; k < 5; ++k) {
    const NamedValue cpu{"cpu", 60.0 + k};
    Decision decision = blocked();
    decision.values = {&cpu, 1};
    decision.cause = Cause::metric("fleet", "CPUUtilization", kStart + 60s * k);
    EXPECT_EQ(log.record(kStart + 60s * (k + 1), decision), DecisionId{1});
  }
  log.finish(kStart + 1h);
  EXPECT_EQ(sink.transcript("/decisions", "decision"),
            "1 | 60s | 300s | 5 | fleet/cpu | policy | blocked | add 2 instances | cooldown | "
            "R2.5.1 | 0 | fleet | "
            "CPUUtilization | 0s\n");
  EXPECT_EQ(sink.transcript("/decisions", "decision_value"), "1 | cpu | 60 | 64\n");
}

TEST(DecisionLog, AnotherOutcomeReasonOrRuleOpensANewRow) {
  DecisionLog log(nullptr);
  EXPECT_EQ(log.record(kStart, blocked()), DecisionId{1});
  EXPECT_EQ(log.record(kStart + 1min, blocked("warm-up")), DecisionId{2});
  Decision decided = blocked("warm-up");
  decided.outcome = Outcome::kDecided;
  EXPECT_EQ(log.record(kStart + 2min, decided), DecisionId{3});
  decided.rule = "R2.5.2";
  EXPECT_EQ(log.record(kStart + 3min, decided), DecisionId{4});
  EXPECT_EQ(log.record(kStart + 4min, decided), DecisionId{4});
  EXPECT_EQ(log.record(kStart + 5min, blocked()),
            DecisionId{5});  // not row 1 again: something else came between
}

TEST(DecisionLog, IntervalsOfDifferentThingsRunSideBySide) {
  MemorySink sink;
  DecisionLog log(&sink);
  Decision other = blocked();
  other.who = "fleet/memory";
  for (int k = 0; k < 3; ++k) {
    log.record(kStart + 1min * k, blocked());
    log.record(kStart + 1min * k, other);
  }
  log.finish(kStart + 1h);
  EXPECT_EQ(sink.transcript("/decisions", "decision"),
            "1 | 0s | 120s | 3 | fleet/cpu | policy | blocked | add 2 instances | cooldown | "
            "R2.5.1 | 0 | - | - | -\n"
            "2 | 0s | 120s | 3 | fleet/memory | policy | blocked | add 2 instances | cooldown | "
            "R2.5.1 | 0 | - | - | -\n");
}

TEST(DecisionLog, ActsThatStandForThemselvesAreNeverMerged) {
  MemorySink sink;
  DecisionLog log(&sink);
  Decision launch{
      .who = "fleet", .kind = "activity", .what = "launch", .rule = "R2.1.1", .repeats = false};
  EXPECT_EQ(log.record(kStart, launch), DecisionId{1});
  EXPECT_EQ(log.record(kStart, launch), DecisionId{2});
  log.finish(kStart);
  EXPECT_EQ(sink.transcript("/decisions", "decision"),
            "1 | 0s | 0s | 1 | fleet | activity | decided | launch | - | R2.1.1 | 0 | - | - | -\n"
            "2 | 0s | 0s | 1 | fleet | activity | decided | launch | - | R2.1.1 | 0 | - | - | -\n");
}

TEST(DecisionLog, AnotherCauseIsAnotherRow) {
  DecisionLog log(nullptr);
  const DecisionId alarm =
      log.record(kStart, {.who = "high", .kind = "alarm state", .what = "ALARM"});
  Decision act = blocked();
  act.cause = Cause::decision(alarm);
  EXPECT_EQ(log.record(kStart, act), DecisionId{2});
  EXPECT_EQ(log.record(kStart, act), DecisionId{2});
  act.cause = Cause::decision(DecisionId{2});
  EXPECT_EQ(log.record(kStart, act), DecisionId{3});
}

TEST(DecisionLog, AnIntervalNotContinuedForAnHourIsOver) {
  MemorySink sink;
  DecisionLog log(&sink);
  log.record(kStart, blocked());
  log.close_idle(kStart + 1h);  // not longer than an hour
  EXPECT_EQ(log.record(kStart + 1h, blocked()), DecisionId{1});
  log.close_idle(kStart + 2h + 1s);
  EXPECT_EQ(log.record(kStart + 2h + 1s, blocked()), DecisionId{2});
  EXPECT_EQ(log.record(kStart + 4h, blocked()), DecisionId{3});  // also without close_idle
}

TEST(DecisionLog, TheBudgetBoundsRowsAndCountsWhatItDrops) {
  MemorySink sink;
  DecisionLog log(&sink, {.rows_per_hour = 2, .rows = 3});
  EXPECT_EQ(log.record(kStart, blocked("a")), DecisionId{1});
  EXPECT_EQ(log.record(kStart, blocked("b")), DecisionId{2});
  EXPECT_EQ(log.record(kStart, blocked("c")), DecisionId::kNone);
  EXPECT_EQ(log.record(kStart + 1h, blocked("d")), DecisionId{3});      // the next hour has its own
  EXPECT_EQ(log.record(kStart + 1h, blocked("e")), DecisionId::kNone);  // the run is full
  log.finish(kStart + 2h);
  EXPECT_EQ(log.recorded(), 5);
  EXPECT_EQ(log.rows(), 3);
  EXPECT_EQ(log.dropped(), 2);
  EXPECT_EQ(std::get<std::int64_t>(sink.attributes().at("/decisions@dropped").value), 2);
  EXPECT_EQ(std::get<std::int64_t>(sink.attributes().at("/decisions@dropped policy").value), 2);
}

TEST(DecisionLog, AnOpenIntervalGrowsEvenWhenTheBudgetIsSpent) {
  DecisionLog log(nullptr, {.rows_per_hour = 1});
  log.record(kStart, blocked());
  EXPECT_EQ(log.record(kStart + 1s, blocked()), DecisionId{1});
  EXPECT_EQ(log.dropped(), 0);
}

TEST(DecisionLog, OpenIntervalsAreBounded) {
  MemorySink sink;
  DecisionLog log(&sink, {.open_rows = 2});
  const auto of = [](std::string_view who) {
    return Decision{.who = who, .kind = "health", .what = "unhealthy"};
  };
  log.record(kStart, of("a"));
  log.record(kStart + 1s, of("b"));
  log.record(kStart + 2s, of("a"));
  log.record(kStart + 3s, of("c"));  // closes b, the longest idle
  EXPECT_EQ(log.record(kStart + 4s, of("a")), DecisionId{1});
  EXPECT_EQ(log.record(kStart + 5s, of("b")), DecisionId{4});
}

TEST(DecisionLog, ManyIntervalsOpenAndCloseWithoutMixingThemUp) {
  // The judge is a plain map of what each decider said last.
  MemorySink sink;
  DecisionLog log(&sink);
  std::map<int, std::pair<int, std::int64_t>> last;  // who -> (reason, row)
  std::uint64_t state = 1;
  std::int64_t rows = 0;
  for (int i = 0; i < 5000; ++i) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    const int who = static_cast<int>(state >> 33) % 50;
    const int reason = static_cast<int>(state >> 45) % 3;
    const std::string name = "target/" + std::to_string(who);
    const std::string why = "reason " + std::to_string(reason);
    const auto id = static_cast<std::int64_t>(log.record(
        kStart + 1s * i, {.who = name, .kind = "health", .what = "verdict", .reason = why}));
    const auto at = last.find(who);
    if (at == last.end() || at->second.first != reason) {
      ++rows;
      last[who] = {reason, rows};
    }
    ASSERT_EQ(id, last[who].second) << i;
  }
  log.finish(kStart + 2h);
  std::int64_t count = 0;
  for (const auto& row : sink.table("/decisions", "decision").rows) {
    count += std::get<std::int64_t>(row[3]);
  }
  EXPECT_EQ(count, 5000);
}

TEST(DecisionLog, TimeNeverGoesBack) {
  DecisionLog log(nullptr);
  log.record(kStart + 1s, blocked());
  EXPECT_THROW(log.record(kStart, blocked()), InvariantError);
}

}  // namespace
}  // namespace updraft::sim
