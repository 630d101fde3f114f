#include "sim/metrics/traces.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/metrics/memory_sink.h"

namespace updraft::sim {
namespace {

// A request of one span, from its ordinal's second on. Whether it was wanted when it ended.
bool run_request(TraceLog& log, TraceSource source, std::uint64_t ordinal, Duration length,
                 SpanStatus status = SpanStatus::kOk) {
  const Time begin = kStart + 1s * static_cast<std::int64_t>(ordinal);
  const TraceRef trace = log.open({source, ordinal, begin, begin + length, status});
  const SpanRef span = log.begin_span(trace, SpanRef::kNone, "web", "serve", begin);
  log.end_span(trace, span, begin + length, status);
  log.close(trace);
  return trace != TraceRef::kNone;
}

TEST(TraceLog, WritesTheSpansOfASampledRequest) {
  MemorySink sink;
  TraceLog log(&sink, {.rate = 1, .slowest = 0, .failed = 0});
  const TraceSource visitors = log.add_source("traffic/visitors");
  const TraceRef trace = log.open({visitors, 42, kStart + 1s, kStart + 5s, SpanStatus::kFailed});
  const SpanRef root = log.begin_span(trace, SpanRef::kNone, "web-alb", "forward", kStart + 1s);
  const SpanRef child = log.begin_span(trace, root, "fleet/0", "serve", kStart + 2s);
  log.attribute(trace, child, "workers busy", 3);
  log.end_span(trace, child, kStart + 4s, SpanStatus::kTimedOut);
  log.end_span(trace, root, kStart + 5s, SpanStatus::kFailed);
  log.close(trace);
  log.finish();
  EXPECT_EQ(sink.transcript("/traces", "trace"), "0 | 42 | 1s | 5s | failed | 1\n");
  EXPECT_EQ(sink.transcript("/traces", "span"),
            "0 | 0 | -1 | 0 | 0 | 1s | 5s | failed\n"
            "0 | 1 | 0 | 1 | 1 | 2s | 4s | timed_out\n");
  EXPECT_EQ(sink.transcript("/traces", "component"), "web-alb\nfleet/0\n");
  EXPECT_EQ(sink.transcript("/traces", "span_attribute"), "1 | 0 | 3\n");
}

TEST(TraceLog, OneRequestIsTracedAndNoOther) {
  MemorySink sink;
  TraceLog log(&sink, {.only = OnlyTrace{"traffic/visitors", 4711}});
  const TraceSource others = log.add_source("traffic/others");
  const TraceSource visitors = log.add_source("traffic/visitors");
  int wanted = 0;
  for (std::uint64_t k = 0; k < 10'000; ++k) {
    wanted += run_request(log, others, k, 1s) ? 1 : 0;
    wanted += run_request(log, visitors, k, 1s, SpanStatus::kFailed) ? 1 : 0;
  }
  log.finish();
  EXPECT_EQ(wanted, 1);
  EXPECT_EQ(sink.transcript("/traces", "trace"), "1 | 4711 | 4711s | 4712s | failed | 1\n");
}

TEST(TraceLog, TheSameRequestsAreSampledInEveryVariant) {
  MemorySink sink;
  TraceLog a(&sink, {.rate = 0.01});
  TraceLog b(&sink, {.rate = 0.01, .slowest = 9});
  TraceLog wider(&sink, {.rate = 0.05});
  const TraceSource source = a.add_source("traffic/visitors");
  b.add_source("traffic/visitors");
  wider.add_source("traffic/visitors");
  int sampled = 0;
  for (std::uint64_t k = 0; k < 100'000; ++k) {
    ASSERT_EQ(a.is_sampled(source, k), b.is_sampled(source, k));
    ASSERT_LE(a.is_sampled(source, k), wider.is_sampled(source, k));
    sampled += a.is_sampled(source, k) ? 1 : 0;
  }
  EXPECT_NEAR(sampled, 1000, 4 * 31.5);  // four standard deviations
}

TEST(TraceLog, SourcesAreSampledIndependently) {
  MemorySink sink;
  TraceLog log(&sink, {.rate = 0.5});
  const TraceSource a = log.add_source("a");
  const TraceSource b = log.add_source("b");
  int both = 0;
  for (std::uint64_t k = 0; k < 10'000; ++k) {
    both += log.is_sampled(a, k) && log.is_sampled(b, k) ? 1 : 0;
  }
  EXPECT_NEAR(both, 2500, 4 * 43.3);
}

TEST(TraceLog, KeepsTheSlowestAndTheFirstFailedOfEachPeriod) {
  MemorySink sink;
  TraceLog log(&sink, {.rate = 0, .slowest = 2, .failed = 1});
  const TraceSource source = log.add_source("s");
  run_request(log, source, 0, 300ms);
  run_request(log, source, 1, 100ms);
  run_request(log, source, 2, 10ms, SpanStatus::kThrottled);
  run_request(log, source, 3, 10ms, SpanStatus::kFailed);
  run_request(log, source, 4, 300ms);
  run_request(log, source, 5, 300ms);  // as slow as 0 and 4: the lower ordinals stay
  log.close_period();
  EXPECT_EQ(sink.transcript("/traces", "trace"),
            "0 | 0 | 0s | 0.3s | ok | 2\n0 | 2 | 2s | 2.01s | throttled | 4\n0 | 4 | 4s | 4.3s | "
            "ok | 2\n");
  run_request(log, source, 60, 1ms, SpanStatus::kLost);
  log.finish();
  EXPECT_EQ(log.traces_written(), 4);  // slowest and failed of its period, written once
  EXPECT_EQ(log.spans_written(), 4);
}

TEST(TraceLog, ASampledRequestAmongTheWorstIsWrittenOnce) {
  MemorySink sink;
  TraceLog log(&sink, {.rate = 1, .slowest = 1, .failed = 1});
  const TraceSource source = log.add_source("s");
  run_request(log, source, 0, 10ms);
  run_request(log, source, 1, 20ms, SpanStatus::kFailed);
  log.close_period();
  EXPECT_EQ(sink.transcript("/traces", "trace"),
            "0 | 0 | 0s | 0.01s | ok | 1\n0 | 1 | 1s | 1.02s | failed | 7\n");
}

// The clear way to know: look at all requests of a period at its end.
TEST(TraceLog, FindsTheWorstAmongAllRequestsOfEachPeriod) {
  MemorySink sink;
  TraceLog log(&sink, {.rate = 0, .slowest = 3, .failed = 2});
  const TraceSource source = log.add_source("s");
  struct Ended {
    std::uint64_t ordinal;
    Duration length;
    bool failed;
  };
  std::string expected;
  std::uint64_t ordinal = 0;
  std::uint64_t random = 1;
  int wanted = 0;
  constexpr int kPeriods = 20;
  constexpr int kRequests = 2'000;
  for (int period = 0; period < kPeriods; ++period) {
    std::vector<Ended> all;
    for (int i = 0; i < kRequests; ++i, ++ordinal) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      const Duration length =
          1ms * static_cast<std::int64_t>((random >> 54) % 1000);  // ties abound
      const bool failed = period % 2 == 0 && (random >> 40) % 100 == 0;
      all.push_back({ordinal, length, failed});
      wanted +=
          run_request(log, source, ordinal, length, failed ? SpanStatus::kFailed : SpanStatus::kOk)
              ? 1
              : 0;
    }
    log.close_period();
    std::set<std::uint64_t> kept;
    for (const Ended& one : all) {
      if (one.failed && kept.size() < 2) {
        kept.insert(one.ordinal);
      }
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Ended& a, const Ended& b) { return a.length > b.length; });
    for (std::size_t i = 0; i < 3; ++i) {
      kept.insert(all[i].ordinal);
    }
    for (const std::uint64_t one : kept) {  // requests are a second apart, so they end in order
      expected += fmt::format("{} ", one);
    }
  }
  std::string written;
  std::istringstream rows(sink.transcript("/traces", "trace"));
  for (std::string row; std::getline(rows, row);) {
    written += row.substr(4, row.find(" |", 4) - 4) + " ";
  }
  EXPECT_EQ(written, expected);
  EXPECT_LT(wanted, kPeriods * kRequests / 50) << "a trace is built for few of those that end";
}

