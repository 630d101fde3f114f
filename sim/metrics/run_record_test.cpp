// What is written is what is read back, from a file as from memory.
#include "sim/metrics/run_record.h"

#include <array>
#include <filesystem>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "sim/metrics/memory_sink.h"
#include "sim/metrics/tables.h"

namespace updraft::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Two decisions, two lives, a trace of two spans, one metric.
void write(ResultSink& sink) {
  sink.set_attribute("/", {"start_unix_ns", std::int64_t{897'868'800'000'000'000}});
  const SeriesColumnId column =
      sink.add_series_column({.group = "/fleet/inside", .name = "Load", .cadence = 60s});
  EXPECT_EQ(column, 0u);
  DecisionLog decisions(&sink);
  TraceLog traces(&sink, {.rate = 1, .slowest = 0, .failed = 0});
  MemberTable members(&sink, "/instances", "instance");
  const TraceSource source = traces.add_source("traffic/visitors");
  const std::array<NamedValue, 2> values{{{"threshold", 50}, {"newest", 66.5}}};
  const DecisionId alarm =
      decisions.record(kStart + 60s, {.who = "bell",
                                      .kind = "alarm state",
                                      .what = "ALARM",
                                      .reason = "too much",
                                      .rule = "R1",
                                      .values = values,
                                      .cause = Cause::metric("fleet", "Load", kStart),
                                      .repeats = false});
  for (int minute = 2; minute < 5; ++minute) {
    decisions.record(kStart + std::chrono::minutes{minute}, {.who = "fleet/cpu",
                                                             .kind = "policy",
                                                             .outcome = Outcome::kBlocked,
                                                             .what = "scale out",
                                                             .reason = "at maximum",
                                                             .rule = "R2",
                                                             .cause = Cause::decision(alarm)});
  }
  const std::int64_t first =
      members.add({.id = "i-1", .owner = "fleet", .zone = "a", .launched = kStart});
  members.in_service(first, kStart + 90s);
  members.ended(first, kStart + 200s, "scale in");
  members.add({.id = "i-2", .owner = "fleet", .zone = "b", .launched = kStart + 10s});
  const TraceRef trace = traces.open({source, 41, kStart + 1s, kStart + 3s, SpanStatus::kFailed});
  const SpanRef root = traces.begin_span(trace, SpanRef::kNone, "alb", "call", kStart + 1s);
  const SpanRef child = traces.begin_span(trace, root, "fleet/i-1", "call", kStart + 2s);
  traces.attribute(trace, child, "waited_s", 0.25);
  traces.end_span(trace, child, kStart + 3s, SpanStatus::kFailed);
  traces.end_span(trace, root, kStart + 3s, SpanStatus::kFailed);
  traces.close(trace);
  const std::array<double, 1> row{7.0};
  for (int minute = 0; minute < 5; ++minute) {
    sink.append_period(60s, kStart + std::chrono::minutes{minute}, row);
  }
  decisions.finish(kStart + 300s);
  traces.finish();
  sink.commit(kStart + 300s);
  sink.finish(kStart + 300s);
}

void expect_all(const ResultSource& source) {
  const RunRecord record = read_run_record(source);
  EXPECT_EQ(record.start_unix_ns, 897'868'800'000'000'000);
  EXPECT_EQ(record.valid_until, kStart + 300s);
  EXPECT_TRUE(record.complete);
  EXPECT_THAT(record.resources, ElementsAre("fleet/inside"));
  EXPECT_TRUE(source.has("/fleet/inside/Load"));
  EXPECT_FALSE(source.has("/fleet/inside/Storm"));
  EXPECT_FALSE(source.has("/nowhere/at/all"));
  EXPECT_THAT(source.numbers("/fleet/inside/Load"), ElementsAre(7, 7, 7, 7, 7));

  ASSERT_EQ(record.decisions.size(), 2u);
  const DecisionRecord& alarm = *record.decision(1);
  EXPECT_EQ(alarm.first, kStart + 60s);
  EXPECT_EQ(alarm.who, "bell");
  EXPECT_EQ(alarm.outcome, Outcome::kDecided);
  EXPECT_EQ(alarm.cause_metric, "Load");
  EXPECT_EQ(alarm.cause_period, kStart);
  EXPECT_EQ(alarm.value("newest"), 66.5);
  EXPECT_EQ(alarm.value("oldest"), std::nullopt);
  const DecisionRecord& policy = *record.decision(2);
  EXPECT_EQ(policy.outcome, Outcome::kBlocked);
  EXPECT_EQ(policy.count, 3);
  EXPECT_EQ(policy.last, kStart + 4min);
  EXPECT_EQ(policy.cause, 1);
  EXPECT_EQ(policy.cause_period, std::nullopt);
  EXPECT_EQ(policy.rule, "R2");
  EXPECT_EQ(record.decision(0), nullptr);
  EXPECT_EQ(record.decision(3), nullptr);

  ASSERT_EQ(record.members.size(), 2u);
  EXPECT_EQ(record.members[0].in_service, kStart + 90s);
  EXPECT_EQ(record.members[0].ended, kStart + 200s);
  EXPECT_EQ(record.members[0].end_reason, "scale in");
  EXPECT_EQ(record.members[1].id, "i-2");
  EXPECT_EQ(record.members[1].in_service, std::nullopt);

  ASSERT_EQ(record.traces.size(), 1u);
  const TraceRecord& trace = record.traces[0];
  EXPECT_EQ(trace.source, "traffic/visitors");
  EXPECT_EQ(trace.request, 41);
  EXPECT_EQ(trace.status, SpanStatus::kFailed);
  EXPECT_EQ(trace.kept_for, kKeptAsSample);
  ASSERT_EQ(trace.spans.size(), 2u);
  EXPECT_EQ(trace.spans[1].component, "fleet/i-1");
  EXPECT_EQ(trace.spans[1].parent, 0);
  EXPECT_EQ(trace.spans[1].begin, kStart + 2s);
  EXPECT_EQ(trace.spans[1].attribute("waited_s"), 0.25);
}

TEST(RunRecord, IsReadFromMemory) {
  MemorySink sink;
  write(sink);
  expect_all(*open_result_source(sink));
}

class RunRecordFile : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = ::testing::TempDir() + fmt::format("updraft-record-{}.h5", ::getpid());
};

TEST_F(RunRecordFile, IsReadFromAFile) {
  write(*create_result_file(path(), {.start = "1998-06-15T00:00:00", .run = 300s}));
  const auto source = open_result_source(path());
  expect_all(*source);
  EXPECT_EQ(source->text("nothing"), std::nullopt);
  EXPECT_THROW(static_cast<void>(source->texts("/decisions/decision")), ResultFileError);
  EXPECT_THROW(static_cast<void>(source->integers("/decisions/nothing")), ResultFileError);
}

TEST_F(RunRecordFile, AnIntervalThatAKillLeftOpenCountsOnce) {
  {
    const auto file = create_result_file(path(), {.run = 300s});
    DecisionLog decisions(file.get());
    decisions.record(kStart + 60s, {.who = "fleet", .kind = "policy", .what = "scale out"});
    decisions.record(kStart + 120s, {.who = "fleet", .kind = "policy", .what = "scale out"});
    file->commit(kStart + 180s);
  }
  const RunRecord record = read_run_record(*open_result_source(path()));
  EXPECT_FALSE(record.complete);
  EXPECT_EQ(record.valid_until, kStart + 180s);
  ASSERT_EQ(record.decisions.size(), 1u);
  EXPECT_EQ(record.decisions[0].last, kStart + 60s);
  EXPECT_EQ(record.decisions[0].count, 1);
}

TEST_F(RunRecordFile, AnotherFileIsRefusedByName) {
  try {
    open_result_source("/dev/null");
    FAIL() << "opened";
  } catch (const ResultFileError& error) {
    EXPECT_THAT(error.what(), HasSubstr("/dev/null is no result file"));
  }
}

}  // namespace
}  // namespace updraft::sim
