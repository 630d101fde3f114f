// Prints hashes of the order in which the event list runs events: tied times, timers of very
// different length, cancelled and moved events, lanes, and effects of the same instant.
#include <vector>

#include "sim/core/event_list.h"
#include "sim/random/distribution.h"
#include "sim/random/stream.h"
#include "tests/determinism/digest.h"

namespace updraft::sim {
namespace {

struct Payload {
  std::uint64_t number;
};

/// Holds `pending` events and replaces each one that runs; `next_delay` says by how much later.
template <class NextDelay>
void hold(const char* name, std::uint32_t pending, std::uint32_t steps, NextDelay next_delay) {
  digest::Digest digest;
  EventList list;
  std::uint64_t number = 0;
  for (; number < pending; ++number) {
    list.push(kStart + next_delay(number), static_cast<Phase>(number % 7),
              Event::of(0, 1, Payload{number}));
  }
  Popped popped;
  for (std::uint32_t step = 0; step < steps && list.pop(kNever, popped); ++step) {
    digest.add(static_cast<std::uint64_t>(to_ns(popped.time)));
    digest.add(static_cast<std::uint64_t>(popped.phase));
    digest.add(popped.sequence);
    digest.add(popped.event.as<Payload>().number);
    list.push(popped.time + next_delay(number), static_cast<Phase>(number % 7),
              Event::of(0, 1, Payload{number}));
    ++number;
  }
  digest.print(name);
}

/// Everything a station and its time-outs do to the list: cancel, move earlier and later, lanes.
void churn() {
  digest::Digest digest;
  const StreamKey key = stream_key(7, 0, "churn", "choice");
  EventList list;
  const LaneId lane = list.add_lane(Phase::kControllers);
  std::vector<EventHandle> handles(512);
  std::uint64_t number = 0;
  list.push(kStart, Phase::kArrivals, Event::of(0, 0, Payload{number}));
  Popped popped;
  for (std::uint32_t step = 0; step < 200'000 && list.pop(kNever, popped); ++step) {
    digest.add(static_cast<std::uint64_t>(to_ns(popped.time)));
    digest.add(popped.sequence);
    digest.add(popped.event.as<Payload>().number);
    const double choice = uniform01(key, step, 0, 0);
    const double size = uniform01(key, step, 0, 1);
    const Duration delay{static_cast<std::int64_t>(size * 4096) * 1000};
    EventHandle& handle = handles[step % handles.size()];
    if (choice < 0.2) {
      digest.add(static_cast<std::uint64_t>(list.cancel(handle)));
    } else if (choice < 0.5) {
      digest.add(static_cast<std::uint64_t>(list.move(handle, popped.time + delay)));
    }
    if (choice < 0.3) {
      handle = list.push_lane(lane, popped.time + 3ms, Event::of(0, 2, Payload{++number}));
    } else {
      handle =
          list.push(popped.time + delay, Phase::kCompletions, Event::of(0, 1, Payload{++number}));
    }
    if (list.size() < 64) {
      list.push(popped.time, Phase::kRecorders, Event::of(0, 3, Payload{++number}));
    }
    digest.add(static_cast<std::uint64_t>(to_ns(list.due(handle))));
  }
  digest.add(static_cast<std::uint64_t>(list.size()));
  digest.print("event_list/churn");
}

}  // namespace
}  // namespace updraft::sim

int main() {
  using namespace updraft::sim;
  const StreamKey key = stream_key(1, 0, "engine_digest", "delay");
  const Distribution exponential = Distribution::exponential(1e6).value();
  hold("event_list/hold_exponential_1000", 1'000, 100'000,
       [&](std::uint64_t number) { return exponential.sample_duration(key, number); });
  hold("event_list/hold_exponential_30000", 30'000, 100'000,
       [&](std::uint64_t number) { return exponential.sample_duration(key, number); });
  hold("event_list/hold_ties", 1'000, 100'000, [&](std::uint64_t number) {
    return Duration{static_cast<std::int64_t>(uniform01(key, number) * 4) * 1'000'000};
  });
  hold("event_list/hold_bimodal", 1'000, 100'000,
       [&](std::uint64_t number) { return number % 3 == 0 ? Duration{100s} : Duration{1ms}; });
  churn();
  return 0;
}
