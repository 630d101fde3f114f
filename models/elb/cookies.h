// Which target a session sticks to (R3.4.1). The client keeps the cookie; here it stands in a row
// for each place of its source's sessions, so memory is bounded by the sessions open at a time.
//
//   CookieJar jar;  jar.set(session, {.value = target, .expires = now + duration});
//   if (const auto target = jar.get(session, now)) ...
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/core/time.h"
#include "sim/engine/request.h"

namespace updraft::elb {

class CookieJar {
 public:
  /// What the session's cookie names; none when it has no cookie, or an expired one.
  [[nodiscard]] std::optional<std::uint32_t> get(std::uint64_t session, sim::Time now) const {
    const std::uint32_t place = sim::place_of_session(session);
    if (place >= rows_.size() || rows_[place].session != session || now >= rows_[place].expires) {
      return std::nullopt;
    }
    return rows_[place].value;
  }
  /// Writes the session's cookie: each answer does, so its expiry moves on.
  void set(std::uint64_t session, std::uint32_t value, sim::Time expires) {
    const std::uint32_t place = sim::place_of_session(session);
    if (place >= rows_.size()) {
      rows_.resize(place + 1);
    }
    rows_[place] = {session, expires, value};
  }

 private:
  struct Row {
    std::uint64_t session = ~std::uint64_t{0};
    sim::Time expires{};
    std::uint32_t value = 0;
  };
  std::vector<Row> rows_;  // by place
};

}  // namespace updraft::elb
