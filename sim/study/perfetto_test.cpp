#include "sim/study/perfetto.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "sim/study/perfetto.pb.h"

namespace updraft::sim {
namespace {

using ::testing::ElementsAre;

const PerfettoTitles kTitles{
    .name = "a day", .texts = {{"rules", "2026-11"}}, .numbers = {{"seed", 3}}};

/// A counter that asks two clerks, the second of whom fails.
RunRecord two_clerks() {
  RunRecord record;
  record.start_unix_ns = 897'868'800'000'000'000;
  record.valid_until = kStart + 60s;
  TraceRecord trace{.source = "traffic/people",
                    .request = 7,
                    .begin = kStart + 1s,
                    .end = kStart + 2s,
                    .status = SpanStatus::kTimedOut,
                    .kept_for = kKeptAsSlowest | kKeptAsFailed,
                    .spans = {}};
  trace.spans.push_back({.parent = -1,
                         .component = "counter",
                         .begin = kStart + 1s,
                         .end = kStart + 2s,
                         .status = SpanStatus::kOk,
                         .attributes = {{"waited_s", 0.1, 0.1}, {"bytes", 512, 512}}});
  trace.spans.push_back({.parent = 0,
                         .component = "office/clerk-1",
                         .begin = kStart + 1200ms,
                         .end = kStart + 1700ms,
                         .status = SpanStatus::kOk,
                         .attributes = {{"waited_s", 0.3, 0.3}}});
  trace.spans.push_back({.parent = 0,
                         .component = "office/clerk-2",
                         .begin = kStart + 1200ms,
                         .end = kStart + 1800ms,
                         .status = SpanStatus::kFailed,
                         .attributes = {}});
  record.traces.push_back(trace);
  return record;
}

std::string exported(const RunRecord& record) {
  std::ostringstream stream;
  write_perfetto(record, kTitles, stream);
  return stream.str();
}

/// Says of each event what it says, its numbers looked up in the tables before it.
class Transcript {
 public:
  explicit Transcript(const std::string& bytes) {
    perfetto::Trace trace;
    EXPECT_TRUE(trace.ParseFromString(bytes));
    for (const perfetto::TracePacket& packet : trace.packet()) {
      read(packet);
    }
  }
  [[nodiscard]] const std::vector<std::string>& events() const { return events_; }

 private:
  void read(const perfetto::TracePacket& packet) {
    for (const auto& name : packet.interned_data().event_categories()) {
      categories_[name.iid()] = name.name();
    }
    for (const auto& name : packet.interned_data().debug_annotation_names()) {
      keys_[name.iid()] = name.name();
    }
    for (const auto& text : packet.interned_data().debug_annotation_string_values()) {
      values_[text.iid()] = text.str();
    }
    if (packet.has_track_descriptor()) {
      tracks_[packet.track_descriptor().uuid()] = packet.track_descriptor().name();
    } else if (packet.has_track_event()) {
      const perfetto::TrackEvent& event = packet.track_event();
      events_.push_back(
          fmt::format("{} {} {}", packet.timestamp() / 1'000'000, tracks_.at(event.track_uuid()),
                      event.type() == perfetto::TrackEvent::SLICE_END ? "end" : begin(event)));
    }
  }

  std::string begin(const perfetto::TrackEvent& event) {
    std::string text = fmt::format("[{}] {}", categories_.at(event.category_iids(0)), event.name());
    for (const auto& note : event.debug_annotations()) {
      text += fmt::format(" {}=", keys_.at(note.name_iid()));
      if (note.has_string_value_iid()) {
        text += values_.at(note.string_value_iid());
      } else {
        text += note.has_int_value() ? fmt::format("{}", note.int_value())
                                     : fmt::format("{}", note.double_value());
      }
    }
    for (const std::uint64_t flow : event.terminating_flow_ids()) {
      text += fmt::format(" <-{}", flow);
    }
    for (const std::uint64_t flow : event.flow_ids()) {
      text += fmt::format(" {}->", flow);
    }
    return text;
  }

