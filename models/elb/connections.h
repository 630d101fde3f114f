// Clients' connections to a balancer that stay open between requests (R3.8.1, R3.5.2): one for each
// session, in a row for each place of its source's sessions. All requests of a session share its
// connection, as with HTTP/2.
//
//   if (Connection* open = connections.find(session, now)) { use open->node } else {
//   connections.open(...) }
#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/time.h"
#include "sim/engine/request.h"

namespace updraft::elb {

struct Connection {
  std::uint64_t session = ~std::uint64_t{0};
  sim::Time opened{};
  sim::Time last_used{};
  std::uint32_t node = 0;
  std::uint32_t target = 0;  // of an NLB's flow
  std::uint32_t group = 0;   // likewise
  std::uint32_t in_progress = 0;
  bool standing = false;
};

struct ConnectionLimits {
  sim::Duration idle_timeout{};  // without a request in progress
  sim::Duration longest =
      sim::Duration::max();  // from its opening; a request in progress ends first
};

class ClientConnections {
 public:
  explicit ClientConnections(const ConnectionLimits& limits) : limits_(limits) {}

  /// The session's connection, if it still stands at `now`; null otherwise.
  Connection* find(std::uint64_t session, sim::Time now) {
    const std::uint32_t place = sim::place_of_session(session);
    if (place >= rows_.size() || rows_[place].session != session || !stands(rows_[place], now)) {
      return nullptr;
    }
    return &rows_[place];
  }
  /// A new one in place of whatever connection the place had.
  Connection& open(std::uint64_t session, std::uint32_t node, sim::Time now) {
    const std::uint32_t place = sim::place_of_session(session);
    if (place >= rows_.size()) {
      rows_.resize(place + 1);
    }
    rows_[place] = {
        .session = session, .opened = now, .last_used = now, .node = node, .standing = true};
    return rows_[place];
  }
  /// The session's row, standing or not; null when another session has its place.
  Connection* row_of(std::uint64_t session) {
    const std::uint32_t place = sim::place_of_session(session);
    return place < rows_.size() && rows_[place].session == session ? &rows_[place] : nullptr;
  }
  /// Connections that stood at some moment since `from`, up to `now`.
  [[nodiscard]] std::uint64_t active_since(sim::Time from) const {
    std::uint64_t active = 0;
    for (const Connection& row : rows_) {
      active += row.standing && (row.in_progress > 0 || ends(row) > from) ? 1 : 0;
    }
    return active;
  }
  template <class Closes>
  void close_if(Closes closes) {
    for (Connection& row : rows_) {
      if (row.standing && closes(row)) {
        row.standing = false;
      }
    }
  }

 private:
  /// When a connection with nothing in progress closes.
  [[nodiscard]] sim::Time ends(const Connection& row) const {
    const sim::Time idle = row.last_used + limits_.idle_timeout;
    return limits_.longest == sim::Duration::max() ? idle
                                                   : std::min(idle, row.opened + limits_.longest);
  }
  [[nodiscard]] bool stands(const Connection& row, sim::Time now) const {
    if (!row.standing) {
      return false;
    }
    const bool old = limits_.longest != sim::Duration::max() && now >= row.opened + limits_.longest;
    return !old && (row.in_progress > 0 || now < ends(row));
  }

  ConnectionLimits limits_;
  std::vector<Connection> rows_;  // by place
};

}  // namespace updraft::elb
