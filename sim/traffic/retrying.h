// What a traffic source holds whose clients retry, hedge, or stop asking: the policies, the
// requests that wait for an answer, and what is counted of attempts. Other sources hold none of it.
//
// A client's request has a slot from its first attempt to its final answer. Attempts stay open
// until the final answer, so that a trace shows all of them; the work of one that was given up goes
// on where it is. Without hedging at most one attempt is out at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "sim/build/report.h"
#include "sim/client/circuit_breaker.h"
#include "sim/client/retry_budget.h"
#include "sim/client/retry_policy.h"
#include "sim/client/send_rate.h"
#include "sim/core/event_list.h"
#include "sim/core/phase.h"
#include "sim/engine/component.h"
#include "sim/engine/request.h"
#include "sim/metrics/instruments.h"
#include "sim/metrics/series.h"
#include "sim/random/stream.h"
#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

/// An attempt hung, and its client has noticed.
struct AttemptOver {
  static constexpr Phase kPhase = Phase::kControllers;
  std::uint64_t slot;
  std::uint32_t attempt;
  std::uint32_t status;
};
/// The delay before the next attempt is over, or the time after which a copy is sent.
struct AttemptDue {
  static constexpr Phase kPhase = Phase::kArrivals;
  std::uint64_t slot;
};
/// The time-out of the whole request.
struct PatienceOver {
  static constexpr Phase kPhase = Phase::kControllers;
  std::uint64_t slot;
};
/// The rate of mode adaptive lets the next one through.
struct TokenDue {
  static constexpr Phase kPhase = Phase::kArrivals;
};

struct Attempt {
  RequestHandle request;
  FrameHandle call;
  Time sent{};
  EventHandle over;  // AttemptOver, of one that hangs
  BreakerPermit permit;
  bool open = true;
  bool counted = false;  // in a budget
};

/// A client's request that has no final answer yet.
struct Asked {
  Request request;  // as the first attempt was sent
  Time begun{};
  std::uint64_t client = 0;
  std::vector<Attempt> attempts;
  EventHandle patience;         // none: without end
  EventHandle next;             // AttemptDue
  std::uint64_t ticket = 0;     // of its place in the line for the rate; 0: not there
  std::uint32_t last_cost = 0;  // tokens that the newest retry took
  bool retry_decided = false;   // counted in the budget, and not sent yet
};

// A call's tag: the slot, and which of its attempts it is (at most 100, scenario/client.proto).
inline constexpr unsigned kAttemptBits = 8;
constexpr std::uint64_t tag_of(std::uint64_t slot, std::size_t attempt) {
  return slot << kAttemptBits | attempt;
}
constexpr std::uint64_t slot_of(std::uint64_t tag) {
  return tag >> kAttemptBits;
}
constexpr std::uint32_t attempt_of(std::uint64_t tag) {
  return static_cast<std::uint32_t>(tag & ((1U << kAttemptBits) - 1));
}

/// What is counted of attempts, published as metrics of the source.
class RetryMetrics {
 public:
  explicit RetryMetrics(const Traffic& traffic);
  void declare(MetricStore& store, const std::string& resource);
  void publish(MetricStore& store, Time period_start, Time period_end);
  /// Of the whole run so far.
  [[nodiscard]] AttemptsReport report() const;

  enum Name : std::uint8_t {
    kAttempts,
    kRetries,
    kHedges,
    kFirstAttemptErrors,
    kQuotaExhausted,
    kBudgetExhausted,
    kNotPermitted,
    kDelayed,
    kCount
  };
  void add(Name name) { counts_[name].counter.add(); }

 private:
  struct Counted {
    Counter counter{EmptyPeriod::kZero};
    bool wanted = false;
    MetricId metric{};
  };
  std::array<Counted, kCount> counts_;
};

struct HedgingRules {
  Duration delay{};
  std::uint32_t max_attempts = 1;
};

struct Retrying {
  /// Whether the traffic says anything that needs it.
  static bool wanted(const Traffic& traffic);
  Retrying(const Birth& birth, const Traffic& traffic);

  /// A free slot; references to others may move.
  std::uint64_t take();
  void give_back(std::uint64_t slot);
  /// The first of the line for the rate; none: nobody waits.
  [[nodiscard]] std::optional<std::uint64_t> first_in_line();

  RetryPolicy policy;
  std::optional<HedgingRules> hedging;
  std::optional<RetryBudget> hedging_budget;
  std::optional<CircuitBreaker> breaker;
  std::optional<SendRate> rate;
  StreamKey jitter;
  TimerLane attempt_timeout;  // none: an attempt has no time-out of its own
  bool pass_deadline;
  bool exhausted = false;  // since the quota was full
  RetryMetrics metrics;
  std::vector<Asked> asked;
  std::vector<std::uint64_t> free;

  struct InLine {
    std::uint64_t slot;
    std::uint64_t ticket;
  };
  std::deque<InLine> line;
  std::uint64_t tickets = 0;
  EventHandle token;  // TokenDue
};

}  // namespace updraft::sim