TEST(TraceLog, AReferenceToAClosedTraceIsHarmless) {
  MemorySink sink;
  TraceLog log(&sink, {.rate = 1, .slowest = 0, .failed = 0});
  const TraceSource source = log.add_source("s");
  const TraceRef first = log.open({.source = source, .ordinal = 0});
  log.close(first);
  const TraceRef second = log.open({.source = source, .ordinal = 1});  // takes the same slot
  EXPECT_EQ(log.begin_span(first, SpanRef::kNone, "late", "reply", kStart), SpanRef::kNone);
  log.close(first);
  log.close(second);
  EXPECT_EQ(log.traces_written(), 2);
  EXPECT_EQ(log.spans_written(), 0);
}

TEST(TraceLog, UnfinishedSpansEndWithTheRequest) {
  MemorySink sink;
  TraceLog log(&sink, {.rate = 1, .slowest = 0, .failed = 0});
  const TraceRef trace =
      log.open({log.add_source("s"), 0, kStart, kStart + 2s, SpanStatus::kTimedOut});
  log.begin_span(trace, SpanRef::kNone, "web", "orphan", kStart);
  log.close(trace);
  EXPECT_EQ(sink.transcript("/traces", "span"), "0 | 0 | -1 | 0 | 0 | 0s | 2s | open\n");
}

TEST(TraceLog, BoundsAreKeptAndCounted) {
  MemorySink sink;
  TraceLog log(&sink, {.rate = 1, .slowest = 0, .failed = 0, .spans_per_trace = 1, .spans = 1});
  const TraceSource source = log.add_source("s");
  const TraceRef trace = log.open({.source = source, .ordinal = 0});
  log.begin_span(trace, SpanRef::kNone, "a", "b", kStart);
  EXPECT_EQ(log.begin_span(trace, SpanRef::kNone, "a", "b", kStart), SpanRef::kNone);
  log.close(trace);
  run_request(log, source, 2, 1s);  // the run's span is spent
  EXPECT_EQ(log.traces_written(), 1);
  EXPECT_EQ(log.dropped(), 2);
}

TEST(TraceLog, WithoutASinkNothingIsTraced) {
  TraceLog log(nullptr, {.rate = 1});
  EXPECT_FALSE(run_request(log, log.add_source("s"), 0, 1s, SpanStatus::kFailed));
  log.close_period();
  log.finish();
}

}  // namespace
}  // namespace updraft::sim