  std::map<std::uint64_t, std::string> categories_;
  std::map<std::uint64_t, std::string> keys_;
  std::map<std::uint64_t, std::string> values_;
  std::map<std::uint64_t, std::string> tracks_;
  std::vector<std::string> events_;
};

std::vector<std::string> transcript(const std::string& bytes) {
  return Transcript(bytes).events();
}

TEST(Perfetto, TellsEveryRequestAndEveryHop) {
  EXPECT_THAT(
      transcript(exported(two_clerks())),
      ElementsAre(
          "0 a day [run] a day rules=2026-11 seed=3",
          "1000 people [request] people 7: timed_out traffic=traffic/people request=7 "
          "status=timed_out kept_for=slowest, failed 1->",
          "1000 counter [hop] people 7 traffic=traffic/people request=7 hop=0 resource=counter "
          "called_by=traffic/people status=ok waited_ns=100000000 served_ns=300000000 bytes=512 "
          "<-1 2-> 3->",
          "1200 clerk-1 [hop] people 7 traffic=traffic/people request=7 hop=1 "
          "resource=office/clerk-1 called_by=counter called_by_hop=0 status=ok "
          "waited_ns=300000000 served_ns=200000000 <-2",
          "1200 clerk-2 [hop] people 7: failed traffic=traffic/people request=7 hop=2 "
          "resource=office/clerk-2 called_by=counter called_by_hop=0 status=failed <-3",
          "1700 clerk-1 end", "1800 clerk-2 end", "2000 people end", "2000 counter end",
          "60000 a day end"));
}

TEST(Perfetto, TheClockSaysWhichDateTheStartWas) {
  perfetto::Trace trace;
  ASSERT_TRUE(trace.ParseFromString(exported(two_clerks())));
  const auto clocks =
      std::find_if(trace.packet().begin(), trace.packet().end(),
                   [](const perfetto::TracePacket& packet) { return packet.has_clock_snapshot(); });
  ASSERT_NE(clocks, trace.packet().end());
  const perfetto::ClockSnapshot& snapshot = clocks->clock_snapshot();
  EXPECT_EQ(snapshot.primary_trace_clock(), perfetto::ClockSnapshot::SINCE_START);
  ASSERT_EQ(snapshot.clocks_size(), 2);
  EXPECT_EQ(snapshot.clocks(0).clock_id(), perfetto::ClockSnapshot::SINCE_START);
  EXPECT_EQ(snapshot.clocks(0).timestamp(), 0u);
  EXPECT_EQ(snapshot.clocks(1).clock_id(), perfetto::ClockSnapshot::SINCE_1970);
  EXPECT_EQ(snapshot.clocks(1).timestamp(), 897'868'800'000'000'000u);
}

TEST(Perfetto, OfEqualTimesASliceEndsBeforeTheNextOfItsTrackBegins) {
  RunRecord record = two_clerks();
  TraceRecord& trace = record.traces[0];
  trace.spans[1].end = kStart + 1500ms;
  trace.spans[2].component = "office/clerk-1";
  trace.spans[2].begin = kStart + 1500ms;  // at once behind the first call
  trace.spans[2].end = kStart + 1500ms;    // and without any length
  trace.spans.push_back(trace.spans[1]);
  trace.spans[3].begin = kStart + 1500ms;
  trace.spans[3].end = kStart + 1600ms;
  std::vector<std::string> of_clerk;
  for (const std::string& event : transcript(exported(record))) {
    if (const auto at = event.find("clerk-1 "); at < 6) {
      const auto hop = event.find("hop=");
      of_clerk.push_back(event.substr(0, 4) +
                         (hop == std::string::npos ? " end" : " " + event.substr(hop, 5)));
    }
  }
  EXPECT_THAT(of_clerk, ElementsAre("1200 hop=1", "1500 end", "1500 hop=2", "1500 end",
                                    "1500 hop=3", "1600 end"));
}

TEST(Perfetto, TimesNeverGoBack) {
  RunRecord record = two_clerks();
  TraceRecord early = record.traces[0];  // traces stand in the order of their ends
  early.begin -= 500ms;
  early.spans[0].begin -= 500ms;
  record.traces.push_back(early);
  perfetto::Trace trace;
  ASSERT_TRUE(trace.ParseFromString(exported(record)));
  std::uint64_t last = 0;
  for (const perfetto::TracePacket& packet : trace.packet()) {
    if (packet.has_track_event()) {
      EXPECT_GE(packet.timestamp(), last);
      last = packet.timestamp();
    }
  }
  EXPECT_EQ(last, 60'000'000'000u);
}

TEST(Perfetto, TheSameRecordGivesTheSameBytes) {
  EXPECT_EQ(exported(two_clerks()), exported(two_clerks()));
}

TEST(Perfetto, ARunWithoutTracesIsItsOneSlice) {
  RunRecord record;
  record.valid_until = kStart + 5s;
  std::ostringstream stream;
  const PerfettoCounts counts =
      write_perfetto(record, {.name = "idle", .texts = {}, .numbers = {}}, stream);
  EXPECT_EQ(counts.requests, 0);
  EXPECT_EQ(counts.hops, 0);
  EXPECT_THAT(transcript(stream.str()), ElementsAre("0 idle [run] idle", "5000 idle end"));
}

TEST(Perfetto, AnExportIsToldFromOtherFiles) {
  const std::string path = ::testing::TempDir() + fmt::format("updraft-perfetto-{}", ::getpid());
  EXPECT_FALSE(is_perfetto_export(path));
  std::ofstream(path, std::ios::binary) << exported(two_clerks());
  EXPECT_TRUE(is_perfetto_export(path));
  perfetto::Trace another;  // a trace, but none of ours
  another.add_packet()->set_trusted_packet_sequence_id(1);
  std::ofstream(path, std::ios::binary) << another.SerializeAsString() << exported(two_clerks());
  EXPECT_FALSE(is_perfetto_export(path));
  std::ofstream(path, std::ios::binary) << "\n";
  EXPECT_FALSE(is_perfetto_export(path));
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace updraft::sim
