// Predictive scaling of a group (R2.8): collects the load of each hour, forecasts 48 hours every
// six, and raises the desired capacity before an hour that needs more.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/auto_scaling/auto_scaling.pb.h"
#include "models/auto_scaling/forecast.h"
#include "models/auto_scaling/scalable.h"
#include "models/common/calendar.h"
#include "models/roles/metric_source.h"
#include "sim/build/world.h"
#include "sim/engine/model.h"

namespace updraft::auto_scaling {

/// An hour of the calendar begins, and the last minute of the one before has been published.
struct HourBegins {
  static constexpr sim::Phase kPhase = sim::Phase::kAlarms;
};
/// A policy looks at the hour that begins after its buffer.
struct ForecastDue {
  static constexpr sim::Phase kPhase = sim::Phase::kAlarms;
  std::uint64_t policy;
};

/// Born below its group: "fleet/forecast".
class Forecaster final : public sim::Model<Forecaster, HourBegins, ForecastDue> {
 public:
  /// What the policies of a group stand on. `per_instance[i]` is the metric of policy i, a mean
  /// over instances; `instances` says how many there were.
  struct Sources {
    std::vector<sim::MetricId> per_instance;
    sim::MetricId instances{};
    std::vector<LoadHistory> histories;  // read already; empty ones too
  };
  Forecaster(const sim::Birth& birth, std::vector<ScalingPolicy> policies, Sources sources,
             Scalable& group, sim::Component& owner, const common::Calendar& calendar);
  void on_start(sim::Context& ctx) override;
  void on(sim::Context& ctx, const HourBegins& message);
  void on(sim::Context& ctx, const ForecastDue& message);

  /// R2.8.2: instances that the policies which scale want at that instant; 0 where none says so.
  [[nodiscard]] std::uint32_t floor(sim::Time now) const;
  /// The largest forecast for the hour of that instant, over all policies; none without one.
  struct Forecast {
    double load = 0;
    std::uint32_t capacity = 0;
  };
  [[nodiscard]] std::optional<Forecast> forecast(sim::Time now) const;

 private:
  struct Policy {
    std::string name;
    PredictiveScalingPolicy settings;
    sim::MetricId per_instance{};
    LoadHistory history;
    std::map<std::int64_t, Forecast> hours{};  // by hour since 1970
    sim::DecisionId made_by = sim::DecisionId::kNone;
  };
  [[nodiscard]] std::int64_t hour_of(sim::Time now) const;
  [[nodiscard]] sim::Time begin_of(std::int64_t hour) const;
  void collect(sim::Context& ctx, Policy& policy, std::int64_t hour) const;
  void make_forecast(sim::Context& ctx, Policy& policy);
  void plan(sim::Context& ctx, std::uint64_t index, std::int64_t hour);
  void act(sim::Context& ctx, Policy& policy, std::int64_t hour);
  [[nodiscard]] std::string who(const Policy& policy) const;

  std::vector<Policy> policies_;
  sim::MetricId instances_{};
  Scalable& group_;
  sim::Component& owner_;
  common::Calendar calendar_;
};

}  // namespace updraft::auto_scaling
