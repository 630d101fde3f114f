// When an asynchronous event is tried again, and when it is given up (R5.2.2).
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/core/time.h"

namespace updraft::lambda {

struct RetryRules {
  std::uint32_t maximum_retry_attempts = 2;
  sim::Duration maximum_event_age = std::chrono::hours{6};
};

struct AsyncTries {
  sim::Time accepted{};
  std::uint32_t failures = 0;   // of the function, its time-outs among them
  std::uint32_t throttles = 0;  // and errors of the service
};

enum class Then : std::uint8_t { kRetry, kRetriesExhausted, kEventAgeExceeded };

struct NextTry {
  Then then = Then::kRetry;
  sim::Time at{};  // of the retry, or of giving up
};

/// R5.2.2: the waits between the tries of a function that fails.
inline sim::Duration wait_after_failure(std::uint32_t failures) {
  return failures <= 1 ? std::chrono::minutes{1} : std::chrono::minutes{2};
}

/// R5.2.2: 1 s, doubled each time, up to 5 min.
inline sim::Duration wait_after_throttle(std::uint32_t throttles) {
  constexpr sim::Duration kMost = std::chrono::minutes{5};
  constexpr std::uint32_t kDoublings = 9;  // 2^9 s are more than that
  const std::uint32_t doublings = std::min(throttles > 0 ? throttles - 1 : 0, kDoublings);
  return std::min<sim::Duration>(std::chrono::seconds{std::int64_t{1} << doublings}, kMost);
}

/// An event that would be too old by then is given up when it has reached its age.
inline NextTry within_age(const RetryRules& rules, const AsyncTries& tries, sim::Time now,
                          sim::Duration wait) {
  const sim::Time end = std::max(now, tries.accepted + rules.maximum_event_age);
  return now + wait <= end ? NextTry{Then::kRetry, now + wait}
                           : NextTry{Then::kEventAgeExceeded, end};
}

/// After a failure that `tries` counts already.
inline NextTry after_failure(const RetryRules& rules, const AsyncTries& tries, sim::Time now) {
  if (tries.failures > rules.maximum_retry_attempts) {
    return {Then::kRetriesExhausted, now};
  }
  return within_age(rules, tries, now, wait_after_failure(tries.failures));
}

/// After a throttle that `tries` counts already. The function's retries are not used up.
inline NextTry after_throttle(const RetryRules& rules, const AsyncTries& tries, sim::Time now) {
  return within_age(rules, tries, now, wait_after_throttle(tries.throttles));
}

}  // namespace updraft::lambda
