// Wrong values for every parameter of every model, made from its range, unit and spellings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/registry/registry.h"
#include "sim/scenario/testing/bad_scenarios.h"
#include "sim/scenario/testing/mutations.h"

namespace updraft {
namespace {

// The folder of the files that it names.
constexpr const char* kFolder = UPDRAFT_SOURCE_DIR "/tests/bad_scenarios/aws";

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
        steps:
          step_scaling:
            adjustment_type: PercentChangeInCapacity
            min_adjustment_magnitude: 2
            metric_aggregation_type: Maximum
            step_adjustments:
              - {metric_interval_lower_bound: 0, metric_interval_upper_bound: 5, scaling_adjustment: 10}
              - {metric_interval_lower_bound: 5, scaling_adjustment: 30}
        own:
          target_tracking:
            target_value: 100
            metrics:
              - {id: requests, metric: RequestCount, resource: web-alb, stat: Sum, period: 60s}
              - {id: twice, expression: 2 * requests, return_data: true}
        simple: {simple_scaling: {adjustment_type: ChangeInCapacity, scaling_adjustment: 1, cooldown: 60s}}
      scheduled_actions:
        morning: {recurrence: "0 8 * * MON-FRI", time_zone: Europe/Berlin, min_size: 3, max_size: 20, desired_capacity: 5}
        once: {start_time: 2026-06-15T12:00:00Z, end_time: 2026-06-16T00:00:00Z, desired_capacity: 4}
  slow-answers:
    alarm:
      metric_name: TargetResponseTime
      resource: web-alb
      extended_statistic: p99
      evaluation_periods: 3
      threshold: 0.5
      comparison_operator: GreaterThanThreshold
  share-of-errors:
    alarm:
      metrics:
        - {id: errors, metric: HTTPCode_ELB_5XX_Count, resource: web-alb, stat: Sum, period: 60s}
        - {id: requests, metric: RequestCount, resource: web-alb, stat: Sum}
        - {id: share, expression: "100 * errors / requests", return_data: true}
      evaluation_periods: 3
      threshold: 5
      comparison_operator: GreaterThanThreshold
  clock: {cloudwatch: {publication_delay: 60s}}
  lan: {network: {same_zone_latency: 100us}}
  prices: {billing: {price_book: data/own_prices.csv}}
initial:
  fleet: {in_service: 4}
traffic:
  visitors:
    to: web-alb
    rate: 100/s
    demand: {cpu: {lognormal: {mean: 40ms, p99: 200ms}}, wait: 20ms, memory: 1MB}
    timeout: 30s
    connect_timeout: 10s
  counted: {to: web-alb, rate: {csv: data/counts.csv, scale: 2, shift: 1m, counts: exact}}
  stepped: {to: web-alb, rate: {steps: [{at: 0s, rate: 1/s}, {at: 1h, rate: 2/s}]}}
  ramped: {to: web-alb, rate: {ramp: {from: 0/s, to: 5/s, over: 1h}}}
  spiked: {to: web-alb, rate: {spike: {base: 1/s, peak: 5/s, at: 1h, hold: 10m}}}
  daily: {to: web-alb, rate: {daily: {low: 1/s, high: 5/s}}}
  weekly:
    to: web-alb
    rate: {weekly: {weekday: {low: 1/s, high: 5/s}, weekend: {low: 1/s, high: 2/s}}}
  replayed: {to: web-alb, replay: {csv: data/requests_in_order.csv, size_column: ContextTokens}}
  closed: {to: web-alb, clients: {count: 5, think_time: {exponential: 2s}}}
operations:
  - {at: 3h, fleet: {set_desired_capacity: 8}}
  - {at: 4h, fleet: {set_min_size: 3}}
  - {at: 5h, fleet: {set_max_size: 30}}
  - {at: 6h, fleet: {set_desired_capacity: {desired_capacity: 8, honor_cooldown: true}}}
  - {at: 6h, fleet: {execute_policy: {policy_name: steps, metric_value: 60, breach_threshold: 50, honor_cooldown: true}}}
  - {at: 6h, fleet: {suspend_processes: [AlarmNotification]}}
  - {at: 7h, fleet: {resume_processes: {scaling_processes: [AlarmNotification]}}}
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
  for (const std::string& line : sim::testing::surviving(mutations, registry.types(), kFolder)) {
    ADD_FAILURE() << line;
  }
}

TEST(Registry, EveryParameterIsGivenWrongValues) {
  const sim::ModelRegistry registry = make_registry();
  const auto mutations = sim::testing::wrong_values(kEverything, registry.types());
  EXPECT_GE(sim::testing::all_parameters(registry.types()).size(), 120U);
  EXPECT_THAT(sim::testing::untouched(mutations, registry.types()), ::testing::IsEmpty());
}

TEST(Registry, TheScenarioOfWrongValuesIsItselfRight) {
  EXPECT_EQ(sim::testing::findings_of(kEverything, "scenario", kFolder, make_registry().types()),
            "loads\n");
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
