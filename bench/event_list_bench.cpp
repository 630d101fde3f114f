// The event list alone: HOLD, and the guards that tell whether a change made it fragile. A calendar
// queue falls to a fifth on bimodal timers, a descending run is quadratic on tied times; here each
// stays near HOLD of its size.
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/handlers.h"
#include "bench/reference/generator.h"
#include "sim/core/event_list.h"

namespace updraft::bench {
namespace {

using namespace std::chrono_literals;
using sim::Duration;
using sim::Event;
using sim::EventHandle;
using sim::EventList;
using sim::Phase;
using sim::Popped;

constexpr std::uint64_t kHolds = 1'000'000;

void hold_of(benchmark::State& state, double mean_ns, double other_mean_ns) {
  EngineHold hold(static_cast<std::uint64_t>(state.range(0)), mean_ns, other_mean_ns, 1);
  hold.run(kHolds);
  std::uint64_t units = 0;
  for (auto _ : state) {
    units += hold.run(kHolds);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(units));
}

void hold(benchmark::State& state) {
  hold_of(state, 1e9, 1e9);
}
BENCHMARK(hold)->Arg(2)->Arg(16)->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Unit(
    benchmark::kMillisecond);

void bimodal(benchmark::State& state) {
  hold_of(state, 1e6, 1e11);
}
BENCHMARK(bimodal)->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

// All pending events at one time; each enters its successor a second later, again all at one time.
void tied(benchmark::State& state) {
  EventList list;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    list.push(sim::kStart + 1s, static_cast<Phase>(i % 3), Event::of(0, 1, i));
  }
  std::int64_t units = 0;
  Popped popped;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      list.pop(sim::kNever, popped);
      list.push(popped.time + 1s, popped.phase, popped.event);
    }
    units += state.range(0);
  }
  state.SetItemsProcessed(units);
}
BENCHMARK(tied)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

// Each event enters two more at its own instant, in its own and in a later phase, before its
// successor.
void present_instant(benchmark::State& state) {
  EventList list;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    list.push(sim::kStart + Duration{i}, Phase::kCompletions, Event::of(0, 1, i));
  }
  std::int64_t units = 0;
  Popped popped;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < 3 * state.range(0); ++i) {
      list.pop(sim::kNever, popped);
      if (popped.event.kind == 1) {
        list.push(popped.time, Phase::kCompletions, Event::of(0, 2, i));
        list.push(popped.time, Phase::kArrivals, Event::of(0, 2, i));
        list.push(popped.time + Duration{state.range(0)}, Phase::kCompletions, popped.event);
      }
    }
    units += 3 * state.range(0);
  }
  state.SetItemsProcessed(units);
}
BENCHMARK(present_instant)->Arg(1'000)->Unit(benchmark::kMillisecond);

// A request: a time-out of 30 s set at its arrival and cancelled at its completion, some ms later.
// Counts requests; each is two pushes, a cancel and a pop.
template <bool kLane>
void cancelled_timeouts(benchmark::State& state) {
  Generator draw(1);
  EventList list;
  const sim::LaneId lane = list.add_lane(Phase::kControllers);
  const auto begin = [&](sim::Time now) {
    const Event timeout = Event::of(1, 2, std::uint64_t{0});
    const EventHandle handle = kLane ? list.push_lane(lane, now + 30s, timeout)
                                     : list.push(now + 30s, Phase::kControllers, timeout);
    const sim::Time done = now + Duration{static_cast<std::int64_t>(draw.exponential_ns(5e6))};
    list.push(done, Phase::kCompletions, Event::of(0, 1, handle));
  };
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    begin(sim::kStart);
  }
  std::int64_t units = 0;
  Popped popped;
  for (auto _ : state) {
    for (std::uint64_t i = 0; i < kHolds; ++i) {
      list.pop(sim::kNever, popped);
      list.cancel(popped.event.as<EventHandle>());
      begin(popped.time);
    }
    units += kHolds;
  }
  state.SetItemsProcessed(units);
  state.counters["dead_keys"] = static_cast<double>(list.dead_keys());
  state.counters["bytes"] = static_cast<double>(list.memory_bytes());
}
BENCHMARK(cancelled_timeouts<false>)->Arg(100)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK(cancelled_timeouts<true>)->Arg(100)->Arg(10'000)->Unit(benchmark::kMillisecond);

// Stations of shared processors: every arrival moves its station's next completion, mostly later.
void moved_completion(benchmark::State& state) {
  Generator draw(1);
  EventList list;
  std::vector<EventHandle> next(static_cast<std::size_t>(state.range(0)));
  for (std::size_t i = 0; i < next.size(); ++i) {
    next[i] = list.push(sim::kStart + 10ms, Phase::kCompletions,
                        Event::of(static_cast<std::uint32_t>(i), 1, i));
  }
  std::int64_t units = 0;
  Popped popped;
  for (auto _ : state) {
    for (std::uint64_t i = 0; i < kHolds; ++i) {
      const std::size_t station = draw.bits() % next.size();
      const auto wait = Duration{static_cast<std::int64_t>(draw.exponential_ns(1e7))};
      list.move(next[station], list.now() + wait);
      if (i % 4 == 0) {
        list.pop(sim::kNever, popped);
        next[popped.event.target] =
            list.push(popped.time + wait, Phase::kCompletions, popped.event);
      }
    }
    units += kHolds;
  }
  state.SetItemsProcessed(units);
}
BENCHMARK(moved_completion)->Arg(10)->Arg(1'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace updraft::bench

BENCHMARK_MAIN();
