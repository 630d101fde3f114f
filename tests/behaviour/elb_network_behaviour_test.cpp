// Network Load Balancers in front of real instances.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using sim::Status;

/// Bytes that an instance got, in requests of 1 kB.
double requests_at(const FleetBench& bench, std::int64_t instance) {
  const auto bytes = bench.of_instance(instance, "NetworkIn");
  return std::accumulate(bytes.begin(), bytes.end(), 0.0) / 1000;
}

std::vector<double> requests_of(const FleetBench& bench) {
  std::vector<double> requests;
  const auto instances = static_cast<std::int64_t>(bench.instances().size());
  for (std::int64_t row = 0; row < instances; ++row) {
    requests.push_back(requests_at(bench, row));
  }
  return requests;
}

TEST(NetworkLoadBalancer, LB_04_R3_5_1_AConnectionStaysAtItsTarget) {
  const FleetBench bench(
      fleet({.balancer = "type: network, load_balancing_cross_zone_enabled: true",
             .group = "min_size: 4, max_size: 4",
             .in_service = "4",
             .traffic = "one: {to: alb, rate: {constant: 10/s, arrivals: regular}, sessions: 1}"}));
  EXPECT_EQ(bench.answered("one", Status::kOk), bench.sent("one"));
  const auto requests = requests_of(bench);
  EXPECT_EQ(std::count(requests.begin(), requests.end(), 0.0), 3);
  EXPECT_EQ(bench.total("/alb/NewFlowCount"), 1);
  EXPECT_EQ(bench.minutes("/alb/ActiveFlowCount").at(5), 1);
}

TEST(NetworkLoadBalancer, LB_04_R3_5_1_ManyConnectionsSpreadByTheirHash) {
  const FleetBench bench(
      fleet({.balancer = "type: network, load_balancing_cross_zone_enabled: true",
             .group = "min_size: 4, max_size: 4",
             .in_service = "4",
             .traffic = "many: {to: alb, rate: {constant: 20/s, arrivals: regular}}"}));
  EXPECT_EQ(bench.total("/alb/NewFlowCount"), 12000);
  for (const double requests : requests_of(bench)) {
    EXPECT_NEAR(requests, 3000, 4.5 * std::sqrt(12000 * 0.25 * 0.75));
  }
}

TEST(NetworkLoadBalancer, R3_1_T1_CrossZoneIsOffByDefault) {
  FleetText text{.balancer = "type: network",
                 .group = "min_size: 1, max_size: 1",
                 .group_zones = "a",
                 .in_service = "1",
                 .resources =
                     "big: {auto_scaling_group: {availability_zones: [b], target_groups: "
                     "[web], min_size: 3, max_size: 3, launch_template: {instance_type: "
                     "m7g.large, monitoring: detailed}}}",
                 .initial = "big: {in_service: 3}",
                 .traffic = "many: {to: alb, rate: {constant: 20/s, arrivals: regular}}"};
  const auto share_of_a = [](const FleetBench& bench) {
    for (std::size_t row = 0; row < bench.instances().size(); ++row) {
      if (bench.instances()[row].zone == "a") {
        return requests_at(bench, static_cast<std::int64_t>(row)) / 12000;
      }
    }
    return 0.0;
  };
  EXPECT_NEAR(share_of_a(FleetBench(fleet(text))), 0.5, 0.02);
  text.balancer += ", load_balancing_cross_zone_enabled: true";
  EXPECT_NEAR(share_of_a(FleetBench(fleet(text))), 0.25, 0.02);
  text.balancer = "type: network";
  text.targets += ", load_balancing_cross_zone_enabled: \"true\"";
  EXPECT_NEAR(share_of_a(FleetBench(fleet(text))), 0.25, 0.02);
}

TEST(NetworkLoadBalancer, R3_5_2_AnIdleConnectionIsForgottenAfter350Seconds) {
  const auto flows = [](const std::string& rate) {
    const FleetBench bench(fleet({.duration = "1h",
                                  .balancer = "type: network",
                                  .traffic = "one: {to: alb, rate: {constant: " + rate +
                                             ", arrivals: regular}, sessions: 1}"}));
    return std::pair{bench.total("/alb/NewFlowCount"), static_cast<double>(bench.sent("one"))};
  };
  EXPECT_EQ(flows("0.003125/s").first, 1);        // 320 s apart
  const auto [opened, sent] = flows("0.0025/s");  // 400 s apart
  EXPECT_EQ(opened, sent);
}

