// Where the requests and hops of a run's traces stand in an exported trace: its tracks and the
// slices on them. perfetto.h writes them.
//
// Slices that overlap on one track would nest, as calls on one thread do, and be cut where they do
// not. Hops on a resource overlap freely, so a resource has as many tracks of the same name as it
// has hops at once (lanes); viewers draw them as one. A slice takes the first lane that is free.
//
//   a run                     the root
//     traffic                 everything whose path begins alike, in a group
//       visitors              a slice for each traced request
//     shop                    a slice for each hop
//     web
//       launch_template/i-01
//       launch_template/i-02
//     cache
//
// Groups stand in the order in which the file names them, traffic first: callers come before those
// they call, and a request reads from top to bottom.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/time.h"
#include "sim/metrics/run_record.h"

namespace updraft::sim {

enum class PerfettoTrackKind : std::uint8_t { kRoot, kGroup, kLane };

struct PerfettoTrack {
  std::uint64_t uuid = 0;    // from 1 on
  std::uint64_t parent = 0;  // uuid; 0: none
  PerfettoTrackKind kind = PerfettoTrackKind::kLane;
  std::int32_t rank = 0;  // among the children of the root
  std::string name;
};

/// A request (no span) or one of its hops.
struct PerfettoSlice {
  static constexpr std::int64_t kRequest = -1;
  std::size_t trace = 0;         // index in RunRecord::traces
  std::int64_t span = kRequest;  // index in its spans
  Time begin{};
  Time end{};
  std::uint64_t track = 0;  // uuid
};

struct PerfettoLayout {
  std::vector<PerfettoTrack> tracks;  // a parent before its children
  std::vector<PerfettoSlice> slices;  // by begin, trace and span; callers before those they call
};

/// `root` names the track above all others.
PerfettoLayout perfetto_layout(const RunRecord& record, const std::string& root);

}  // namespace updraft::sim
