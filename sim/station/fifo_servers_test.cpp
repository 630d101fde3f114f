#include "sim/station/fifo_servers.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

using Admission = FifoServers::Admission;

Time at(std::int64_t ns) {
  return time_from_ns(ns);
}

TEST(FifoServers, TakesJobsInOrderOfArrival) {
  const SharingLaw law = SharingLaw::servers(1);
  FifoServers station(law, {});
  EXPECT_EQ(station.add(at(0), 1, Duration{10}), Admission::kStarted);
  EXPECT_EQ(station.add(at(1), 2, Duration{5}), Admission::kWaiting);
  EXPECT_EQ(station.add(at(2), 3, Duration{1}), Admission::kWaiting);
  std::string order;
  for (int i = 0; i < 3; ++i) {
    const Time due = station.next_completion();
    order += std::to_string(to_ns(due)) + ":" + std::to_string(station.complete(due)) + " ";
  }
  EXPECT_EQ(order, "10:1 15:2 16:3 ");
}

TEST(FifoServers, RefusesWhenTheLineIsFull) {
  const SharingLaw law = SharingLaw::servers(2);
  FifoServers station(law, {.line_limit = 1});
  EXPECT_EQ(station.add(at(0), 1, Duration{10}), Admission::kStarted);
  EXPECT_EQ(station.add(at(0), 2, Duration{10}), Admission::kStarted);
  EXPECT_EQ(station.add(at(0), 3, Duration{10}), Admission::kWaiting);
  EXPECT_EQ(station.add(at(0), 4, Duration{10}), Admission::kRefused);
  EXPECT_EQ(station.waiting(), 1u);
  station.complete(at(10));
  EXPECT_EQ(station.waiting(), 0u);
  EXPECT_EQ(station.in_service(), 2u);
}

TEST(FifoServers, ALineOfNoneIsALossSystem) {
  const SharingLaw law = SharingLaw::servers(1);
  FifoServers station(law, {.line_limit = 0});
  station.add(at(0), 1, Duration{10});
  EXPECT_EQ(station.add(at(9), 2, Duration{10}), Admission::kRefused);
}

TEST(FifoServers, SpeedChangesWhatIsInServiceAndWhatWaits) {
  const SharingLaw law = SharingLaw::servers(1);
  FifoServers station(law, {});
  station.add(at(0), 1, Duration{10});
  station.add(at(0), 2, Duration{10});
  station.set_speed(at(5), 0.5);
  EXPECT_EQ(station.next_completion(), at(15));
  station.complete(at(15));
  EXPECT_EQ(station.next_completion(), at(35));
  EXPECT_EQ(station.busy_server_ns(at(35)), 35u);
}

TEST(FifoServers, RemovedJobsGiveWay) {
  const SharingLaw law = SharingLaw::servers(1);
  FifoServers station(law, {});
  for (std::uint64_t job = 1; job <= 4; ++job) {
    station.add(at(0), job, Duration{10});
  }
  EXPECT_TRUE(station.remove(at(5), 3));  // from the middle of the line
  EXPECT_TRUE(station.remove(at(5), 1));  // from service: 2 begins
  EXPECT_FALSE(station.remove(at(5), 1));
  EXPECT_EQ(station.next_completion(), at(15));
  EXPECT_EQ(station.complete(at(15)), 2u);
  EXPECT_EQ(station.complete(at(25)), 4u);
}

TEST(FifoServers, ClearHandsOutServiceThenLine) {
  const SharingLaw law = SharingLaw::servers(2);
  FifoServers station(law, {});
  for (std::uint64_t job = 1; job <= 4; ++job) {
    station.add(at(0), job, Duration{100 - static_cast<std::int64_t>(job)});
  }
  std::vector<std::uint64_t> out;
  station.clear(at(5), [&](std::uint64_t job) { out.push_back(job); });
  EXPECT_EQ(out, (std::vector<std::uint64_t>{2, 1, 3, 4}));
  EXPECT_EQ(station.next_completion(), kNever);
}

TEST(FifoServers, MoreServersLetTheLineIn) {
  const SharingLaw one = SharingLaw::servers(1);
  const SharingLaw two = SharingLaw::servers(2);
  FifoServers station(one, {});
  station.add(at(0), 1, Duration{100});
  station.add(at(0), 2, Duration{10});
  station.set_law(at(50), two);
  EXPECT_EQ(station.next_completion(), at(60));
  station.set_law(at(55), one);  // both go on, sharing: 2 has 5 left at half the rate
  EXPECT_EQ(station.next_completion(), at(65));
}

// The judge: each job begins when the earliest server is free, in order of arrival.
TEST(FifoServers, RandomHistoriesAgreeWithTheRecursion) {
  std::uint64_t state = 11;
  const auto below = [&](std::uint64_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::int64_t>((state >> 33) % n);
  };
  for (std::uint32_t servers = 1; servers <= 5; ++servers) {
    const SharingLaw law = SharingLaw::servers(servers);
    FifoServers station(law, {});
    std::vector<std::int64_t> free(servers, 0);
    std::vector<std::pair<std::int64_t, std::uint64_t>> expected;
    std::vector<std::pair<std::int64_t, std::uint64_t>> got;
    std::int64_t now = 0;
    for (std::uint64_t job = 0; job < 20'000; ++job) {
      now += below(2'000 / servers);
      const std::int64_t work = below(1'900);
      while (station.next_completion() <= at(now)) {
        const Time due = station.next_completion();
        got.emplace_back(to_ns(due), station.complete(due));
      }
      station.add(at(now), job, Duration{work});
      auto& earliest = *std::min_element(free.begin(), free.end());
      earliest = std::max(earliest, now) + work;
      expected.emplace_back(earliest, job);
    }
    while (station.next_completion() != kNever) {
      const Time due = station.next_completion();
      got.emplace_back(to_ns(due), station.complete(due));
    }
    std::sort(expected.begin(), expected.end());
    std::sort(got.begin(), got.end());
    EXPECT_EQ(got, expected) << servers << " servers";
  }
}

TEST(Ring, KeepsOrderWhileItGrowsAndTurns) {
  Ring<int> ring;
  int next_in = 0;
  int next_out = 0;
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < round; ++i) {
      ring.push_back(next_in++);
    }
    for (int i = 0; i < round - 1; ++i) {
      ASSERT_EQ(ring.pop_front(), next_out++);
    }
  }
  ASSERT_EQ(ring.size(), 49u);
  EXPECT_EQ(ring.erase(3), next_out + 3);
  EXPECT_EQ(ring[2], next_out + 2);
  EXPECT_EQ(ring[3], next_out + 4);
  EXPECT_EQ(ring[47], next_in - 1);
}

}  // namespace
}  // namespace updraft::sim
