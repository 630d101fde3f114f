// What a run left behind, as values: its decisions, what was born and died, traced requests. Read
// from a result file or from memory; `why` (sim/study/why.h) walks it.
//
//   const RunRecord record = read_run_record(*open_result_source("results.h5"));
//   record.decision(17)->cause;
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/time.h"
#include "sim/metrics/decisions.h"
#include "sim/metrics/result_source.h"
#include "sim/metrics/traces.h"

namespace updraft::sim {

struct RecordedValue {
  std::string name;
  double first = 0;
  double last = 0;  // of the interval; NaN where a file was cut off before it closed
};

/// A row of /decisions: an interval in which the same was said.
struct DecisionRecord {
  std::int64_t id = 0;
  Time first{};
  Time last{};
  std::int64_t count = 1;
  Outcome outcome = Outcome::kDecided;
  std::string who;
  std::string kind;
  std::string what;
  std::string reason;
  std::string rule;
  std::int64_t cause = 0;  // id of a decision; 0: none
  std::string cause_resource;
  std::string cause_metric;
  std::optional<Time> cause_period;
  std::vector<RecordedValue> values;

  /// The first value of that name.
  [[nodiscard]] std::optional<double> value(std::string_view name) const;
};

/// A row of /instances, or of a table of the same shape.
struct MemberRecord {
  std::string id;
  std::string owner;
  std::string zone;
  std::string kind;
  Time launched{};
  std::optional<Time> in_service;
  std::optional<Time> ended;
  std::string end_reason;
};

struct SpanRecord {
  std::int64_t parent = -1;  // index of a span of the same trace; -1: none
  std::string component;
  Time begin{};
  Time end{};
  SpanStatus status = SpanStatus::kOpen;
  std::vector<RecordedValue> attributes;

  [[nodiscard]] std::optional<double> attribute(std::string_view name) const;
};

struct TraceRecord {
  std::string source;  // path of who sent it
  std::int64_t request = 0;
  Time begin{};
  Time end{};
  SpanStatus status = SpanStatus::kOpen;
  std::int64_t kept_for = 0;  // sum of kKeptAs...; 0 where a file was cut off before it was known
  std::vector<SpanRecord> spans;
};

struct RunRecord {
  std::int64_t start_unix_ns = 0;  // where simulated time 0 stands
  Time valid_until{};
  bool complete = false;
  std::vector<DecisionRecord> decisions;  // in order of ids, which begin at 1
  std::int64_t decisions_dropped = 0;     // left out by the budget
  std::vector<MemberRecord> members;
  std::vector<TraceRecord> traces;
  std::vector<std::string> resources;  // that have metrics

  /// Null: there is none of that id.
  [[nodiscard]] const DecisionRecord* decision(std::int64_t id) const;
};

/// Throws ResultFileError where a column is missing or does not fit the others.
RunRecord read_run_record(const ResultSource& source);

}  // namespace updraft::sim
