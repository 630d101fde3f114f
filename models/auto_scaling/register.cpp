// Auto Scaling in the registry: its type, the defaults that depend on other fields, what one field
// alone cannot say.
#include <algorithm>

#include <fmt/format.h>

#include "models/auto_scaling/group.h"
#include "models/auto_scaling/interventions.h"
#include "models/auto_scaling/register_policies.h"
#include "sim/build/registry.h"

namespace updraft::auto_scaling {

namespace {

using google::protobuf::Message;

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

// R2.11.1
void check_hooks(const AutoScalingGroupParams& group, sim::Checker& check) {
  constexpr int kMostHooks = 50;
  if (group.lifecycle_hooks_size() > kMostHooks) {
    check.error("lifecycle_hooks", fmt::format("lifecycle_hooks are {}; at most {} are allowed",
                                               group.lifecycle_hooks_size(), kMostHooks));
  }
  for (const LifecycleHook& hook : group.lifecycle_hooks()) {
    const std::string place = "lifecycle_hooks." + hook.name();
    const std::string boot = place + ".completes_at_boot";
    const std::string drained = place + ".completes_when_drained";
    if (hook.completes_at_boot() && hook.has_completes_after()) {
      check.error(boot, "completes_at_boot and completes_after exclude one another");
    } else if (hook.completes_at_boot() && hook.lifecycle_transition() != EC2_INSTANCE_LAUNCHING) {
      check.error(boot, "completes_at_boot belongs to a hook of launches");
    }
    if (hook.completes_when_drained() && hook.has_completes_after()) {
      check.error(drained, "completes_when_drained and completes_after exclude one another");
    } else if (hook.completes_when_drained() &&
               hook.lifecycle_transition() != EC2_INSTANCE_TERMINATING) {
      check.error(drained, "completes_when_drained belongs to a hook of terminations");
    }
  }
  for (std::size_t i = 0; i < check.operations().size(); ++i) {
    const auto& operation =
        static_cast<const AutoScalingGroupOperations&>(*check.operations()[i].message);
    const std::string& name = operation.complete_lifecycle_action().lifecycle_hook_name();
    const auto& hooks = group.lifecycle_hooks();
    if (operation.has_complete_lifecycle_action() &&
        std::none_of(hooks.begin(), hooks.end(),
                     [&](const LifecycleHook& hook) { return hook.name() == name; })) {
      check.operation_warn(i, fmt::format("the group has no lifecycle hook \"{}\"", name));
    }
  }
}

/// R2.14.1, R2.13.2
void check_refreshes(const AutoScalingGroupParams& group, sim::Checker& check) {
  constexpr std::uint32_t kWidest = 100;
  const InstanceMaintenancePolicy& policy = group.instance_maintenance_policy();
  if (policy.max_healthy_percentage() > policy.min_healthy_percentage() + kWidest) {
    check.error(
        "instance_maintenance_policy",
        fmt::format("max_healthy_percentage is {} and min_healthy_percentage {}; they differ by at "
                    "most {}",
                    policy.max_healthy_percentage(), policy.min_healthy_percentage(), kWidest));
  }
  for (std::size_t i = 0; i < check.operations().size(); ++i) {
    const auto& operation =
        static_cast<const AutoScalingGroupOperations&>(*check.operations()[i].message);
    const auto& percentages = operation.start_instance_refresh().checkpoint_percentages();
    if (!std::is_sorted(percentages.begin(), percentages.end())) {
      check.operation_warn(i, "checkpoint_percentages do not rise; those that fall are skipped");
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
  check_policies(group, check);
  check_schedule(group, check);
  check_hooks(group, check);
  check_refreshes(group, check);
  if (group.has_mixed_instances_policy() && group.has_warm_pool()) {  // R2.12.1
    check.error("warm_pool", "a group with mixed_instances_policy has no warm pool");
  }
}

void add_tellings(sim::ModelRegistry& registry) {
  registry.add_telling({.kind = "policy",
                        .what = "scale",
                        .says = "{capacity} instances x {metric} (metric) / {target} (target) = "
                                "{raw}; desired capacity was {desired}"});
  registry.add_telling({.kind = "forecast",
                        .what = "scale",
                        .says =
                            "{load} (load forecast) / {target} (target) = {capacity} instances; "
                            "desired capacity was {desired}"});
  registry.add_telling({.kind = "desired capacity"});  // its `what` says all
}

}  // namespace

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<AutoScalingGroup, AutoScalingGroupParams, AutoScalingGroupInitial>(
      check_group);
  register_policies(registry);
  registry.types().add_default_rule("AutoScalingGroup.min_size", sim::DefaultRule(min_size_rule));
  add_tellings(registry);
}

}  // namespace updraft::auto_scaling
