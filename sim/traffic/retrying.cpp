#include "sim/traffic/retrying.h"

#include "sim/client/rules_of.h"

namespace updraft::sim {

namespace {

struct Told {
  const char* name;
  const char* long_name;
};
constexpr std::array<Told, RetryMetrics::kCount> kTold{{
    {"Attempts", "Attempts sent, the first one of each request and all retries."},
    {"Retries", "Attempts after the first one of a request."},
    {"Hedges", "Copies of requests that were sent before the first one had failed."},
    {"FirstAttemptErrors", "Requests whose first attempt did not end ok."},
    {"RetryQuotaExhausted", "Retries that were not made because the quota was exhausted."},
    {"RetryBudgetExhausted",
     "Retries or copies that were not sent because as many were under way as the budget allows."},
    {"NotPermittedCalls", "Attempts that were not sent because the circuit was open."},
    {"DelayedAttempts", "Attempts that waited for the rate of mode adaptive."},
}};

/// Without `retry` a request has one attempt.
RetryRules rules_of_traffic(const Traffic& traffic) {
  return traffic.has_retry() ? rules_of(traffic.retry()) : RetryRules{};
}

}  // namespace

RetryMetrics::RetryMetrics(const Traffic& traffic) {
  const Retry& retry = traffic.retry();
  counts_[kAttempts].wanted = true;
  counts_[kFirstAttemptErrors].wanted = true;
  counts_[kRetries].wanted = traffic.has_retry();
  counts_[kQuotaExhausted].wanted = traffic.has_retry();
  counts_[kHedges].wanted = traffic.has_hedging();
  counts_[kBudgetExhausted].wanted = retry.has_budget() || traffic.hedging().has_budget();
  counts_[kNotPermitted].wanted = traffic.has_circuit_breaker();
  counts_[kDelayed].wanted = retry.mode() == Retry::ADAPTIVE;
}

void RetryMetrics::declare(MetricStore& store, const std::string& resource) {
  for (std::size_t i = 0; i < kCount; ++i) {
    if (counts_[i].wanted) {
      counts_[i].metric = store.declare({.resource = resource,
                                         .name = kTold[i].name,
                                         .cloudwatch_namespace = "",
                                         .unit = "Count",
                                         .long_name = kTold[i].long_name,
                                         .statistic = Statistic::sum()});
    }
  }
}

void RetryMetrics::publish(MetricStore& store, Time period_start, Time period_end) {
  for (Counted& each : counts_) {
    if (each.wanted) {
      store.publish(each.metric, period_start, each.counter.close_period(period_start, period_end));
    }
  }
}

AttemptsReport RetryMetrics::report() const {
  const auto of = [&](Name name) { return counts_[name].counter.total(); };
  return {.attempts = of(kAttempts),
          .retries = of(kRetries),
          .hedges = of(kHedges),
          .first_attempt_errors = of(kFirstAttemptErrors),
          .quota_exhausted = of(kQuotaExhausted),
          .budget_exhausted = of(kBudgetExhausted),
          .not_permitted = of(kNotPermitted),
          .delayed = of(kDelayed)};
}

bool Retrying::wanted(const Traffic& traffic) {
  return traffic.has_retry() || traffic.has_hedging() || traffic.has_circuit_breaker();
}

Retrying::Retrying(const Birth& birth, const Traffic& traffic)
    : policy(rules_of_traffic(traffic)),
      jitter(birth.stream("retry")),
      pass_deadline(traffic.retry().pass_deadline()),
      metrics(traffic) {
  if (const Duration timeout{traffic.retry().attempt_timeout().ns()}; timeout > Duration{}) {
    attempt_timeout = birth.add_lane(timeout, Phase::kControllers);
  }
  if (traffic.has_hedging()) {
    hedging = {.delay = Duration{traffic.hedging().delay().ns()},
               .max_attempts = traffic.hedging().max_attempts()};
    if (traffic.hedging().has_budget()) {
      hedging_budget.emplace(rules_of(traffic.hedging().budget()));
    }
  }
  if (traffic.has_circuit_breaker()) {
    breaker.emplace(rules_of(traffic.circuit_breaker()));
  }
  if (traffic.retry().mode() == Retry::ADAPTIVE) {
    rate.emplace();
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

std::optional<std::uint64_t> Retrying::first_in_line() {
  while (!line.empty() && asked[line.front().slot].ticket != line.front().ticket) {
    line.pop_front();  // its client has left
  }
  return line.empty() ? std::nullopt : std::optional(line.front().slot);
}

}  // namespace updraft::sim
