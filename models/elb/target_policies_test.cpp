// Slow start, target weights, cookies, connections and capacity units, without an engine.
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "models/elb/anomalies.h"
#include "models/elb/capacity_units.h"
#include "models/elb/connections.h"
#include "models/elb/cookies.h"
#include "models/elb/routing.h"
#include "models/elb/slow_start.h"

namespace updraft::elb {
namespace {

using sim::kStart;
using std::chrono::seconds;

TEST(SlowStart, R3_3_5_GrowsLinearly) {
  const SlowStart slow{.since = kStart + seconds{100}, .duration = seconds{50}};
  EXPECT_DOUBLE_EQ(slow.weight(kStart + seconds{100}), 0.01);
  EXPECT_DOUBLE_EQ(slow.weight(kStart + seconds{110}), 0.2);
  EXPECT_DOUBLE_EQ(slow.weight(kStart + seconds{149}), 0.98);
  EXPECT_DOUBLE_EQ(slow.weight(kStart + seconds{200}), 1);
  EXPECT_FALSE(slow.over(kStart + seconds{149}));
  EXPECT_TRUE(slow.over(kStart + seconds{150}));
}

TEST(SlowStart, LB_12_R3_3_5_WhoEntersIt) {
  // (a) beside healthy targets a new one does; (b) three into an empty group do not.
  EXPECT_TRUE(enters_slow_start({.joined_a_serving_group = true, .others_serving = 2}));
  EXPECT_FALSE(enters_slow_start({.joined_a_serving_group = false, .others_serving = 0}));
  EXPECT_FALSE(enters_slow_start({.joined_a_serving_group = false, .others_serving = 2}));
  // A target that failed and recovers starts again, unless nobody else serves.
  EXPECT_TRUE(enters_slow_start({.recovered = true, .others_serving = 1}));
  EXPECT_FALSE(enters_slow_start({.recovered = true, .others_serving = 0}));
}

TEST(RoundRobin, R3_3_5_AWeightedTargetGetsItsShareOfTurns) {
  RoundRobin next;
  next.set_candidates(std::vector<std::uint32_t>{0, 1, 2});
  std::map<std::uint32_t, int> hits;
  for (int i = 0; i < 2200; ++i) {
    ++hits[next.pick_weighted([](std::uint32_t target) { return target == 1 ? 0.2 : 1.0; })];
  }
  EXPECT_NEAR(hits[0], 1000, 1);
  EXPECT_NEAR(hits[1], 200, 1);
  EXPECT_NEAR(hits[2], 1000, 1);
}

void requests(TargetWeights& weights, std::uint32_t target, int count, int failed) {
  for (int i = 0; i < count; ++i) {
    weights.ended(target, i < failed);
  }
}

const std::vector<std::uint32_t> kFour{0, 1, 2, 3};

TEST(TargetWeights, R3_3_3_ATargetThatFailsMoreThanItsPeersIsCutAndComesBackSlowly) {
  TargetWeights weights;
  requests(weights, 0, 50, 0);
  requests(weights, 1, 50, 1);
  requests(weights, 2, 50, 40);
  requests(weights, 3, 50, 0);
  const auto changes = weights.look(kFour, true);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].target, 2u);
  EXPECT_DOUBLE_EQ(changes[0].share, 0.8);
  EXPECT_DOUBLE_EQ(changes[0].peers_share, 1.0 / 150);
  EXPECT_DOUBLE_EQ(weights.weight(2), TargetWeights::kLeastWeight);
  EXPECT_DOUBLE_EQ(weights.weight(0), 1);
  // Too few to tell: it stays as it is.
  requests(weights, 0, 50, 0);
  requests(weights, 2, 2, 0);
  EXPECT_TRUE(weights.look(kFour, true).empty());
  EXPECT_TRUE(weights.anomalous(2));
  // Well again: a step at each look.
  std::vector<double> way;
  for (int look = 0; look < 11; ++look) {
    requests(weights, 0, 50, 0);
    requests(weights, 2, 5, 0);
    EXPECT_EQ(weights.look(kFour, true).size(), look == 0 ? 1u : 0u);
    way.push_back(weights.weight(2));
  }
  EXPECT_NEAR(way[0], 0.15, 1e-12);
  EXPECT_NEAR(way[1], 0.25, 1e-12);
  EXPECT_DOUBLE_EQ(way.back(), 1);
}

TEST(TargetWeights, R3_3_3_DetectionIsAlwaysOnAndNeedsThreeTargets) {
  TargetWeights weights;
  requests(weights, 0, 50, 0);
  requests(weights, 1, 50, 50);
  const std::vector<std::uint32_t> two{0, 1};
  EXPECT_TRUE(weights.look(two, true).empty());
  requests(weights, 0, 50, 0);
  requests(weights, 1, 50, 50);
  const std::vector<std::uint32_t> three{0, 1, 2};
  EXPECT_EQ(weights.look(three, false).size(), 1u);
  EXPECT_DOUBLE_EQ(weights.weight(1), 1);  // seen, and left alone
}

