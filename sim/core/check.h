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

/// The same with a text to be formatted. Arguments go by value: taking their addresses would keep
/// them out of registers on the path where nothing is wrong.
template <class... Args>
[[noreturn, gnu::noinline, gnu::cold]] void throw_invariant_format(const char* condition,
                                                                   const char* file, int line,
                                                                   const char* text, Args... args) {
  throw_invariant(condition, file, line, fmt::format(fmt::runtime(text), args...));
}
[[noreturn, gnu::noinline, gnu::cold]] inline void throw_invariant_format(const char* condition,
                                                                          const char* file,
                                                                          int line) {
  throw_invariant(condition, file, line);
}

}  // namespace updraft::sim

// The call that never runs has the compiler check text and arguments.
#define SIM_CHECK(condition, ...)                                                  \
  do {                                                                             \
    if (!(condition)) [[unlikely]] {                                               \
      if (false) {                                                                 \
        __VA_OPT__(static_cast<void>(fmt::format(__VA_ARGS__));)                   \
      }                                                                            \
      ::updraft::sim::throw_invariant_format(#condition, __FILE__,                 \
                                             __LINE__ __VA_OPT__(, ) __VA_ARGS__); \
    }                                                                              \
  } while (false)
