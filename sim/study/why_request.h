// One request: where it went, and where its time went. From a trace in a run's record; a request
// that is not among the traced ones is had by running again (RunOptions::trace_only).
//
//   const TraceRecord* trace = find_request(record, "traffic/visitors", 1234);
//   request_text(*trace, record, {.width = 100});
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "sim/metrics/run_record.h"
#include "sim/study/why_text.h"

namespace updraft::sim {

/// What a request spent at one place. All parts together are the time of its first call, and more
/// where calls were made at once.
struct TimePart {
  std::string component;
  std::size_t depth = 0;  // calls that led there
  Duration waited{};      // on the way there and in line
  Duration served{};      // there, while no call of its own was under way
};

/// Null: it was not traced.
const TraceRecord* find_request(const RunRecord& record, std::string_view source,
                                std::int64_t request);
/// One part for each call, in the order of the calls.
std::vector<TimePart> time_parts(const TraceRecord& trace);

std::string request_text(const TraceRecord& trace, const RunRecord& record,
                         const WhyTextOptions& options);
nlohmann::ordered_json request_json(const TraceRecord& trace, const RunRecord& record);

}  // namespace updraft::sim
