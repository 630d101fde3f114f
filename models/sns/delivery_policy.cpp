#include "models/sns/delivery_policy.h"

#include "sim/random/portable_math.h"

namespace updraft::sns {

namespace {

// Step `at` of `policy.backoff`: the first waits for the least, the last for the most.
sim::Duration backoff_delay(const DeliveryPolicy& policy, std::uint64_t at) {
  if (policy.backoff < 2) {
    return policy.min_delay;
  }
  const double x = static_cast<double>(at) / static_cast<double>(policy.backoff - 1);
  const auto least = static_cast<double>(policy.min_delay.count());
  const auto most = static_cast<double>(policy.max_delay.count());
  if (at == 0 || at + 1 == policy.backoff) {
    return at == 0 ? policy.min_delay : policy.max_delay;
  }
  const auto delay = [&]() -> double {
    switch (policy.function) {
      case Backoff::kLinear:
        return least + (most - least) * x;
      case Backoff::kArithmetic:  // what is added grows by the same each time
        return least + (most - least) * x * x;
      case Backoff::kGeometric:
      case Backoff::kExponential:  // each is the one before times the same
        return least * sim::portable::pow(most / least, x);
    }
    return least;
  };
  return sim::Duration{static_cast<std::int64_t>(delay())};
}

}  // namespace

std::uint64_t retries(const DeliveryPolicy& policy) {
  return std::uint64_t{policy.immediate} + policy.pre_backoff + policy.backoff +
         policy.post_backoff;
}

// R7.1
std::optional<sim::Duration> delay_before_retry(const DeliveryPolicy& policy, std::uint64_t retry) {
  if (retry == 0 || retry > retries(policy)) {
    return std::nullopt;
  }
  std::uint64_t at = retry - 1;
  if (at < policy.immediate) {
    return sim::Duration{};
  }
  at -= policy.immediate;
  if (at < policy.pre_backoff) {
    return policy.min_delay;
  }
  at -= policy.pre_backoff;
  return at < policy.backoff ? backoff_delay(policy, at) : policy.max_delay;
}

sim::Duration total_delay(const DeliveryPolicy& policy) {
  sim::Duration total =
      policy.pre_backoff * policy.min_delay + std::int64_t{policy.post_backoff} * policy.max_delay;
  for (std::uint32_t i = 0; i < policy.backoff; ++i) {
    total += backoff_delay(policy, i);
  }
  return total;
}

}  // namespace updraft::sns
