#include "sim/station/processor_sharing.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

Time at(std::int64_t ns) {
  return time_from_ns(ns);
}

// A small generator of our own, so that histories are the same everywhere.
class Lcg {
 public:
  explicit Lcg(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::uint64_t below(std::uint64_t n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return (state_ >> 33) % n;
  }

 private:
  std::uint64_t state_;
};

// The judge: remaining work of every job, moved forward from event to event in O(n), in long
// double.
class Fluid {
 public:
  Fluid(std::uint32_t cores, std::uint32_t threads, long double yield, long double speed)
      : cores_(cores), threads_(threads), yield_(yield), speed_(speed) {}

  void advance(std::int64_t now) {
    const long double dt = static_cast<long double>(now - last_);
    for (Job& job : jobs_) {
      job.left -= dt * rate();
    }
    busy_ += (now - last_) * std::min<std::int64_t>(static_cast<std::int64_t>(jobs_.size()),
                                                    std::int64_t{cores_} * threads_);
    last_ = now;
  }
  void add(std::uint64_t job, std::int64_t work) {
    jobs_.push_back({job, static_cast<long double>(work), static_cast<long double>(work)});
  }
  void take(std::uint64_t job) {
    jobs_.erase(std::find_if(jobs_.begin(), jobs_.end(), [&](auto& j) { return j.job == job; }));
  }
  [[nodiscard]] long double left(std::uint64_t job) const {
    return std::find_if(jobs_.begin(), jobs_.end(), [&](auto& j) { return j.job == job; })->left;
  }
  [[nodiscard]] long double attained(std::uint64_t job) const {
    const auto found =
        std::find_if(jobs_.begin(), jobs_.end(), [&](auto& j) { return j.job == job; });
    return std::max(0.0L, found->work - found->left);
  }
  // When the first job is done, as a real number; the job with the least left.
  [[nodiscard]] long double next() const {
    long double least = std::numeric_limits<long double>::infinity();
    for (const Job& job : jobs_) {
      least = std::min(least, job.left);
    }
    return rate() > 0 ? static_cast<long double>(last_) + least / rate()
                      : std::numeric_limits<long double>::infinity();
  }
  [[nodiscard]] long double rate() const {
    const auto n = static_cast<std::uint32_t>(jobs_.size());
    if (n == 0) {
      return 0;
    }
    const std::uint32_t busy = std::min(n, cores_ * threads_);
    long double total = 0;
    for (std::uint32_t core = 0; core < cores_; ++core) {
      const std::uint32_t here = busy / cores_ + (core < busy % cores_ ? 1 : 0);
      total += here == 0 ? 0 : 1 + (threads_ > 1 ? (here - 1) * (yield_ - 1) / (threads_ - 1) : 0);
    }
    return speed_ * total / n;
  }
  void set_speed(long double speed) { speed_ = speed; }
  [[nodiscard]] std::int64_t busy() const { return busy_; }
  [[nodiscard]] std::size_t size() const { return jobs_.size(); }

