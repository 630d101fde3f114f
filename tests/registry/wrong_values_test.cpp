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
      listeners:
        - port: 80
          forward: {target_groups: [{target_group: web, weight: 3}, api], stickiness_duration: 1h}
          rules:
            - priority: 10
              conditions: [{path_pattern: [/api/*]}, {host_header: ["*.example.com"]}]
              forward: {target_group: api}
            - priority: 20
              conditions:
                - http_header: {http_header_name: User-Agent, values: ["*Chrome*"]}
                - http_request_method: [GET, HEAD]
              redirect: {status_code: 301}
            - priority: 30
              conditions:
                - query_string: [{key: version, value: v1}]
                - source_ip: [192.0.2.0/24]
              fixed_response: {status_code: 503}
            - priority: 40
              conditions: [{path_pattern: [/pictures/*]}]
              forward: {target_group: serverless}
      idle_timeout: 60s
      zonal_shift_enabled: true
      access_logs: {share: 0.5}
  nlb:
    load_balancer:
      type: network
      availability_zones: [a, b]
      listeners: [{port: 80, forward: flows}]
      tcp_idle_timeout: 350s
  web:
    target_group: {deregistration_delay: 300s, slow_start: 30s, stickiness: {type: app_cookie}}
  api: {target_group: {load_balancing_algorithm_type: least_outstanding_requests}}
  flows: {target_group: {target_type: ip}}
  serverless: {target_group: {target_type: lambda, targets: [resize]}}
  front: {load_balancer: {type: network, availability_zones: [a, b], listeners: [{forward: fronted}]}}
  fronted: {target_group: {target_type: alb, targets: [web-alb]}}
  small:
    launch_template:
      instance_type: m5.large
      monitoring: detailed
      boot: {lognormal: {mean: 90s, p99: 180s}}
      restart: 20s
      warm_up: {period: 30s, speed_factor: 0.5}
      polls:
        queue: jobs
        threads: 4
        max_number_of_messages: 10
        wait_time_seconds: 20s
        visibility_timeout: 5m
        heartbeat: 1m
        protects_from_scale_in: true
        failure_probability: 1%
        on_failure: release
        request_latency: 20ms
        pause: 1s
      program:
        on_disconnect: stop
        honour_deadline: true
        clients:
          db:
            connections: 20
            connection_timeout: 10s
            latency: 1ms
            retry:
              mode: standard_2026
              max_attempts: 4
              base_delay: 100ms
              throttling_base_delay: 200ms
              max_delay: 5s
              jitter: none
              quota: {capacity: 100, cost: 5, timeout_cost: 10, throttling_cost: 4, success_refund: 1}
              budget: {budget_percent: 10%, min_retry_concurrency: 2}
            circuit_breaker:
              failure_rate_threshold: 40%
              slow_call_rate_threshold: 90%
              slow_call_duration_threshold: 2s
              sliding_window_size: 50
              minimum_number_of_calls: 20
              wait_duration_in_open_state: 30s
              permitted_number_of_calls_in_half_open_state: 5
        steps:
          - {demand: {factor: 1}}
          - {call: {to: cache, timeout: 50ms, on_hit: [{wait: 1ms}], on_miss: [{call: db}], if_failed: [{compute: 2ms}]}}
          - {call: {to: db, ignore_failure: true}}
          - {send: news-in-order}
          - {send: {to: news, latency: 10ms, ignore_failure: true}}
          - choose:
              - {probability: 10%, do: [{fail: {probability: 5%}}]}
              - {share_of_keys: 10%, do: [{wait: 1ms}]}
              - {path: /api/*, do: [{wait: 1ms}]}
          - {parallel: {need: 1, branches: [{do: [{wait: 1ms}]}, {do: [{compute: 1ms}]}]}}
  burstable:
    launch_template:
      instance_type: t3.micro
      credit_specification: standard
      initial_cpu_credits: 12
      market_type: spot
      spot: {prices: data/spot_prices.csv, max_price: 0.02, monthly_interruption: 5%, rebalance_lead: 2m}
      associate_public_ip_address: false
  crowd:
    auto_scaling_group:
      min_size: 1
      max_size: 2
      availability_zones: [a, b]
      launch_template: burstable
      mixed_instances_policy:
        instances_distribution:
          on_demand_allocation_strategy: lowest-price
          on_demand_base_capacity: 1
          on_demand_percentage_above_base_capacity: 50
          spot_allocation_strategy: price-capacity-optimized
          spot_instance_pools: 3
        overrides: [{launch_template: burstable, weighted_capacity: 2}, {launch_template: small}]
  jobs:
    queue:
      visibility_timeout: 60s
      delay_seconds: 0s
      redrive_policy: {dead_letter_target: dead, max_receive_count: 5}
      duplicate_probability: 0.01%
  dead: {queue: {message_retention_period: 14d}}
  news:
    topic:
      publish_quota: 1000/s
      maximum_message_size: 64KiB
      retry_jitter: 10%
      subscriptions:
        to-jobs:
          protocol: sqs
          endpoint: jobs
          redrive_policy: {dead_letter_target: dead}
          filter_policy:
            store:
              any_of:
                - {value: north}
                - {prefix: no}
                - {suffix: th}
                - {equals_ignore_case: North}
                - {anything_but: south}
                - {exists: true}
                - {numeric: {greater_than: 1, greater_than_or_equal: 1, less_than: 9, less_than_or_equal: 9}}
        to-web:
          protocol: http
          endpoint: web-alb
          request_timeout: 15s
          delivery_policy:
            num_retries: 6
            num_no_delay_retries: 1
            num_min_delay_retries: 1
            num_max_delay_retries: 1
            min_delay_target: 1s
            max_delay_target: 20s
            backoff_function: exponential
            max_receives_per_second: 10/s
  news-in-order:
    topic:
      fifo_topic: true
      content_based_deduplication: true
      fifo_throughput_scope: MessageGroup
      fifo_publish_quota: 300/s
      subscriptions: {to-ordered: {protocol: sqs, endpoint: ordered}}
  cache: {service: {latency: 1ms, miss_probability: 10%}}
  db:
    service:
      latency: 5ms
      concurrency: 20
      queue_length: 100
      queue_timeout: 5s
      error_probability: 1%
      rate_limit: {rate: 1000/s, burst: 2000}
      program: [{wait: 1ms}]
  ordered: {queue: {fifo_queue: true, content_based_deduplication: true, deduplication_scope: messageGroup}}
  hands:
    auto_scaling_group:
      min_size: 1
      max_size: 2
      availability_zones: [a, b]
      launch_template:
        instance_type: m5.large
        polls: ordered
  resize:
    function:
      memory_size: 1769
      timeout: 30s
      ephemeral_storage: 1024
      architecture: arm64
      code:
        duration: {exponential: 100ms}
        wait: 20ms
        threads: 1
        creation: 100ms
        init: {lognormal: {mean: 200ms, p99: 400ms}}
        failure_probability: 1%
        init_failure_probability: 1%
      reserved_concurrent_executions: 100
      event_invoke_config: {maximum_retry_attempts: 1, maximum_event_age: 1h, on_success: jobs, on_failure: dead}
      dead_letter_target: dead
      invocation_type: Event
      recursive_loop: Allow
      environment_reuse: newest
      environment_idle_timeout: 5m
      environment_lifetime: 4h
      reset_on_error: false
      scaling_rate: account_burst
      bills_init: false
      maximum_event_size: 256KiB
  resize-jobs:
    event_source_mapping:
      event_source: jobs
      function_name: resize-live
      batch_size: 100
      maximum_batching_window: 5s
      maximum_concurrency: 50
      report_batch_item_failures: true
      message_failure_probability: 1%
      batches_added_per_minute: 60
      most_batches: 1000
      pause_after_throttle: 2s
  resize-more: {event_source_mapping: {event_source: jobs, function_name: resize, provisioned_poller_config: {minimum_pollers: 2, maximum_pollers: 10}}}
  resize-1: {function_version: {function_name: resize, code: {init: 100ms, program: [{compute: 10ms}]}, provisioned_concurrency: 5}}
  resize-2: {function_version: {function_name: resize}}
  resize-live:
    function_alias:
      function_version: resize-2
      additional_version_weight: {function_version: resize-1, function_weight: 10%}
      provisioned_concurrency: {provisioned_concurrent_executions: 10, allocation_delay: 60s, allocation_rate: 500}
  lambda-limits: {lambda_account: {concurrent_executions: 2000, burst_concurrency: 1000}}
  limits: {ec2_account: {on_demand_standard_vcpus: 64, spot_standard_vcpus: 32}}
  fleet:
    auto_scaling_group:
      min_size: 2
      max_size: 20
      availability_zones: [a, b]
      target_groups: [web, api, flows]
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
        predictive: {predictive_scaling: {predefined_metric_pair_type: ALBRequestCount, target_value: 50, target_group: web, mode: ForecastAndScale, scheduling_buffer_time: 60s, max_capacity_breach_behavior: IncreaseMaxCapacity, max_capacity_buffer: 10, history: data/load.csv, forecast_by: HourOfDay}}
      instance_maintenance_policy: {min_healthy_percentage: 90, max_healthy_percentage: 120}
      max_instance_lifetime: 7d
      capacity_rebalance: true
      availability_zone_impairment_policy: {zonal_shift_enabled: true, impaired_zone_health_check_behavior: IgnoreUnhealthy}
      warm_pool: {pool_state: Running, min_size: 1, max_group_prepared_capacity: 15, reuse_on_scale_in: true}
      lifecycle_hooks:
        boots: {lifecycle_transition: autoscaling:EC2_INSTANCE_LAUNCHING, completes_at_boot: true}
        drains: {lifecycle_transition: autoscaling:EC2_INSTANCE_TERMINATING, completes_when_drained: true}
        ready:
          lifecycle_transition: autoscaling:EC2_INSTANCE_LAUNCHING
          heartbeat_timeout: 600s
          completes_after: {exponential: 60s}
          heartbeat_every: 60s
        save: {lifecycle_transition: autoscaling:EC2_INSTANCE_TERMINATING, default_result: CONTINUE}
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
  trouble:
    composite_alarm:
      alarm_rule: ALARM(slow-answers) AND NOT OK(share-of-errors)
      actions_suppressor: share-of-errors
      actions_suppressor_wait_period: 1m
      alarm_actions: [on-call]
  orders: {custom_metric: {storage_resolution: 1s}}
  clock: {cloudwatch: {publication_delay: 60s}}
  lan: {network: {same_zone_latency: 100us}}
  prices: {billing: {price_book: data/own_prices.csv}}
initial:
  fleet: {in_service: 4}
  resize: {environments: 3}
  resize-1: {allocated: true}
  resize-live: {allocated: false}
  jobs: {messages: 100, demand: {cpu: 1s}, size: 2kB}
traffic:
  visitors:
    to: web-alb
    rate: 100/s
    demand: {cpu: {lognormal: {mean: 40ms, p99: 200ms}}, wait: 20ms, memory: 1MB}
    timeout: 30s
    connect_timeout: 10s
    latency: {exponential: 20ms}
  overseas: {to: web-alb, rate: 1/s, region: eu-west-1}
  counted: {to: web-alb, rate: {csv: data/counts.csv, scale: 2, shift: 1m, counts: exact}}
  exported: {to: web-alb, rate: {metric_data: data/requests.json, metric_id: requests}}
  stepped: {to: web-alb, rate: {steps: [{at: 0s, rate: 1/s}, {at: 1h, rate: 2/s}]}}
  ramped: {to: web-alb, rate: {ramp: {from: 0/s, to: 5/s, over: 1h}}}
  spiked: {to: web-alb, rate: {spike: {base: 1/s, peak: 5/s, at: 1h, hold: 10m}}}
  daily: {to: web-alb, rate: {daily: {low: 1/s, high: 5/s}}}
  weekly:
    to: web-alb
    rate: {weekly: {weekday: {low: 1/s, high: 5/s}, weekend: {low: 1/s, high: 2/s}}}
  replayed: {to: web-alb, replay: {csv: data/requests_in_order.csv, size_column: ContextTokens}}
  logged: {to: web-alb, access_log: {file: data/access.txt, offset: 1m, speed: 2}}
  flows: {to: nlb, rate: 1/s, sessions: {count: 10, requests: 5}}
  fixed: {to: front, rate: 1/s}
  work: {to: jobs, rate: 1/s}
  pictures: {to: resize-live, rate: 1/s}
  steps: {to: ordered, rate: 1/s, message_groups: {count: 10, skew: 1.5}}
  mixed:
    to: web-alb
    rate: 1/s
    requests:
      - {weight: 3, method: POST, host: shop.example.com, path: /api/orders, query: version=v1,
         headers: {User-Agent: {value: curl}}, source_address: 192.0.2.7,
         demand: {cpu: 5ms, wait: 1ms, memory: 1MB}, request_size: 1kB, response_size: 2kB}
      - {path: /index.html}
  persistent:
    to: web-alb
    rate: 1/s
    timeout: 30s
    retry:
      mode: standard
      max_attempts: 4
      base_delay: 100ms
      throttling_base_delay: 1s
      max_delay: 5s
      jitter: none
      quota: {capacity: 100, cost: 5, timeout_cost: 10, throttling_cost: 5, success_refund: 1}
      budget: {budget_percent: 20%, min_retry_concurrency: 3}
      attempt_timeout: 2s
      pass_deadline: true
    circuit_breaker:
      failure_rate_threshold: 50%
      slow_call_rate_threshold: 90%
      slow_call_duration_threshold: 5s
      sliding_window_size: 200
      minimum_number_of_calls: 100
      wait_duration_in_open_state: 30s
      permitted_number_of_calls_in_half_open_state: 20
  hasty:
    to: web-alb
    rate: 1/s
    hedging: {delay: 100ms, max_attempts: 3, budget: {budget_percent: 10%, min_retry_concurrency: 1}}
  closed: {to: web-alb, clients: {count: 5, think_time: {exponential: 2s}}}
operations:
  - {at: 3h, resize: {put_function_concurrency: 50}}
  - {at: 4h, resize: {delete_function_concurrency: true}}
  - {at: 3h, resize-1: {put_provisioned_concurrency: 10}}
  - {at: 3h, resize-live: {set_function_weight: 20%}}
  - {at: 4h, resize-live: {set_function_version: resize-1}}
  - {at: 3h, jobs: {purge: true}}
  - {at: 3h, jobs: {set_visibility_timeout: 90s}}
  - {at: 3h, jobs: {set_delay: 5s}}
  - {at: 3h, dead: {start_message_move_task: {to: jobs, max_number_of_messages_per_second: 10}}}
  - {at: 3h, fleet: {set_desired_capacity: 8}}
  - {at: 4h, fleet: {set_min_size: 3}}
  - {at: 5h, fleet: {set_max_size: 30}}
  - {at: 5h, slow-answers: {set_alarm_state: {state_value: ALARM, state_reason: a test}}}
  - {at: 6h, orders: {put_metric_data: {values: [1, 10], counts: [2, 4], statistic_values: {sample_count: 2, sum: 5, minimum: 1, maximum: 4}}}}
  - {at: 6h, web-alb: {start_zonal_shift: {away_from: b, expires_in: 1h}}}
  - {at: 6h30m, web-alb: {cancel_zonal_shift: {}}}
  - {at: 6h, fleet: {set_desired_capacity: {desired_capacity: 8, honor_cooldown: true}}}
  - {at: 6h, fleet: {execute_policy: {policy_name: steps, metric_value: 60, breach_threshold: 50, honor_cooldown: true}}}
  - {at: 6h, fleet: {suspend_processes: [AlarmNotification]}}
  - {at: 7h, fleet: {resume_processes: {scaling_processes: [AlarmNotification]}}}
  - {at: 7h, fleet: {complete_lifecycle_action: {lifecycle_hook_name: ready, lifecycle_action_result: CONTINUE}}}
  - at: 7h
    fleet:
      start_instance_refresh:
        launch_template: burstable
        min_healthy_percentage: 80
        max_healthy_percentage: 110
        instance_warmup: 1m
        checkpoint_percentages: [50, 100]
        checkpoint_delay: 10m
        skip_matching: true
        auto_rollback: true
        scale_in_protected_instances: Ignore
        bake_time: 10m
        alarms: [slow-answers]
  - {at: 7h, fleet: {start_zonal_shift: {away_from: a, expires_in: 1h}}}
  - {at: 7h, fleet: {cancel_zonal_shift: {}}}
  - {at: 8h, fleet: {stop_instance_refresh: {rollback: true}}}
  - {at: 7h, fleet: {enter_standby: {count: 2, availability_zone: a, should_decrement_desired_capacity: false}}}
  - {at: 8h, fleet: {exit_standby: {count: 2, availability_zone: a}}}
  - {at: 8h, fleet: {set_instance_protection: {count: 2, availability_zone: a, protected_from_scale_in: false}}}
  - {at: 8h, fleet: {set_instance_health: {count: 2, availability_zone: a}}}
  - {at: 8h, small: {stop_instances: {count: 2, availability_zone: a}}}
  - {at: 9h, small: {start_instances: 2}}
  - {at: 9h, small: {reboot_instances: 1}}
  - {at: 9h, burstable: {set_credit_specification: unlimited}}
faults:
  - {at: 7h, for: 30m, lose_availability_zone: b}
  - {at: 8h, kill_instance: {of: fleet, count: 2, availability_zone: a}}
  - {at: 9h, for: 10m, slow_instance: {of: fleet, speed_factor: 0.1}}
  - {at: 9h, for: 10m, hang_instance: {of: fleet, count: 2, availability_zone: a}}
  - {at: 9h, for: 10m, fail_health_checks: {of: fleet, count: 2, availability_zone: a}}
  - {rate: 1/6h, for: 10m, degrade_link: {availability_zone: a, other_zone: b, latency: 5ms, loss: 1%}}
  - {when: fleet.CPUUtilization > 80 for 5m, kill_instance: {of: fleet}}
  - {at: 10h, for: 10m, delay_metrics: {of: fleet, metric: CPUUtilization, by: 5m}}
  - {at: 11h, for: 10m, drop_metrics: {of: fleet}}
  - {at: 12h, for: 10m, insufficient_capacity: {instance_type: m5.large, availability_zone: a}}
  - {at: 12h, for: 10m, degrade_service: {of: db, latency_factor: 5, error_probability: 1%, unreachable: false}}
  - {at: 13h, for: 10m, fail_status_check: {of: fleet, check: system, count: 2, availability_zone: a}}
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
