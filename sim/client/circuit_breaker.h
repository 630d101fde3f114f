// A circuit breaker: stops asking someone who fails, for a while, and then tries a few times.
//
//   CircuitBreaker breaker(rules);
//   const BreakerPermit permit = breaker.ask(now);
//   if (permit.granted) { ...; breaker.ended(permit, now, took, status != Status::kOk); }
//
// Closed: every call passes, the last ones are looked at. Open: none passes, for a fixed time. Half
// open: a few pass; when they have ended it closes or opens again. What ends later than the state
// in which it was let through is not looked at.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/time.h"

namespace updraft::sim {

struct CircuitBreakerRules {
  double failure_rate = 0.5;    // at which it opens
  double slow_call_rate = 1.0;  // likewise
  Duration slow_call{};         // what takes longer is slow
  std::uint32_t window = 100;   // calls that are looked at
  std::uint32_t minimum = 100;  // calls that have to have ended; no more than the window holds
  Duration open_for{};
  std::uint32_t half_open_calls = 10;
};

enum class BreakerState : std::uint8_t { kClosed, kOpen, kHalfOpen };

struct BreakerPermit {
  bool granted = false;
  std::uint32_t epoch = 0;  // of the state that granted it
};

class CircuitBreaker {
 public:
  explicit CircuitBreaker(const CircuitBreakerRules& rules);

  /// Whether a call may pass. The time that it stays open is over when somebody asks.
  [[nodiscard]] BreakerPermit ask(Time now);
  void ended(BreakerPermit permit, Time now, Duration took, bool failed);
  /// The call was given up before its end was known: it says nothing.
  void released(BreakerPermit permit);

  [[nodiscard]] BreakerState state() const { return state_; }
  /// Of the calls that it looked at when it changed its state last, or looks at now if it is
  /// closed; 0 to 1.
  [[nodiscard]] double failure_rate() const { return failure_rate_; }
  [[nodiscard]] double slow_call_rate() const { return slow_call_rate_; }
  [[nodiscard]] const CircuitBreakerRules& rules() const { return rules_; }

 private:
  void enter(BreakerState state);
  void note(bool failed, bool slow);
  [[nodiscard]] std::uint32_t room() const;

  CircuitBreakerRules rules_;
  BreakerState state_ = BreakerState::kClosed;
  std::uint32_t epoch_ = 0;
  Time opened_{};
  std::uint32_t let_through_ = 0;   // while half open
  std::vector<std::uint8_t> ends_;  // a ring: bit 0 failed, bit 1 slow
  std::uint32_t next_ = 0;
  std::uint32_t failed_ = 0;
  std::uint32_t slow_ = 0;
  double failure_rate_ = 0;
  double slow_call_rate_ = 0;
};

}  // namespace updraft::sim
