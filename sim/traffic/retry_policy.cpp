#include "sim/traffic/retry_policy.h"

#include <algorithm>

namespace updraft::sim {

bool is_retried(Status status) {
  switch (status) {
    case Status::kOk:
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

// R24.1. Doubled step by step: it stops at max_delay, long before it could overflow.
Duration backoff(const RetryRules& rules, std::uint32_t attempts) {
  Duration delay = rules.base_delay;
  for (std::uint32_t i = 1; i < attempts && delay < rules.max_delay && delay > Duration{}; ++i) {
    delay *= 2;
  }
  return std::min(delay, rules.max_delay);
}

RetryAnswer RetryPolicy::decide(const EndedAttempt& ended) {
  if (!is_retried(ended.status)) {
    return {};
  }
  if (ended.attempts >= rules_.max_attempts) {  // R24.1, R24.2
    return {.verdict = RetryVerdict::kAttempts};
  }
  Duration delay = backoff(rules_, ended.attempts);
  if (rules_.jitter) {
    delay = Duration{static_cast<std::int64_t>(static_cast<double>(to_ns(delay)) * ended.uniform)};
  }
  // Before the quota: a retry that nobody would wait for costs nothing.
  if (ended.deadline != kNever && ended.now + delay >= ended.deadline) {
    return {.verdict = RetryVerdict::kDeadline};
  }
  if (rules_.quota == 0) {
    return {.verdict = RetryVerdict::kRetry, .delay = delay};
  }
  const std::uint32_t cost = is_time_out(ended.status) ? rules_.timeout_cost : rules_.cost;
  if (cost > available_) {
    return {.verdict = RetryVerdict::kQuota, .cost = cost};
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
