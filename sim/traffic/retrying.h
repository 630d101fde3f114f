// What a traffic source holds whose clients retry: the policy, the requests that wait for an
// answer, and what is counted of attempts. A source without `retry` holds none of it.
//
// A client's request has a slot from its first attempt to its final answer. In it, exactly one of
// three goes on: a call (an attempt is out), a pending end (its connection hangs), or a pending
// retry (the delay before the next attempt). Attempts stay open until the final answer, so that a
// trace shows all of them; the work of one that was given up goes on where it is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/build/report.h"
#include "sim/core/event_list.h"
#include "sim/core/phase.h"
#include "sim/engine/component.h"
#include "sim/engine/request.h"
#include "sim/metrics/instruments.h"
#include "sim/metrics/series.h"
#include "sim/random/stream.h"
#include "sim/scenario/scenario.pb.h"
#include "sim/traffic/retry_policy.h"

namespace updraft::sim {

/// An attempt hung, and its client has noticed.
struct AttemptOver {
  static constexpr Phase kPhase = Phase::kControllers;
  std::uint64_t slot;
  std::uint64_t status;
};
/// The delay before the next attempt is over.
struct RetryDue {
  static constexpr Phase kPhase = Phase::kArrivals;
  std::uint64_t slot;
};
/// The time-out of the whole request.
struct PatienceOver {
  static constexpr Phase kPhase = Phase::kControllers;
  std::uint64_t slot;
};

/// A client's request that has no final answer yet.
struct Asked {
  Request request;  // as the first attempt was sent
  Time begun{};
  std::uint64_t client = 0;
  std::vector<RequestHandle> attempts;
  FrameHandle call;             // of the newest attempt
  EventHandle patience;         // none: without end
  EventHandle next;             // AttemptOver or RetryDue; none while a call is out
  std::uint32_t last_cost = 0;  // tokens that the newest retry took
};

/// Counts of attempts, published as metrics of the source.
class RetryMetrics {
 public:
  void declare(MetricStore& store, const std::string& resource);
  void publish(MetricStore& store, Time period_start, Time period_end);
  /// Of the whole run so far.
  [[nodiscard]] AttemptsReport report() const;

  Counter attempts{EmptyPeriod::kZero};
  Counter retries{EmptyPeriod::kZero};
  Counter first_attempt_errors{EmptyPeriod::kZero};
  Counter quota_exhausted{EmptyPeriod::kZero};

 private:
  MetricId attempts_{};
  MetricId retries_{};
  MetricId first_attempt_errors_{};
  MetricId quota_exhausted_{};
};

/// The numbers of the schema, defaults filled in.
[[nodiscard]] RetryRules retry_rules(const Retry& retry);

struct Retrying {
  Retrying(const Birth& birth, const Traffic& traffic);

  /// A free slot; references to others may move.
  std::uint64_t take();
  void give_back(std::uint64_t slot);

  RetryPolicy policy;
  StreamKey jitter;
  TimerLane attempt_timeout;  // none: an attempt has no time-out of its own
  bool pass_deadline;
  bool exhausted = false;  // since the quota was full
  RetryMetrics metrics;
  std::vector<Asked> asked;
  std::vector<std::uint64_t> free;
};

}  // namespace updraft::sim
