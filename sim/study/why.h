// Why something happened to a resource, or did not: a walk over the decisions of a run.
//
// For a resource and a window of time the walk finds what was decided about it and what was
// blocked, follows each back to its first cause (a metric's period, an operator, a fault) and
// forward to what came of it. It knows no service: which decisions concern a resource, and which
// caused which, the records themselves say.
//
//   const auto answer = why(record, {.resource = "fleet", .from = kStart + 3min, .to = kStart +
//   5min}); why_text(*answer, record, catalogue, {});         // why_text.h, in plain words
//   why_json(*answer, record, catalogue);             // why_json.h
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/result.h"
#include "sim/core/time.h"
#include "sim/metrics/run_record.h"
#include "sim/study/backlog.h"

namespace updraft::sim {

struct WhyQuestion {
  /// A resource, a part of one ("fleet/cpu"), an alarm's name, an instance's id, a kind of fault.
  /// Empty: about none in particular; the answer lists what can be asked about.
  std::string resource;
  Time from = kStart;
  Time to = kNever;  // inclusive
};

/// One decision of a chain, after all that led to it.
struct WhyStep {
  std::size_t decision = 0;  // index in RunRecord::decisions
  std::size_t depth = 0;     // 0: nothing that was recorded caused it
  bool asked = false;  // it is about the resource and in the window; others led to it or follow
};

/// Decisions that go back to the same first one, each after its cause.
struct WhyChain {
  std::vector<WhyStep> steps;
  std::size_t left_out = 0;  // effects past the limit
};

/// Who can be asked about, with how much there is to tell.
struct WhyTopic {
  std::string name;
  std::size_t decided = 0;
  std::size_t blocked = 0;
  Time first{};
  Time last{};
};

struct WhyAnswer {
  WhyQuestion question;
  std::vector<WhyChain> done;     // what was decided, in order of time
  std::vector<WhyChain> blocked;  // what was blocked, each with what asked for it
  std::vector<WhyTopic> topics;   // when no resource was named
  /// The nearest decisions outside the window, when there is none inside; indices.
  std::optional<std::size_t> before;
  std::optional<std::size_t> after;
  /// Where work waits in the resource; not of the record, so whoever has the metrics adds it.
  std::optional<Backlog> backlog;
  /// The window ends after what the file holds: a run that was cut off.
  bool beyond_record = false;
};

struct WhyLimits {
  std::size_t effects = 40;  // of a chain
};

/// The error names the nearest resource.
Result<WhyAnswer> why(const RunRecord& record, const WhyQuestion& question,
                      const WhyLimits& limits = {});

/// Whether a decision is about a resource: made by it or by a part of it, over a metric of it, or
/// naming it as a word ("i-000004").
[[nodiscard]] bool concerns(const DecisionRecord& decision, std::string_view resource);

}  // namespace updraft::sim
