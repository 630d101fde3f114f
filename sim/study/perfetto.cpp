#include "sim/study/perfetto.h"

#include <algorithm>
#include <fstream>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/study/perfetto.pb.h"
#include "sim/study/perfetto_tracks.h"
#include "sim/study/perfetto_words.h"

namespace updraft::sim {
namespace {

namespace pb = updraft::perfetto;

// The sequence of the one packet that begins our files and says nothing else, and of all others.
constexpr std::uint32_t kMark = 0x55706472;  // "Updr"
constexpr std::uint32_t kSequence = 1;

constexpr std::string_view kDescription =
    "Traced requests of a simulated run. Each stands under traffic, each of its hops on the track "
    "of who was called; arrows lead from callers to callees. Times are simulated.";

/// A file is one Trace; pieces put behind one another are one as well.
std::string mark() {
  pb::Trace trace;
  trace.add_packet()->set_trusted_packet_sequence_id(kMark);
  return trace.SerializeAsString();
}

/// Begin or end of a slice. Of equal times the ends come first, so that the next slice of a lane
/// does not nest in the last, except of those that have no length; then callers before callees.
struct Edge {
  Time at{};
  bool opens = false;  // a begin, or the end of a slice without length
  std::size_t slice = 0;
  bool end = false;

  bool operator<(const Edge& other) const {
    return std::tie(at, opens, slice, end) <
           std::tie(other.at, other.opens, other.slice, other.end);
  }
};

class Writer {
 public:
  Writer(const RunRecord& record, const PerfettoTitles& titles, std::ostream& to)
      : record_(record),
        titles_(titles),
        layout_(perfetto_layout(record, titles.name)),
        to_(to),
        words_(record) {
    std::uint64_t flow = 1;
    for (const TraceRecord& trace : record_.traces) {
      first_flow_.push_back(flow);
      flow += trace.spans.size();
    }
  }

  void write() {
    to_ << mark();
    put_texts();
    put_clocks();
    for (const PerfettoTrack& track : layout_.tracks) {
      put(track);
    }
    std::vector<Edge> edges;
    edges.reserve(2 * layout_.slices.size());
    for (std::size_t i = 0; i < layout_.slices.size(); ++i) {
      const PerfettoSlice& slice = layout_.slices[i];
      edges.push_back({.at = slice.begin, .opens = true, .slice = i, .end = false});
      edges.push_back(
          {.at = slice.end, .opens = slice.end == slice.begin, .slice = i, .end = true});
    }
    std::sort(edges.begin(), edges.end());
    put_run(false);
    for (const Edge& edge : edges) {
      put(edge);
    }
    put_run(true);
  }

 private:
  pb::TracePacket& begin_packet() {
    trace_.Clear();
    pb::TracePacket& packet = *trace_.add_packet();
    packet.set_trusted_packet_sequence_id(kSequence);
    return packet;
  }
  void end_packet() { trace_.SerializeToOstream(&to_); }

  /// The primary clock counts from the simulated start; this says when that was.
  void put_clocks() {
    pb::ClockSnapshot& snapshot = *begin_packet().mutable_clock_snapshot();
    snapshot.set_primary_trace_clock(pb::ClockSnapshot::SINCE_START);
    pb::ClockSnapshot::Reading& since_start = *snapshot.add_clocks();
    since_start.set_clock_id(pb::ClockSnapshot::SINCE_START);
    since_start.set_timestamp(0);
    pb::ClockSnapshot::Reading& date = *snapshot.add_clocks();
    date.set_clock_id(pb::ClockSnapshot::SINCE_1970);
    date.set_timestamp(static_cast<std::uint64_t>(record_.start_unix_ns));
    end_packet();
  }

  /// All texts at once: what the slices are going to say is gone through for that.
  void put_texts() {
    pb::TrackEvent unused;
    words_.describe_run(titles_, unused);
    for (const PerfettoSlice& slice : layout_.slices) {
      unused.Clear();
      words_.describe(slice, unused);
    }
    pb::TracePacket& packet = begin_packet();
    packet.set_first_packet_on_sequence(true);
    packet.set_sequence_flags(pb::TracePacket::TABLES_BEGIN | pb::TracePacket::TABLES_NEEDED);
    words_.put(*packet.mutable_interned_data());
    end_packet();
  }

