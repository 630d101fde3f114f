// The reference loop of a function: customers who are served at once, each in an environment that
// is idle, or in a new one when none is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/reference/generator.h"
#include "bench/reference/loops.h"
#include "bench/reference/queues.h"

namespace updraft::bench {

/// `load` customers are in service on average. The environment that was used last is taken, and one
/// that is idle for longer than `idle_ns` when somebody looks has ended. `mean` is the share that
/// found none.
inline LoopResult warm_pool_loop(std::uint64_t customers, double load, std::uint64_t idle_ns,
                                 std::uint64_t seed) {
  Generator draw(seed);
  SmallQueue queue;
  std::vector<std::uint64_t> idle;  // since when; the newest last
  std::size_t ended = 0;            // of them, at the front
  std::uint64_t sequence = 0;
  std::uint64_t done = 0;
  std::uint64_t cold = 0;
  std::uint64_t now = 0;
  const auto next_arrival = [&] {
    queue.push({now + draw.exponential_ns(kServiceNs / load), word_of(kArrival, ++sequence, 0)});
  };
  next_arrival();
  while (done < customers) {
    const Key key = queue.pop();
    now = key.time;
    if (phase_of(key) == kCompletion) {
      idle.push_back(now);
      ++done;
      continue;
    }
    next_arrival();
    while (ended < idle.size() && idle[ended] + idle_ns < now) {
      ++ended;
    }
    if (ended < idle.size()) {
      idle.pop_back();
    } else {
      idle.clear();
      ended = 0;
      ++cold;
    }
    queue.push({now + draw.exponential_ns(kServiceNs), word_of(kCompletion, ++sequence, 0)});
  }
  return {done, static_cast<double>(cold) / static_cast<double>(done), now};
}

}  // namespace updraft::bench