TEST(TargetWeights, R3_3_3_WhereAllFailAlikeNobodyIsAnomalous) {
  TargetWeights weights;
  for (const std::uint32_t target : kFour) {
    requests(weights, target, 50, 45);
  }
  EXPECT_TRUE(weights.look(kFour, true).empty());
}

TEST(WeightedRandom, R3_3_3_PicksByWeight) {
  WeightedRandom random;
  random.set_candidates(kFour, [](std::uint32_t target) { return target == 2 ? 0.05 : 1.0; });
  std::vector<int> hits(4, 0);
  for (int i = 0; i < 6100; ++i) {
    ++hits[random.pick((i + 0.5) / 6100)];
  }
  EXPECT_NEAR(hits[0], 2000, 1);
  EXPECT_NEAR(hits[2], 100, 1);
}

TEST(CookieJar, R3_4_1_ExpiresAndBelongsToOneSession) {
  CookieJar jar;
  const std::uint64_t first = sim::session_of(3, 0);
  EXPECT_FALSE(jar.get(first, kStart));
  jar.set(first, 7, kStart + seconds{60});
  EXPECT_EQ(jar.get(first, kStart + seconds{59}), 7u);
  EXPECT_FALSE(jar.get(first, kStart + seconds{60}));
  EXPECT_FALSE(jar.get(sim::session_of(3, 1), kStart));  // the next session of the place
  EXPECT_FALSE(jar.get(sim::session_of(9, 0), kStart));
}

TEST(ClientConnections, LB_18_R3_8_1_CloseWhenNothingHappensForTheIdleTimeOut) {
  ClientConnections connections({.idle_timeout = seconds{60}, .longest = seconds{3600}});
  const std::uint64_t session = sim::session_of(0, 0);
  connections.open(session, 1, kStart);
  EXPECT_NE(connections.find(session, kStart + seconds{59}), nullptr);
  EXPECT_EQ(connections.find(session, kStart + seconds{60}), nullptr);
  Connection& open = connections.open(session, 1, kStart + seconds{60});
  open.in_progress = 1;  // a request in progress keeps it
  EXPECT_NE(connections.find(session, kStart + seconds{1000}), nullptr);
  // client_keep_alive: its longest life.
  EXPECT_EQ(connections.find(session, kStart + seconds{3660}), nullptr);
  EXPECT_EQ(connections.find(sim::session_of(0, 1), kStart), nullptr);
}

TEST(ClientConnections, CountsThoseThatStoodInAPeriod) {
  ClientConnections connections({.idle_timeout = seconds{60}});
  connections.open(sim::session_of(0, 0), 0, kStart);
  connections.open(sim::session_of(1, 0), 0, kStart + seconds{50});
  EXPECT_EQ(connections.active_since(kStart), 2u);
  EXPECT_EQ(connections.active_since(kStart + seconds{60}), 1u);
  EXPECT_EQ(connections.active_since(kStart + seconds{120}), 0u);
  connections.close_if([](const Connection&) { return true; });
  EXPECT_EQ(connections.active_since(kStart), 0u);
}

TEST(CapacityUnits, R3_11_1_TheDimensionUsedMostCounts) {
  EXPECT_DOUBLE_EQ(units({.seconds = 60, .new_connections = 60 * 50}, kLcu), 2);
  EXPECT_DOUBLE_EQ(units({.seconds = 60, .active_connection_seconds = 60 * 9000}, kLcu), 3);
  EXPECT_DOUBLE_EQ(units({.seconds = 3600, .bytes = 4e9}, kLcu), 4);
  EXPECT_DOUBLE_EQ(units({.seconds = 60, .rule_evaluations = 60 * 5000}, kLcu), 5);
  EXPECT_DOUBLE_EQ(
      units({.seconds = 60, .new_connections = 60 * 50, .rule_evaluations = 60 * 5000}, kLcu), 5);
  EXPECT_DOUBLE_EQ(units({}, kLcu), 0);
}

TEST(CapacityUnits, R3_11_2_AnNlbHasUnitsOfItsOwn) {
  EXPECT_DOUBLE_EQ(units({.seconds = 60, .new_connections = 60 * 1600}, kNlcuTcp), 2);
  EXPECT_DOUBLE_EQ(units({.seconds = 60, .active_connection_seconds = 60 * 3e5}, kNlcuTcp), 3);
  EXPECT_DOUBLE_EQ(units({.seconds = 60, .rule_evaluations = 1e9}, kNlcuTcp), 0);
}

// A minute of new connections and an hour of bytes: hour by hour, not minute by minute.
TEST(UnitMeter, R3_11_1_AveragesOverAnHour) {
  UnitMeter meter(kLcu);
  for (int minute = 0; minute < 60; ++minute) {
    meter.add({.seconds = 60,
               .new_connections = minute == 0 ? 25.0 * 3600 : 0.0,  // one unit on average
               .bytes = 2e9 / 60});                                 // two
  }
  EXPECT_NEAR(meter.unit_hours(), 2, 1e-9);
  for (int minute = 0; minute < 30; ++minute) {
    meter.add({.seconds = 60, .bytes = 4e9 / 60});
  }
  EXPECT_NEAR(meter.unit_hours(), 4, 1e-9);  // half an hour at four
}

}  // namespace
}  // namespace updraft::elb
