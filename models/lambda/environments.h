// The execution environments of one version of a function (R5.5.2): each serves one invocation at a
// time, is kept idle for a while, and ends.
//
//   EnvironmentPool pool({.reuse = Reuse::kMostRecentlyUsed, .idle_timeout = 10min});
//   const auto warm = pool.take(now);                          // none: a cold start
//   const std::uint32_t used = warm ? *warm : pool.create(now, ends_at);
//   pool.release(now, used);                                   // idle, or over its lifetime
//
// Environments are referred to by a place that is used again once one has ended.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "sim/core/time.h"

namespace updraft::lambda {

/// R5.5.3: AWS does not say which idle environment takes the next invocation.
enum class Reuse : std::uint8_t {
  kMostRecentlyUsed,
  kLeastRecentlyUsed,
  kNewest,  // of those that are idle, the one created last
  kOldest
};

struct EnvironmentRules {
  Reuse reuse = Reuse::kMostRecentlyUsed;
  sim::Duration idle_timeout{};  // R5.5.5
  bool expires = true;           // false: provisioned ones stay idle for ever
};

class EnvironmentPool {
 public:
  struct Environment {
    std::uint64_t ordinal = 0;  // n-th environment of the pool
    sim::Time ends_at = sim::kNever;
    sim::Time idle_since{};
    std::uint32_t inits = 1;  // times that its init phase was begun
    bool needs_init = false;  // R5.5.2: a failure has reset it
    bool alive = false;
    bool idle = false;
    std::uint32_t before = kNone;  // idle for longer
    std::uint32_t behind = kNone;  // idle for less
  };

  explicit EnvironmentPool(const EnvironmentRules& rules) : rules_(rules) {}

  /// A new one, in use at once.
  std::uint32_t create(sim::Time ends_at);
  /// The idle one that serves next, in use from now on. One that is over its lifetime ends instead.
  std::optional<std::uint32_t> take(sim::Time now);
  /// Idle from now on; false: it was over its lifetime and has ended.
  bool release(sim::Time now, std::uint32_t place);
  /// It is gone, whether it was in use or not.
  void end(std::uint32_t place);
  /// Ends those that have been idle for the idle timeout; returns how many.
  std::uint32_t expire(sim::Time now);
  /// When the next one will have been idle for too long; kNever: none is.
  [[nodiscard]] sim::Time next_expiry() const;

  [[nodiscard]] Environment& operator[](std::uint32_t place) { return environments_[place]; }
  [[nodiscard]] std::uint32_t idle() const { return idle_; }
  [[nodiscard]] std::uint32_t in_use() const { return alive_ - idle_; }
  [[nodiscard]] std::uint32_t alive() const { return alive_; }
  [[nodiscard]] std::uint64_t created() const { return next_ordinal_; }

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;

  [[nodiscard]] bool by_age() const {
    return rules_.reuse == Reuse::kNewest || rules_.reuse == Reuse::kOldest;
  }
  [[nodiscard]] std::uint32_t next_place() const;
  void make_idle(sim::Time now, std::uint32_t place);
  void make_busy(std::uint32_t place);

  EnvironmentRules rules_;
  std::vector<Environment> environments_;
  std::vector<std::uint32_t> free_;
  std::uint32_t longest_idle_ = kNone;
  std::uint32_t newest_idle_ = kNone;
  std::set<std::pair<std::uint64_t, std::uint32_t>> idle_by_age_;  // by ordinal, where reuse asks
  std::uint32_t idle_ = 0;
  std::uint32_t alive_ = 0;
  std::uint64_t next_ordinal_ = 0;
};

}  // namespace updraft::lambda
