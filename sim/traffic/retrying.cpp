#include "sim/traffic/retrying.h"

namespace updraft::sim {

void RetryMetrics::declare(MetricStore& store, const std::string& resource) {
  const auto count = [&](const char* name, const char* long_name) {
    return store.declare({.resource = resource,
                          .name = name,
                          .cloudwatch_namespace = "",
                          .unit = "Count",
                          .long_name = long_name,
                          .statistic = Statistic::sum()});
  };
  attempts_ = count("Attempts", "Attempts sent, the first one of each request and all retries.");
  retries_ = count("Retries", "Attempts after the first one of a request.");
  first_attempt_errors_ =
      count("FirstAttemptErrors", "Requests whose first attempt did not end ok.");
  quota_exhausted_ =
      count("RetryQuotaExhausted", "Retries that were not made because the quota was exhausted.");
}

void RetryMetrics::publish(MetricStore& store, Time period_start, Time period_end) {
  store.publish(attempts_, period_start, attempts.close_period(period_start, period_end));
  store.publish(retries_, period_start, retries.close_period(period_start, period_end));
  store.publish(first_attempt_errors_, period_start,
                first_attempt_errors.close_period(period_start, period_end));
  store.publish(quota_exhausted_, period_start,
                quota_exhausted.close_period(period_start, period_end));
}

AttemptsReport RetryMetrics::report() const {
  return {.attempts = attempts.total(),
          .retries = retries.total(),
          .first_attempt_errors = first_attempt_errors.total(),
          .quota_exhausted = quota_exhausted.total()};
}

RetryRules retry_rules(const Retry& retry) {
  return {.max_attempts = retry.max_attempts(),
          .base_delay = Duration{retry.base_delay().ns()},
          .max_delay = Duration{retry.max_delay().ns()},
          .jitter = retry.jitter() == Retry::FULL,
          .quota = retry.quota().capacity(),
          .cost = retry.quota().cost(),
          .timeout_cost = retry.quota().timeout_cost(),
          .success = retry.quota().success_refund()};
}

Retrying::Retrying(const Birth& birth, const Traffic& traffic)
    : policy(retry_rules(traffic.retry())),
      jitter(birth.stream("retry")),
      pass_deadline(traffic.retry().pass_deadline()) {
  if (const Duration timeout{traffic.retry().attempt_timeout().ns()}; timeout > Duration{}) {
    attempt_timeout = birth.add_lane(timeout, Phase::kControllers);
  }
}

std::uint64_t Retrying::take() {
  if (free.empty()) {
    asked.emplace_back();
    return asked.size() - 1;
  }
  const std::uint64_t slot = free.back();
  free.pop_back();
  return slot;
}

void Retrying::give_back(std::uint64_t slot) {
  asked[slot].attempts.clear();
  free.push_back(slot);
}

}  // namespace updraft::sim
