#include "sim/metrics/histogram.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

// A plain generator for test data (SplitMix64).
std::uint64_t next(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15ull;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

// Values spread over all magnitudes up to 2^bits.
std::vector<std::int64_t> spread(std::uint64_t seed, int count, int bits) {
  std::vector<std::int64_t> values;
  for (int i = 0; i < count; ++i) {
    const std::uint64_t raw = next(seed);
    values.push_back(
        static_cast<std::int64_t>(raw >> 1 >> (63 - 1 - raw % static_cast<unsigned>(bits))));
  }
  return values;
}

// The judge: sorts all values. Nearest rank.
std::int64_t exact_percentile(std::vector<std::int64_t> values, Percentile p) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  std::size_t rank = 1;
  while (rank * 10'000 < n * p.hundredths) {
    ++rank;
  }
  return values[rank - 1];
}

TEST(Histogram, BucketsFollowEachOtherWithoutGapOrOverlap) {
  for (std::int32_t b = 0; b < Histogram::kBuckets; ++b) {
    ASSERT_EQ(Histogram::bucket_of(Histogram::lower_edge(b)), b);
    ASSERT_EQ(Histogram::bucket_of(Histogram::upper_edge(b)), b);
    if (b > 0) {
      ASSERT_EQ(Histogram::lower_edge(b), Histogram::upper_edge(b - 1) + 1);
    }
  }
  EXPECT_EQ(Histogram::lower_edge(0), 0);
  EXPECT_EQ(Histogram::upper_edge(Histogram::kBuckets - 1), INT64_MAX);
}

TEST(Histogram, NoBucketIsWiderThanOnePercentOfItsValues) {
  static_assert(Histogram::kRelativeError <= 0.01);
  for (std::int32_t b = 1; b < Histogram::kBuckets; ++b) {
    const auto lower = static_cast<double>(Histogram::lower_edge(b));
    const auto upper = static_cast<double>(Histogram::upper_edge(b));
    ASSERT_LE(upper - lower, lower * Histogram::kRelativeError) << b;
  }
}

TEST(Histogram, KeepsCountSumMinAndMaxExactly) {
  Histogram h;
  for (const std::int64_t v : {5, 1'000'000'007, 0, 123'456'789}) {
    h.record(v);
  }
  EXPECT_EQ(h.count(), 4);
  EXPECT_EQ(h.min(), 0);
  EXPECT_EQ(h.max(), 1'000'000'007);
  EXPECT_EQ(h.sum(), 1'123'456'801.0);
  EXPECT_EQ(h.statistics(), (StatisticSet{4, 1.123456801, 0, 1.000000007}));
}

TEST(Histogram, SumsBeyondSixtyThreeBits) {
  Histogram h;
  for (int i = 0; i < 8; ++i) {
    h.record(std::int64_t{1} << 62);
  }
  EXPECT_EQ(h.sum(), 8.0 * 4611686018427387904.0);
}

TEST(Histogram, PercentilesHoldTheExactAnswerBetweenTheirEdges) {
  for (const int count : {1, 2, 3, 99, 100, 101, 1000, 7919}) {
    for (const int bits : {6, 20, 40, 62}) {
      const std::vector<std::int64_t> values = spread(static_cast<unsigned>(count), count, bits);
      Histogram h;
      for (const std::int64_t v : values) {
        h.record(v);
      }
      for (const std::uint32_t p : {1u, 100u, 2500u, 5000u, 9000u, 9900u, 9990u, 9999u, 10'000u}) {
        const auto exact = static_cast<double>(exact_percentile(values, Percentile{p}));
        const Histogram::Estimate e = h.percentile(Percentile{p}).value();
        ASSERT_LE(e.lower, exact) << count << " values, p " << p;
        ASSERT_GE(e.upper, exact) << count << " values, p " << p;
        ASSERT_LE(e.upper - e.lower, e.lower * 0.01);
        ASSERT_NEAR(e.value, exact, exact * 0.01);
      }
    }
  }
}

TEST(Histogram, PercentileOfEqualValuesIsExact) {
  Histogram h;
  for (int i = 0; i < 10; ++i) {
    h.record(123'456'789);
  }
  EXPECT_EQ(h.percentile(kP99)->value, 123'456'789.0);
  EXPECT_EQ(h.percentile(kP99)->lower, h.percentile(kP99)->upper);
}

TEST(Histogram, EmptyHasNoPercentile) {
  const Histogram h;
  EXPECT_FALSE(h.percentile(kP50).has_value());
  EXPECT_TRUE(h.statistics().empty());
}

TEST(Histogram, MergingInAnyOrderEqualsRecordingAll) {
  const std::vector<std::int64_t> values = spread(3, 3000, 50);
  Histogram all;
  std::vector<Histogram> parts(3);
  for (std::size_t i = 0; i < values.size(); ++i) {
    all.record(values[i]);
    parts[i * i % 3].record(values[i]);
  }
  Histogram forward;
  Histogram backward;
  for (std::size_t i = 0; i < 3; ++i) {
    forward.merge(parts[i]);
    backward.merge(parts[2 - i]);
  }
  EXPECT_EQ(forward, all);
  EXPECT_EQ(backward, all);
  forward.record(1);
  EXPECT_FALSE(forward == all);
}

TEST(Histogram, ClearForgetsTheValues) {
  Histogram h;
  h.record(1000);
  h.clear();
  EXPECT_EQ(h, Histogram{});
  h.record(7);
  EXPECT_EQ(h.max(), 7);
}

TEST(Histogram, ListsTheBucketsInUse) {
  Histogram h;
  h.record(3);
  h.record(3);
  h.record(1'000'000);
  const std::vector<BucketCount> expected{{3, 2}, {Histogram::bucket_of(1'000'000), 1}};
  EXPECT_EQ(h.buckets(), expected);
}

TEST(Histogram, CountsWhatIsAtOrBelowALimitWithinItsBucket) {
  const std::vector<std::int64_t> values = spread(11, 2000, 40);
  Histogram h;
  for (const std::int64_t v : values) {
    h.record(v);
  }
  for (const std::int64_t limit :
       {std::int64_t{0}, std::int64_t{100}, std::int64_t{70'000}, std::int64_t{1} << 30,
        (std::int64_t{1} << 35) - 1, std::int64_t{1} << 50}) {
    const auto exact =
        std::count_if(values.begin(), values.end(), [&](std::int64_t v) { return v <= limit; });
    const Histogram::Share share = h.count_at_or_below(limit);
    EXPECT_LE(share.at_least, exact) << limit;
    EXPECT_GE(share.at_most, exact) << limit;
    EXPECT_LE(share.at_most - share.at_least, 60) << limit;
  }
  // At the upper edge of a bucket the answer is exact.
  const Histogram::Share edge = h.count_at_or_below((std::int64_t{1} << 35) - 1);
  EXPECT_EQ(edge.at_least, edge.at_most);
}

TEST(Histogram, RefusesNegativeValues) {
  Histogram h;
  EXPECT_THROW(h.record(-1), InvariantError);
}

}  // namespace
}  // namespace updraft::sim
