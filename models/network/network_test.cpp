#include "models/network/network.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "sim/build/registry.h"
#include "sim/engine/simulation.h"

namespace updraft::network {

void register_models(sim::ModelRegistry& registry);

namespace {

using namespace std::chrono_literals;

NetworkParams fixed_latencies() {
  NetworkParams params;
  const auto set = [](sim::DistributionValue& law, double ns) {
    law.set_law(sim::DistributionValue::CONSTANT);
    auto* value = law.add_parameter();
    value->set_name("value");
    value->set_value(ns);
  };
  set(*params.mutable_same_zone_latency(), 100'000);
  set(*params.mutable_cross_zone_latency(), 500'000);
  set(*params.mutable_internet_latency(), 20'000'000);
  return params;
}

TEST(Network, R23_3_AMessageTakesLongerBetweenZonesThanWithinOne) {
  sim::Simulation simulation({});
  simulation.set_zones({"a", "b", "c"});
  const auto& network = simulation.add<RegionNetwork>("network", fixed_latencies());
  EXPECT_EQ(network.one_way({0}, {0}), 100us);
  EXPECT_EQ(network.one_way({0}, {1}), 500us);
  EXPECT_EQ(network.one_way({2}, {1}), 500us);
  EXPECT_FALSE(network.varies());
  EXPECT_EQ(network.one_way({2}, {1}, 7, 0), 500us);
}

TEST(Network, ADegradedLinkIsSlowerAndComesBack) {
  sim::Simulation simulation({});
  simulation.set_zones({"a", "b", "c"});
  auto& network = simulation.add<RegionNetwork>("network", fixed_latencies());
  const Degradation slow{.added = sim::Distribution::constant(1e6).value(),
                         .retransmission = 200ms};
  network.degrade(3, {0}, sim::ZoneId{1}, slow);
  EXPECT_TRUE(network.varies());
  EXPECT_EQ(network.one_way({0}, {1}, 7, 0), 1500us);
  EXPECT_EQ(network.one_way({1}, {0}, 7, 0), 1500us);
  EXPECT_EQ(network.one_way({0}, {2}, 7, 0), 500us);
  network.degrade(4, {0}, std::nullopt, slow);  // every link of the zone
  EXPECT_EQ(network.one_way({0}, {0}, 7, 0), 1100us);
  EXPECT_EQ(network.one_way({0}, {1}, 7, 0), 2500us);
  EXPECT_EQ(network.one_way({1}, {2}, 7, 0), 500us);
  network.restore(3);
  EXPECT_EQ(network.one_way({0}, {1}, 7, 0), 1500us);
  network.restore(4);
  EXPECT_FALSE(network.varies());
}

TEST(Network, R23_3_FromAnotherRegionItGoesTheShortestKnownWay) {
  const RegionPaths paths = RegionPaths::built_in();
  const auto direct = paths.between("us-east-1", "eu-west-1");
  ASSERT_TRUE(direct.has_value());
  EXPECT_EQ(direct->latency, 34ms);  // half of 68
  const auto by_way = paths.between("us-east-2", "eu-west-1");
  ASSERT_TRUE(by_way.has_value());
  EXPECT_EQ(by_way->vertices, (std::vector<std::string>{"us-east-2", "us-east-1", "eu-west-1"}));
  EXPECT_EQ(by_way->latency, 40ms);
  EXPECT_EQ(paths.between("eu-west-1", "us-east-2")->latency, 40ms);
  EXPECT_FALSE(paths.between("us-east-1", "mars-1").has_value());
}

struct Loss {
  double u;
  sim::Duration delay;
};

// Lost with a chance of a tenth, each time again: once below 0.1, twice below 0.01.
TEST(Link, ALostMessageIsSentAgainAfterTwiceTheTimeEachTime) {
  for (const Loss& one : {Loss{0.5, 0ms}, Loss{0.1, 0ms}, Loss{0.05, 200ms}, Loss{0.005, 600ms},
                          Loss{0.0005, 1400ms}}) {
    EXPECT_EQ(retransmission_delay(one.u, 0.1, 200ms), one.delay) << one.u;
  }
  EXPECT_EQ(retransmission_delay(1e-300, 0.99, 1ms), 1023ms);  // no more than ten
}

TEST(Link, AShareOfMessagesIsLost) {
  Link link(sim::Distribution::constant(0).value(), sim::stream_key(1, 0, "network", "link a b"));
  link.degrade(
      0, {.added = sim::Distribution::constant(0).value(), .loss = 0.2, .retransmission = 200ms});
  int lost = 0;
  for (std::uint64_t k = 0; k < 10'000; ++k) {
    lost += link.one_way(k, 0) > 0ms ? 1 : 0;
    EXPECT_EQ(link.one_way(k, 0), link.one_way(k, 0));
  }
  EXPECT_NEAR(lost, 2000, 160);  // four standard deviations
}

TEST(Link, AVaryingLinkHasTheMeanOfItsLaw) {
  const Link link(sim::Distribution::exponential(1e6).value(),
                  sim::stream_key(1, 0, "network", "link a b"));
  EXPECT_TRUE(link.varies());
  EXPECT_EQ(link.usual(), 1ms);
  double sum = 0;
  for (std::uint64_t k = 0; k < 10'000; ++k) {
    sum += static_cast<double>(sim::to_ns(link.one_way(k, 0)));
  }
  EXPECT_NEAR(sum / 10'000, 1e6, 4e4);
}

TEST(Regions, R27_1_EachHasThreeZonesOrMore) {
  sim::ModelRegistry registry;
  register_models(registry);
  const auto& regions = registry.types().regions();
  EXPECT_GE(regions.size(), 34U);
  for (const auto& [name, region] : regions) {
    EXPECT_GE(region.zones.size(), 3U) << name;
    EXPECT_TRUE(std::is_sorted(region.zones.begin(), region.zones.end())) << name;
    EXPECT_EQ(region.zones.front(), "a") << name;
  }
  const std::vector<std::string> six = {"a", "b", "c", "d", "e", "f"};
  EXPECT_EQ(registry.types().region("us-east-1")->zones, six);
  EXPECT_EQ(registry.types().region("us-east-9"), nullptr);
}

}  // namespace
}  // namespace updraft::network
