#include "sim/study/why_request.h"

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

/// 100 ms in all: 2 ms at the counter before it asks the clerk, who takes 90 ms, 30 of them in
/// line.
RunRecord served() {
  RunRecord record;
  TraceRecord trace{.source = "traffic/people",
                    .request = 7,
                    .begin = kStart + 60s,
                    .end = kStart + 60s + 100ms,
                    .status = SpanStatus::kOk,
                    .spans = {}};
  trace.spans.push_back({.parent = -1,
                         .component = "counter",
                         .begin = kStart + 60s,
                         .end = kStart + 60s + 100ms,
                         .status = SpanStatus::kOk,
                         .attributes = {{"waited_s", 0.001, 0.001}}});
  trace.spans.push_back({.parent = 0,
                         .component = "office/clerk-4",
                         .begin = kStart + 60s + 3ms,
                         .end = kStart + 60s + 93ms,
                         .status = SpanStatus::kOk,
                         .attributes = {{"waited_s", 0.030, 0.030}}});
  record.traces.push_back(trace);
  return record;
}

TEST(WhyRequest, IsFoundBySourceAndNumber) {
  const RunRecord record = served();
  EXPECT_EQ(find_request(record, "traffic/people", 7), record.traces.data());
  EXPECT_EQ(find_request(record, "traffic/people", 8), nullptr);
  EXPECT_EQ(find_request(record, "traffic/parcels", 7), nullptr);
}

TEST(WhyRequest, PartsAddUpToTheFirstCall) {
  const RunRecord record = served();
  const std::vector<TimePart> parts = time_parts(record.traces[0]);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].waited, 1ms);
  EXPECT_EQ(parts[0].served, 9ms);
  EXPECT_EQ(parts[1].waited, 30ms);
  EXPECT_EQ(parts[1].served, 60ms);
  EXPECT_EQ(parts[1].depth, 1u);
  EXPECT_EQ(parts[0].waited + parts[0].served + parts[1].waited + parts[1].served, 100ms);
}

TEST(WhyRequest, WorkThatOutlivesItsCallerIsNotTheCallersTime) {
  RunRecord record = served();
  record.traces[0].spans[1].end = kStart + 90s;
  EXPECT_EQ(time_parts(record.traces[0])[0].served, 2ms);
}

TEST(WhyRequest, CallsMadeAtOnceAreWaitedForOnce) {
  RunRecord record = served();
  SpanRecord second = record.traces[0].spans[1];
  second.component = "office/clerk-5";
  second.end += 2ms;
  record.traces[0].spans.push_back(second);
  EXPECT_EQ(time_parts(record.traces[0])[0].served, 7ms);
}

TEST(WhyRequest, SaysWhereItWentAndWhereItsTimeWent) {
  const RunRecord record = served();
  EXPECT_EQ(
      request_text(record.traces[0], record, {}),
      "request 7 of traffic/people: ok after 100 ms\n"
      "sent at 1m (1970-01-01T00:01:00Z)\n"
      "\n"
      "Where it went\n"
      "  +0 ms         to counter: ok after 100 ms\n"
      "  +3 ms           to office/clerk-4: ok after 90 ms\n"
      "\n"
      "Where its time went\n"
      "  counter                                   1 ms on the way and in line, 9 ms there\n"
      "  office/clerk-4                            30 ms on the way and in line, 60 ms there\n");
  EXPECT_EQ(request_json(record.traces[0], record)["calls"][1]["served_s"], 0.06);
}

}  // namespace
}  // namespace updraft::sim
