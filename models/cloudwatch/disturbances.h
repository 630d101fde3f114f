// Metrics that come late or never, because of a fault.
//
// A datapoint is met by every disturbance in whose time its period ends. It is seen when the
// longest delay of them is over, or never when one of them drops it.
//
//   Disturbances disturbances;
//   disturbances.begin(fault, {.resource = "fleet", .metric = "CPUUtilization", .delay = 5min},
//   now); disturbances.of("fleet", "CPUUtilization", period_end).delay      // 5 min
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/core/time.h"
#include "sim/metrics/decisions.h"

namespace updraft::cloudwatch {

/// What a fault does to metrics.
struct Disturbance {
  std::string resource;                                // empty: of every resource
  std::string metric;                                  // empty: every metric of it
  std::optional<sim::Duration> delay{};                // none: dropped
  sim::DecisionId caused_by = sim::DecisionId::kNone;  // the fault's record
};

/// What became of one datapoint.
struct Delivery {
  bool dropped = false;
  sim::Duration delay{};
  sim::DecisionId caused_by = sim::DecisionId::kNone;
};

class Disturbances {
 public:
  void begin(std::uint64_t fault, const Disturbance& disturbance, sim::Time now) {
    all_.emplace(fault, Spell{disturbance, now, sim::kNever});
  }
  /// Ends the latest spell of the fault; what it met stays late or lost.
  void end(std::uint64_t fault, sim::Time now) {
    auto [first, last] = all_.equal_range(fault);
    for (; first != last; ++first) {
      first->second.until = std::min(first->second.until, now);
    }
  }
  [[nodiscard]] bool any() const { return !all_.empty(); }
  [[nodiscard]] Delivery of(std::string_view resource, std::string_view metric,
                            sim::Time period_end) const {
    Delivery delivery;
    for (const auto& [fault, spell] : all_) {
      const Disturbance& what = spell.what;
      const bool meant = (what.resource.empty() || what.resource == resource) &&
                         (what.metric.empty() || what.metric == metric);
      // At the fault's own instant the period that ends there is met; at its end no more.
      if (!meant || period_end < spell.from || period_end >= spell.until) {
        continue;
      }
      delivery.caused_by = what.caused_by;
      delivery.dropped = delivery.dropped || !what.delay;
      delivery.delay = std::max(delivery.delay, what.delay.value_or(sim::Duration{}));
    }
    return delivery;
  }

 private:
  struct Spell {
    Disturbance what;
    sim::Time from{};
    sim::Time until{};
  };
  std::multimap<std::uint64_t, Spell> all_;  // by fault; few in a run
};

}  // namespace updraft::cloudwatch
