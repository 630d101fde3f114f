// The reference loops: the least work by which a program can do the same as the engine. They are
// the machine's practical limit; targets are ratios to them in one sitting. Each keeps the order
// (time, phase, sequence) in 16-byte keys, draws from a fast generator, and has no dispatch, no
// payload, no histogram.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "bench/reference/generator.h"
#include "bench/reference/queues.h"

namespace updraft::bench {

struct LoopResult {
  std::uint64_t units = 0;         // holds, or customers that left
  double mean_response = 0.0;      // in mean service times; tells that the loop does its work
  std::uint64_t last_time_ns = 0;  // keeps the compiler honest
};

/// HOLD: `pending` events; each, when it runs, enters its successor after an exponential time.
/// Primes on construction, so that run() measures the steady state. `Queue` has push(Key) and
/// pop().
template <class Queue>
class HoldLoop {
 public:
  HoldLoop(std::uint64_t pending, std::uint64_t seed) : draw_(seed) {
    for (std::uint64_t i = 0; i < pending; ++i) {
      queue_.push({draw_.exponential_ns(kMeanNs), word_of(1, ++sequence_, i)});
    }
  }

  LoopResult run(std::uint64_t holds) {
    std::uint64_t now = 0;
    for (std::uint64_t i = 0; i < holds; ++i) {
      const Key key = queue_.pop();
      now = key.time;
      queue_.push({now + draw_.exponential_ns(kMeanNs), word_of(1, ++sequence_, slot_of(key))});
    }
    return {holds, 0.0, now};
  }

  static constexpr double kMeanNs = 1e9;

 private:
  Generator draw_;
  Queue queue_;
  std::uint64_t sequence_ = 0;
};

/// A line that does not shrink: a ring of arrival times.
class TimeRing {
 public:
  [[nodiscard]] bool empty() const { return first_ == last_; }
  void push(std::uint64_t time) {
    if (last_ - first_ == times_.size()) {
      grow();
    }
    times_[last_++ & (times_.size() - 1)] = time;
  }
  std::uint64_t pop() { return times_[first_++ & (times_.size() - 1)]; }

 private:
  void grow() {
    std::vector<std::uint64_t> larger(2 * times_.size());
    for (std::size_t i = first_; i != last_; ++i) {
      larger[i & (larger.size() - 1)] = times_[i & (times_.size() - 1)];
    }
    times_.swap(larger);
  }

  std::vector<std::uint64_t> times_ = std::vector<std::uint64_t>(1024);
  std::size_t first_ = 0;
  std::size_t last_ = 0;
};

inline constexpr double kServiceNs = 1e9;  // mean
inline constexpr double kLoad = 0.8;       // arrival rate over service rate of all servers
inline constexpr std::uint64_t kCompletion = 1;
inline constexpr std::uint64_t kArrival = 2;

/// M/M/c: one line, `kServers` servers, first in, first out.
template <std::size_t kServers>
LoopResult mmc_loop(std::uint64_t customers, std::uint64_t seed) {
  const double gap_ns = kServiceNs / (kLoad * static_cast<double>(kServers));
  Generator draw(seed);
  SmallQueue queue;
  TimeRing line;
  std::array<std::uint64_t, kServers> arrived{};
  std::array<std::uint32_t, kServers> idle{};
  std::size_t idle_count = kServers;
  for (std::size_t i = 0; i < kServers; ++i) {
    idle[i] = static_cast<std::uint32_t>(i);
  }
  std::uint64_t sequence = 0;
  std::uint64_t done = 0;
  std::uint64_t now = 0;
  double response = 0;
  queue.push({draw.exponential_ns(gap_ns), word_of(kArrival, ++sequence, 0)});
  while (done < customers) {
    const Key key = queue.pop();
    now = key.time;
    if (phase_of(key) == kArrival) {
      queue.push({now + draw.exponential_ns(gap_ns), word_of(kArrival, ++sequence, 0)});
      if (idle_count == 0) {
        line.push(now);
        continue;
      }
      const std::uint32_t server = idle[--idle_count];
      arrived[server] = now;
      queue.push({now + draw.exponential_ns(kServiceNs), word_of(kCompletion, ++sequence, server)});
    } else {
      const std::uint64_t server = slot_of(key);
      response += static_cast<double>(now - arrived[server]);
      ++done;
      if (line.empty()) {
        idle[idle_count++] = static_cast<std::uint32_t>(server);
      } else {
        arrived[server] = line.pop();
        queue.push(
            {now + draw.exponential_ns(kServiceNs), word_of(kCompletion, ++sequence, server)});
      }
    }
  }
  return {done, response / static_cast<double>(done) / kServiceNs, now};
}

enum class Choice { kRoundRobin, kLeastOutstanding };

/// Ten servers with a line each behind a balancer. Of equal numbers outstanding, the first server
/// in rotation is taken.
template <Choice kChoice>
LoopResult ten_servers_loop(std::uint64_t customers, std::uint64_t seed) {
  constexpr std::size_t kServers = 10;
  const double gap_ns = kServiceNs / (kLoad * static_cast<double>(kServers));
  Generator draw(seed);
  SmallQueue queue;
  std::array<TimeRing, kServers> line;
  std::array<std::uint32_t, kServers> outstanding{};
  std::array<std::uint64_t, kServers> arrived{};
  std::size_t turn = 0;
  std::uint64_t sequence = 0;
  std::uint64_t done = 0;
  std::uint64_t now = 0;
  double response = 0;
  queue.push({draw.exponential_ns(gap_ns), word_of(kArrival, ++sequence, 0)});
  while (done < customers) {
    const Key key = queue.pop();
    now = key.time;
    if (phase_of(key) == kArrival) {
      queue.push({now + draw.exponential_ns(gap_ns), word_of(kArrival, ++sequence, 0)});
      std::size_t server = turn;
      if constexpr (kChoice == Choice::kLeastOutstanding) {
        // Number outstanding above, distance in rotation below: the least of ten words, without a
        // branch.
        std::uint32_t least = ~std::uint32_t{0};
        for (std::uint32_t i = 0; i < kServers; ++i) {
          const std::uint32_t distance = i < turn ? i + 16 : i;
          least = std::min(least, outstanding[i] << 5 | distance);
        }
        server = least & 15;
      }
      turn = server + 1 == kServers ? 0 : server + 1;
      if (outstanding[server]++ != 0) {
        line[server].push(now);
        continue;
      }
      arrived[server] = now;
      queue.push({now + draw.exponential_ns(kServiceNs), word_of(kCompletion, ++sequence, server)});
    } else {
      const std::uint64_t server = slot_of(key);
      response += static_cast<double>(now - arrived[server]);
      ++done;
      if (--outstanding[server] != 0) {
        arrived[server] = line[server].pop();
        queue.push(
            {now + draw.exponential_ns(kServiceNs), word_of(kCompletion, ++sequence, server)});
      }
    }
  }
  return {done, response / static_cast<double>(done) / kServiceNs, now};
}

}  // namespace updraft::bench
