#include "sim/metrics/traces.h"

#include <gtest/gtest.h>

#include "sim/metrics/memory_sink.h"

namespace updraft::sim {
namespace {

// A request of one span, from its ordinal's second on.
void run_request(TraceLog& log, TraceSource source, std::uint64_t ordinal, Duration length,
                 SpanStatus status = SpanStatus::kOk) {
  const Time begin = kStart + 1s * static_cast<std::int64_t>(ordinal);
  const TraceRef trace = log.open(source, ordinal, begin);
  const SpanRef span = log.begin_span(trace, SpanRef::kNone, "web", "serve", begin);
  log.end_span(trace, span, begin + length, status);
  log.close(trace, begin + length, status);
}

TEST(TraceLog, WritesTheSpansOfASampledRequest) {
  MemorySink sink;
  TraceLog log(&sink, {.rate = 1, .slowest = 0, .failed = 0});
  const TraceSource visitors = log.add_source("traffic/visitors");
  const TraceRef trace = log.open(visitors, 42, kStart + 1s);
  const SpanRef root = log.begin_span(trace, SpanRef::kNone, "web-alb", "forward", kStart + 1s);
  const SpanRef child = log.begin_span(trace, root, "fleet/0", "serve", kStart + 2s);
  log.attribute(trace, child, "workers busy", 3);
  log.end_span(trace, child, kStart + 4s, SpanStatus::kTimedOut);
  log.end_span(trace, root, kStart + 5s, SpanStatus::kFailed);
  log.close(trace, kStart + 5s, SpanStatus::kFailed);
  log.finish();
  EXPECT_EQ(sink.transcript("/traces", "trace"), "0 | 42 | 1s | 5s | failed | 1\n");
  EXPECT_EQ(sink.transcript("/traces", "span"),
            "0 | 0 | -1 | 0 | 0 | 1s | 5s | failed\n"
            "0 | 1 | 0 | 1 | 1 | 2s | 4s | timed_out\n");
  EXPECT_EQ(sink.transcript("/traces", "component"), "web-alb\nfleet/0\n");
  EXPECT_EQ(sink.transcript("/traces", "span_attribute"), "1 | 0 | 3\n");
}

TEST(TraceLog, TheSameRequestsAreSampledInEveryVariant) {
  MemorySink sink;
  TraceLog a(&sink, {.rate = 0.01});
  TraceLog b(&sink, {.rate = 0.01, .candidate_rate = 1, .slowest = 9});
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
  TraceLog log(&sink, {.rate = 0, .candidate_rate = 1, .slowest = 2, .failed = 1});
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

TEST(TraceLog, AReferenceToAClosedTraceIsHarmless) {
  MemorySink sink;
  TraceLog log(&sink, {.rate = 1, .slowest = 0, .failed = 0});
  const TraceSource source = log.add_source("s");
  const TraceRef first = log.open(source, 0, kStart);
  log.close(first, kStart, SpanStatus::kOk);
  const TraceRef second = log.open(source, 1, kStart);  // takes the same slot
  EXPECT_EQ(log.begin_span(first, SpanRef::kNone, "late", "reply", kStart), SpanRef::kNone);
  log.close(first, kStart + 1s, SpanStatus::kOk);
  log.close(second, kStart + 2s, SpanStatus::kOk);
  EXPECT_EQ(log.traces_written(), 2);
  EXPECT_EQ(log.spans_written(), 0);
}

TEST(TraceLog, UnfinishedSpansEndWithTheRequest) {
  MemorySink sink;
  TraceLog log(&sink, {.rate = 1, .slowest = 0, .failed = 0});
  const TraceRef trace = log.open(log.add_source("s"), 0, kStart);
  log.begin_span(trace, SpanRef::kNone, "web", "orphan", kStart);
  log.close(trace, kStart + 2s, SpanStatus::kTimedOut);
  EXPECT_EQ(sink.transcript("/traces", "span"), "0 | 0 | -1 | 0 | 0 | 0s | 2s | open\n");
}

TEST(TraceLog, BoundsAreKeptAndCounted) {
  MemorySink sink;
  TraceLog log(
      &sink,
      {.rate = 1, .slowest = 0, .failed = 0, .spans_per_trace = 1, .open_traces = 1, .spans = 1});
  const TraceSource source = log.add_source("s");
  const TraceRef trace = log.open(source, 0, kStart);
  EXPECT_EQ(log.open(source, 1, kStart), TraceRef::kNone);
  log.begin_span(trace, SpanRef::kNone, "a", "b", kStart);
  EXPECT_EQ(log.begin_span(trace, SpanRef::kNone, "a", "b", kStart), SpanRef::kNone);
  log.close(trace, kStart, SpanStatus::kOk);
  run_request(log, source, 2, 1s);  // the run's span is spent
  EXPECT_EQ(log.traces_written(), 1);
  EXPECT_EQ(log.dropped(), 3);
}

TEST(TraceLog, WithoutASinkNothingIsTraced) {
  TraceLog log(nullptr, {.rate = 1});
  EXPECT_EQ(log.open(log.add_source("s"), 0, kStart), TraceRef::kNone);
  log.close_period();
  log.finish();
}

}  // namespace
}  // namespace updraft::sim
