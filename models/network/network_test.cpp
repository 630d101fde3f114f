#include "models/network/network.h"

#include <gtest/gtest.h>

#include "sim/engine/simulation.h"

namespace updraft::network {
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

}  // namespace
}  // namespace updraft::network