  void put(const PerfettoTrack& track) {
    pb::TrackDescriptor& descriptor = *begin_packet().mutable_track_descriptor();
    descriptor.set_uuid(track.uuid);
    descriptor.set_name(track.name);
    if (track.parent != 0) {
      descriptor.set_parent_uuid(track.parent);
      descriptor.set_sibling_order_rank(track.rank);
    }
    if (track.kind == PerfettoTrackKind::kRoot) {
      descriptor.set_child_ordering(pb::TrackDescriptor::ORDER_BY_RANK);
      descriptor.set_description(std::string(kDescription));
    } else if (track.kind == PerfettoTrackKind::kGroup) {
      descriptor.set_child_ordering(pb::TrackDescriptor::ORDER_BY_NAME);
    }
    end_packet();
  }

  /// A slice of the whole run, so that viewers begin to count at the simulated start.
  void put_run(bool end) {
    Time last = record_.valid_until;
    for (const PerfettoSlice& slice : layout_.slices) {
      last = std::max(last, slice.end);
    }
    pb::TracePacket& packet = begin_packet();
    packet.set_timestamp(static_cast<std::uint64_t>(to_ns(end ? last : kStart)));
    pb::TrackEvent& event = *packet.mutable_track_event();
    event.set_track_uuid(layout_.tracks.front().uuid);
    event.set_type(end ? pb::TrackEvent::SLICE_END : pb::TrackEvent::SLICE_BEGIN);
    if (!end) {
      packet.set_sequence_flags(pb::TracePacket::TABLES_NEEDED);
      words_.describe_run(titles_, event);
    }
    end_packet();
  }

  void put(const Edge& edge) {
    const PerfettoSlice& slice = layout_.slices[edge.slice];
    pb::TracePacket& packet = begin_packet();
    packet.set_timestamp(static_cast<std::uint64_t>(to_ns(edge.at)));
    pb::TrackEvent& event = *packet.mutable_track_event();
    event.set_track_uuid(slice.track);
    if (edge.end) {
      event.set_type(pb::TrackEvent::SLICE_END);
    } else {
      packet.set_sequence_flags(pb::TracePacket::TABLES_NEEDED);
      event.set_type(pb::TrackEvent::SLICE_BEGIN);
      event.set_correlation_id(slice.trace + 1);
      words_.describe(slice, event);
      put_flows(slice, event);
    }
    end_packet();
  }

  /// The arrow that ends in hop k of a trace has the number of that hop among all hops.
  void put_flows(const PerfettoSlice& slice, pb::TrackEvent& event) const {
    const TraceRecord& trace = record_.traces[slice.trace];
    const std::uint64_t first = first_flow_[slice.trace];
    for (std::size_t i = 0; i < trace.spans.size(); ++i) {
      const bool called_here = slice.span == PerfettoSlice::kRequest
                                   ? !is_called_by_hop(trace, trace.spans[i])
                                   : trace.spans[i].parent == slice.span;
      if (called_here) {
        event.add_flow_ids(first + i);
      }
    }
    if (slice.span != PerfettoSlice::kRequest) {
      event.add_terminating_flow_ids(first + static_cast<std::uint64_t>(slice.span));
    }
  }

  const RunRecord& record_;
  const PerfettoTitles& titles_;
  PerfettoLayout layout_;
  std::ostream& to_;
  std::vector<std::uint64_t> first_flow_;  // of each trace
  PerfettoWords words_;
  pb::Trace trace_;  // one packet at a time
};

}  // namespace

PerfettoTitles perfetto_titles(const ResultSource& source) {
  PerfettoTitles titles;
  titles.name = source.text("title").value_or("run");
  for (const char* attribute : {"start", "rules", "version", "run_id"}) {
    if (const auto text = source.text(attribute)) {
      titles.texts.emplace_back(attribute, *text);
    }
  }
  for (const char* attribute : {"seed", "replication", "complete"}) {
    if (const auto number = source.integer(attribute)) {
      titles.numbers.emplace_back(attribute, *number);
    }
  }
  return titles;
}

PerfettoCounts write_perfetto(const RunRecord& record, const PerfettoTitles& titles,
                              std::ostream& to) {
  Writer(record, titles, to).write();
  PerfettoCounts counts;
  for (const TraceRecord& trace : record.traces) {
    ++counts.requests;
    counts.hops += static_cast<std::int64_t>(trace.spans.size());
  }
  return counts;
}

bool is_perfetto_export(const std::string& path) {
  const std::string expected = mark();
  std::string found(expected.size(), '\0');
  std::ifstream stream(path, std::ios::binary);
  stream.read(found.data(), static_cast<std::streamsize>(found.size()));
  return stream && found == expected;
}

}  // namespace updraft::sim
