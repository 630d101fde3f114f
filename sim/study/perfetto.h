// Traces of a run as a file for Perfetto (https://ui.perfetto.dev): TrackEvent protobuf.
//
// Every traced request is a slice on the track of its traffic source, every hop one on the track of
// the resource or instance that was called (perfetto_tracks.h). An arrow (flow) leads from each
// caller to each hop that it called. A slice carries status, time waited and time served.
//
// Time stamps are simulated nanoseconds since the start; a clock snapshot says which date that was,
// so a viewer can show UTC. The bytes depend on the result file alone. docs/design/traces.md.
//
//   const auto source = open_result_source("results.h5");
//   write_perfetto(read_run_record(*source), perfetto_titles(*source), stream);
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "sim/metrics/result_source.h"
#include "sim/metrics/run_record.h"

namespace updraft::sim {

/// What the slice of the whole run says: name of the scenario, and annotations.
struct PerfettoTitles {
  std::string name;
  std::vector<std::pair<std::string, std::string>> texts;
  std::vector<std::pair<std::string, std::int64_t>> numbers;
};

struct PerfettoCounts {
  std::int64_t requests = 0;
  std::int64_t hops = 0;
};

/// Start, rules, version, run id, seed, replication, and whether the run is complete.
PerfettoTitles perfetto_titles(const ResultSource& source);

/// The caller looks at the stream's state afterwards.
PerfettoCounts write_perfetto(const RunRecord& record, const PerfettoTitles& titles,
                              std::ostream& to);

/// Whether the file of that name was written by write_perfetto().
bool is_perfetto_export(const std::string& path);

}  // namespace updraft::sim
