#include "sim/client/circuit_breaker.h"

#include <algorithm>

namespace updraft::sim {

CircuitBreaker::CircuitBreaker(const CircuitBreakerRules& rules) : rules_(rules) {
  enter(BreakerState::kClosed);
}

// A new state looks at nothing that was before.
void CircuitBreaker::enter(BreakerState state) {
  state_ = state;
  ++epoch_;
  ends_.clear();
  next_ = 0;
  failed_ = 0;
  slow_ = 0;
  let_through_ = 0;
}

std::uint32_t CircuitBreaker::room() const {
  return state_ == BreakerState::kHalfOpen ? rules_.half_open_calls : rules_.window;
}

BreakerPermit CircuitBreaker::ask(Time now) {
  if (state_ == BreakerState::kOpen && now >= opened_ + rules_.open_for) {
    enter(BreakerState::kHalfOpen);
  }
  const bool granted = state_ == BreakerState::kClosed ||
                       (state_ == BreakerState::kHalfOpen && let_through_ < rules_.half_open_calls);
  let_through_ += granted ? 1 : 0;
  return {.granted = granted, .epoch = epoch_};
}

void CircuitBreaker::note(bool failed, bool slow) {
  const auto bits = static_cast<std::uint8_t>((failed ? 1U : 0U) | (slow ? 2U : 0U));
  if (ends_.size() < room()) {
    ends_.push_back(bits);
  } else {
    failed_ -= ends_[next_] & 1U;
    slow_ -= ends_[next_] >> 1U;
    ends_[next_] = bits;
    next_ = (next_ + 1) % room();
  }
  failed_ += failed ? 1 : 0;
  slow_ += slow ? 1 : 0;
  const auto count = static_cast<double>(ends_.size());
  failure_rate_ = failed_ / count;
  slow_call_rate_ = slow_ / count;
}

void CircuitBreaker::ended(BreakerPermit permit, Time now, Duration took, bool failed) {
  if (permit.epoch != epoch_ || state_ == BreakerState::kOpen) {
    return;
  }
  note(failed, took > rules_.slow_call);
  const std::uint32_t needed = std::min(rules_.minimum, room());
  if (ends_.size() < (state_ == BreakerState::kHalfOpen ? room() : needed)) {
    return;
  }
  if (failure_rate_ >= rules_.failure_rate || slow_call_rate_ >= rules_.slow_call_rate) {
    enter(BreakerState::kOpen);
    opened_ = now;
  } else if (state_ == BreakerState::kHalfOpen) {
    enter(BreakerState::kClosed);
  }
}

void CircuitBreaker::released(BreakerPermit permit) {
  if (permit.epoch == epoch_ && state_ == BreakerState::kHalfOpen) {
    --let_through_;
  }
}

}  // namespace updraft::sim
