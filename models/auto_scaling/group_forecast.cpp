// Predictive scaling as the group sees it: what its forecaster stands on, and what is published.
#include <algorithm>

#include <fmt/format.h>

#include "models/auto_scaling/forecaster.h"
#include "models/auto_scaling/group.h"
#include "sim/build/metric_schema.h"
#include "sim/build/world.h"
#include "sim/core/check.h"

namespace updraft::auto_scaling {

using sim::Context;
using sim::Time;

namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

std::vector<ScalingPolicy> predictive_of(const AutoScalingGroupParams& params) {
  std::vector<ScalingPolicy> policies;
  std::copy_if(params.scaling_policies().begin(), params.scaling_policies().end(),
               std::back_inserter(policies),
               [](const ScalingPolicy& policy) { return policy.has_predictive_scaling(); });
  return policies;
}

std::string_view own_metric_of(PredefinedMetricPairType pair) {
  switch (pair) {
    case ASG_NETWORK_IN:
      return "NetworkIn";
    case ASG_NETWORK_OUT:
      return "NetworkOut";
    default:
      return "CPUUtilization";
  }
}

LoadHistory history_of(const sim::World& world, const std::string& file, std::int64_t start_s) {
  if (file.empty()) {
    return {};
  }
  const auto csv = world.read_file(file);
  auto history =
      csv.ok() ? read_history(*csv, start_s) : sim::Result<LoadHistory>(sim::Error{csv.error()});
  if (!history) {  // the loader has read it; it has changed since
    throw sim::FileError(fmt::format("{}: {}", file, history.error()));
  }
  return std::move(history).value();
}

}  // namespace

void AutoScalingGroup::begin_forecasts(Context& ctx) {
  std::vector<ScalingPolicy> policies = predictive_of(params_);
  if (policies.empty()) {
    return;
  }
  Forecaster::Sources sources;
  sources.instances = metric("GroupInServiceInstances").value();
  for (const ScalingPolicy& policy : policies) {
    const PredictiveScalingPolicy& settings = policy.predictive_scaling();
    if (settings.predefined_metric_pair_type() == ALB_REQUEST_COUNT) {
      const std::string& name =
          settings.target_group().empty() ? params_.target_groups(0) : settings.target_group();
      sources.per_instance.push_back(
          world_->role<roles::MetricSource>(name).metric("RequestCountPerTarget").value());
    } else {
      sources.per_instance.push_back(
          metric(own_metric_of(settings.predefined_metric_pair_type())).value());
    }
    sources.histories.push_back(
        history_of(*world_, settings.history(), calendar_.start_unix_ns / kNsPerSecond));
  }
  forecaster_ = &ctx.spawn<Forecaster>("forecast", std::move(policies), std::move(sources), *this,
                                       *this, calendar_);
}

std::uint32_t AutoScalingGroup::forecast_floor(Time now) const {
  return forecaster_ == nullptr ? 0 : forecaster_->floor(now);
}

void AutoScalingGroup::declare_forecast_metrics(Context& ctx) {
  if (!predictive_of(params_).empty()) {
    for (const char* name :
         {"PredictiveScalingLoadForecast", "PredictiveScalingCapacityForecast"}) {
      forecast_metrics_.push_back(sim::declare_metric<AutoScalingGroupParams>(ctx, name));
    }
  }
}

void AutoScalingGroup::publish_forecast(Context& ctx, Time period_start) {
  const auto forecast = forecaster_ == nullptr ? std::nullopt : forecaster_->forecast(period_start);
  if (forecast) {
    ctx.metrics().publish(forecast_metrics_[0], period_start,
                          sim::StatisticSet::one(forecast->load));
    ctx.metrics().publish(forecast_metrics_[1], period_start,
                          sim::StatisticSet::one(forecast->capacity));
  }
}

}  // namespace updraft::auto_scaling