TEST(NetworkLoadBalancer, R3_5_2_ASilentTargetIsAClientThatHearsNothing) {
  const FleetBench bench(
      fleet({.duration = "20m",
             .balancer = "type: network, tcp_idle_timeout: 60s",
             .traffic = "one: {to: alb, rate: {constant: 1/s, arrivals: regular}, until: 10s, "
                        "demand: {wait: 100s}, keep_alive_timeout: 300s}"}));
  EXPECT_EQ(bench.answered("one", Status::kReset), 10u);
  EXPECT_DOUBLE_EQ(bench.mean_latency_s("one"), 360);
}

TEST(NetworkLoadBalancer, LB_19_R3_5_3_PortsRunOutAt55000ConnectionsAMinute) {
  const FleetBench bench(
      fleet({.duration = "3m",
             .balancer = "type: network",
             .group = "min_size: 1, max_size: 1",
             .zones = "a",
             .in_service = "1",
             .traffic = "many: {to: alb, rate: {constant: 1000/s, arrivals: regular}, until: 2m, "
                        "demand: {wait: 1ms}}"}));
  EXPECT_EQ(bench.total("/alb/PortAllocationErrorCount"), 2 * 5000);
  EXPECT_EQ(bench.answered("many", Status::kRefused), 2 * 5000u);
  EXPECT_EQ(bench.answered("many", Status::kOk), 110000u);
}

TEST(NetworkLoadBalancer, R3_5_4_ConnectionsOfAnUnhealthyTargetAreReset) {
  FleetText text{.balancer = "type: network",
                 .targets = "health_check_interval: 10s",
                 .group = "min_size: 1, max_size: 1",
                 .zones = "a",
                 .instance = "relative_speed: 1, health_check_cpu: 1ms",
                 .in_service = "1",
                 .traffic =
                     "one: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 90s, "
                     "until: 100s, demand: {wait: 120s}}",
                 .faults = "{at: 100s, for: 60s, slow_instance: {of: fleet, speed_factor: 0}}"};
  const FleetBench reset(fleet(text));
  EXPECT_EQ(reset.answered("one", Status::kReset), 10u);
  EXPECT_EQ(reset.total("/alb/TCP_ELB_Reset_Count"), 10);
  EXPECT_LT(reset.max_latency_s("one"), 60);
  text.targets += ", unhealthy_connection_termination_enabled: false";
  EXPECT_EQ(FleetBench(fleet(text)).answered("one", Status::kOk), 10u);
}

TEST(NetworkLoadBalancer, R3_5_4_ConnectionsGoOnAfterTheDeregistrationDelay) {
  FleetText text{.balancer = "type: network, load_balancing_cross_zone_enabled: true",
                 .targets = "health_check_interval: 10s, deregistration_delay: 30s",
                 .group = "min_size: 1, max_size: 2",
                 .instance = "relative_speed: 1, health_check_cpu: 0s",
                 .traffic =
                     "one: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 100s, "
                     "until: 120s, demand: {wait: 100s}}",
                 .operations = "{at: 120s, fleet: {set_desired_capacity: 1}}"};
  // The group ends the instance after the delay; only then are its connections reset.
  const FleetBench bench(fleet(text));
  EXPECT_EQ(bench.total("/alb/TCP_ELB_Reset_Count"), 0);
  const auto by_target = bench.answered("one", Status::kReset);
  EXPECT_GT(by_target, 0u);
  EXPECT_EQ(bench.total("/alb/TCP_Target_Reset_Count"), static_cast<double>(by_target));
  text.targets += ", deregistration_delay_connection_termination_enabled: true";
  const FleetBench ended(fleet(text));
  EXPECT_EQ(ended.total("/alb/TCP_ELB_Reset_Count"), static_cast<double>(by_target));
  EXPECT_EQ(ended.total("/alb/TCP_Target_Reset_Count"), 0);
}

