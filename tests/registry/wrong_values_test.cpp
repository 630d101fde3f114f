// Wrong values for every parameter of every model, made from its range, unit and spellings.
#include <gtest/gtest.h>

#include "models/registry/registry.h"
#include "sim/scenario/testing/mutations.h"

namespace updraft {
namespace {

// Valid, and with every type, every nested message and every section of AWS.
constexpr const char* kEverything = R"(scenario: everything
rules: 2026-11
region: us-east-1
start: 2026-06-15T00:00:00Z
duration: 1d
seed: 7
resources:
  web-alb:
    load_balancer:
      type: application
      availability_zones: [a, b]
      listeners: [{port: 80, forward: web}]
      idle_timeout: 60s
  web:
    target_group: {load_balancing_algorithm_type: round_robin, deregistration_delay: 300s}
  small:
    launch_template:
      instance_type: m5.large
      monitoring: detailed
      boot: {lognormal: {mean: 90s, p99: 180s}}
      warm_up: {period: 30s, speed_factor: 0.5}
  fleet:
    auto_scaling_group:
      min_size: 2
      max_size: 20
      availability_zones: [a, b]
      target_groups: [web]
      launch_template: small
      health_check_type: ELB
      termination_policies: [OldestInstance, Default]
      scaling_policies:
        cpu:
          target_tracking: {predefined_metric_type: ASGAverageCPUUtilization, target_value: 50}
  slow-answers:
    alarm:
      metric_name: TargetResponseTime
      resource: web-alb
      extended_statistic: p99
      evaluation_periods: 3
      threshold: 0.5
      comparison_operator: GreaterThanThreshold
  clock: {cloudwatch: {publication_delay: 60s}}
  lan: {network: {same_zone_latency: 100us}}
  prices: {billing: {}}
initial:
  fleet: {in_service: 4}
traffic:
  visitors:
    to: web-alb
    rate: 100/s
    demand: {cpu: {lognormal: {mean: 40ms, p99: 200ms}}, wait: 20ms}
operations:
  - {at: 3h, fleet: {set_desired_capacity: 8}}
  - {at: 4h, fleet: {set_min_size: 3}}
faults:
  - {at: 7h, for: 30m, lose_availability_zone: b}
  - {at: 8h, kill_instance: {of: fleet, count: 2, availability_zone: a}}
  - {at: 9h, for: 10m, slow_instance: {of: fleet, speed_factor: 0.1}}
slo:
  - p(99) latency < 500ms
)";

TEST(Registry, NoWrongValueOfAnyParameterLoads) {
  const sim::ModelRegistry registry = make_registry();
  const auto mutations = sim::testing::wrong_values(kEverything, registry.types());
  EXPECT_GT(mutations.size(), 400U);
  for (const std::string& line : sim::testing::surviving(mutations, registry.types(), "")) {
    ADD_FAILURE() << line;
  }
}

TEST(Registry, TheScenarioOfWrongValuesNamesEveryTypeAndFault) {
  const sim::ModelRegistry registry = make_registry();
  const std::string text = kEverything;
  for (const auto& [name, type] : registry.types().resources()) {
    EXPECT_NE(text.find(name + ":"), std::string::npos) << name;
  }
  for (const auto& [name, type] : registry.types().faults()) {
    EXPECT_NE(text.find(name + ":"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace updraft
