// Requests on their way, whole with loader, registry, metrics and result file, each against the
// loop that does the least of the same: three services in turn (three stations in a row), a queue
// with sixteen workers (M/M/16), a function (customers in environments that are idle, or new).
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

#include "bench/ratio.h"
#include "bench/reference/tandem_loop.h"
#include "bench/reference/warm_pool_loop.h"
#include "models/registry/registry.h"
#include "sim/scenario/scenario.h"
#include "sim/study/run.h"

namespace {

constexpr const char* kPath = R"(scenario: path
duration: 100m
seed: 1
resources:
  door: {service: {latency: 0s, program: [{call: a}, {call: b}, {call: c}]}}
  a: {service: {latency: {exponential: 10ms}, concurrency: 1, queue_length: 1000000, queue_timeout: 0s}}
  b: {service: {latency: {exponential: 10ms}, concurrency: 1, queue_length: 1000000, queue_timeout: 0s}}
  c: {service: {latency: {exponential: 10ms}, concurrency: 1, queue_length: 1000000, queue_timeout: 0s}}
traffic: {clients: {to: door, rate: 80/s, latency: 0s}}
)";

// 128 a second, 100 ms each, sixteen threads on one instance.
constexpr const char* kQueue = R"(scenario: queue
duration: 100m
seed: 1
resources:
  jobs: {queue: {receive_message_wait_time_seconds: 20s}}
  hands:
    auto_scaling_group:
      min_size: 1
      max_size: 1
      availability_zones: [a]
      launch_template: {instance_type: m7g.large, polls: {queue: jobs, threads: 16, request_latency: 0s}}
initial:
  hands: {in_service: 1}
traffic: {clients: {to: jobs, rate: 128/s, latency: 0s, demand: {wait: {exponential: 100ms}}}}
)";

// 80 a second, 100 ms each: eight at a time.
constexpr const char* kFunction = R"(scenario: function
duration: 100m
seed: 1
resources:
  api: {function: {environment_idle_timeout: 10m, code: {creation: 0s, init: 0s}}}
traffic: {clients: {to: api, rate: 80/s, latency: 0s, demand: {wait: {exponential: 100ms}}}}
)";

using namespace updraft;

void compare(bench::RatioBench& bench, const char* name, const char* text,
             const std::function<std::uint64_t()>& reference) {
  if (!bench.wants(name)) {
    return;
  }
  const sim::ModelRegistry registry = make_registry();
  const sim::Plan plan = sim::Scenario::load(text, "bench.yaml", registry.types()).plan;
  const sim::Duration span = std::chrono::minutes{bench.counts() ? 20 : 100};
  const std::string output =
      (std::filesystem::temp_directory_path() / fmt::format("updraft-{}-{}.h5", name, ::getpid()))
          .string();
  bench.compare(
      {.name = name, .unit = "requests", .target = 4.0},
      [&] { return run(plan, registry, {.duration = span, .output = output}).traffic.at(0).sent; },
      reference);
  std::filesystem::remove(output);
}

}  // namespace

int main(int argc, char** argv) {
  bench::RatioBench bench(argc, argv);
  compare(bench, "path_of_three", kPath, [] { return bench::tandem_loop(1'000'000, 1).units; });
  compare(bench, "queue_of_sixteen", kQueue,
          [] { return bench::mmc_loop<16>(1'000'000, 1).units; });
  compare(bench, "function_of_eight", kFunction, [] {
    return bench::warm_pool_loop(1'000'000, 8, std::uint64_t{6'000} * 1'000'000'000, 1).units;
  });
  return bench.finish();
}
