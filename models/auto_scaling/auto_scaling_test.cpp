// Tables of the group's decisions; capacity, target tracking and warm-up.
#include <vector>

#include <gtest/gtest.h>

#include "models/auto_scaling/capacity.h"
#include "models/auto_scaling/target_tracking.h"
#include "models/auto_scaling/warmup.h"

namespace updraft::auto_scaling {
namespace {

using Reason = NoChangeReason;

ScalingDecision high(std::uint32_t capacity, double metric, double target) {
  return on_alarm_high({.target_value = target}, {.capacity = capacity, .metric = metric}).decision;
}
ScalingDecision low(std::uint32_t capacity, double metric, double target) {
  return on_alarm_low({.target_value = target}, {.capacity = capacity, .metric = metric}).decision;
}
ScalingDecision to(std::uint32_t capacity) {
  return ScaleTo{capacity};
}
ScalingDecision stay(Reason reason) {
  return NoChange{reason};
}

TEST(TargetTracking, R2_6_4_ASG_11_RoundsConservatively) {
  EXPECT_EQ(high(10, 115, 100), to(12));                       // +1.5 gives +2
  EXPECT_EQ(low(10, 85, 100), to(9));                          // -1.5 gives -1
  EXPECT_EQ(low(10, 95, 100), stay(Reason::kWouldOscillate));  // -0.5 waits
}

TEST(TargetTracking, R2_6_4_ASG_12_IsProportional) {
  const TrackingDecision d = on_alarm_high({.target_value = 100}, {.capacity = 10, .metric = 150});
  EXPECT_EQ(d.decision, to(15));
  EXPECT_EQ(d.raw, 15);
  EXPECT_EQ(d.metric, 150);
  EXPECT_EQ(d.target, 100);
  EXPECT_EQ(d.capacity, 10u);
}

TEST(TargetTracking, R2_6_4_X_01_ScalesLikeKubernetesUpwards) {
  EXPECT_EQ(high(3, 50, 30), to(5));
}

TEST(TargetTracking, R2_6_5_X_02_ScalesLikeKubernetesDownwards) {
  EXPECT_EQ(low(5, 28, 50), to(3));
}

TEST(TargetTracking, R2_6_5_NeverLeavesTheMetricAboveTheTarget) {
  for (std::uint32_t capacity = 1; capacity <= 50; ++capacity) {
    for (int halves = 0; halves <= 70; ++halves) {
      const double metric = halves * 0.5;
      const ScalingDecision d = low(capacity, metric, 50);
      const auto* scale = std::get_if<ScaleTo>(&d);
      const double left = scale != nullptr ? scale->capacity : capacity;
      EXPECT_LE(metric * capacity, 50 * left * (1 + 1e-9)) << capacity << " at " << metric;
      if (left > 0) {
        EXPECT_GE(metric * capacity, 50 * (left - 1)) << "one less would do";
      }
    }
  }
}

TEST(TargetTracking, R2_6_4_AWholeResultIsNotRoundedUp) {
  EXPECT_EQ(high(3, 0.2, 0.1), to(6));  // 3 * 0.2 / 0.1 is 6.000000000000001
}

TEST(TargetTracking, R2_6_6_ASG_15_WithoutDataNothing) {
  EXPECT_EQ(on_alarm_high({.target_value = 50}, {.capacity = 4}).decision, stay(Reason::kNoData));
  EXPECT_EQ(on_alarm_low({.target_value = 50}, {.capacity = 4}).decision, stay(Reason::kNoData));
}

TEST(TargetTracking, R2_6_11_ScaleInCanBeSwitchedOff) {
  const TargetTracking policy{.target_value = 50, .disable_scale_in = true};
  EXPECT_EQ(on_alarm_low(policy, {.capacity = 4, .metric = 10}).decision,
            stay(Reason::kScaleInDisabled));
  EXPECT_EQ(on_alarm_high(policy, {.capacity = 4, .metric = 100}).decision, to(8));
}

TEST(TargetTracking, R2_6_9_ZeroesScaleToZero) {
  EXPECT_EQ(low(4, 0, 100), to(0));
}

TEST(TargetTracking, R2_6_2_R2_6_3_OwnsTwoAlarms) {
  const TargetTracking policy{.target_value = 50};
  const TrackingAlarm h = alarm_high(policy);
  EXPECT_EQ(h.threshold, 50);
  EXPECT_EQ(h.evaluation_periods, 3u);
  const TrackingAlarm l = alarm_low(policy);
  EXPECT_EQ(l.threshold, 35);
  EXPECT_EQ(l.evaluation_periods, 15u);
  EXPECT_EQ(alarm_name("fleet", AlarmSide::kHigh, "cpu"), "TargetTracking-fleet-AlarmHigh-cpu");
}

constexpr Bounds kBounds{.min = 1, .max = 50};

CombinedDecision combined(const GroupCapacity& group, std::vector<Proposal> proposals,
                          Bounds bounds = kBounds) {
  return combine(group, bounds, proposals);
}
Proposal target(Direction direction, ScalingDecision decision) {
  return {.direction = direction, .decision = decision};
}
Proposal step(Direction direction, std::uint32_t capacity) {
  return {.kind = Proposal::Kind::kStepOrSimple, .direction = direction, .decision = to(capacity)};
}

TEST(Capacity, R2_1_2_ASG_07_ASG_08_ClampsToTheBounds) {
  EXPECT_EQ(combined({.desired = 2, .in_service = 2}, {step(Direction::kOut, 5)}, {1, 3}).decision,
            to(3));
  EXPECT_EQ(combined({.desired = 3, .in_service = 3}, {step(Direction::kIn, 1)}, {2, 9}).decision,
            to(2));
  EXPECT_EQ(combined({.desired = 3, .in_service = 3}, {step(Direction::kOut, 5)}, {1, 3}).decision,
            stay(Reason::kAtMaximum));
  EXPECT_EQ(combined({.desired = 2, .in_service = 2}, {step(Direction::kIn, 1)}, {2, 9}).decision,
            stay(Reason::kAtMinimum));
}

TEST(Capacity, R2_4_5_ASG_18_AWarmingInstanceBlocksScaleIn) {
  const std::vector<Proposal> in = {target(Direction::kIn, to(6))};
  EXPECT_EQ(combined({.desired = 8, .in_service = 8, .warming = 1}, in).decision,
            stay(Reason::kWarmingUp));
  EXPECT_EQ(combined({.desired = 8, .in_service = 7, .pending = 1}, in).decision,
            stay(Reason::kWarmingUp));
  EXPECT_EQ(combined({.desired = 8, .in_service = 8}, in).decision, to(6));
}

TEST(Capacity, R2_4_7_ASG_16_InstancesOnTheirWaySuffice) {
  const GroupCapacity group{.desired = 11, .in_service = 11, .warming = 1};
  EXPECT_EQ(capacity_to_scale_out_from(group), 10u);
  EXPECT_EQ(combined(group, {step(Direction::kOut, 11)}).decision, stay(Reason::kAlreadyDesired));
  // 70 % while warming: 10 + 30 % is 13, two more than on the way.
  EXPECT_EQ(combined(group, {step(Direction::kOut, 13)}).decision, to(13));
  // A scale-out that computes less than desired never takes any away.
  const GroupCapacity surge{.desired = 15, .in_service = 15, .warming = 5};
  EXPECT_EQ(combined(surge, {target(Direction::kOut, to(11))}).decision,
            stay(Reason::kAlreadyDesired));
}

TEST(Capacity, R2_4_6_TerminatingInstancesCountOnScaleIn) {
  const GroupCapacity group{.desired = 8, .in_service = 8, .terminating = 2};
  EXPECT_EQ(capacity_to_scale_in_from(group), 10u);
  // The same breach as before, 10 -> 8, finds them on their way out.
  const auto again = on_alarm_low({.target_value = 50},
                                  {.capacity = capacity_to_scale_in_from(group), .metric = 40});
  EXPECT_EQ(combined(group, {target(Direction::kIn, again.decision)}).decision,
            stay(Reason::kAlreadyDesired));
}

TEST(Capacity, R2_6_12_ASG_09_TheLargestCapacityWins) {
  const CombinedDecision d = combined({.desired = 4, .in_service = 4},
                                      {step(Direction::kOut, 5), step(Direction::kOut, 6)});
  EXPECT_EQ(d.decision, to(6));
  EXPECT_EQ(d.decided_by, 1u);
  // 8 instances, -3 against -25 %: two leave.
  EXPECT_EQ(
      combined({.desired = 8, .in_service = 8}, {step(Direction::kIn, 5), step(Direction::kIn, 6)})
          .decision,
      to(6));
}

TEST(Capacity, R2_6_12_ASG_13_ScaleInNeedsEveryTargetPolicy) {
  const GroupCapacity group{.desired = 8, .in_service = 8};
  const Proposal in = target(Direction::kIn, to(6));
  Proposal hold = target(Direction::kIn, stay(Reason::kAtTarget));
  const CombinedDecision held = combined(group, {in, hold});
  EXPECT_EQ(held.decision, stay(Reason::kAnotherPolicy));
  EXPECT_EQ(held.decided_by, 1u);
  EXPECT_EQ(combined(group, {in, target(Direction::kOut, to(10))}).decision, to(10));
  EXPECT_EQ(combined(group, {in, target(Direction::kIn, to(7))}).decision, to(7));
  hold.scale_in_enabled = false;
  EXPECT_EQ(combined(group, {in, hold}).decision, to(6));
}

TEST(Capacity, R2_6_12_AStepScaleInIsNotBlockedByATargetPolicy) {
  EXPECT_EQ(combined({.desired = 8, .in_service = 8},
                     {target(Direction::kIn, stay(Reason::kAtTarget)), step(Direction::kIn, 7)})
                .decision,
            to(7));
}

TEST(Capacity, R2_6_12_AHeldTargetPolicyLeavesAStepScaleInItsWay) {
  const CombinedDecision d =
      combined({.desired = 8, .in_service = 8},
               {target(Direction::kIn, to(6)), target(Direction::kIn, stay(Reason::kAtTarget)),
                step(Direction::kIn, 5)});
  EXPECT_EQ(d.decision, to(5));
  EXPECT_EQ(d.decided_by, 2u);
  EXPECT_TRUE(d.target_scale_in_held);
}

TEST(Capacity, R2_4_1_R2_4_5_SimpleScalingHasNoWarmUp) {
  Proposal simple = step(Direction::kIn, 7);
  simple.waits_for_warmup = false;
  const GroupCapacity group{.desired = 8, .in_service = 8, .warming = 2};
  EXPECT_EQ(combined(group, {simple}).decision, to(7));
  EXPECT_EQ(combined(group, {step(Direction::kIn, 7)}).decision, stay(Reason::kWarmingUp));
}

TEST(Warmup, R2_4_3_DefaultChain) {
  EXPECT_EQ(warmup_of_policy({.default_cooldown = 300s}), 300s);
  EXPECT_EQ(warmup_of_policy({.default_instance_warmup = 120s, .default_cooldown = 300s}), 120s);
  EXPECT_EQ(warmup_of_policy({.estimated_instance_warmup = 0s,
                              .default_instance_warmup = 120s,
                              .default_cooldown = 300s}),
            0s);
}

TEST(Warmup, R2_4_4_CountsFromInService) {
  const sim::Time in_service = sim::kStart + 100s;
  EXPECT_TRUE(is_warming(in_service, 300s, sim::kStart + 399s));
  EXPECT_FALSE(is_warming(in_service, 300s, sim::kStart + 400s));
}

TEST(Warmup, ASG_40_GroupMetricIsTheMeanOverInstances) {
  const std::vector<InstanceMetric> two = {{.value = 60.0}, {.value = 40.0}};
  EXPECT_EQ(group_mean(two, 0s, sim::kStart), 50);
}

TEST(Warmup, R2_4_4_WarmingInstancesAreNotInTheGroupMetric) {
  const std::vector<InstanceMetric> three = {
      {.value = 60.0}, {.in_service_at = sim::kStart + 500s, .value = 100.0}, {.value = {}}};
  EXPECT_EQ(group_mean(three, 300s, sim::kStart + 600s), 60);
  EXPECT_EQ(group_mean(three, 300s, sim::kStart + 800s), 80);
  EXPECT_EQ(group_mean({}, 300s, sim::kStart), std::nullopt);
}

}  // namespace
}  // namespace updraft::auto_scaling
