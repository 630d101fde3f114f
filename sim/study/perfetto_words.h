// What the slices of an exported trace say: name, category and debug annotations. Texts that repeat
// are interned: an event names them by number, and a table at the beginning says which is which.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/metrics/run_record.h"
#include "sim/study/perfetto.h"
#include "sim/study/perfetto.pb.h"
#include "sim/study/perfetto_tracks.h"
#include "sim/study/why_request.h"

namespace updraft::sim {

/// Numbers texts from 1 on, in order of coming up.
class PerfettoTexts {
 public:
  std::uint64_t operator[](std::string_view text);
  /// By number.
  [[nodiscard]] const std::vector<std::string>& all() const { return texts_; }

 private:
  std::map<std::string, std::uint64_t, std::less<>> numbers_;
  std::vector<std::string> texts_;
};

class PerfettoWords {
 public:
  /// The record outlives it.
  explicit PerfettoWords(const RunRecord& record);

  void describe_run(const PerfettoTitles& titles, perfetto::TrackEvent& event);
  void describe(const PerfettoSlice& slice, perfetto::TrackEvent& event);
  /// All texts that describe() has used so far.
  void put(perfetto::InternedData& data) const;

 private:
  void describe_hop(const TraceRecord& trace, const PerfettoSlice& slice,
                    perfetto::TrackEvent& event);
  perfetto::DebugAnnotation& key(perfetto::TrackEvent& event, std::string_view name);
  void text(perfetto::TrackEvent& event, std::string_view name, std::string_view value);
  void number(perfetto::TrackEvent& event, std::string_view name, std::int64_t value);

  const RunRecord& record_;
  std::vector<std::vector<TimePart>> parts_;  // of each trace and span
  PerfettoTexts categories_;
  PerfettoTexts keys_;
  PerfettoTexts values_;
};

/// Otherwise the client itself made the call.
bool is_called_by_hop(const TraceRecord& trace, const SpanRecord& span);

}  // namespace updraft::sim
