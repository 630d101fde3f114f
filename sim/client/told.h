// What clients decide, for the log: the same words for traffic and for the calls of a tier.
#pragma once

#include <string_view>

#include "sim/client/circuit_breaker.h"
#include "sim/client/retry_policy.h"
#include "sim/engine/context.h"

namespace updraft::sim {

/// The breaker has another state now.
void tell_breaker(Context& ctx, std::string_view who, const CircuitBreaker& breaker, Cause cause);
/// R24.1: a retry is not made because the quota does not hold its cost.
void tell_quota(Context& ctx, std::string_view who, const RetryPolicy& policy, std::uint32_t cost,
                Cause cause);

}  // namespace updraft::sim