TEST(NetworkLoadBalancer, R3_5_5_MakesUpNoCodes) {
  const FleetBench bench(fleet({.balancer = "type: network",
                                .group = "min_size: 1, max_size: 1",
                                .zones = "a",
                                .in_service = "0",
                                .traffic = "one: {to: alb, rate: {constant: 1/s, arrivals: "
                                           "regular}, demand: {wait: 10ms}}"}));
  EXPECT_EQ(bench.answered("one", Status::kRefused), 90u);  // nobody, then nobody listens
  EXPECT_EQ(bench.answered("one", Status::kOk), 510u);
  EXPECT_EQ(bench.answered("one", Status::kUnavailable), 0u);
  EXPECT_EQ(bench.total("/alb/TCP_ELB_Reset_Count"), 30);
  EXPECT_EQ(bench.total("/alb/TCP_Target_Reset_Count"), 60);  // R3_10_3
}

TEST(NetworkLoadBalancer, R3_10_3_R3_11_2_ELB_inter_zone_bytes_R28_10_CountsAndCosts) {
  FleetText text{.duration = "1h",
                 .balancer = "type: network, load_balancing_cross_zone_enabled: true",
                 .traffic =
                     "one: {to: alb, rate: {constant: 50/s, arrivals: regular}, sessions: "
                     "1000, request_size: 1kB, response_size: 19kB, timeout: 10s}"};
  const FleetBench bench(fleet(text));
  const double bytes = 50 * 3600 * 20e3;
  EXPECT_EQ(bench.total("/alb/ProcessedBytes"), bytes);
  EXPECT_EQ(bench.billed("elb/network"), 1);
  EXPECT_NEAR(bench.billed("elb/network/nlcu"), bytes / 1e9, 1e-6);
  // Two zones, a target in each: half of the bytes cross, and count on both sides.
  EXPECT_NEAR(bench.billed("data-transfer/inter-az"), bytes / 1e9, 0.1 * bytes / 1e9);
  text.balancer = "type: network";
  EXPECT_EQ(FleetBench(fleet(text)).billed("data-transfer/inter-az"), 0);
  text.balancer = "";
  EXPECT_EQ(FleetBench(fleet(text)).billed("elb/network"), 0);
}

TEST(NetworkLoadBalancer, ELB_alb_target_ABalancerBehindABalancer) {
  const FleetBench bench(
      fleet({.resources = "front: {load_balancer: {type: network, availability_zones: [a, b], "
                          "listeners: [{forward: fronted}]}}\n"
                          "fronted: {target_group: {target_type: alb, targets: [alb]}}",
             .traffic = "many: {to: front, rate: {constant: 20/s, arrivals: regular}}"}));
  EXPECT_EQ(bench.answered("many", Status::kOk), 12000u);
  EXPECT_EQ(bench.total("/front/NewFlowCount"), 12000);
  // Each of its two nodes checks each of the ALB's two addresses, and the ALB counts that too.
  const double checks = 2 * 2 * 600 / 30.0;
  EXPECT_NEAR(bench.total("/alb/RequestCount"), 12000 + checks, 4);
}

// Nobody behind the ALB: its 503 fails the check, and the client sees it.
TEST(NetworkLoadBalancer, ELB_alb_target_AnAlbWithoutTargetsFailsItsChecks) {
  const FleetBench bench(
      fleet({.group = "min_size: 0, max_size: 1",
             .in_service = "0",
             .resources = "front: {load_balancer: {type: network, availability_zones: [a, b], "
                          "listeners: [{forward: fronted}]}}\n"
                          "fronted: {target_group: {target_type: alb, targets: [alb], "
                          "health_check_interval: 10s}}",
             .traffic = "many: {to: front, rate: {constant: 1/s, arrivals: regular}}"}));
  EXPECT_EQ(bench.answered("many", Status::kUnavailable), 600u);
  EXPECT_FALSE(bench.decided("health", "alb in a unhealthy").empty());
  EXPECT_EQ(bench.minutes("/fronted/UnHealthyHostCount").at(5), 2);
}

}  // namespace
}  // namespace updraft::testing
