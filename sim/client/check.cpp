#include "sim/client/check.h"

#include <array>

#include <fmt/format.h>

#include "sim/schema/quantity.h"

namespace updraft::sim {

void check_retry(const Retry& retry, const std::string& path, Checker& checker) {
  if (retry.base_delay().ns() > retry.max_delay().ns()) {
    checker.error(path + ".base_delay", fmt::format("{}.base_delay is {}, more than max_delay, {}",
                                                    path, format_duration(retry.base_delay().ns()),
                                                    format_duration(retry.max_delay().ns())));
  }
  const std::string throttling = path + ".throttling_base_delay";
  if (checker.was_written(throttling) &&
      retry.throttling_base_delay().ns() > retry.max_delay().ns()) {
    checker.error(throttling, fmt::format("{} is {}, more than max_delay, {}", throttling,
                                          format_duration(retry.throttling_base_delay().ns()),
                                          format_duration(retry.max_delay().ns())));
  }
  for (const char* field :
       std::array{"cost", "timeout_cost", "throttling_cost", "success_refund"}) {
    const std::string place = fmt::format("{}.quota.{}", path, field);
    if (retry.quota().capacity() == 0 && checker.was_written(place)) {
      checker.error(place, fmt::format("{} belongs to a quota; give its capacity too", place));
    }
  }
}

void check_circuit_breaker(const CircuitBreakerParams& breaker, const std::string& path,
                           Checker& checker) {
  const std::string minimum = path + ".minimum_number_of_calls";
  if (checker.was_written(minimum) &&
      breaker.minimum_number_of_calls() > breaker.sliding_window_size()) {
    checker.error(
        minimum,
        fmt::format("{} is {}, and no more than sliding_window_size, {}, are looked at", minimum,
                    breaker.minimum_number_of_calls(), breaker.sliding_window_size()));
  }
}

}  // namespace updraft::sim
