#include "models/elb/routing.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/elb/dns.h"

namespace updraft::elb {
namespace {

using Targets = std::vector<std::uint32_t>;

// SplitMix64, the finaliser of Java's SplittableRandom: uniform 64-bit numbers from a counter.
std::uint64_t number(std::uint64_t i) {
  std::uint64_t z = (i + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

TEST(RoundRobin, R3_3_2_GoesAround) {
  RoundRobin next;
  next.set_candidates(Targets{1, 4, 6});
  std::string order;
  for (int i = 0; i < 7; ++i) {
    order += std::to_string(next.pick()) + " ";
  }
  EXPECT_EQ(order, "1 4 6 1 4 6 1 ");
}

TEST(RoundRobin, AChangeOfMembersKeepsTheTurn) {
  RoundRobin next;
  next.set_candidates(Targets{0, 1, 2, 3});
  next.pick();
  next.pick();                            // the turn is 2's
  next.set_candidates(Targets{0, 1, 3});  // who leaves
  EXPECT_EQ(next.pick(), 3u);
  next.set_candidates(Targets{0, 1, 3, 5});  // 5 comes and is next
  EXPECT_EQ(next.pick(), 5u);
  next.set_candidates(Targets{0, 1});  // the one picked last leaves, at the end
  EXPECT_EQ(next.pick(), 0u);
  next.set_candidates(Targets{});
  EXPECT_TRUE(next.empty());
  EXPECT_THROW(next.pick(), sim::InvariantError);
  next.set_candidates(Targets{0, 1});
  EXPECT_EQ(next.pick(), 1u);
}

TEST(LeastOutstanding, R3_3_2_PicksTheFewestInProgress) {
  LeastOutstanding least;
  least.set_candidates(Targets{0, 1, 2});
  least.began(0);
  least.began(0);
  least.began(1);
  for (std::uint64_t i = 0; i < 50; ++i) {
    EXPECT_EQ(least.pick(number(i)), 2u);
  }
  least.began(2);
  least.began(2);
  EXPECT_EQ(least.pick(number(0)), 1u);
  least.ended(0);
  least.ended(0);
  EXPECT_EQ(least.pick(number(0)), 0u);
}

TEST(LeastOutstanding, TiesAreDrawnEvenly) {
  LeastOutstanding least;
  least.set_candidates(Targets{0, 1, 2, 3, 4});
  least.began(3);
  std::array<int, 5> hits{};
  for (std::uint64_t i = 0; i < 40'000; ++i) {
    ++hits[least.pick(number(i))];
  }
  EXPECT_EQ(hits[3], 0);
  for (const std::size_t i : {0, 1, 2, 4}) {
    EXPECT_NEAR(hits[i], 10'000, 500) << i;  // 5.8 standard deviations
  }
}

TEST(LeastOutstanding, CountsOutliveMembership) {
  LeastOutstanding least;
  least.set_candidates(Targets{0, 1});
  least.began(0);
  least.began(0);
  least.set_candidates(Targets{1});  // 0 drains
  EXPECT_EQ(least.pick(0), 1u);
  least.ended(0);
  EXPECT_EQ(least.outstanding(0), 1u);
  least.began(1);
  least.began(1);
  least.set_candidates(Targets{0, 1});  // 0 is back with one still in progress
  EXPECT_EQ(least.pick(0), 0u);
  least.ended(0);
  EXPECT_THROW(least.ended(0), sim::InvariantError);
}

// The judge: counts in a plain array, the minimum found by looking at all.
class Scan {
 public:
  explicit Scan(std::uint32_t n) : n_(n), count_(n, 0) {
    for (std::uint32_t i = 0; i < n; ++i) {
      here_.push_back(i);
    }
    least_.set_candidates(here_);
  }

  // Membership changes; target 0 stays.
  void change(std::uint64_t draw) {
    here_.clear();
    for (std::uint32_t t = 0; t < n_; ++t) {
      if (place_of(number(draw + t), 4) != 0 || t == 0) {
        here_.push_back(t);
      }
    }
    least_.set_candidates(here_);
  }

  void begin(std::uint64_t draw) {
    const std::uint32_t picked = least_.pick(number(draw));
    std::uint32_t fewest = 0xffffffff;
    for (const std::uint32_t t : here_) {
      fewest = std::min(fewest, count_[t]);
    }
    ASSERT_EQ(count_[picked], fewest);
    ASSERT_TRUE(std::find(here_.begin(), here_.end(), picked) != here_.end());
    least_.began(picked);
    ++count_[picked];
    in_progress_.push_back(picked);
  }

  void end(std::uint64_t draw) {
    const std::uint32_t i =
        place_of(number(draw + 1), static_cast<std::uint32_t>(in_progress_.size()));
    const std::uint32_t target = in_progress_[i];
    in_progress_[i] = in_progress_.back();
    in_progress_.pop_back();
    least_.ended(target);
    --count_[target];
  }

  [[nodiscard]] bool idle() const { return in_progress_.empty(); }

  void compare() const {
    for (std::uint32_t t = 0; t < n_; ++t) {
      EXPECT_EQ(least_.outstanding(t), count_[t]);
    }
  }

 private:
  std::uint32_t n_;
  LeastOutstanding least_;
  std::vector<std::uint32_t> count_;
  Targets here_;
  Targets in_progress_;
};

TEST(LeastOutstanding, RandomHistoriesAgreeWithAScan) {
  for (const std::uint32_t n : {1u, 2u, 10u, 100u}) {
    Scan scan(n);
    for (std::uint64_t step = 0; step < 50'000; ++step) {
      SCOPED_TRACE(step);
      const std::uint64_t draw = number(step * 100 + n);
      const bool busier = (step / 500) % 2 == 0;  // counts rise and fall in turn
      if (step % 997 == 0) {
        scan.change(draw);
      } else if (scan.idle() || place_of(draw, 10) < (busier ? 7u : 3u)) {
        ASSERT_NO_FATAL_FAILURE(scan.begin(draw));
      } else {
        scan.end(draw);
      }
    }
    scan.compare();
  }
}

TEST(EvenRandom, R3_3_2_WeightedRandomWithoutMitigationIsEven) {
  EvenRandom random;
  random.set_candidates(Targets{2, 5, 7, 9});
  std::array<int, 10> hits{};
  for (std::uint64_t i = 0; i < 40'000; ++i) {
    ++hits[random.pick(number(i))];
  }
  for (const std::size_t t : {2, 5, 7, 9}) {
    EXPECT_NEAR(hits[t], 10'000, 500);
  }
}

// 3, 3, 1, 1 and 1 in progress: the last three share a million picks evenly.
TEST(LeastOutstanding, X_05_TiesAreDrawnEvenly) {
  LeastOutstanding least;
  least.set_candidates(Targets{0, 1, 2, 3, 4});
  for (const std::uint32_t target : {0u, 0u, 0u, 1u, 1u, 1u, 2u, 3u, 4u}) {
    least.began(target);
  }
  std::array<int, 5> picked{};
  constexpr int kPicks = 1'000'000;
  for (int i = 0; i < kPicks; ++i) {
    ++picked.at(least.pick(number(static_cast<std::uint64_t>(i))));
  }
  EXPECT_EQ(picked[0] + picked[1], 0);
  for (const std::uint32_t target : {2u, 3u, 4u}) {
    EXPECT_NEAR(picked.at(target) / static_cast<double>(kPicks), 1.0 / 3, 0.005 / 3);
  }
}

TEST(Dns, R3_1_1_EachNodeGetsAnEqualShareOfClients) {
  const Targets zones{0, 2};
  int second = 0;
  for (std::uint64_t i = 0; i < 40'000; ++i) {
    second += node_for_client(zones, number(i)) == 2 ? 1 : 0;
  }
  EXPECT_NEAR(second, 20'000, 600);
  EXPECT_EQ(kDnsTimeToLive, std::chrono::seconds{60});
}

}  // namespace
}  // namespace updraft::elb
