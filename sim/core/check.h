// Invariants that stay on in release builds.
//
//   SIM_CHECK(busy_ <= workers_);
//   SIM_CHECK(x >= 0, "remaining work of instance {} is {}", id, x);
//
// A broken one throws InvariantError. The Simulation catches it at the event's border, adds
// simulated time, component path, event number and seed (InvariantError::with_place), and refuses
// to go on.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace updraft::sim {

class InvariantError : public std::runtime_error {
 public:
  explicit InvariantError(const std::string& what) : std::runtime_error(what) {}
};

[[noreturn]] void throw_invariant(const char* condition, const char* file, int line,
                                  const std::string& detail = {});

}  // namespace updraft::sim

#define SIM_CHECK(condition, ...)                                                       \
  do {                                                                                  \
    if (!(condition)) [[unlikely]] {                                                    \
      ::updraft::sim::throw_invariant(#condition, __FILE__,                             \
                                      __LINE__ __VA_OPT__(, fmt::format(__VA_ARGS__))); \
    }                                                                                   \
  } while (false)
