// How many retries may be under way at a time, measured by the requests that are.
//
//   RetryBudget budget({.share = 0.2, .min_concurrency = 3});
//   if (budget.begin(active_requests)) { ... send it ...; budget.end(); }
//
// Whatever fails, and however long, retries add at most this share to the requests under way.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "sim/core/check.h"

namespace updraft::sim {

struct RetryBudgetRules {
  double share = 0.2;                 // of the requests without a final answer
  std::uint32_t min_concurrency = 3;  // whatever the share says
};

class RetryBudget {
 public:
  explicit RetryBudget(const RetryBudgetRules& rules) : rules_(rules) {}

  /// Whether one more may begin; it is under way then, until end().
  [[nodiscard]] bool begin(std::uint64_t active) {
    const double allowed = std::max(std::floor(rules_.share * static_cast<double>(active)),
                                    static_cast<double>(rules_.min_concurrency));
    if (static_cast<double>(under_way_) >= allowed) {
      return false;
    }
    ++under_way_;
    return true;
  }
  void end() {
    SIM_CHECK(under_way_ > 0, "a retry has ended that never began");
    --under_way_;
  }

  [[nodiscard]] std::uint64_t under_way() const { return under_way_; }

 private:
  RetryBudgetRules rules_;
  std::uint64_t under_way_ = 0;
};

}  // namespace updraft::sim
