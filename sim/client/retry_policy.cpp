#include "sim/client/retry_policy.h"

#include <algorithm>

namespace updraft::sim {

bool is_retried(Status status) {
  switch (status) {
    case Status::kOk:
    case Status::kCircuitOpen:
      return false;
    case Status::kFailed:
    case Status::kThrottled:
    case Status::kRefused:
    case Status::kUnreachable:
    case Status::kReset:
    case Status::kTimedOut:
    case Status::kBadGateway:
    case Status::kUnavailable:
    case Status::kGatewayTimeout:
      return true;
  }
  return false;
}

bool is_time_out(Status status) {
  return status == Status::kTimedOut || status == Status::kUnreachable;
}

// R24.1, R24.2. Doubled step by step: it stops at max_delay, long before it could overflow.
Duration backoff(const RetryRules& rules, std::uint32_t attempts, Status status) {
  Duration delay = status == Status::kThrottled ? rules.throttling_base_delay : rules.base_delay;
  for (std::uint32_t i = 1; i < attempts && delay < rules.max_delay && delay > Duration{}; ++i) {
    delay *= 2;
  }
  return std::min(delay, rules.max_delay);
}

namespace {
std::uint32_t cost_of(const RetryRules& rules, Status status) {
  return is_time_out(status)            ? rules.timeout_cost
         : status == Status::kThrottled ? rules.throttling_cost
                                        : rules.cost;
}
}  // namespace

RetryAnswer RetryPolicy::decide(const EndedAttempt& ended) {
  if (!is_retried(ended.status)) {
    return {};
  }
  if (ended.attempts >= rules_.max_attempts) {  // R24.1, R24.2
    return {.verdict = RetryVerdict::kAttempts};
  }
  Duration delay = backoff(rules_, ended.attempts, ended.status);
  if (rules_.jitter) {
    delay = Duration{static_cast<std::int64_t>(static_cast<double>(to_ns(delay)) * ended.uniform)};
  }
  // Before the quota: a retry that nobody would wait for costs nothing.
  if (ended.deadline != kNever && ended.now + delay >= ended.deadline) {
    return {.verdict = RetryVerdict::kDeadline};
  }
  const std::uint32_t cost = rules_.quota == 0 ? 0 : cost_of(rules_, ended.status);
  if (cost > available_) {
    return {.verdict = RetryVerdict::kQuota, .cost = cost};
  }
  if (budget_ && !budget_->begin(ended.active)) {
    return {.verdict = RetryVerdict::kBudget};
  }
  available_ -= cost;
  return {.verdict = RetryVerdict::kRetry, .delay = delay, .cost = cost};
}

// R24.1
void RetryPolicy::succeeded(const SucceededRequest& request) {
  const std::uint32_t brings = request.attempts > 1 ? request.last_cost : rules_.success;
  available_ += std::min(brings, rules_.quota - available_);
}

}  // namespace updraft::sim
