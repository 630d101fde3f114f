#include "sim/random/ahead_sampler.h"

#include <vector>

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

std::vector<Distribution> laws() {
  return {Distribution::constant(7e6).value(),
          Distribution::uniform({.min = 1, .max = 9}).value(),
          Distribution::exponential(1e9).value(),
          Distribution::exponential(0).value(),
          Distribution::lognormal({.median = 28e6, .sigma = 0.8}).value(),
          Distribution::gamma({.shape = 0.7, .scale = 2e6}).value(),
          Distribution::weibull({.shape = 1.5, .scale = 3e6}).value(),
          Distribution::pareto({.shape = 2.5, .min = 1e6}).value()};
}

constexpr StreamKey kKey{0x1234'5678'9abc'def0};

TEST(AheadSampler, GivesTheSameAsTheLawInOrder) {
  for (const Distribution& law : laws()) {
    const AheadSampler ahead(law, kKey);
    for (std::uint64_t ordinal = 0; ordinal < 1000; ++ordinal) {
      ASSERT_EQ(ahead.sample(ordinal), law.sample(kKey, ordinal)) << law.describe({}) << ordinal;
      ASSERT_EQ(ahead.duration(ordinal), law.sample_duration(kKey, ordinal));
    }
  }
}

TEST(AheadSampler, GivesTheSameAsTheLawInAnyOrder) {
  for (const Distribution& law : laws()) {
    const AheadSampler ahead(law, kKey);
    std::uint64_t ordinal = 1;
    for (int i = 0; i < 2000; ++i) {
      ordinal = (ordinal * 6364136223846793005ULL + 1442695040888963407ULL);
      const std::uint64_t asked = i % 3 == 0 ? ordinal : ordinal % 500;
      ASSERT_EQ(ahead.sample(asked), law.sample(kKey, asked)) << law.describe({}) << asked;
      ASSERT_EQ(ahead.sample(asked, 3), law.sample(kKey, asked, 3));
    }
  }
}

TEST(UniformBlock, IsUniform01OfNeighbours) {
  for (const std::uint64_t first :
       {std::uint64_t{0}, std::uint64_t{0xffff'fffe}, ~std::uint64_t{0} - 2}) {
    std::vector<double> block(11);
    uniform_block(kKey, first, 5, block);
    for (std::size_t i = 0; i < block.size(); ++i) {
      ASSERT_EQ(block[i], uniform01(kKey, first + i, 5)) << first << " + " << i;
    }
    std::vector<double> pairs(22);
    uniform_pair_block(kKey, first, pairs);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      ASSERT_EQ(pairs[i], uniform01(kKey, first + i / 2, 0, i % 2)) << first << " + " << i;
    }
  }
}

}  // namespace
}  // namespace updraft::sim
