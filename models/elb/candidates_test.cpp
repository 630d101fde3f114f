#include "models/elb/candidates.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace updraft::elb {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t kA = 0;
constexpr std::uint32_t kB = 1;

// `a` targets in zone A, then `b` in zone B, all in that state.
std::vector<TargetView> group(std::uint32_t a, std::uint32_t b, HealthState state) {
  std::vector<TargetView> targets;
  for (std::uint32_t i = 0; i < a + b; ++i) {
    targets.push_back({i, i < a ? kA : kB, state});
  }
  return targets;
}

// Share of each target when clients are split equally over the nodes of A and B.
std::vector<double> shares(const std::vector<TargetView>& targets, bool cross_zone) {
  std::vector<double> share(targets.size(), 0.0);
  for (const std::uint32_t zone : {kA, kB}) {
    const auto c = candidates(targets, {.node_zone = zone, .cross_zone = cross_zone});
    for (const std::uint32_t target : c.targets) {
      share[target] += 0.5 / static_cast<double>(c.targets.size());
    }
  }
  return share;
}

/// Zones in DNS of a balancer with that one target group.
std::vector<std::uint32_t> dns_of(const std::vector<std::uint32_t>& zones,
                                  const std::vector<TargetView>& targets, bool cross_zone,
                                  const HealthThreshold& threshold) {
  const std::vector<std::vector<std::uint32_t>> groups{
      healthy_zones(zones, targets, cross_zone, threshold)};
  return zones_in_dns(zones, groups);
}

TEST(Candidates, LB_01_R3_1_1_CrossZoneGivesEachOfTenTargetsATenth) {
  for (const double share : shares(group(2, 8, HealthState::kHealthy), true)) {
    EXPECT_DOUBLE_EQ(share, 0.10);
  }
}

TEST(Candidates, LB_02_R3_1_1_WithoutCrossZoneTheSmallZoneWorksHarder) {
  const auto share = shares(group(2, 8, HealthState::kHealthy), false);
  for (std::size_t i = 0; i < share.size(); ++i) {
    EXPECT_DOUBLE_EQ(share[i], i < 2 ? 0.25 : 0.0625) << i;
  }
}

TEST(Candidates, LB_07_R3_2_2_FourteenOfTwentyHealthyIsNoFailover) {
  auto targets = group(10, 10, HealthState::kHealthy);
  for (std::size_t i = 14; i < 20; ++i) {
    targets[i].state = HealthState::kUnhealthy;
  }
  const HealthThreshold half{.count = 1, .percent = 50};
  const auto on = candidates(targets, {.node_zone = kB, .fail_open = half});
  EXPECT_EQ(on.routing, Routing::kHealthy);
  EXPECT_EQ(on.targets.size(), 14u);
  const std::vector<std::uint32_t> zones{kA, kB};
  EXPECT_THAT(dns_of(zones, targets, true, half), ElementsAre(kA, kB));
  // R3.2.2: without cross-zone balancing 4 of 10 in B are too few, and B leaves.
  EXPECT_THAT(dns_of(zones, targets, false, half), ElementsAre(kA));
  const auto off = candidates(targets, {.node_zone = kB, .cross_zone = false, .fail_open = half});
  EXPECT_EQ(off.routing, Routing::kFailOpen);
  EXPECT_EQ(off.targets.size(), 10u);
}

TEST(Candidates, LB_08_R3_6_4_AllUnhealthyFailsOpenToAll) {
  const auto c = candidates(group(2, 3, HealthState::kUnhealthy), {.node_zone = kA});
  EXPECT_EQ(c.routing, Routing::kFailOpen);
  EXPECT_THAT(c.targets, ElementsAre(0, 1, 2, 3, 4));
}

TEST(Candidates, LB_16_R3_1_4_AnEmptyZoneWithoutCrossZoneHasNoTargets) {
  const auto c =
      candidates(group(0, 8, HealthState::kHealthy), {.node_zone = kA, .cross_zone = false});
  EXPECT_EQ(c.routing, Routing::kNoTargets);
  EXPECT_THAT(c.targets, IsEmpty());
  EXPECT_EQ(candidates(group(0, 8, HealthState::kHealthy), {.node_zone = kA}).routing,
            Routing::kHealthy);
}

TEST(Candidates, DrainingAndUnusedTargetsGetNothingEvenWhenFailingOpen) {
  auto targets = group(3, 0, HealthState::kUnhealthy);
  targets[0].state = HealthState::kDraining;
  targets[1].state = HealthState::kUnused;
  EXPECT_THAT(candidates(targets, {}).targets, ElementsAre(2));
  targets[2].state = HealthState::kDraining;
  EXPECT_EQ(candidates(targets, {}).routing, Routing::kNoTargets);
}

TEST(Candidates, InitialTargetsGetRequestsOnlyWhenFailingOpen) {
  auto targets = group(2, 0, HealthState::kInitial);
  EXPECT_EQ(candidates(targets, {}).routing, Routing::kFailOpen);
  EXPECT_EQ(candidates(targets, {.fail_open_to_initial = false}).routing, Routing::kNoTargets);
  targets[1].state = HealthState::kHealthy;
  EXPECT_THAT(candidates(targets, {}).targets, ElementsAre(1));
}

TEST(Candidates, R3_2_1_EitherBoundTriggers) {
  EXPECT_FALSE(breached({.count = 1, .percent = 0}, 1, 100));
  EXPECT_TRUE(breached({.count = 1, .percent = 0}, 0, 100));
  EXPECT_TRUE(breached({.count = 3, .percent = 0}, 2, 2));
  EXPECT_TRUE(breached({.count = 1, .percent = 50}, 49, 100));
  EXPECT_FALSE(breached({.count = 1, .percent = 50}, 50, 100));
  EXPECT_FALSE(breached({.count = 0, .percent = 0}, 0, 5));
}

TEST(Dns, R3_1_3_AZoneWithOnlyUnhealthyTargetsLeaves) {
  auto targets = group(2, 2, HealthState::kHealthy);
  targets[0].state = targets[1].state = HealthState::kUnhealthy;
  const std::vector<std::uint32_t> zones{kA, kB, 2};
  EXPECT_THAT(dns_of(zones, targets, false, {}), ElementsAre(kB, 2));
  EXPECT_THAT(dns_of(zones, targets, true, {}), ElementsAre(kA, kB, 2));
}

TEST(Dns, R3_2_2_AZoneStaysWithOneHealthyTargetGroup) {
  const std::vector<std::uint32_t> zones{kA, kB};
  const std::vector<std::vector<std::uint32_t>> both{{kA}, {}};
  EXPECT_THAT(zones_in_dns(zones, both), ElementsAre(kA));
  const std::vector<std::vector<std::uint32_t>> each{{kA}, {kB}};
  EXPECT_THAT(zones_in_dns(zones, each), ElementsAre(kA, kB));
  const std::vector<std::vector<std::uint32_t>> none{{}, {}};
  EXPECT_THAT(zones_in_dns(zones, none), ElementsAre(kA, kB));
}

TEST(Dns, R3_1_3_AllZonesUnhealthyReturnsAll) {
  const std::vector<std::uint32_t> zones{kA, kB};
  EXPECT_THAT(dns_of(zones, group(2, 2, HealthState::kUnhealthy), false, {}), ElementsAre(kA, kB));
}

}  // namespace
}  // namespace updraft::elb
