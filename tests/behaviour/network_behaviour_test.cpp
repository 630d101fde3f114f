// What the network does to requests and to the bill.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

FleetText with_clients(const std::string& more, const std::string& network = "") {
  return {.duration = "10m",
          .network = "same_zone_latency: 0s, cross_zone_latency: 0s" + network,
          .traffic =
              "visitors: {to: alb, rate: {constant: 10/s, arrivals: regular}, until: 9m, "
              "demand: {wait: 10ms}" +
              more + "}"};
}

TEST(Network, R23_3_ClientsWaitForTheWayThereAndBack) {
  EXPECT_NEAR(FleetBench(fleet(with_clients(""))).mean_latency_s("visitors"), 0.010, 1e-6);
  EXPECT_NEAR(FleetBench(fleet(with_clients(", latency: 40ms"))).mean_latency_s("visitors"), 0.090,
              1e-6);
  EXPECT_NEAR(FleetBench(fleet(with_clients(", region: eu-west-1"))).mean_latency_s("visitors"),
              0.078, 1e-6);
  EXPECT_NEAR(
      FleetBench(fleet(with_clients("", ", internet_latency: 25ms"))).mean_latency_s("visitors"),
      0.060, 1e-6);
  // The source's own says more than its Region.
  EXPECT_NEAR(FleetBench(fleet(with_clients(", latency: 1ms, region: eu-west-1")))
                  .mean_latency_s("visitors"),
              0.012, 1e-6);
}

TEST(Network, R23_3_LatencyMayDifferFromMessageToMessage) {
  const FleetBench bench(fleet(with_clients("", ", internet_latency: {exponential: 20ms}")));
  EXPECT_NEAR(bench.mean_latency_s("visitors"), 0.050, 0.003);
  EXPECT_GT(bench.max_latency_s("visitors"), 0.150);
  FleetText inside = with_clients("");
  inside.network = "same_zone_latency: {exponential: 5ms}, cross_zone_latency: {exponential: 5ms}";
  EXPECT_NEAR(FleetBench(fleet(inside)).mean_latency_s("visitors"), 0.020, 0.001);
}

// 5,400 answers of 1 MB are 5.4 GB.
TEST(Network, R28_10_WhatGoesOutToTheInternetCostsBeyondTheFreePart) {
  const std::string answers = ", response_size: 1MB";
  EXPECT_EQ(FleetBench(fleet(with_clients(answers))).billed("data-transfer"), 0);
  const FleetBench all(fleet(with_clients(answers, ", free_internet_out: 0B")));
  EXPECT_NEAR(all.billed("data-transfer/internet-out"), 5.4, 1e-9);
  const FleetBench some(fleet(with_clients(answers, ", free_internet_out: 5GB")));
  EXPECT_NEAR(some.billed("data-transfer/internet-out"), 0.4, 1e-9);
}

TEST(Network, R28_10_WhatGoesToAnotherRegionCostsByTheGb) {
  const FleetBench bench(fleet(with_clients(", response_size: 1MB, region: eu-west-1")));
  EXPECT_NEAR(bench.billed("data-transfer/inter-region-out"), 5.4, 1e-9);
  EXPECT_EQ(bench.billed("data-transfer/internet-out"), 0);
}

TEST(Network, R28_10_SizesThatDifferAreAddedUp) {
  const FleetBench bench(fleet(
      with_clients(", response_size: {uniform: {min: 0B, max: 2MB}}", ", free_internet_out: 0B")));
  EXPECT_NEAR(bench.billed("data-transfer/internet-out"), 5.4, 0.3);
}

TEST(Network, R28_10_AnAlbPaysNothingBetweenZones) {
  FleetText text = with_clients(", response_size: 1MB", ", free_internet_out: 0B");
  text.group_zones = "b";  // half of all requests cross from a
  const FleetBench bench(fleet(text));
  EXPECT_EQ(bench.billed("data-transfer/inter-az"), 0);
}

TEST(Network, ADegradedLinkSlowsWhatCrossesItWhileItLasts) {
  FleetText text = with_clients("");
  text.zones = "a, b";
  text.faults =
      "{at: 3m, for: 3m, degrade_link: {availability_zone: a, other_zone: b, latency: 50ms}}";
  const FleetBench bench(fleet(text));
  const std::vector<double> mean = bench.minutes("/traffic/visitors/Latency");
  EXPECT_NEAR(mean[1], 0.010, 1e-6);
  EXPECT_NEAR(mean[4], 0.060, 0.005);  // half of all cross it, there and back
  EXPECT_NEAR(mean[7], 0.010, 1e-6);
}

TEST(Network, ALossyLinkCostsRetransmissions) {
  FleetText text = with_clients("");
  text.faults =
      "{at: 0s, degrade_link: {availability_zone: a, loss: 50%, retransmission_timeout: "
      "100ms}}";
  const FleetBench bench(fleet(text));
  // Of three quarters of all requests half wait 100 ms each way, a quarter 300 ms, and so on.
  EXPECT_GT(bench.mean_latency_s("visitors"), 0.2);
  EXPECT_GT(bench.max_latency_s("visitors"), 3.0);
}

}  // namespace
}  // namespace updraft::testing
