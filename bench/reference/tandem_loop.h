// The reference loop of a path: three stations in a row, one server and one line each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "bench/reference/generator.h"
#include "bench/reference/loops.h"
#include "bench/reference/queues.h"

namespace updraft::bench {

/// Customers arrive at the first of three stations with load kLoad each; the response counts from
/// there to the end of the third. First in, first out, so one ring of arrivals serves all three.
inline LoopResult tandem_loop(std::uint64_t customers, std::uint64_t seed) {
  constexpr std::size_t kStations = 3;
  Generator draw(seed);
  SmallQueue queue;
  TimeRing arrivals;
  std::array<std::uint64_t, kStations> standing{};
  std::uint64_t sequence = 0;
  std::uint64_t done = 0;
  std::uint64_t now = 0;
  double response = 0;
  const auto begin = [&](std::size_t station) {
    queue.push({now + draw.exponential_ns(kServiceNs), word_of(kCompletion, ++sequence, station)});
  };
  const auto enter = [&](std::size_t station) {
    if (standing[station]++ == 0) {
      begin(station);
    }
  };
  const auto next_arrival = [&] {
    queue.push({now + draw.exponential_ns(kServiceNs / kLoad), word_of(kArrival, ++sequence, 0)});
  };
  next_arrival();
  while (done < customers) {
    const Key key = queue.pop();
    now = key.time;
    if (phase_of(key) == kArrival) {
      next_arrival();
      arrivals.push(now);
      enter(0);
      continue;
    }
    const std::size_t station = slot_of(key);
    if (--standing[station] != 0) {
      begin(station);
    }
    if (station + 1 < kStations) {
      enter(station + 1);
    } else {
      response += static_cast<double>(now - arrivals.pop());
      ++done;
    }
  }
  return {done, response / static_cast<double>(done) / kServiceNs, now};
}

}  // namespace updraft::bench
