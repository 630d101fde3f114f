#include "models/cloudwatch/alarm_resource.h"

#include "models/common/metric_queries.h"
#include "sim/build/world.h"

namespace updraft::cloudwatch {

AlarmResource::AlarmResource(const sim::Birth& birth, const AlarmParams& params)
    : Model(birth), params_(params) {}

namespace {

/// "fleet/cpu": the part "cpu" of the resource fleet.
roles::AlarmAction& action_of(const sim::World& world, const std::string& name) {
  const std::size_t slash = name.find('/');
  return world.role<roles::AlarmActions>(name.substr(0, slash))
      .alarm_action(std::string_view(name).substr(slash + 1));
}

}  // namespace

void AlarmResource::bind(sim::World& world) {
  if (params_.metrics().empty()) {
    sources_ = {&world.role<roles::MetricSource>(params_.resource())};
  }
  for (const common::MetricDataQuery& query : params_.metrics()) {
    sources_.push_back(
        query.resource().empty() ? nullptr : &world.role<roles::MetricSource>(query.resource()));
  }
  service_ = &world.service<CloudWatch>();
  for (const std::string& name : params_.alarm_actions()) {
    actions_.push_back({roles::AlarmState::kAlarm, &action_of(world, name)});
  }
  for (const std::string& name : params_.ok_actions()) {
    actions_.push_back({roles::AlarmState::kOk, &action_of(world, name)});
  }
  for (const std::string& name : params_.insufficient_data_actions()) {
    actions_.push_back({roles::AlarmState::kInsufficientData, &action_of(world, name)});
  }
}

void AlarmResource::on_start(sim::Context& ctx) {
  after(ctx, sim::Duration{}, PutAlarm{});
}

void AlarmResource::operate(sim::Context& ctx, const google::protobuf::Message& operation,
                            sim::DecisionId caused_by) {
  const SetAlarmState& wanted = static_cast<const AlarmOperations&>(operation).set_alarm_state();
  service_->set_alarm_state(ctx, path(), static_cast<AlarmState>(wanted.state_value()),
                            wanted.state_reason(), caused_by);
}

sim::MetricId AlarmResource::find(const roles::MetricSource& source, const std::string& resource,
                                  const std::string& metric) {
  const auto found = source.metric(metric);
  SIM_CHECK(found.has_value(), "{} has no metric {}", resource, metric);
  return *found;
}

void AlarmResource::on(sim::Context& ctx, const PutAlarm& /*message*/) {
  roles::AlarmDefinition definition{
      .name = path(),
      .period = sim::Duration{params_.period().ns()},
      .evaluation_periods = params_.evaluation_periods(),
      .datapoints_to_alarm = params_.datapoints_to_alarm(),
      .threshold = params_.threshold(),
      .comparison = static_cast<roles::ComparisonOperator>(params_.comparison_operator()),
      .treat_missing_data = static_cast<roles::TreatMissingData>(params_.treat_missing_data()),
      .ignore_low_sample_percentile =
          params_.evaluate_low_sample_count_percentile() == LOW_SAMPLES_IGNORE,
      .actions = actions_};
  if (params_.metrics().empty()) {
    const std::string& statistic =
        params_.extended_statistic().empty() ? params_.statistic() : params_.extended_statistic();
    definition.metric = find(*sources_.front(), params_.resource(), params_.metric_name());
    definition.statistic = *sim::parse_statistic(statistic);
  }
  const std::vector<common::QueryText> texts = common::texts_of(params_.metrics());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const common::MetricDataQuery& query = params_.metrics(static_cast<int>(i));
    roles::MetricQuery& one = definition.queries.emplace_back();
    one.id = query.id();
    one.expression = query.expression();
    one.return_data = texts[i].return_data;
    if (query.expression().empty()) {
      one.metric = find(*sources_[i], query.resource(), query.metric());
      one.statistic = *sim::parse_statistic(query.stat());
      definition.period = sim::Duration{query.period().ns()};
    }
  }
  service_->put_alarm(ctx, definition);
}

}  // namespace updraft::cloudwatch
