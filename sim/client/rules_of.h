// What a scenario says of a client, as the rules of the parts that carry it out. Defaults are
// filled in.
#pragma once

#include "sim/client/circuit_breaker.h"
#include "sim/client/retry_budget.h"
#include "sim/client/retry_policy.h"
#include "sim/scenario/client.pb.h"

namespace updraft::sim {

[[nodiscard]] RetryRules rules_of(const Retry& retry);
[[nodiscard]] RetryBudgetRules rules_of(const RetryBudgetParams& budget);
[[nodiscard]] CircuitBreakerRules rules_of(const CircuitBreakerParams& breaker);

}  // namespace updraft::sim
