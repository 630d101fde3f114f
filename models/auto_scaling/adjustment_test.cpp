// Tables of step and simple scaling: adjustments, steps, datapoints, cooldowns.
#include "models/auto_scaling/adjustment.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/auto_scaling/cooldown.h"

namespace updraft::auto_scaling {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using enum AdjustmentType;

TEST(Adjustment, R2_5_1_ASG_06_HasThreeTypes) {
  EXPECT_EQ(adjusted({.type = kChangeInCapacity, .amount = 5}, 3), 8u);
  EXPECT_EQ(adjusted({.type = kExactCapacity, .amount = 5}, 3), 5u);
  EXPECT_EQ(adjusted({.type = kPercentChangeInCapacity, .amount = 10}, 10), 11u);
}

TEST(Adjustment, R2_5_1_ASG_04_RoundsPercentages) {
  const auto change = [](std::int32_t percent, std::uint32_t capacity) {
    return static_cast<int>(
               adjusted({.type = kPercentChangeInCapacity, .amount = percent}, capacity)) -
           static_cast<int>(capacity);
  };
  EXPECT_EQ(change(127, 10), 12);  // 12.7
  EXPECT_EQ(change(67, 1), 1);     // 0.67
  EXPECT_EQ(change(-58, 1), -1);   // -0.58
  EXPECT_EQ(change(-23, 29), -6);  // -6.67
  EXPECT_EQ(change(29, 100), 29);  // whole
  EXPECT_EQ(change(0, 100), 0);
  EXPECT_EQ(change(50, 0), 0);
}

TEST(Adjustment, R2_5_1_X_07_IsAtLeastOneInstance) {
  const auto after = [](std::int32_t percent) {
    return adjusted({.type = kPercentChangeInCapacity, .amount = percent}, 2);
  };
  EXPECT_EQ(after(1), 3u);
  EXPECT_EQ(after(50), 3u);
  EXPECT_EQ(after(100), 4u);
  EXPECT_EQ(after(250), 7u);
}

TEST(Adjustment, R2_5_1_ASG_05_HasALeastMagnitude) {
  const Adjustment quarter{.type = kPercentChangeInCapacity, .amount = 25, .min_magnitude = 2};
  EXPECT_EQ(adjusted(quarter, 4), 6u);
  EXPECT_EQ(adjusted(quarter, 40), 50u);
  EXPECT_EQ(adjusted({.type = kPercentChangeInCapacity, .amount = -25, .min_magnitude = 2}, 4), 2u);
}

TEST(Adjustment, R2_5_1_DoesNotGoBelowZero) {
  EXPECT_EQ(adjusted({.type = kChangeInCapacity, .amount = -5}, 3), 0u);
  EXPECT_EQ(adjusted({.type = kPercentChangeInCapacity, .amount = -300}, 3), 0u);
}

constexpr std::array kOut = {Step{.lower = 0, .upper = 10, .amount = 0},
                             Step{.lower = 10, .upper = 20, .amount = 10},
                             Step{.lower = 20, .amount = 30}};
constexpr std::array kIn = {Step{.lower = -10, .upper = 0, .amount = 0},
                            Step{.lower = -20, .upper = -10, .amount = -10},
                            Step{.upper = -20, .amount = -30}};

std::optional<std::int32_t> amount(std::span<const Step> steps, double metric, bool above) {
  const auto step = step_for(steps, {.metric = metric, .threshold = 50, .above = above});
  return step ? std::optional(step->amount) : std::nullopt;
}

TEST(Steps, R2_5_2_BoundsAreInclusiveOnTheSideOfTheThreshold) {
  EXPECT_EQ(amount(kOut, 50, true), 0);
  EXPECT_EQ(amount(kOut, 59.99, true), 0);
  EXPECT_EQ(amount(kOut, 60, true), 10);
  EXPECT_EQ(amount(kOut, 70, true), 30);
  EXPECT_EQ(amount(kOut, 1000, true), 30);
  EXPECT_EQ(amount(kOut, 49, true), std::nullopt);
  EXPECT_EQ(amount(kIn, 50, false), 0);
  EXPECT_EQ(amount(kIn, 40, false), -10);
  EXPECT_EQ(amount(kIn, 40.01, false), 0);
  EXPECT_EQ(amount(kIn, 30, false), -30);
  EXPECT_EQ(amount(kIn, 0, false), -30);
  EXPECT_EQ(amount(kIn, 51, false), std::nullopt);
}

TEST(Steps, R2_5_2_HaveNoGapsNoOverlapsAndOpenEndsWhereNeeded) {
  EXPECT_EQ(wrong_steps({kOut.begin(), kOut.end()}), "");
  EXPECT_EQ(wrong_steps({kIn.begin(), kIn.end()}), "");
  EXPECT_EQ(wrong_steps({{.lower = 0, .amount = 1}}), "");
  EXPECT_EQ(wrong_steps({{.upper = 0, .amount = -1}, {.lower = 0, .amount = 1}}), "");
  EXPECT_THAT(wrong_steps({{.amount = 1}}), HasSubstr("without both bounds"));
  EXPECT_THAT(wrong_steps({{.lower = 5, .upper = 5}}), HasSubstr("must be below"));
  EXPECT_THAT(wrong_steps({{.lower = 0, .upper = 10}, {.lower = 11}}),
              HasSubstr("a gap between steps: one ends at 10, the next begins at 11"));
  EXPECT_THAT(wrong_steps({{.lower = 5}, {.lower = 0, .upper = 10}}), HasSubstr("overlap"));
  EXPECT_THAT(wrong_steps({{.lower = 0}, {.lower = 10}}),
              HasSubstr("two steps without metric_interval_upper_bound"));
  EXPECT_THAT(wrong_steps({{.upper = 0}, {.upper = 10}}),
              HasSubstr("two steps without metric_interval_lower_bound"));
  EXPECT_THAT(wrong_steps({{.lower = 0, .upper = 10}}), HasSubstr("a highest step to 10"));
  EXPECT_THAT(wrong_steps({{.lower = -10, .upper = 0}}), HasSubstr("a lowest step from -10"));
}

TEST(Steps, R2_5_3_DatapointsAreAggregated) {
  const std::array data = {50.0, 80.0, 65.0};
  EXPECT_EQ(aggregate(MetricAggregation::kAverage, data), 65);
  EXPECT_EQ(aggregate(MetricAggregation::kMinimum, data), 50);
  EXPECT_EQ(aggregate(MetricAggregation::kMaximum, data), 80);
  EXPECT_EQ(aggregate(MetricAggregation::kAverage, {}), std::nullopt);
}

TEST(AdjustmentWish, R2_5_4_R2_4_6_StartsFromTheCapacityOfItsDirection) {
  const AdjustmentBase base{.out = 10, .in = 12, .desired = 11};
  const auto wanted = [&](const Adjustment& adjustment) { return wish_of(adjustment, base); };
  EXPECT_EQ(wanted({.amount = 2}).decision, ScalingDecision{ScaleTo{12}});
  EXPECT_EQ(wanted({.amount = 2}).direction, Direction::kOut);
  EXPECT_EQ(wanted({.amount = -2}).decision, ScalingDecision{ScaleTo{10}});
  EXPECT_EQ(wanted({.amount = -2}).direction, Direction::kIn);
  EXPECT_EQ(wanted({.type = kExactCapacity, .amount = 15}).direction, Direction::kOut);
  EXPECT_EQ(wanted({.type = kExactCapacity, .amount = 5}).direction, Direction::kIn);
  const ScalingDecision nothing = NoChange{NoChangeReason::kNoAdjustment};
  EXPECT_EQ(wanted({.type = kExactCapacity, .amount = 11}).decision, nothing);
  EXPECT_EQ(wanted({.amount = 0}).decision, nothing);
  EXPECT_EQ(wish_of({.type = kPercentChangeInCapacity, .amount = 50}, {}).decision, nothing);
}

TEST(Cooldown, R2_4_1_ASG_19_WaitsForTheActivityAndThenForItsLength) {
  const sim::Time end = sim::kStart + 90s;
  EXPECT_EQ(waits({}, false, end), Wait::kNone);
  EXPECT_EQ(waits({}, true, end), Wait::kActivity);
  EXPECT_EQ(waits(Cooldown{.length = 300s}, true, end), Wait::kActivity);
  const Cooldown counting{.length = 300s, .from = end};
  EXPECT_EQ(waits(counting, false, end + 299s), Wait::kCooldown);
  EXPECT_EQ(waits(counting, false, end + 300s), Wait::kNone);
  EXPECT_EQ(waits(counting, true, end + 300s), Wait::kActivity);
  EXPECT_EQ(waits(Cooldown{.length = 0s, .from = end}, false, end), Wait::kNone);
}

}  // namespace
}  // namespace updraft::auto_scaling
