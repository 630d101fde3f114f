// scenarios/match_day.yaml as a whole (balancer nodes, processor sharing, health checks, metrics,
// decisions, result file), for each request, against the loop of ten servers behind round robin.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

#include "bench/ratio.h"
#include "bench/reference/loops.h"
#include "models/registry/registry.h"
#include "sim/scenario/scenario.h"
#include "sim/study/run.h"

namespace {

const std::string kScenario = UPDRAFT_SOURCE_DIR "/scenarios/match_day.yaml";

std::uint64_t requests_of(const updraft::sim::Report& report) {
  std::uint64_t sent = 0;
  for (const updraft::sim::TrafficReport& source : report.traffic) {
    sent += source.sent;
  }
  return sent;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace updraft;
  bench::RatioBench bench(argc, argv);
  if (bench.wants("match_day")) {
    std::ifstream in(kScenario, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const sim::ModelRegistry registry = make_registry();
    const sim::Plan plan = sim::Scenario::load(text, kScenario, registry.types()).plan;
    const sim::Duration span = std::chrono::hours{bench.counts() ? 6 : 24};
    const std::string output = (std::filesystem::temp_directory_path() /
                                fmt::format("updraft-match-day-{}.h5", ::getpid()))
                                   .string();
    bench.compare(
        {.name = "match_day", .unit = "requests", .target = 6.0},
        [&] { return requests_of(run(plan, registry, {.duration = span, .output = output})); },
        [] { return bench::ten_servers_loop<bench::Choice::kRoundRobin>(5'000'000, 1).units; });
    std::filesystem::remove(output);
  }
  return bench.finish();
}
