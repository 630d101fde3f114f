// What one field alone cannot say of a client: errors that name the two that don't go together.
#pragma once

#include <string>

#include "sim/scenario/client.pb.h"
#include "sim/scenario/type_registry.h"

namespace updraft::sim {

/// `path` is that of the message within what is checked: "retry".
void check_retry(const Retry& retry, const std::string& path, Checker& checker);
void check_circuit_breaker(const CircuitBreakerParams& breaker, const std::string& path,
                           Checker& checker);

}  // namespace updraft::sim
