// What a process calls a resource with: a pool of connections, retries, a circuit breaker.
//
// The rules are the program's; the state is one process's, and is gone with it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "models/program/program.pb.h"
#include "sim/client/circuit_breaker.h"
#include "sim/client/retry_policy.h"
#include "sim/engine/component.h"
#include "sim/random/distribution.h"
#include "sim/random/stream.h"

namespace updraft::program {

struct ClientRules {
  std::string to;
  std::optional<std::uint32_t> connections;  // none: one for each call
  sim::Duration connection_timeout{};        // zero: without end
  std::optional<sim::RetryRules> retry;      // none: one attempt
  std::optional<sim::CircuitBreakerRules> breaker;
  std::optional<sim::Distribution> latency;  // one way, ns; none: no time
  sim::StreamKey latency_stream{};
  sim::StreamKey jitter{};
};

[[nodiscard]] ClientRules rules_of(const Client& client, const sim::Birth& birth);

/// The pool of connections: who waits is let in first come first served. A ticket is a place in the
/// line; of one that was given back nobody knows any more, and it is passed over.
class ConnectionPool {
 public:
  using Ticket = std::uint64_t;  // 0 is none
  /// A call that waits: the caller's own number, and its ticket.
  struct Waiting {
    std::uint32_t caller = 0;
    Ticket ticket = 0;
  };

  explicit ConnectionPool(std::optional<std::uint32_t> size) : size_(size) {}

  /// A connection, if there is one and nobody has come before.
  [[nodiscard]] bool take();
  void stand_in_line(const Waiting& caller) {
    ++waiting_;
    line_.push_back(caller);
  }
  void leave_line() { --waiting_; }
  void give_back();
  /// Who gets a connection next: `waits` says of each in the line whether it still does.
  template <class StillWaits>
  std::optional<Waiting> next(StillWaits waits);

  [[nodiscard]] std::uint32_t size() const { return size_.value_or(0); }
  [[nodiscard]] std::uint64_t waiting() const { return waiting_; }
  [[nodiscard]] std::uint64_t in_use() const { return in_use_; }

 private:
  std::optional<std::uint32_t> size_;
  std::uint64_t in_use_ = 0;
  std::uint64_t waiting_ = 0;
  std::deque<Waiting> line_;
};

/// Of one process.
struct ClientState {
  explicit ClientState(const ClientRules& rules);

  ConnectionPool pool;
  sim::RetryPolicy policy;
  std::optional<sim::CircuitBreaker> breaker;
  std::uint64_t active = 0;  // calls without a final answer
  bool exhausted = false;    // since the quota was full
};

// --- inline

template <class StillWaits>
std::optional<ConnectionPool::Waiting> ConnectionPool::next(StillWaits waits) {
  while (!line_.empty() && (!size_ || in_use_ < *size_)) {
    const Waiting first = line_.front();
    line_.pop_front();
    if (waits(first)) {
      ++in_use_;
      --waiting_;
      return first;
    }
  }
  return std::nullopt;
}

}  // namespace updraft::program
