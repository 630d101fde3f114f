#include "sim/client/told.h"

#include "sim/engine/simulation.h"

namespace updraft::sim {

namespace {

std::string_view what_of(BreakerState state) {
  switch (state) {
    case BreakerState::kOpen:
      return "open the circuit";
    case BreakerState::kHalfOpen:
      return "try a few calls";
    case BreakerState::kClosed:
      return "close the circuit";
  }
  return "";
}

std::string_view reason_of(const CircuitBreaker& breaker) {
  switch (breaker.state()) {
    case BreakerState::kOpen:
      return breaker.failure_rate() >= breaker.rules().failure_rate
                 ? "too many of the last calls failed"
                 : "too many of the last calls were slow";
    case BreakerState::kHalfOpen:
      return "the circuit has been open for its time";
    case BreakerState::kClosed:
      return "the calls that were let through went well";
  }
  return "";
}

}  // namespace

void tell_breaker(Context& ctx, std::string_view who, const CircuitBreaker& breaker, Cause cause) {
  const CircuitBreakerRules& rules = breaker.rules();
  ctx.decide({.who = who,
              .kind = "circuit breaker",
              .outcome = Outcome::kDecided,
              .what = what_of(breaker.state()),
              .reason = reason_of(breaker),
              .rule = "",
              .values = {{{"failure_percent", 100 * breaker.failure_rate()},
                          {"slow_percent", 100 * breaker.slow_call_rate()},
                          {"failure_threshold_percent", 100 * rules.failure_rate},
                          {"slow_threshold_percent", 100 * rules.slow_call_rate}}},
              .cause = cause,
              .repeats = false});
}

void tell_quota(Context& ctx, std::string_view who, const RetryPolicy& policy, std::uint32_t cost,
                Cause cause) {
  ctx.decide({.who = who,
              .kind = "retry",
              .outcome = Outcome::kBlocked,
              .what = "another attempt",
              .reason = "the retry quota is exhausted",
              .rule = "R24.1",
              .values = {{{"available", static_cast<double>(policy.available())},
                          {"cost", static_cast<double>(cost)},
                          {"capacity", static_cast<double>(policy.rules().quota)}}},
              .cause = cause,
              .repeats = false});
}

}  // namespace updraft::sim
