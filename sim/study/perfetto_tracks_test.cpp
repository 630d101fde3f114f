#include "sim/study/perfetto_tracks.h"

#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

using ::testing::ElementsAre;

SpanRecord span(std::int64_t parent, std::string component, Duration begin, Duration end) {
  return {.parent = parent,
          .component = std::move(component),
          .begin = kStart + begin,
          .end = kStart + end,
          .status = SpanStatus::kOk,
          .attributes = {}};
}

/// A request that begins with its first span and ends with its longest.
void add(RunRecord& record, const std::string& source, const std::vector<SpanRecord>& spans) {
  TraceRecord trace{.source = source,
                    .request = static_cast<std::int64_t>(record.traces.size()),
                    .begin = spans.front().begin,
                    .end = spans.front().end,
                    .status = SpanStatus::kOk,
                    .spans = spans};
  record.traces.push_back(std::move(trace));
}

/// A line for each track: indented under its parent, its kind and its rank.
std::vector<std::string> tree(const PerfettoLayout& layout) {
  std::vector<std::string> lines;
  std::map<std::uint64_t, std::size_t> depth{{0, 0}};
  for (const PerfettoTrack& track : layout.tracks) {
    EXPECT_EQ(track.uuid, lines.size() + 1);
    EXPECT_TRUE(depth.contains(track.parent)) << "a child before its parent";
    depth[track.uuid] = depth[track.parent] + 1;
    constexpr const char* kKinds[] = {"root", "group", "lane"};
    lines.push_back(fmt::format("{:{}}{} {} {}", "", 2 * depth[track.parent], track.name,
                                kKinds[static_cast<int>(track.kind)], track.rank));
  }
  return lines;
}

/// "TRACE.SPAN TRACK" in order.
std::vector<std::string> places(const PerfettoLayout& layout) {
  std::vector<std::string> lines;
  for (const PerfettoSlice& slice : layout.slices) {
    lines.push_back(fmt::format("{}.{} {}", slice.trace, slice.span, slice.track));
  }
  return lines;
}

TEST(PerfettoTracks, AResourceStandsAloneAndPartsInAGroup) {
  RunRecord record;
  add(record, "traffic/people",
      {span(-1, "shop", 1s, 9s), span(0, "web/template/i-2", 2s, 3s), span(0, "cache", 4s, 5s)});
  add(record, "traffic/robots",
      {span(-1, "shop", 20s, 29s), span(0, "web/template/i-1", 22s, 23s),
       span(0, "web", 24s, 25s)});
  const PerfettoLayout layout = perfetto_layout(record, "a run");
  EXPECT_THAT(tree(layout), ElementsAre("a run root 0",             //
                                        "  traffic group 0",        //
                                        "    people lane 0",        //
                                        "    robots lane 0",        //
                                        "  shop lane 1",            //
                                        "  web group 2",            //
                                        "    template/i-1 lane 2",  //
                                        "    template/i-2 lane 2",  //
                                        "    web lane 2",           //
                                        "  cache lane 3"));
  EXPECT_THAT(places(layout), ElementsAre("0.-1 3", "0.0 5", "0.1 8", "0.2 10",  //
                                          "1.-1 4", "1.0 5", "1.1 7", "1.2 9"));
}

TEST(PerfettoTracks, AHopTakesTheFirstLaneThatIsFree) {
  RunRecord record;
  add(record, "traffic/a", {span(-1, "desk", 0s, 10s)});
  add(record, "traffic/a", {span(-1, "desk", 1s, 3s)});
  add(record, "traffic/a", {span(-1, "desk", 2s, 4s)});
  add(record, "traffic/a", {span(-1, "desk", 3s, 5s)});    // behind the second, at once
  add(record, "traffic/a", {span(-1, "desk", 10s, 11s)});  // behind the first
  const PerfettoLayout layout = perfetto_layout(record, "run");
  std::map<std::size_t, std::uint64_t> track;
  for (const PerfettoSlice& slice : layout.slices) {
    if (slice.span == 0) {
      track[slice.trace] = slice.track;
    }
  }
  EXPECT_EQ(track[1], track[0] + 1);
  EXPECT_EQ(track[2], track[0] + 2);
  EXPECT_EQ(track[3], track[1]);
  EXPECT_EQ(track[4], track[0]);
}

TEST(PerfettoTracks, SlicesOfOneTrackNeverOverlap) {
  RunRecord record;
  for (int i = 0; i < 200; ++i) {  // spans of 0 to 12 s that begin in no order
    const Duration begin = std::chrono::seconds{i * 37 % 101};
    const Duration length = std::chrono::seconds{i * 11 % 13};
    add(record, "traffic/a", {span(-1, i % 3 == 0 ? "x" : "y", begin, begin + length)});
  }
  const PerfettoLayout layout = perfetto_layout(record, "run");
  EXPECT_EQ(layout.slices.size(), 400u);
  std::map<std::uint64_t, Time> free;
  for (const PerfettoSlice& slice : layout.slices) {
    const auto [last, is_first] = free.try_emplace(slice.track, slice.end);
    if (!is_first) {
      EXPECT_LE(last->second, slice.begin) << "trace " << slice.trace;
      last->second = slice.end;
    }
  }
}

}  // namespace
}  // namespace updraft::sim
