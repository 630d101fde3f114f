// The reference loops alone: what this machine can do. mean_response is in mean service times;
// M/M/1 at load 0.8 has 5.
#include <benchmark/benchmark.h>

#include "bench/reference/loops.h"

namespace updraft::bench {
namespace {

constexpr std::uint64_t kCustomers = 2'000'000;

void report(benchmark::State& state, std::uint64_t units, double mean_response) {
  state.SetItemsProcessed(static_cast<std::int64_t>(units));
  state.counters["mean_response"] = mean_response;
}

void mm1(benchmark::State& state) {
  LoopResult result;
  std::uint64_t units = 0;
  for (auto _ : state) {
    result = mmc_loop<1>(kCustomers, 1);
    units += result.units;
  }
  report(state, units, result.mean_response);
}
BENCHMARK(mm1)->Unit(benchmark::kMillisecond);

void mm16(benchmark::State& state) {
  LoopResult result;
  std::uint64_t units = 0;
  for (auto _ : state) {
    result = mmc_loop<16>(kCustomers, 1);
    units += result.units;
  }
  report(state, units, result.mean_response);
}
BENCHMARK(mm16)->Unit(benchmark::kMillisecond);

template <Choice kChoice>
void ten_servers(benchmark::State& state) {
  LoopResult result;
  std::uint64_t units = 0;
  for (auto _ : state) {
    result = ten_servers_loop<kChoice>(kCustomers, 1);
    units += result.units;
  }
  report(state, units, result.mean_response);
}
BENCHMARK(ten_servers<Choice::kRoundRobin>)->Unit(benchmark::kMillisecond);
BENCHMARK(ten_servers<Choice::kLeastOutstanding>)->Unit(benchmark::kMillisecond);

void hold(benchmark::State& state) {
  HoldLoop<RadixQueue> loop(static_cast<std::uint64_t>(state.range(0)), 1);
  loop.run(kCustomers);
  std::uint64_t units = 0;
  for (auto _ : state) {
    LoopResult result = loop.run(kCustomers);
    benchmark::DoNotOptimize(result);
    units += result.units;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(units));
}
BENCHMARK(hold)->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace updraft::bench

BENCHMARK_MAIN();
