// Load, check and build a scenario of a thousand resources: 333 groups of instances with a load
// balancer and a target group each, and one alarm. The target is 50 ms of work.
#include <memory>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "models/registry/registry.h"
#include "sim/scenario/scenario.h"
#include "sim/study/run.h"

namespace updraft::bench {
namespace {

constexpr int kFleets = 333;

std::string thousand_resources() {
  std::string text = "scenario: thousand\nduration: 1h\nresources:\n";
  std::string traffic = "traffic:\n";
  for (int i = 0; i < kFleets; ++i) {
    text += fmt::format(
        "  alb-{0}:\n"
        "    load_balancer: {{availability_zones: [a, b], listeners: [{{port: 80, forward: "
        "web-{0}}}]}}\n"
        "  web-{0}:\n"
        "    target_group: {{deregistration_delay: 120s}}\n"
        "  fleet-{0}:\n"
        "    auto_scaling_group:\n"
        "      min_size: 2\n"
        "      max_size: 6\n"
        "      availability_zones: [a, b]\n"
        "      target_groups: [web-{0}]\n"
        "      launch_template: {{instance_type: m5.large, boot: {{lognormal: {{mean: 90s, p99: "
        "180s}}}}}}\n"
        "      scaling_policies:\n"
        "        cpu: {{target_tracking: {{predefined_metric_type: ASGAverageCPUUtilization, "
        "target_value: 50}}}}\n",
        i);
    traffic +=
        fmt::format("  visitors-{0}: {{to: alb-{0}, rate: 10/s, demand: {{cpu: 20ms}}}}\n", i);
  }
  text +=
      "  high: {alarm: {resource: alb-0, metric_name: TargetResponseTime, statistic: Average, "
      "threshold: 1, comparison_operator: GreaterThanThreshold, evaluation_periods: 3}}\n";
  return text + traffic;
}

void load_and_check(benchmark::State& state) {
  const std::string text = thousand_resources();
  const sim::ModelRegistry registry = make_registry();
  for (auto _ : state) {
    benchmark::DoNotOptimize(sim::Scenario::load(text, "thousand.yaml", registry.types()));
  }
}

void load_check_and_build(benchmark::State& state) {
  const std::string text = thousand_resources();
  const sim::ModelRegistry registry = make_registry();
  for (auto _ : state) {
    const sim::Plan plan = sim::Scenario::load(text, "thousand.yaml", registry.types()).plan;
    auto run = std::make_unique<sim::Run>(plan, registry, sim::RunOptions{});
    benchmark::DoNotOptimize(run->now());
    state.PauseTiming();
    run.reset();
    state.ResumeTiming();
  }
}

BENCHMARK(load_and_check)->Unit(benchmark::kMillisecond);
BENCHMARK(load_check_and_build)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace updraft::bench

BENCHMARK_MAIN();
