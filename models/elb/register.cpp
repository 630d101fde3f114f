// ELB in the registry, and what one field alone cannot say.
#include <algorithm>

#include <fmt/format.h>

#include "models/elb/actions.h"
#include "models/elb/check_listener.h"
#include "models/elb/load_balancer.h"
#include "models/elb/target_group.h"
#include "sim/build/registry.h"

namespace updraft::elb {

namespace {

using google::protobuf::Message;

/// R3.5.4: a Network Load Balancer's listener has its default action only.
void check_network_listener(const Listener& listener, sim::Checker& check) {
  if (listener.rules_size() > 0) {
    check.error("listeners[0].rules",
                "a listener of a Network Load Balancer has no rules but the default one");
  }
  if (!listener.has_forward() || listener.forward().target_groups_size() > 0 ||
      listener.forward().has_stickiness_duration()) {
    check.error("listeners[0]",
                "a listener of a Network Load Balancer forwards to one target group");
  }
}

/// What a target group says that its balancer's type does not know.
void check_groups(const LoadBalancerParams& balancer, sim::Checker& check) {
  const auto check_one = [&](const std::string& name) {
    const auto* group = dynamic_cast<const TargetGroupParams*>(check.params_of(name));
    if (group == nullptr) {
      return;
    }
    if (balancer.type() != NETWORK) {
      if (group->target_type() == ALB) {
        check.error("listeners[0].forward",
                    fmt::format("target group \"{}\" is of type alb; only a Network Load Balancer "
                                "forwards to one",
                                name));
      }
      return;
    }
    if (group->target_type() == LAMBDA) {
      check.error("listeners[0].forward",
                  fmt::format("target group \"{}\" is of type lambda; only an Application Load "
                              "Balancer forwards to one",
                              name));
    }
    if (group->has_stickiness()) {  // R3.4.2
      check.error("listeners[0].forward",
                  fmt::format("target group \"{}\" has stickiness by cookies; a Network Load "
                              "Balancer sees none",
                              name));
    }
    if (group->load_balancing_algorithm_type() != ROUND_ROBIN || group->slow_start().ns() > 0) {
      check.error("listeners[0].forward",
                  fmt::format("target group \"{}\" has an algorithm or slow start of its own; a "
                              "Network Load Balancer chooses by the hash of the flow",
                              name));
    }
  };
  const Listener& listener = balancer.listeners(0);
  for (const NamedGroup& named : groups_of(listener.forward())) {
    check_one(named.name);
  }
  for (const ListenerRule& rule : listener.rules()) {
    for (const NamedGroup& named : groups_of(rule.forward())) {
      check_one(named.name);
    }
  }
}

void check_shift(const LoadBalancerParams& balancer, sim::Checker& check) {
  for (std::size_t i = 0; i < check.operations().size(); ++i) {
    const auto& operation =
        static_cast<const LoadBalancerOperations&>(*check.operations()[i].message);
    if (!operation.has_start_zonal_shift()) {
      continue;
    }
    const std::string& zone = operation.start_zonal_shift().away_from();
    const auto& zones = balancer.availability_zones();
    if (!balancer.zonal_shift_enabled()) {  // R3.12.2: off by default
      check.error("zonal_shift_enabled",
                  "an operation shifts traffic away from a zone; zonal_shift_enabled must be true");
    } else if (std::find(zones.begin(), zones.end(), zone) == zones.end()) {
      check.operation_warn(i, fmt::format("the balancer is not in {}; it will refuse", zone));
    }
  }
}

void check_load_balancer(const Message& message, sim::Checker& check) {
  const auto& balancer = static_cast<const LoadBalancerParams&>(message);
  if (balancer.type() == APPLICATION && balancer.availability_zones_size() < 2) {  // R3.1.5
    check.error("availability_zones",
                fmt::format("an Application Load Balancer needs at least two zones, here is {}",
                            balancer.availability_zones_size()));
  }
  for (int i = 0; i < balancer.listeners_size(); ++i) {
    check_listener(balancer.listeners(i), fmt::format("listeners[{}]", i), check);
  }
  if (balancer.listeners_size() > 1) {
    check.error("listeners[1]", "one listener is modelled; traffic does not name a port yet");
  }
  for (const char* field : {"load_balancing_cross_zone_enabled", "tcp_idle_timeout"}) {
    if (balancer.type() == APPLICATION && check.was_written(field)) {
      check.error(field, fmt::format("{} belongs to Network Load Balancers", field));
    }
  }
  for (const char* field : {"idle_timeout", "client_keep_alive", "access_logs"}) {
    if (balancer.type() == NETWORK && check.was_written(field)) {
      check.error(field, fmt::format("{} belongs to Application Load Balancers", field));
    }
  }
  if (balancer.type() == NETWORK) {
    check_network_listener(balancer.listeners(0), check);
  }
  check_groups(balancer, check);
  check_shift(balancer, check);
}

/// R3.3.2, R3.3.5, R3.4.1: what excludes what.
void check_algorithm(const TargetGroupParams& group, sim::Checker& check) {
  constexpr std::int64_t kShortestSlowStart = 30'000'000'000;
  const bool slow = group.slow_start().ns() > 0;
  if (slow && group.slow_start().ns() < kShortestSlowStart) {
    check.error("slow_start", fmt::format("slow_start is {} s; it must be 30 s to 900 s, or 0 s",
                                          sim::to_seconds(sim::Duration{group.slow_start().ns()})));
  }
  if (slow && group.load_balancing_algorithm_type() != ROUND_ROBIN) {
    check.error("slow_start", "slow_start needs load_balancing_algorithm_type round_robin");
  }
  if (group.load_balancing_algorithm_type() == WEIGHTED_RANDOM) {
    if (group.has_stickiness()) {
      check.error("stickiness",
                  "stickiness excludes load_balancing_algorithm_type weighted_random");
    }
  } else if (group.load_balancing_algorithm_anomaly_mitigation() == ANOMALY_MITIGATION_ON) {
    check.error("load_balancing_algorithm_anomaly_mitigation",
                "load_balancing_algorithm_anomaly_mitigation needs load_balancing_algorithm_type "
                "weighted_random");
  }
  if (group.has_stickiness() && group.load_balancing_cross_zone_enabled() == CROSS_ZONE_FALSE) {
    check.error("stickiness", "stickiness needs cross-zone balancing");
  }
}

/// R3.2.2: failing over through DNS comes first.
void check_thresholds(const TargetGroupParams& group, sim::Checker& check) {
  const std::uint32_t dns = group.dns_failover_minimum_healthy_targets_count();
  const std::uint32_t routing = group.unhealthy_state_routing_minimum_healthy_targets_count();
  if (dns > 0 && dns < routing) {
    check.error("dns_failover_minimum_healthy_targets_count",
                fmt::format("dns_failover_minimum_healthy_targets_count is {}; it must be at least "
                            "unhealthy_state_routing_minimum_healthy_targets_count, {}, or 0",
                            dns, routing));
  }
  const double dns_percent = group.dns_failover_minimum_healthy_targets_percentage();
  const double percent = group.unhealthy_state_routing_minimum_healthy_targets_percentage();
  if (dns_percent > 0 && dns_percent < percent) {
    check.error(
        "dns_failover_minimum_healthy_targets_percentage",
        fmt::format("dns_failover_minimum_healthy_targets_percentage is {}; it must be at least "
                    "unhealthy_state_routing_minimum_healthy_targets_percentage, {}, or 0",
                    dns_percent, percent));
  }
}

/// ELB.alb_target
void check_targets(const TargetGroupParams& group, sim::Checker& check) {
  const bool function = group.target_type() == LAMBDA;
  if (group.target_type() != ALB && !function) {
    if (group.targets_size() > 0) {
      check.error("targets",
                  "targets are named for target_type alb and lambda only; others register");
    }
    return;
  }
  if (group.targets_size() != 1) {
    check.error(group.targets_size() == 0 ? "target_type" : "targets",
                fmt::format("a target group of type {} has one target, here are {}",
                            function ? "lambda" : "alb", group.targets_size()));
    return;
  }
  const std::string type(check.type_of(group.targets(0)));
  if (!type.empty() && (type == "load_balancer") == function) {
    check.error("targets[0]",
                fmt::format("\"{}\" is a {}; the target of type {} is a {}", group.targets(0), type,
                            function ? "lambda" : "alb", function ? "function" : "load_balancer"));
    return;
  }
  if (function && group.load_balancing_cross_zone_enabled() == CROSS_ZONE_FALSE) {
    check.error("load_balancing_cross_zone_enabled",
                "a function is one target for all zones; cross-zone balancing cannot be off");
  }
  const auto* target = dynamic_cast<const LoadBalancerParams*>(check.params_of(group.targets(0)));
  if (target != nullptr && target->type() != APPLICATION) {
    check.error("targets[0]",
                fmt::format("\"{}\" is no Application Load Balancer", group.targets(0)));
  }
}

void check_target_group(const Message& message, sim::Checker& check) {
  const auto& group = static_cast<const TargetGroupParams&>(message);
  check_targets(group, check);
  if (const auto matcher = Matcher::parse(group.matcher()); !matcher) {
    check.error("matcher", matcher.error());
  }
  check_algorithm(group, check);
  check_thresholds(group, check);
  if (group.health_check_timeout().ns() >= group.health_check_interval().ns()) {
    check.error("health_check_timeout",
                fmt::format("health_check_timeout is {} s; it must be shorter than "
                            "health_check_interval, {} s",
                            sim::to_seconds(sim::Duration{group.health_check_timeout().ns()}),
                            sim::to_seconds(sim::Duration{group.health_check_interval().ns()})));
  }
}

}  // namespace

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<LoadBalancer, LoadBalancerParams>(check_load_balancer);
  registry.add_resource<TargetGroup, TargetGroupParams>(check_target_group);
}

}  // namespace updraft::elb
