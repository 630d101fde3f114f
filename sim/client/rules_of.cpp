#include "sim/client/rules_of.h"

namespace updraft::sim {

RetryBudgetRules rules_of(const RetryBudgetParams& budget) {
  return {.share = budget.budget_percent(), .min_concurrency = budget.min_retry_concurrency()};
}

RetryRules rules_of(const Retry& retry) {
  RetryRules rules{.max_attempts = retry.max_attempts(),
                   .base_delay = Duration{retry.base_delay().ns()},
                   .throttling_base_delay = Duration{retry.throttling_base_delay().ns()},
                   .max_delay = Duration{retry.max_delay().ns()},
                   .jitter = retry.jitter() == Retry::FULL,
                   .quota = retry.quota().capacity(),
                   .cost = retry.quota().cost(),
                   .timeout_cost = retry.quota().timeout_cost(),
                   .throttling_cost = retry.quota().throttling_cost(),
                   .success = retry.quota().success_refund()};
  if (retry.has_budget()) {
    rules.budget = rules_of(retry.budget());
  }
  return rules;
}

CircuitBreakerRules rules_of(const CircuitBreakerParams& breaker) {
  return {.failure_rate = breaker.failure_rate_threshold(),
          .slow_call_rate = breaker.slow_call_rate_threshold(),
          .slow_call = Duration{breaker.slow_call_duration_threshold().ns()},
          .window = breaker.sliding_window_size(),
          .minimum = breaker.minimum_number_of_calls(),
          .open_for = Duration{breaker.wait_duration_in_open_state().ns()},
          .half_open_calls = breaker.permitted_number_of_calls_in_half_open_state()};
}

}  // namespace updraft::sim
