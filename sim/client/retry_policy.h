// Whether a client asks again, and when: attempts, backoff, the quota of retries, the deadline.
//
// A pure decision: no engine, no clock, no draws. Who asks brings the uniform number of the jitter
// and carries the answer out.
//
//   RetryPolicy policy({.max_attempts = 3, .base_delay = 1s, .max_delay = 20s});
//   const RetryAnswer answer = policy.decide({.status = Status::kThrottled, .attempts = 1,
//                                             .uniform = u, .now = now, .deadline = kNever});
//   if (answer.verdict == RetryVerdict::kRetry) ...           // after answer.delay
//   policy.succeeded({.attempts = 2, .last_cost = answer.cost});
//
// Invariant: 0 <= quota available <= its capacity.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/client/retry_budget.h"
#include "sim/core/time.h"
#include "sim/engine/request.h"

namespace updraft::sim {

struct RetryRules {
  std::uint32_t max_attempts = 1;  // the first one counts
  Duration base_delay{};
  Duration throttling_base_delay{};  // of a retry after throttling
  Duration max_delay{};
  bool jitter = true;                 // full: anything from nothing to the whole delay
  std::uint32_t quota = 0;            // tokens; 0: no quota
  std::uint32_t cost = 0;             // tokens of a retry
  std::uint32_t timeout_cost = 0;     // tokens of a retry after a time-out
  std::uint32_t throttling_cost = 0;  // tokens of a retry after throttling
  std::uint32_t success = 0;          // tokens that a success without retry brings
  std::optional<RetryBudgetRules> budget{};
};

enum class RetryVerdict : std::uint8_t {
  kRetry,
  kNotRetried,  // it ended well
  kAttempts,    // there were as many as may be
  kDeadline,    // the next one would be sent when nobody waits any more
  kQuota,       // the quota does not hold what the retry costs
  kBudget,      // as many retries are under way as may be
};

/// An attempt that has ended.
struct EndedAttempt {
  Status status = Status::kOk;
  std::uint32_t attempts = 1;  // so far, with this one
  double uniform = 0;          // in (0, 1), for the jitter
  Time now{};
  Time deadline = kNever;    // when the client stops waiting
  std::uint64_t active = 0;  // requests of the client without a final answer, with this one
};

struct RetryAnswer {
  RetryVerdict verdict = RetryVerdict::kNotRetried;
  Duration delay{};
  std::uint32_t cost = 0;  // tokens taken, or those that the quota does not hold
};

/// A request that has ended well.
struct SucceededRequest {
  std::uint32_t attempts = 1;
  std::uint32_t last_cost = 0;  // tokens that its last retry took
};

/// Whether such an end is one that another attempt may mend: all but success and a request that was
/// not sent. Modes standard and
/// legacy agree on those that a Status tells apart: 500, 502, 503, 504, throttling, broken
/// connections and time-outs (R24.1, R24.2).
[[nodiscard]] bool is_retried(Status status);
/// Whether the client heard nothing in time. A 504 is an answer: that of an intermediary.
[[nodiscard]] bool is_time_out(Status status);
/// The delay before the next attempt, without jitter: the base delay x 2^(attempts - 1), at most
/// max_delay.
[[nodiscard]] Duration backoff(const RetryRules& rules, std::uint32_t attempts, Status status);

class RetryPolicy {
 public:
  explicit RetryPolicy(const RetryRules& rules) : rules_(rules), available_(rules.quota) {
    if (rules.budget) {
      budget_.emplace(*rules.budget);
    }
  }

  /// A retry takes from the quota what it costs, and is under way until retry_ended().
  [[nodiscard]] RetryAnswer decide(const EndedAttempt& ended);
  /// A retry has ended, or was given up before it was sent.
  void retry_ended() {
    if (budget_) {
      budget_->end();
    }
  }
  /// Gives back what a success brings: the cost of the retry that succeeded, or a little for a
  /// success without one.
  void succeeded(const SucceededRequest& request);

  [[nodiscard]] const RetryRules& rules() const { return rules_; }
  [[nodiscard]] std::uint32_t available() const { return available_; }

 private:
  RetryRules rules_;
  std::uint32_t available_;
  std::optional<RetryBudget> budget_;
};

}  // namespace updraft::sim
