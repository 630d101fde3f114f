#include "models/network/network.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "sim/build/registry.h"
#include "sim/engine/simulation.h"

namespace updraft::network {

void register_models(sim::ModelRegistry& registry);

namespace {

using namespace std::chrono_literals;

TEST(Network, R23_3_APacketTakesLongerBetweenZonesThanWithinOne) {
  sim::Simulation simulation({});
  NetworkParams params;
  params.mutable_same_zone_latency()->set_ns(100'000);
  params.mutable_cross_zone_latency()->set_ns(500'000);
  const auto& network = simulation.add<RegionNetwork>("network", params);
  EXPECT_EQ(network.one_way({0}, {0}), 100us);
  EXPECT_EQ(network.one_way({0}, {1}), 500us);
  EXPECT_EQ(network.one_way({2}, {1}), 500us);
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
