#include "models/auto_scaling/register_policies.h"

#include <fmt/format.h>

#include "models/auto_scaling/forecast.h"
#include "models/auto_scaling/policy_rule.h"
#include "models/auto_scaling/schedule.h"
#include "models/auto_scaling/warmup.h"
#include "models/common/metric_queries.h"

namespace updraft::auto_scaling {

namespace {

using google::protobuf::Message;

std::string written(sim::Duration duration) {
  return fmt::format("{}ns", sim::to_ns(duration));
}

// R2.4.3
std::optional<std::string> warmup_rule(const Message& /*self*/, const sim::Around& around) {
  const auto& group = static_cast<const AutoScalingGroupParams&>(around.root);
  WarmupSettings settings{.estimated_instance_warmup = {},
                          .default_instance_warmup = {},
                          .default_cooldown = sim::Duration{group.default_cooldown().ns()}};
  if (group.has_default_instance_warmup()) {
    settings.default_instance_warmup = sim::Duration{group.default_instance_warmup().ns()};
  }
  return written(warmup_of_policy(settings));
}

// R2.4.1
std::optional<std::string> cooldown_rule(const Message& /*self*/, const sim::Around& around) {
  return written(sim::Duration{
      static_cast<const AutoScalingGroupParams&>(around.root).default_cooldown().ns()});
}

// R2.6.10
void check_metrics(const TargetTrackingPolicy& tracking, const std::string& place,
                   sim::Checker& check) {
  if (tracking.has_predefined_metric_type()) {
    check.error(place + "predefined_metric_type",
                "predefined_metric_type and metrics exclude one another; write one of them");
  }
  if (!tracking.target_group().empty()) {
    check.error(place + "target_group",
                "target_group belongs to ALBRequestCountPerTarget; leave it out here");
  }
  common::check_queries(tracking.metrics(), place + "metrics", std::string(check.name()), check);
  for (int i = 0; i < tracking.metrics_size(); ++i) {
    const sim::Duration period{tracking.metrics(i).period().ns()};
    if (period != std::chrono::seconds{10} && period != std::chrono::seconds{30} &&
        period != std::chrono::seconds{60}) {
      check.error(fmt::format("{}metrics[{}].period", place, i),
                  fmt::format("period is {} s; in a policy it must be 10, 30 or 60 s",
                              sim::to_seconds(period)));
    }
  }
}

void check_tracking(const TargetTrackingPolicy& tracking, const std::string& place,
                    const AutoScalingGroupParams& group, sim::Checker& check) {
  if (!tracking.metrics().empty()) {
    check_metrics(tracking, place, check);
    return;
  }
  if (!tracking.has_predefined_metric_type()) {
    check.error(place + "predefined_metric_type",
                "predefined_metric_type is missing; write it, or metrics");
    return;
  }
  const bool counts = tracking.predefined_metric_type() == ALB_REQUEST_COUNT_PER_TARGET;
  if (counts && tracking.target_group().empty() && group.target_groups_size() != 1) {
    check.error(
        place + "predefined_metric_type",
        "ALBRequestCountPerTarget needs target_group, because the group has not exactly one");
  }
  if (!counts && !tracking.target_group().empty()) {
    check.error(place + "target_group",
                "target_group belongs to ALBRequestCountPerTarget; leave it out here");
  }
}

// R2.5.1: the least change belongs to percentages; an exact capacity is none below 0.
template <class Policy>
void check_adjustment(const Policy& policy, const std::string& place, sim::Checker& check) {
  if (policy.has_min_adjustment_magnitude() &&
      policy.adjustment_type() != PERCENT_CHANGE_IN_CAPACITY) {
    check.error(place + "min_adjustment_magnitude",
                "min_adjustment_magnitude belongs to PercentChangeInCapacity; leave it out here");
  }
}

void check_exact(std::int32_t amount, const std::string& place, sim::Checker& check) {
  if (amount < 0) {
    check.error(place, fmt::format("scaling_adjustment is {}; as ExactCapacity it must be at least "
                                   "0",
                                   amount));
  }
}

void check_steps(const StepScalingPolicy& policy, const std::string& place, sim::Checker& check) {
  constexpr int kMostSteps = 20;  // R2.1.1
  check_adjustment(policy, place, check);
  const std::string steps = place + "step_adjustments";
  if (policy.step_adjustments_size() > kMostSteps) {
    check.error(steps, fmt::format("step_adjustments has {} steps; it must be at most {}",
                                   policy.step_adjustments_size(), kMostSteps));
  }
  for (int i = 0; policy.adjustment_type() == EXACT_CAPACITY && i < policy.step_adjustments_size();
       ++i) {
    check_exact(policy.step_adjustments(i).scaling_adjustment(),
                fmt::format("{}[{}].scaling_adjustment", steps, i), check);
  }
  if (const std::string wrong = wrong_steps(steps_of(policy)); !wrong.empty()) {  // R2.5.2
    check.error(steps, "step_adjustments has " + wrong);
  }
}

void check_simple(const SimpleScalingPolicy& policy, const std::string& place,
                  sim::Checker& check) {
  check_adjustment(policy, place, check);
  if (policy.adjustment_type() == EXACT_CAPACITY) {
    check_exact(policy.scaling_adjustment(), place + "scaling_adjustment", check);
  }
}

// R2.7.1
void check_action(const ScheduledAction& action, const std::string& place, sim::Checker& check) {
  if (!action.has_min_size() && !action.has_max_size() && !action.has_desired_capacity()) {
    check.error(place, "it sets nothing; write min_size, max_size or desired_capacity");
  }
  if (action.has_min_size() && action.has_max_size() && action.min_size() > action.max_size()) {
    check.error(place + ".min_size", fmt::format("min_size is {}; it must be at most max_size, {}",
                                                 action.min_size(), action.max_size()));
  }
  if (action.recurrence().empty() && action.start_time().empty()) {
    check.error(place, "it never acts; write recurrence or start_time");
  }
  if (const auto recurrence = recurrence_of(action); !recurrence.ok()) {
    check.error(place + ".recurrence", "recurrence has " + recurrence.error());
  }
  if (const auto zone = sim::TimeZone::find(action.time_zone()); !zone.ok()) {
    check.error(place + ".time_zone", zone.error());
  }
}

// R2.8.3
void check_predictive(const PredictiveScalingPolicy& policy, const std::string& place,
                      const AutoScalingGroupParams& group, sim::Checker& check) {
  const bool counts = policy.predefined_metric_pair_type() == ALB_REQUEST_COUNT;
  if (counts && policy.target_group().empty() && group.target_groups_size() != 1) {
    check.error(place + "predefined_metric_pair_type",
                "ALBRequestCount needs target_group, because the group has not exactly one");
  }
  if (!counts && !policy.target_group().empty()) {
    check.error(place + "target_group",
                "target_group belongs to ALBRequestCount; leave it out here");
  }
  const bool raises = policy.max_capacity_breach_behavior() == INCREASE_MAX_CAPACITY;
  if (raises && !policy.has_max_capacity_buffer()) {
    check.error(place + "max_capacity_buffer",
                "max_capacity_buffer is missing; IncreaseMaxCapacity needs it");
  }
  if (!raises && policy.has_max_capacity_buffer()) {
    check.error(place + "max_capacity_buffer",
                "max_capacity_buffer belongs to IncreaseMaxCapacity; leave it out here");
  }
  if (policy.history().empty()) {
    return;
  }
  const auto csv = check.read_file(policy.history());
  const auto read =
      csv.ok() ? read_history(*csv, 0) : sim::Result<LoadHistory>(sim::Error{csv.error()});
  if (!read) {
    check.error(place + "history",
                fmt::format("history is \"{}\"; {}", policy.history(), read.error()));
  }
}

}  // namespace

void check_schedule(const AutoScalingGroupParams& group, sim::Checker& check) {
  constexpr int kMostActions = 125;  // R2.1.1
  if (group.scheduled_actions_size() > kMostActions) {
    check.error("scheduled_actions", fmt::format("scheduled_actions has {}; it must be at most {}",
                                                 group.scheduled_actions_size(), kMostActions));
  }
  for (int i = 0; i < group.scheduled_actions_size(); ++i) {
    const ScheduledAction& action = group.scheduled_actions(i);
    check_action(action, "scheduled_actions." + action.name(), check);
    for (int k = 0; k < i; ++k) {
      const ScheduledAction& other = group.scheduled_actions(k);
      if (!action.start_time().empty() && action.start_time() == other.start_time()) {
        check.error("scheduled_actions." + action.name() + ".start_time",
                    fmt::format("start_time is that of \"{}\"; two actions of a group can't share "
                                "one",
                                other.name()));
      }
    }
  }
}

void check_policies(const AutoScalingGroupParams& group, sim::Checker& check) {
  constexpr int kMostPolicies = 50;  // R2.1.1
  if (group.scaling_policies_size() > kMostPolicies) {
    check.error("scaling_policies", fmt::format("scaling_policies has {}; it must be at most {}",
                                                group.scaling_policies_size(), kMostPolicies));
  }
  for (const ScalingPolicy& policy : group.scaling_policies()) {
    const std::string place = "scaling_policies." + policy.name() + ".";
    if (policy.has_target_tracking()) {
      check_tracking(policy.target_tracking(), place + "target_tracking.", group, check);
    } else if (policy.has_step_scaling()) {
      check_steps(policy.step_scaling(), place + "step_scaling.", check);
    } else if (policy.has_predictive_scaling()) {
      check_predictive(policy.predictive_scaling(), place + "predictive_scaling.", group, check);
    } else if (policy.has_simple_scaling()) {
      check_simple(policy.simple_scaling(), place + "simple_scaling.", check);
    }
  }
}

void register_policies(sim::ModelRegistry& registry) {
  registry.types().add_default_rule("AutoScalingGroup.warmup_of_policy",
                                    sim::NestedDefaultRule(warmup_rule));
  registry.types().add_default_rule("AutoScalingGroup.cooldown_of_policy",
                                    sim::NestedDefaultRule(cooldown_rule));
}

}  // namespace updraft::auto_scaling
