// Auto Scaling in the registry: its type, the defaults that depend on other fields, what one field
// alone cannot say.
#include <fmt/format.h>

#include "models/auto_scaling/group.h"
#include "models/auto_scaling/interventions.h"
#include "models/auto_scaling/warmup.h"
#include "sim/build/registry.h"

namespace updraft::auto_scaling {

namespace {

using google::protobuf::Message;

std::string written(sim::Duration duration) {
  return fmt::format("{}ns", sim::to_ns(duration));
}

// R2.4.3
std::optional<std::string> warmup_rule(const Message& /*self*/, const Message& root) {
  const auto& group = static_cast<const AutoScalingGroupParams&>(root);
  WarmupSettings settings{.estimated_instance_warmup = {},
                          .default_instance_warmup = {},
                          .default_cooldown = sim::Duration{group.default_cooldown().ns()}};
  if (group.has_default_instance_warmup()) {
    settings.default_instance_warmup = sim::Duration{group.default_instance_warmup().ns()};
  }
  return written(warmup_of_policy(settings));
}

// R2.1.T1
std::optional<std::string> min_size_rule(const Message& self) {
  return fmt::format("{}", static_cast<const AutoScalingGroupParams&>(self).min_size());
}

// More than max_size can't stand; fewer than min_size can, and the group launches the rest at once.
void check_initial(const AutoScalingGroupParams& group, sim::Checker& check) {
  const Message* initial = check.initial();
  if (initial == nullptr) {
    return;
  }
  const auto standing = static_cast<const AutoScalingGroupInitial&>(*initial).in_service();
  if (standing > group.max_size()) {
    check.initial_error("in_service", fmt::format("in_service is {}; it must be at most max_size, "
                                                  "{}",
                                                  standing, group.max_size()));
  }
}

// A rejected operation is part of what a session recorded, so it loads; few write one on purpose.
void check_operations(const AutoScalingGroupParams& group, sim::Checker& check) {
  Bounds bounds{group.min_size(), group.max_size()};  // operators move them, policies don't
  for (std::size_t i = 0; i < check.operations().size(); ++i) {
    const Ruling ruling = rule_on(
        static_cast<const AutoScalingGroupOperations&>(*check.operations()[i].message), bounds);
    bounds = ruling.bounds;
    if (!ruling.rejected.empty()) {
      check.operation_warn(
          i, fmt::format("it will be rejected: {} ({} by then)", ruling.what, ruling.rejected));
    }
  }
}

void check_group(const Message& message, sim::Checker& check) {
  const auto& group = static_cast<const AutoScalingGroupParams&>(message);
  if (group.min_size() > group.max_size()) {
    check.error("min_size", fmt::format("min_size is {}; it must be at most max_size, {}",
                                        group.min_size(), group.max_size()));
    return;
  }
  check_initial(group, check);
  check_operations(group, check);
  if (clamp(group.desired_capacity(), {group.min_size(), group.max_size()}) !=
      group.desired_capacity()) {
    check.error("desired_capacity",
                fmt::format("desired_capacity is {}; it must be min_size to max_size, {} to {}",
                            group.desired_capacity(), group.min_size(), group.max_size()));
  }
  for (int i = 0; i + 1 < group.termination_policies_size(); ++i) {  // R2.9.4
    if (group.termination_policies(i) == DEFAULT) {
      check.error(fmt::format("termination_policies[{}]", i),
                  fmt::format("termination_policies[{}] is \"Default\"; it must come last", i));
    }
  }
  for (const ScalingPolicy& policy : group.scaling_policies()) {
    const std::string place = "scaling_policies." + policy.name() + ".target_tracking.";
    const TargetTrackingPolicy& tracking = policy.target_tracking();
    if (tracking.predefined_metric_type() == ALB_REQUEST_COUNT_PER_TARGET &&
        tracking.target_group().empty() && group.target_groups_size() != 1) {
      check.error(
          place + "predefined_metric_type",
          "ALBRequestCountPerTarget needs target_group, because the group has not exactly one");
    }
    if (tracking.predefined_metric_type() != ALB_REQUEST_COUNT_PER_TARGET &&
        !tracking.target_group().empty()) {
      check.error(place + "target_group",
                  "target_group belongs to ALBRequestCountPerTarget; leave it out here");
    }
    if (tracking.predefined_metric_type() == ASG_AVERAGE_NETWORK_IN ||
        tracking.predefined_metric_type() == ASG_AVERAGE_NETWORK_OUT) {
      check.error(place + "predefined_metric_type",
                  "network metrics of a group are not modelled yet; ASGAverageCPUUtilization and "
                  "ALBRequestCountPerTarget are");
    }
  }
}

}  // namespace

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<AutoScalingGroup, AutoScalingGroupParams, AutoScalingGroupInitial>(
      check_group);
  registry.types().add_default_rule("AutoScalingGroup.warmup_of_policy",
                                    sim::NestedDefaultRule(warmup_rule));
  registry.types().add_default_rule("AutoScalingGroup.min_size", sim::DefaultRule(min_size_rule));
}

}  // namespace updraft::auto_scaling
