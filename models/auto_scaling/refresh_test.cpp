#include "models/auto_scaling/refresh.h"

#include <array>

#include <gtest/gtest.h>

namespace updraft::auto_scaling {
namespace {

RefreshCounts quiet(std::uint32_t desired, std::uint32_t old) {
  return {.desired = desired, .counted = desired, .ready = desired, .old = old};
}

TEST(Refresh, R2_13_1_BatchesByTheHealthyShare) {
  EXPECT_EQ(refresh_step(quiet(10, 10), {90, 100}), (RefreshStep{0, 1}));
  EXPECT_EQ(refresh_step(quiet(10, 10), {50, 100}), (RefreshStep{0, 5}));
  EXPECT_EQ(refresh_step(quiet(10, 3), {50, 100}), (RefreshStep{0, 3}));
  EXPECT_EQ(refresh_step(quiet(10, 10), {0, 100}), (RefreshStep{0, 10}));   // all at once
  EXPECT_EQ(refresh_step(quiet(10, 10), {100, 100}), (RefreshStep{0, 1}));  // one at a time
  EXPECT_EQ(refresh_step(quiet(2, 2), {90, 100}), (RefreshStep{0, 1}));     // at least one
  EXPECT_EQ(refresh_step(quiet(10, 0), {50, 100}), RefreshStep{});
}

TEST(Refresh, R2_13_1_WaitsForHealthAndWarmUp) {
  EXPECT_EQ(refresh_step({.desired = 10, .counted = 10, .ready = 9, .old = 9}, {90, 100}),
            RefreshStep{});
  EXPECT_EQ(refresh_step({.desired = 10, .counted = 10, .ready = 9, .old = 9}, {100, 100}),
            RefreshStep{});
  EXPECT_EQ(refresh_step({.desired = 10, .counted = 10, .ready = 7, .old = 5}, {50, 100}),
            (RefreshStep{0, 2}));
}

TEST(Refresh, R2_13_1_OldOnesThatAreNotReadyGoAtOnce) {
  EXPECT_EQ(refresh_step({.desired = 4, .counted = 4, .ready = 3, .old = 1, .unfit = 1}, {90, 100}),
            (RefreshStep{0, 1}));
  EXPECT_EQ(refresh_step({.desired = 4, .counted = 4, .ready = 2, .old = 4, .unfit = 2}, {50, 100}),
            (RefreshStep{0, 2}));
}

TEST(Refresh, R2_13_1_R2_14_1_AboveAHundredItLaunchesFirst) {
  EXPECT_EQ(refresh_step(quiet(10, 10), {100, 110}), (RefreshStep{1, 0}));
  EXPECT_EQ(refresh_step({.desired = 10, .counted = 11, .ready = 10, .old = 10}, {100, 110}),
            RefreshStep{});
  EXPECT_EQ(refresh_step({.desired = 10, .counted = 11, .ready = 11, .old = 10}, {100, 110}),
            (RefreshStep{1, 1}));
  EXPECT_EQ(refresh_step({.desired = 10, .counted = 11, .ready = 11, .old = 1}, {100, 110}),
            (RefreshStep{0, 1}));
  EXPECT_EQ(refresh_step(quiet(2, 2), {100, 110}), (RefreshStep{1, 0}));  // at least one
  EXPECT_EQ(refresh_step(quiet(10, 10), {100, 200}), (RefreshStep{10, 0}));
  EXPECT_EQ(refresh_step(quiet(10, 10), {90, 110}), (RefreshStep{2, 1}));
}

// Steps until nothing is old, each instance ready one step after its launch.
std::uint32_t steps_of(std::uint32_t desired, HealthyShare share, std::uint32_t* fewest,
                       std::uint32_t* most) {
  RefreshCounts counts = quiet(desired, desired);
  std::uint32_t steps = 0;
  while (counts.old > 0 && steps < 1000) {
    counts.ready = counts.counted;
    const RefreshStep step = refresh_step(counts, share);
    counts.old -= step.terminate;
    *fewest = std::min(*fewest, counts.ready - step.terminate);
    counts.counted -= step.terminate;
    counts.counted += step.launch;
    counts.counted = std::max(counts.counted, desired);  // the group keeps what is desired
    *most = std::max(*most, counts.counted);
    ++steps;
  }
  return steps;
}

TEST(Refresh, R2_13_1_EveryShareEndsAndKeepsItsBounds) {
  for (std::uint32_t desired = 1; desired <= 40; ++desired) {
    for (std::uint32_t min = 0; min <= 100; min += 10) {
      for (std::uint32_t max = 100; max <= min + 100; max += 10) {
        std::uint32_t fewest = desired;
        std::uint32_t most = desired;
        const std::uint32_t steps = steps_of(desired, {min, max}, &fewest, &most);
        EXPECT_LE(steps, 2 * desired + 1) << desired << " " << min << " " << max;
        const std::uint32_t least = (desired * min + 99) / 100;
        EXPECT_GE(fewest, std::min(least, desired - (max == 100 ? 1 : 0)))
            << desired << " " << min << " " << max;
        EXPECT_LE(most, std::max(desired * max / 100, desired + (max > 100 ? 1 : 0)))
            << desired << " " << min << " " << max;
      }
    }
  }
}

TEST(Refresh, ASG_33_R2_13_2_ATinyGroupSkipsCheckpoints) {
  constexpr std::array<std::uint32_t, 3> kPercentages{10, 40, 100};
  EXPECT_EQ(checkpoint_reached(kPercentages, 0, 1, 2), 1u);  // 50 %: 10 is skipped
  EXPECT_EQ(checkpoint_reached(kPercentages, 2, 1, 2), std::nullopt);
  EXPECT_EQ(checkpoint_reached(kPercentages, 2, 2, 2), 2u);
  EXPECT_EQ(checkpoint_reached(kPercentages, 0, 1, 20), std::nullopt);
  EXPECT_EQ(checkpoint_reached(kPercentages, 0, 2, 20), 0u);
}

TEST(Refresh, ASG_41_R2_14_2_LifetimesEndATenthAtATime) {
  EXPECT_EQ(lifetimes_at_a_time(20), 2u);
  EXPECT_EQ(lifetimes_at_a_time(5), 1u);
}

}  // namespace
}  // namespace updraft::auto_scaling
