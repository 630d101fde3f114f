#include "models/cloudwatch/alarm_resource.h"

#include "sim/build/world.h"

namespace updraft::cloudwatch {

AlarmResource::AlarmResource(const sim::Birth& birth, const AlarmParams& params)
    : Model(birth), params_(params) {}

void AlarmResource::bind(sim::World& world) {
  source_ = &world.role<roles::MetricSource>(params_.resource());
  service_ = &world.service<roles::AlarmService>();
}

void AlarmResource::on_start(sim::Context& ctx) {
  after(ctx, sim::Duration{}, PutAlarm{});
}

// By now every metric is declared.
void AlarmResource::on(sim::Context& ctx, const PutAlarm& /*message*/) {
  const auto metric = source_->metric(params_.metric_name());
  SIM_CHECK(metric.has_value(), "{} has no metric {}", params_.resource(), params_.metric_name());
  const std::string& statistic =
      params_.extended_statistic().empty() ? params_.statistic() : params_.extended_statistic();
  service_->put_alarm(
      ctx,
      {.name = path(),
       .metric = *metric,
       .statistic = *sim::parse_statistic(statistic),
       .period = sim::Duration{params_.period().ns()},
       .evaluation_periods = params_.evaluation_periods(),
       .datapoints_to_alarm = params_.datapoints_to_alarm(),
       .threshold = params_.threshold(),
       .comparison = static_cast<roles::ComparisonOperator>(params_.comparison_operator()),
       .treat_missing_data = static_cast<roles::TreatMissingData>(params_.treat_missing_data()),
       .ignore_low_sample_percentile =
           params_.evaluate_low_sample_count_percentile() == LOW_SAMPLES_IGNORE},
      nullptr, /*auto_scaling_action=*/false);
}

}  // namespace updraft::cloudwatch
