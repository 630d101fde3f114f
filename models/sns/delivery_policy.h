// When a delivery that failed is tried again: the four phases of a delivery policy, without engine.
//
//   delay_before_retry(kAwsManaged, 1) -> 0 s; ... nothing when the policy is exhausted
#pragma once

#include <cstdint>
#include <optional>

#include "sim/core/time.h"

namespace updraft::sns {

enum class Backoff : std::uint8_t { kLinear, kArithmetic, kGeometric, kExponential };

struct DeliveryPolicy {
  std::uint32_t immediate = 0;     // retries without delay
  std::uint32_t pre_backoff = 0;   // min_delay apart
  std::uint32_t backoff = 0;       // from min_delay to max_delay
  std::uint32_t post_backoff = 0;  // max_delay apart
  sim::Duration min_delay{};
  sim::Duration max_delay{};
  Backoff function = Backoff::kLinear;
};

/// R7.T1: endpoints that AWS manages (SQS, Lambda), 100,015 retries over 23 days.
inline constexpr DeliveryPolicy kAwsManaged{.immediate = 3,
                                            .pre_backoff = 2,
                                            .backoff = 10,
                                            .post_backoff = 100'000,
                                            .min_delay = std::chrono::seconds{1},
                                            .max_delay = std::chrono::seconds{20},
                                            .function = Backoff::kExponential};

/// Retries after the first attempt, of all phases.
[[nodiscard]] std::uint64_t retries(const DeliveryPolicy& policy);

/// The delay before retry number `retry`, from 1; nothing when there is no such retry. The curves
/// between the two delays are ASSUMED: AWS shows a picture and gives no formula.
[[nodiscard]] std::optional<sim::Duration> delay_before_retry(const DeliveryPolicy& policy,
                                                              std::uint64_t retry);

/// Sum of all delays.
[[nodiscard]] sim::Duration total_delay(const DeliveryPolicy& policy);

}  // namespace updraft::sns
