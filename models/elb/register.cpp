// ELB in the registry, and what one field alone cannot say.
#include <algorithm>

#include <fmt/format.h>

#include "models/elb/load_balancer.h"
#include "models/elb/target_group.h"
#include "sim/build/registry.h"

namespace updraft::elb {

namespace {

using google::protobuf::Message;

void check_load_balancer(const Message& message, sim::Checker& check) {
  const auto& balancer = static_cast<const LoadBalancerParams&>(message);
  if (balancer.availability_zones_size() < 2) {  // R3.1.5
    check.error("availability_zones",
                fmt::format("an Application Load Balancer needs at least two zones, here is {}",
                            balancer.availability_zones_size()));
  }
  if (balancer.listeners_size() > 1) {
    check.error("listeners[1]", "one listener is modelled; traffic does not name a port yet");
  }
}

void check_target_group(const Message& message, sim::Checker& check) {
  const auto& group = static_cast<const TargetGroupParams&>(message);
  if (const auto matcher = Matcher::parse(group.matcher()); !matcher) {
    check.error("matcher", matcher.error());
  }
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
