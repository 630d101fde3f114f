#include "sim/random/stream.h"

#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <Random123/philox.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/random/philox.h"
#include "sim/random/portable_math.h"
#include "sim/random/unit_process.h"

#undef philox4x32  // Random123 makes it a macro

namespace updraft::sim {
namespace {

TEST(Philox, GivesTheKnownAnswersOfRandom123) {
  // Random123, examples/kat_vectors, philox4x32 with 10 rounds.
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, 0),
            (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, 0xffffffffffffffff),
            (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822),
            (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, AgreesWithRandom123) {
  std::uint64_t state = 1;
  const auto word = [&state] {
    state = state * 6364136223846793005 + 1442695040888963407;
    return static_cast<std::uint32_t>(state >> 32);
  };
  for (int i = 0; i < 1000; ++i) {
    PhiloxBlock counter{};
    r123array4x32 theirs_counter{};
    for (std::size_t j = 0; j < 4; ++j) {
      counter[j] = word();
      theirs_counter.v[j] = counter[j];
    }
    const std::uint32_t key0 = word();
    const std::uint32_t key1 = word();
    const r123array4x32 theirs = philox4x32_R(10, theirs_counter, r123array2x32{{key0, key1}});
    const PhiloxBlock ours = philox4x32(counter, key0 | static_cast<std::uint64_t>(key1) << 32);
    for (std::size_t j = 0; j < 4; ++j) {
      ASSERT_EQ(ours[j], theirs.v[j]);
    }
  }
}

TEST(StreamKey, IsFixed) {
  // Golden results rest on these: a change here changes every result.
  EXPECT_EQ(stream_key(1, 0, "traffic/visitors", "arrivals").key, 8849624618062557848u);
  EXPECT_EQ(stream_key(1, 0, "traffic/visitors", "demand.cpu").key, 6775943067983768774u);
  EXPECT_EQ(stream_key(0, 0, "", "").key, 10496780318483987631u);
}

TEST(StreamKey, KeepsPathAndPurposeApart) {
  EXPECT_NE(stream_key(1, 0, "a", "bc"), stream_key(1, 0, "ab", "c"));
  EXPECT_NE(stream_key(1, 0, "", "abc"), stream_key(1, 0, "abc", ""));
  EXPECT_NE(stream_key(1, 0, "a", std::string_view("b\0", 2)), stream_key(1, 0, "a", "b"));
  EXPECT_NE(stream_key(1, 0, "a", "b"), stream_key(0, 1, "a", "b"));
  EXPECT_NE(stream_key(1, 0, "12345678", "b"), stream_key(1, 0, "12345678b", ""));
}

TEST(StreamKey, DiffersForEveryStreamOfALargeScenario) {
  std::set<std::uint64_t> keys;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (std::uint32_t replication = 0; replication < 10; ++replication) {
      for (int owner = 0; owner < 100; ++owner) {
        for (const char* purpose : {"arrivals", "demand.cpu", "demand.wait", "boot", "tie"}) {
          keys.insert(stream_key(seed, replication, "fleet/" + std::to_string(owner), purpose).key);
        }
      }
    }
  }
  EXPECT_EQ(keys.size(), 10u * 10 * 100 * 5);
}

TEST(Uniform, NeverReachesZeroOrOneAndIsSymmetric) {
  EXPECT_EQ(unit_from_bits(0), 0x1p-53);
  EXPECT_EQ(unit_from_bits(~0ULL), 1 - 0x1p-53);
  EXPECT_EQ(1 - unit_from_bits(0x123456789abcdef0), unit_from_bits(~0x123456789abcdef0ULL | 0x800));
}

TEST(Uniform, IndexPicksBlockAndHalf) {
  const StreamKey key{42};
  const PhiloxBlock words = philox4x32({7, 1, 3, 2}, 42);
  const std::uint64_t ordinal = 7 + (1ULL << 32);
  EXPECT_EQ(uniform01(key, ordinal, 3, 4),
            unit_from_bits(words[0] | static_cast<std::uint64_t>(words[1]) << 32));
  EXPECT_EQ(uniform01(key, ordinal, 3, 5),
            unit_from_bits(words[2] | static_cast<std::uint64_t>(words[3]) << 32));
}

/// Chi-squared of 2^16 cells with 2^21 pairs, in standard deviations; 3.89 is the 99.99 % level,
/// two-sided. Pairs are the two halves of a block, or (`across`) the second half of one and the
/// first of the next.
double cell_deviation(double squeeze, bool across) {
  constexpr int kCells = 1 << 16;
  constexpr int kPairs = 1 << 21;
  std::vector<int> cells(kCells);
  const StreamKey key = stream_key(1, 0, "test", "cells");
  for (std::uint64_t i = 0; i < kPairs; ++i) {
    const UniformPair pair = uniform_pair(key, i, 0, 0);
    const double other = across ? uniform01(key, i + 1) : pair.first;
    const auto row = static_cast<std::size_t>(other * squeeze * 256);
    ++cells[row * 256 + static_cast<std::size_t>(pair.second * 256)];
  }
  double chi_squared = 0;
  constexpr double kMean = static_cast<double>(kPairs) / kCells;
  for (const int n : cells) {
    chi_squared += (n - kMean) * (n - kMean) / kMean;
  }
  return (chi_squared - (kCells - 1)) / std::sqrt(2.0 * (kCells - 1));
}

TEST(Uniform, PairsAreEvenlySpread) {
  EXPECT_LT(std::fabs(cell_deviation(1, false)), 3.89);
  EXPECT_LT(std::fabs(cell_deviation(1, true)), 3.89);
  EXPECT_GT(std::fabs(cell_deviation(0.98, false)), 3.89) << "the test must notice 2 %";
}

TEST(UnitProcess, PointIsTheSumOfKeyedGaps) {
  const StreamKey key = stream_key(1, 0, "traffic/visitors", "arrivals");
  UnitProcess process(key);
  double sum = 0;
  for (std::uint64_t k = 0; k < 1000; ++k) {
    EXPECT_EQ(process.count(), k);
    sum -= portable::log(uniform01(key, k / 2, 0, static_cast<std::uint32_t>(k % 2)));
    ASSERT_EQ(process.next(), sum) << k;
  }
}

TEST(UnitProcess, HasRateOneAndGapsOfSquaredVariationOne) {
  // A million gaps: half-width of the mean 3.89/1000 (0.39 %); of the second moment 3.89 *
  // sqrt(20)/1000.
  UnitProcess process(stream_key(1, 0, "test", "arrivals"));
  constexpr int kGaps = 1000000;
  double previous = 0;
  double squares = 0;
  for (int i = 0; i < kGaps; ++i) {
    const double point = process.next();
    squares += (point - previous) * (point - previous);
    previous = point;
  }
  const double mean = previous / kGaps;
  EXPECT_NEAR(mean, 1, 0.00389);
  EXPECT_GT(std::fabs(mean * 1.02 - 1), 0.00389);
  EXPECT_NEAR(squares / kGaps / 2, 1, 0.0087);
}

}  // namespace
}  // namespace updraft::sim
