// When something of the scenario's happens: at a time, at random times, or on a condition.
//
//   Trigger trigger(plan, stream, ordinal);
//   Time at = trigger.first();              // kNever: it waits for its condition
//   if (trigger.look(metrics, now)) ...     // each minute: the condition has become true
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/core/time.h"
#include "sim/metrics/decisions.h"
#include "sim/metrics/series.h"
#include "sim/random/distribution.h"
#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

class Trigger {
 public:
  template <class PlanMessage>
  Trigger(const PlanMessage& plan, StreamKey stream, std::uint64_t ordinal)
      : at_(time_from_ns(plan.at_ns())), stream_(stream), ordinal_(ordinal) {
    if (plan.has_rate_per_s()) {
      set_rate(plan.rate_per_s());
    }
    if (plan.has_condition()) {
      condition_ = plan.condition();
    }
  }

  /// The first time; kNever when there is a condition.
  [[nodiscard]] Time first();
  /// After what began before is over at `now`; kNever when it does not come again by itself.
  [[nodiscard]] Time next(Time now);

  [[nodiscard]] bool has_condition() const { return condition_.has_value(); }
  /// Whether every datapoint of the condition's length, one at least, fulfils it at the end of a
  /// minute and did not so a minute before.
  [[nodiscard]] bool look(MetricStore& metrics, Time now);

  /// Why it happened, for the record.
  [[nodiscard]] std::string reason(std::string_view section) const;
  [[nodiscard]] Cause cause() const;

 private:
  void set_rate(double per_s);
  [[nodiscard]] bool holds(const MetricStore& metrics, Time now);

  Time at_;
  std::optional<Distribution> gap_;  // ns; of a random one
  StreamKey stream_;
  std::uint64_t ordinal_;
  std::uint32_t draws_ = 0;
  std::optional<Condition> condition_;
  bool held_ = false;
  Time newest_{};  // datapoint that was looked at last
};

}  // namespace updraft::sim
