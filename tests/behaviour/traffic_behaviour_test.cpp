// Clients whose other end is gone: every request ends, by the client's patience or by its system's.
#include <numeric>

#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using sim::Status;

std::uint64_t answered_all(const FleetBench& bench, std::string_view traffic) {
  std::uint64_t sum = 0;
  for (std::size_t status = 0; status < sim::kStatusCount; ++status) {
    sum += bench.answered(traffic, static_cast<Status>(status));
  }
  return sum;
}

// Zone b is lost for good; its node stays in the clients' caches for a minute. Ten requests a
// second meet it for half of that time or so, none of them later.
FleetBench after_a_loss(const std::string& client) {
  return FleetBench(fleet(
      {.duration = "10m",
       .traffic = "visitors: {to: alb, rate: {constant: 10/s, arrivals: regular}, from: 101s, "
                  "until: 159s, demand: {wait: 1ms}" +
                  client + "}",
       .faults = "{at: 100s, lose_availability_zone: {availability_zone: b}}"}));
}

TEST(Traffic, ARequestIntoALostZoneEndsWhenConnectingIsGivenUp) {
  const FleetBench bench = after_a_loss("");
  EXPECT_GT(bench.answered("visitors", Status::kUnreachable), 200u);
  EXPECT_EQ(bench.answered("visitors", Status::kTimedOut), 0u);
  EXPECT_EQ(answered_all(bench, "visitors"), bench.sent("visitors"));
  EXPECT_DOUBLE_EQ(bench.max_latency_s("visitors"), 131.0);
}

TEST(Traffic, TheConnectTimeoutIsAParameter) {
  const FleetBench bench = after_a_loss(", connect_timeout: 30s");
  EXPECT_GT(bench.answered("visitors", Status::kUnreachable), 200u);
  EXPECT_EQ(answered_all(bench, "visitors"), bench.sent("visitors"));
  EXPECT_DOUBLE_EQ(bench.max_latency_s("visitors"), 30.0);
}

TEST(Traffic, AClientsOwnTimeoutEndsTheRequestBefore) {
  const FleetBench bench = after_a_loss(", timeout: 2s");
  EXPECT_GT(bench.answered("visitors", Status::kTimedOut), 200u);
  EXPECT_EQ(bench.answered("visitors", Status::kUnreachable), 0u);
  EXPECT_EQ(answered_all(bench, "visitors"), bench.sent("visitors"));
  EXPECT_DOUBLE_EQ(bench.max_latency_s("visitors"), 2.0);
}

// Sent in the last ten seconds before the loss and still in service: the connection stands and goes
// silent. The clients notice a minute after the loss.
TEST(Traffic, ARequestOnALostConnectionEndsWhenItsSilenceIsNoticed) {
  const FleetBench bench(
      fleet({.duration = "10m",
             .traffic = "visitors: {to: alb, rate: {constant: 10/s, arrivals: regular}, from: 90s, "
                        "until: 100s, demand: {wait: 30s}, keep_alive_timeout: 60s}",
             .faults = "{at: 100s, lose_availability_zone: {availability_zone: b}}"}));
  EXPECT_GT(bench.answered("visitors", Status::kReset), 20u);
  EXPECT_EQ(bench.answered("visitors", Status::kUnreachable), 0u);
  EXPECT_EQ(answered_all(bench, "visitors"), bench.sent("visitors"));
  EXPECT_LE(bench.max_latency_s("visitors"), 70.0);
  EXPECT_GT(bench.max_latency_s("visitors"), 68.0);
}

TEST(Traffic, AClosedClientOfALostZoneComesBack) {
  const FleetBench bench(
      fleet({.duration = "20m",
             .traffic = "testers: {to: alb, clients: {count: 20, think_time: 1s}, "
                        "connect_timeout: 30s, demand: {wait: 10ms}}",
             .faults = "{at: 100s, lose_availability_zone: {availability_zone: b}}"}));
  // Half of those who were at the lost node and look in DNS again find it once more, and so on.
  EXPECT_GT(bench.answered("testers", Status::kUnreachable), 5u);
  // From minute 4 on nobody meets the lost node any more: 20 clients, one request a second each.
  EXPECT_GT(bench.answered("testers", Status::kOk), 20u * 60u * 16u * 9u / 10u);
}

// What `initial` says stands before the first arrival of instant 0.
TEST(Traffic, ARequestAtTheVeryStartMeetsWhatStandsThere) {
  const FleetBench bench(fleet(
      {.duration = "1m",
       .traffic = "early: {to: alb, clients: {count: 3, think_time: 0s}, demand: {wait: 1s}}"}));
  EXPECT_EQ(bench.answered("early", Status::kUnavailable), 0u);
  EXPECT_GT(bench.answered("early", Status::kOk), 100u);
}

// A balancer without targets answers 503 in the instant of the question: clients that do not think
// would ask again in it, for ever.
TEST(Traffic, ClientsRefusedInNoTimeAskAgainAfterTheShortestCycle) {
  const FleetBench bench(fleet(
      {.duration = "1m",
       .in_service = "0",
       .traffic = "eager: {to: alb, clients: {count: 5, think_time: 0s, shortest_cycle: 10ms}, "
                  "until: 1s, demand: {wait: 1s}}"}));
  EXPECT_EQ(bench.answered("eager", Status::kUnavailable), 5u * 100u);
  EXPECT_EQ(answered_all(bench, "eager"), bench.sent("eager"));
}

// Nobody stands there, so nobody sees the work; it was asked for all the same. One request a second
// of 1 s of CPU needs half an instance of two vCPUs at full load, one at 50 %.
TEST(Traffic, WhatMetNobodyWasNeededToo) {
  const FleetBench bench(
      fleet({.duration = "10m",
             .group = "min_size: 0, max_size: 4, desired_capacity: 0, scaling_policies: {cpu: "
                      "{target_tracking: {predefined_metric_type: ASGAverageCPUUtilization, "
                      "target_value: 50}}}",
             .in_service = "0",
             .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, "
                        "demand: {cpu: 1s}}"}));
  EXPECT_EQ(bench.answered("visitors", Status::kUnavailable), bench.sent("visitors"));
  EXPECT_DOUBLE_EQ(bench.capacity().needed_mean, 1.0);
  EXPECT_DOUBLE_EQ(bench.capacity().minutes_short, 10.0);
  EXPECT_DOUBLE_EQ(bench.capacity().provided_max, 0.0);
}

TEST(Traffic, APartOfAMinuteCountsForItsLength) {
  const FleetBench bench(fleet({.duration = "90s"}));
  EXPECT_DOUBLE_EQ(bench.capacity().instance_hours, 2 * 90.0 / 3600);
  EXPECT_DOUBLE_EQ(bench.capacity().provided_min, 2.0);
  EXPECT_DOUBLE_EQ(bench.capacity().provided_mean, 2.0);
}

}  // namespace
}  // namespace updraft::testing
