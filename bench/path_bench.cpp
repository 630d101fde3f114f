// A path of three hops: requests that ask three services in turn, through the loader, the registry
// and the result file, against the loop of three stations in a row.
#include <chrono>
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

#include "bench/ratio.h"
#include "bench/reference/tandem_loop.h"
#include "models/registry/registry.h"
#include "sim/scenario/scenario.h"
#include "sim/study/run.h"

namespace {

constexpr const char* kScenario = R"(scenario: path
duration: 100m
seed: 1
resources:
  door: {service: {latency: 0s, program: [{call: a}, {call: b}, {call: c}]}}
  a: {service: {latency: {exponential: 10ms}, concurrency: 1, queue_length: 1000000, queue_timeout: 0s}}
  b: {service: {latency: {exponential: 10ms}, concurrency: 1, queue_length: 1000000, queue_timeout: 0s}}
  c: {service: {latency: {exponential: 10ms}, concurrency: 1, queue_length: 1000000, queue_timeout: 0s}}
traffic: {clients: {to: door, rate: 80/s, latency: 0s}}
)";

}  // namespace

int main(int argc, char** argv) {
  using namespace updraft;
  bench::RatioBench bench(argc, argv);
  if (bench.wants("path_of_three")) {
    const sim::ModelRegistry registry = make_registry();
    const sim::Plan plan = sim::Scenario::load(kScenario, "path.yaml", registry.types()).plan;
    const sim::Duration span = std::chrono::minutes{bench.counts() ? 20 : 100};
    const std::string output =
        (std::filesystem::temp_directory_path() / fmt::format("updraft-path-{}.h5", ::getpid()))
            .string();
    bench.compare(
        {.name = "path_of_three", .unit = "requests", .target = 4.0},
        [&] {
          return run(plan, registry, {.duration = span, .output = output}).traffic.at(0).sent;
        },
        [] { return bench::tandem_loop(1'000'000, 1).units; });
    std::filesystem::remove(output);
  }
  return bench.finish();
}
