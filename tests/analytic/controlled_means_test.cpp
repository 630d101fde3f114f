// The instrument of the analytic tests: what controls do to an interval, and when they are to
// blame.
#include "tests/analytic/controlled_means.h"

#include <array>

#include <gtest/gtest.h>

#include "sim/random/portable_math.h"
#include "sim/random/stream.h"

namespace updraft::sim::testing {
namespace {

/// 200 batches of a value that is `mean` plus noise plus three times a control.
ControlledMeans run(double mean, double control_mean, std::size_t controls = 1) {
  ControlledMeans means({.values = 1, .controls = controls, .batch = 100});
  const StreamKey stream = stream_key(1, 0, "controlled", "draws");
  for (std::uint64_t i = 0; i < 201 * 100; ++i) {
    const UniformPair draw = uniform_pair(stream, i, 0, 0);
    const double drawn = -portable::log(draw.first) - 1 + control_mean;
    const std::array<double, 2> row = {mean + 0.1 * (draw.second - 0.5) + 3 * drawn, drawn};
    means.add(std::span(row).first(1 + controls));
  }
  return means;
}

TEST(ControlledMeans, TheDrawsPartIsTakenOut) {
  const Estimate sharp = run(2, 0).estimate(0);
  EXPECT_TRUE(sharp.contains(2)) << sharp.mean;
  EXPECT_LT(sharp.half_width, 0.002);
  const Estimate plain = run(2, 0, 0).estimate(0);
  EXPECT_TRUE(plain.contains(2)) << plain.mean;
  EXPECT_GT(plain.half_width, 50 * sharp.half_width);
}

TEST(ControlledMeans, AMeanThatIsOffIsNoticedBesideControls) {
  EXPECT_FALSE(run(2 * 1.005, 0).estimate(0).contains(2));
}

TEST(ControlledMeans, ADrawThatIsNotWhatItIsTakenForIsNoticed) {
  EXPECT_TRUE(run(2, 0).control(0).contains(0));
  EXPECT_FALSE(run(2, 0.05).control(0).contains(0));
}

// 0.0001 of intervals may miss; of 2,000 more than 4 would say that they are too narrow.
TEST(ControlledMeans, IntervalsHaveTheirLevel) {
  int missed = 0;
  for (std::uint64_t run = 0; run < 2000; ++run) {
    ControlledMeans means({.values = 1, .controls = 2, .batch = 1});
    const StreamKey stream = stream_key(run, 0, "level", "draws");
    for (std::uint64_t i = 0; i < 121; ++i) {
      const UniformPair draw = uniform_pair(stream, i, 0, 0);
      const UniformPair other = uniform_pair(stream, i, 1, 0);
      const std::array<double, 3> row = {draw.first + other.first, draw.first - 0.5,
                                         draw.second - 0.5};
      means.add(row);
    }
    missed += means.estimate(0).contains(1) ? 0 : 1;
  }
  EXPECT_LE(missed, 4);
}

}  // namespace
}  // namespace updraft::sim::testing