 private:
  struct Job {
    std::uint64_t job;
    long double work;
    long double left;
  };
  std::vector<Job> jobs_;
  std::uint32_t cores_;
  std::uint32_t threads_;
  long double yield_;
  long double speed_;
  std::int64_t busy_ = 0;
  std::int64_t last_ = 0;
};

TEST(ProcessorSharing, OneJobTakesItsWork) {
  const SharingLaw law = SharingLaw::servers(1);
  ProcessorSharing station(law);
  EXPECT_EQ(station.next_completion(), kNever);
  station.add(at(100), 7, Duration{40});
  EXPECT_EQ(station.next_completion(), at(140));
  EXPECT_EQ(station.complete(at(140)), 7u);
  EXPECT_EQ(station.size(), 0u);
  EXPECT_EQ(station.next_completion(), kNever);
}

TEST(ProcessorSharing, TwoJobsOnOneServerRunAtHalfTheRate) {
  const SharingLaw law = SharingLaw::servers(1);
  ProcessorSharing station(law);
  station.add(at(0), 1, Duration{100});
  station.add(at(50), 2, Duration{10});  // 1 has 50 left; both at half the rate
  EXPECT_EQ(station.next_completion(), at(70));
  EXPECT_EQ(station.complete(at(70)), 2u);
  EXPECT_EQ(station.next_completion(), at(110));  // 1 has 40 left, alone
  EXPECT_EQ(station.complete(at(110)), 1u);
}

TEST(ProcessorSharing, AJobUsesAtMostOneServer) {
  const SharingLaw law = SharingLaw::servers(4);
  ProcessorSharing station(law);
  station.add(at(0), 1, Duration{100});
  EXPECT_EQ(station.next_completion(), at(100));
  for (std::uint64_t job = 2; job <= 8; ++job) {
    station.add(at(0), job, Duration{100});
  }
  EXPECT_EQ(station.next_completion(), at(200));  // eight on four
}

TEST(ProcessorSharing, EqualTagsLeaveInOrderOfEntry) {
  const SharingLaw law = SharingLaw::servers(2);
  ProcessorSharing station(law);
  for (std::uint64_t job = 0; job < 100; ++job) {
    station.add(at(0), job, Duration{1000});
  }
  for (std::uint64_t job = 0; job < 100; ++job) {
    ASSERT_EQ(station.next_completion(), at(50'000));
    ASSERT_EQ(station.complete(at(50'000)), job);
  }
}

TEST(ProcessorSharing, ACompletionFallsOnTheNextWholeNanosecond) {
  const SharingLaw law = SharingLaw::servers(2);
  ProcessorSharing station(law);
  station.add(at(0), 1, Duration{10});
  station.add(at(0), 2, Duration{11});
  station.add(at(0), 3, Duration{11});
  EXPECT_EQ(station.next_completion(),
            at(15));  // rate 2/3: exactly 15, and doubles must not make it 16
  station.complete(at(15));
  EXPECT_EQ(station.next_completion(), at(16));
  ProcessorSharing other(law);
  other.add(at(0), 1, Duration{11});
  other.add(at(0), 2, Duration{12});
  other.add(at(0), 3, Duration{12});
  EXPECT_EQ(other.next_completion(), at(17));  // 16.5
}

TEST(ProcessorSharing, SpeedChangesMidway) {
  const SharingLaw law = SharingLaw::servers(1);
  ProcessorSharing station(law, 0.5);
  station.add(at(0), 1, Duration{100});
  EXPECT_EQ(station.next_completion(), at(200));
  station.set_speed(at(100), 2.0);  // 50 left
  EXPECT_EQ(station.next_completion(), at(125));
  station.set_speed(at(110), 0.0);  // 30 left
  EXPECT_EQ(station.next_completion(), kNever);
  station.set_speed(at(1000), 1.0);
  EXPECT_EQ(station.next_completion(), at(1030));
}

TEST(ProcessorSharing, ServersChangeMidway) {
  const SharingLaw two = SharingLaw::servers(2);
  const SharingLaw one = SharingLaw::servers(1);
  ProcessorSharing station(two);
  station.add(at(0), 1, Duration{100});
  station.add(at(0), 2, Duration{100});
  station.set_law(at(50), one);
  EXPECT_EQ(station.next_completion(), at(150));
}

TEST(ProcessorSharing, BusyTimeCountsServersNotJobs) {
  const SharingLaw law = SharingLaw::servers(2);
  ProcessorSharing station(law);
  for (std::uint64_t job = 0; job < 3; ++job) {
    station.add(at(10 * static_cast<std::int64_t>(job)), job, Duration{1000});
  }
  EXPECT_EQ(station.busy_server_ns(at(20)), 10u + 2 * 10);
  EXPECT_EQ(station.busy_server_ns(at(120)), 10u + 2 * 110);
}

TEST(ProcessorSharing, RemoveReturnsTheAttainedWork) {
  const SharingLaw law = SharingLaw::servers(1);
  ProcessorSharing station(law);
  const auto first = station.add(at(0), 1, Duration{100});
  station.add(at(20), 2, Duration{100});
  EXPECT_EQ(station.attained(at(40), first), Duration{30});
  EXPECT_EQ(station.remove(at(40), first), Duration{30});
  EXPECT_EQ(station.next_completion(), at(130));  // 2 has had 10
  EXPECT_THROW((void)station.job(first), InvariantError);
  EXPECT_FALSE(station.remove_job(at(40), 1));
  EXPECT_TRUE(station.remove_job(at(40), 2));
}

TEST(ProcessorSharing, RefusesATimeThatGoesBackAndACompletionBeforeItsTime) {
  const SharingLaw law = SharingLaw::servers(1);
  ProcessorSharing station(law);
  station.add(at(100), 1, Duration{100});
  EXPECT_THROW(station.add(at(99), 2, Duration{1}), InvariantError);
  EXPECT_THROW(station.complete(at(199)), InvariantError);
  EXPECT_THROW(station.add(at(200), 2, Duration{-1}), InvariantError);
}

TEST(ProcessorSharing, AYearOfWorkEndsOnTime) {
  const SharingLaw law = SharingLaw::servers(1);
  ProcessorSharing station(law, 0.7);
  constexpr std::int64_t kYear = 31'536'000'000'000'000;
  station.add(at(0), 1, Duration{kYear});
  const Time end = station.next_completion();
  EXPECT_NEAR(static_cast<double>(to_ns(end)), static_cast<double>(kYear) / 0.7, 64.0);
  EXPECT_EQ(station.complete(end), 1u);
}

struct Shape {
  const char* name;
  std::uint32_t cores, threads;
  double yield;
  std::uint64_t mean_gap, largest_work;
};

class ProcessorSharingAgainstFluid : public testing::TestWithParam<Shape> {};

// Every completion: the job has its work to within the slack, and would not have had it 1 ns +
// slack earlier.
TEST_P(ProcessorSharingAgainstFluid, RandomHistoriesAgree) {
  const Shape shape = GetParam();
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Lcg random(seed);
    const SharingLaw law = SharingLaw::cores(shape.cores, shape.threads, shape.yield);
    ProcessorSharing station(law);
    Fluid judge(shape.cores, shape.threads, static_cast<long double>(shape.yield), 1);
    std::map<std::uint64_t, ProcessorSharing::Slot> slots;
    std::uint64_t next_job = 0;
    std::int64_t now = 0;
    std::int64_t arrival = 0;
    int completions = 0;
    for (int step = 0; step < 3000; ++step) {
      const Time due = station.next_completion();
      ASSERT_EQ(station.size(), judge.size());
      if (due != kNever && to_ns(due) <= arrival) {
        const long double real = judge.next();
        const auto fast = static_cast<long double>(to_ns(due));
        ASSERT_GE(fast, real - 0.01L) << "seed " << seed << " step " << step;
        ASSERT_LE(fast, std::max(real, static_cast<long double>(now)) + 1.01L);
        now = to_ns(due);
        const std::uint64_t job = station.complete(due);
        judge.advance(now);
        ASSERT_LE(judge.left(job), 0.01L);
        judge.take(job);
        slots.erase(job);
        ++completions;
        continue;
      }
      now = arrival;
      judge.advance(now);
      ASSERT_EQ(station.busy_server_ns(at(now)), static_cast<std::uint64_t>(judge.busy()));
      const std::uint64_t what = random.below(20);
      if (what == 0 && !slots.empty()) {  // abort one
        const auto victim =
            std::next(slots.begin(), static_cast<std::ptrdiff_t>(random.below(slots.size())));
        const Duration had = station.remove(at(now), victim->second);
        ASSERT_NEAR(static_cast<double>(had.count()),
                    static_cast<double>(judge.attained(victim->first)), 0.51);
        judge.take(victim->first);
        slots.erase(victim);
      } else if (what == 1) {  // a fault begins or ends
        const double speed = 0.25 * static_cast<double>(random.below(9));
        station.set_speed(at(now), speed);
        judge.set_speed(static_cast<long double>(speed));
      } else {
        const auto work = static_cast<std::int64_t>(random.below(shape.largest_work));
        slots[next_job] = station.add(at(now), next_job, Duration{work});
        judge.add(next_job, work);
        ++next_job;
      }
      arrival = now + static_cast<std::int64_t>(random.below(2 * shape.mean_gap));
    }
    EXPECT_GT(completions, 200) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ProcessorSharingAgainstFluid,
                         testing::Values(Shape{"one_server", 1, 1, 1.0, 1000, 2000},
                                         Shape{"four_servers", 4, 1, 1.0, 300, 2000},
                                         Shape{"threads", 2, 2, 1.3, 500, 2000},
                                         Shape{"milliseconds", 1, 2, 1.25, 20'000'000, 40'000'000},
                                         Shape{"overloaded", 2, 1, 1.0, 100, 400},
                                         Shape{"minutes", 2, 1, 1.0, 30'000'000'000,
                                               90'000'000'000}),
                         [](const auto& shape) { return std::string(shape.param.name); });

TEST(ProcessorSharing, WorkIsConservedThroughABusyDay) {
  // 86,400 s without an idle instant: rebased more than a thousand times.
  const SharingLaw law = SharingLaw::servers(1);
  ProcessorSharing station(law);
  Lcg random(3);
  long double in = 0;
  std::int64_t now = 0;
  for (std::uint64_t job = 0; job < 40; ++job) {
    const auto work = static_cast<std::int64_t>(random.below(2'000'000'000));
    in += static_cast<long double>(work);
    station.add(at(0), job, Duration{work});
  }
  std::uint64_t job = 40;
  while (now < 86'400'000'000'000) {
    now = to_ns(station.next_completion());
    station.complete(at(now));
    const auto work = static_cast<std::int64_t>(random.below(2'000'000'000));
    in += static_cast<long double>(work);
    station.add(at(now), job++, Duration{work});
  }
  while (station.size() > 0) {
    now = to_ns(station.next_completion());
    station.complete(at(now));
  }
  // One server was busy throughout, so the time is the work plus at most 1 ns for each completion.
  EXPECT_EQ(station.busy_server_ns(at(now)), static_cast<std::uint64_t>(now));
  EXPECT_GE(static_cast<long double>(now), in - 1);
  EXPECT_LE(static_cast<long double>(now), in + static_cast<long double>(job));
}

TEST(SharingLaw, ThreadsOfOneCoreYieldLessThanTwo) {
  const SharingLaw law = SharingLaw::cores(2, 2, 1.3);
  EXPECT_EQ(law.servers(), 4u);
  EXPECT_DOUBLE_EQ(law.total(1), 1.0);
  EXPECT_DOUBLE_EQ(law.total(2), 2.0);
  EXPECT_DOUBLE_EQ(law.total(3), 2.3);
  EXPECT_DOUBLE_EQ(law.total(4), 2.6);
  EXPECT_DOUBLE_EQ(law.total(1000), 2.6);
  EXPECT_DOUBLE_EQ(law.capacity(), 2.6);
}

TEST(SharingLaw, RatesBeyondTheTableAreTheSameLaw) {
  const SharingLaw law = SharingLaw::servers(3);
  for (const std::uint32_t n : {1u, 3u, 4u, 128u, 129u, 5000u}) {
    EXPECT_DOUBLE_EQ(law.rate(n), std::min(1.0, 3.0 / n)) << n;
    EXPECT_DOUBLE_EQ(law.rate(n) * law.time_per_work(n), 1.0) << n;
  }
}

TEST(SharingLaw, RefusesAYieldBeyondTheThreads) {
  EXPECT_THROW((void)SharingLaw::cores(1, 2, 2.1), InvariantError);
  EXPECT_THROW((void)SharingLaw::cores(1, 2, 0.9), InvariantError);
  EXPECT_THROW((void)SharingLaw::servers(0), InvariantError);
}

}  // namespace
}  // namespace updraft::sim
