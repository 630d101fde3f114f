#include "models/auto_scaling/policy_set.h"

#include <algorithm>
#include <utility>

#include "models/auto_scaling/policy_set_parts.h"
#include "models/auto_scaling/warmup.h"
#include "models/common/metric_queries.h"
#include "sim/core/check.h"

namespace updraft::auto_scaling {

using sim::Context;

PolicySet::PolicySet(Scalable& group, sim::Component& self, const AutoScalingGroupParams& params)
    : group_(group), self_(self), params_(params) {
  for (const ScalingPolicy& described : params_.scaling_policies()) {
    if (!described.has_predictive_scaling()) {  // those are no alarm's
      policies_.push_back(std::make_unique<Policy>(*this, described));
    }
  }
}

PolicySet::~PolicySet() = default;

void PolicySet::bind(sim::World& world) {
  calendar_.start_unix_ns = world.start_unix_ns();
  alarms_ = &world.service<roles::AlarmService>();
  const WarmupSettings chain{
      .estimated_instance_warmup = {},
      .default_instance_warmup =
          params_.has_default_instance_warmup()
              ? std::optional(sim::Duration{params_.default_instance_warmup().ns()})
              : std::nullopt,
      .default_cooldown = sim::Duration{params_.default_cooldown().ns()}};
  for (const auto& policy : policies_) {
    policies_warmup_ = std::max(policies_warmup_, policy->warmup.value_or(sim::Duration{}));
    if (policy->tracking() == nullptr) {
      continue;
    }
    const TargetTrackingPolicy& tracking = policy->settings.target_tracking();
    for (const common::MetricDataQuery& query : tracking.metrics()) {
      policy->sources.push_back(
          query.resource().empty() ? nullptr : &world.role<roles::MetricSource>(query.resource()));
    }
    if (!policy->sources.empty()) {
      continue;
    }
    if (tracking.predefined_metric_type() == ALB_REQUEST_COUNT_PER_TARGET) {
      const std::string& group =
          tracking.target_group().empty() ? params_.target_groups(0) : tracking.target_group();
      policy->sources.push_back(&world.role<roles::MetricSource>(group));
    } else if (tracking.predefined_metric_type() == ASG_AVERAGE_CPU_UTILIZATION) {
      target_share_ = tracking.target_value() / 100.0;
    }
  }
  longest_warmup_ =
      std::max(policies_warmup_, chain.default_instance_warmup.value_or(sim::Duration{}));
  replacement_warmup_ = policies_.empty() ? warmup_of_policy(chain) : longest_warmup_;
}

void PolicySet::begin(Context& ctx, const roles::MetricSource& own_metrics) {
  for (const auto& policy : policies_) {
    if (policy->tracking() != nullptr) {
      put_alarms(ctx, *policy, policy->settings.target_tracking(), own_metrics);
    }
  }
}

roles::AlarmAction& PolicySet::alarm_action(std::string_view name) {
  for (const auto& policy : policies_) {
    if (policy->name == name) {
      return policy->high;
    }
  }
  SIM_CHECK(false, "{} has no policy {}", self_.path(), name);
  return policies_.front()->high;
}

namespace {

sim::MetricId metric_of(const roles::MetricSource& source, const std::string& name) {
  const auto metric = source.metric(name);
  SIM_CHECK(metric.has_value(), "no metric {}", name);
  return *metric;
}

}  // namespace

// What both alarms of a policy watch.
roles::AlarmDefinition PolicySet::watched(const Policy& policy,
                                          const TargetTrackingPolicy& settings,
                                          const roles::MetricSource& own_metrics) {
  roles::AlarmDefinition definition{.period = sim::kRollUpPeriod};
  const std::vector<common::QueryText> texts = common::texts_of(settings.metrics());
  for (std::size_t i = 0; i < texts.size(); ++i) {  // R2.6.10
    const common::MetricDataQuery& query = settings.metrics(static_cast<int>(i));
    roles::MetricQuery& one = definition.queries.emplace_back();
    one.id = query.id();
    one.expression = query.expression();
    one.return_data = texts[i].return_data;
    if (query.expression().empty()) {
      const roles::MetricSource* source = policy.sources[i];
      one.metric = metric_of(source == nullptr ? own_metrics : *source, query.metric());
      one.statistic = *sim::parse_statistic(query.stat());
      definition.period = sim::Duration{query.period().ns()};
    }
  }
  if (!texts.empty()) {
    return definition;
  }
  switch (settings.predefined_metric_type()) {  // R2.6.8
    case ALB_REQUEST_COUNT_PER_TARGET:
      definition.metric = metric_of(*policy.sources.front(), "RequestCountPerTarget");
      definition.statistic = sim::Statistic::sum();
      break;
    case ASG_AVERAGE_NETWORK_IN:
      definition.metric = metric_of(own_metrics, "NetworkIn");
      definition.statistic = sim::Statistic::average();
      break;
    case ASG_AVERAGE_NETWORK_OUT:
      definition.metric = metric_of(own_metrics, "NetworkOut");
      definition.statistic = sim::Statistic::average();
      break;
    default:
      definition.metric = metric_of(own_metrics, "CPUUtilization");
      definition.statistic = sim::Statistic::average();
  }
  return definition;
}

// R2.6.1, R2.6.2: two alarms that the policy owns.
void PolicySet::put_alarms(Context& ctx, Policy& policy, const TargetTrackingPolicy& settings,
                           const roles::MetricSource& own_metrics) {
  roles::AlarmDefinition definition = watched(policy, settings, own_metrics);
  for (const AlarmSide side : {AlarmSide::kHigh, AlarmSide::kLow}) {
    const bool high = side == AlarmSide::kHigh;
    const TrackingAlarm alarm = high ? alarm_high(*policy.tracking(), definition.period)
                                     : alarm_low(*policy.tracking(), definition.period);
    definition.name = alarm_name(self_.path(), side, policy.name);
    definition.evaluation_periods = alarm.evaluation_periods;
    definition.datapoints_to_alarm = alarm.evaluation_periods;
    definition.threshold = alarm.threshold;
    definition.comparison = high ? roles::ComparisonOperator::kGreaterThanThreshold
                                 : roles::ComparisonOperator::kLessThanThreshold;
    definition.actions = {{roles::AlarmState::kAlarm, high ? &policy.high : &policy.low}};
    alarms_->put_alarm(ctx, definition);
  }
}

}  // namespace updraft::auto_scaling
