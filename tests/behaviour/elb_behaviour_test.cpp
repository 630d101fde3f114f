// Balancers and target groups in front of real instances. Arrivals are regular: k-th at (k + 1/2) /
// rate.
#include <cmath>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using sim::Status;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;

// Requests that each instance of a zone got; a health check has no size.
std::vector<double> requests_in(const FleetBench& bench, const std::string& zone) {
  std::vector<double> requests;
  const auto instances = bench.instances();
  for (std::size_t row = 0; row < instances.size(); ++row) {
    if (instances[row].zone == zone) {
      const auto bytes = bench.of_instance(static_cast<std::int64_t>(row), "NetworkIn");
      requests.push_back(std::accumulate(bytes.begin(), bytes.end(), 0.0) / 1000.0);
    }
  }
  return requests;
}

// Two targets in zone a, eight in zone b.
FleetText two_and_eight(const std::string& cross_zone) {
  return {.duration = "3m",
          .targets = "load_balancing_cross_zone_enabled: \"" + cross_zone + "\"",
          .group_zones = "a",
          .resources =
              "big: {auto_scaling_group: {availability_zones: [b], target_groups: [web], "
              "min_size: 8, max_size: 8, launch_template: {instance_type: m7g.large, "
              "monitoring: detailed}}}",
          .initial = "big: {in_service: 8}",
          .traffic =
              "visitors: {to: alb, rate: {constant: 100/s, arrivals: regular}, until: 2m, "
              "request_size: 1kB}"};
}

TEST(LoadBalancer, LB_01_R3_1_1_CrossZoneGivesEachOfTenTargetsATenth) {
  const FleetBench bench(fleet(two_and_eight("true")));
  ASSERT_EQ(bench.answered("visitors", Status::kOk), 12000u);
  // Each of two nodes goes around on its own, so a target is at most one request off at each.
  for (const char* zone : {"a", "b"}) {
    const auto requests = requests_in(bench, zone);
    EXPECT_EQ(requests.size(), zone[0] == 'a' ? 2u : 8u);
    EXPECT_THAT(requests, Each(AllOf(Ge(1198.0), Le(1202.0)))) << zone;
  }
}

TEST(LoadBalancer, LB_02_R3_1_1_WithoutCrossZoneTheSmallZoneWorksHarder) {
  const FleetBench bench(fleet(two_and_eight("false")));
  ASSERT_EQ(bench.answered("visitors", Status::kOk), 12000u);
  for (const char* zone : {"a", "b"}) {
    const auto requests = requests_in(bench, zone);
    const double entered = std::accumulate(requests.begin(), requests.end(), 0.0);
    EXPECT_NEAR(entered, 6000, 250) << zone;  // 4.5 standard deviations of the clients' choice
    const double share = entered / static_cast<double>(requests.size());  // 25 % and 6.25 %
    EXPECT_THAT(requests, Each(AllOf(Ge(share - 1), Le(share + 1)))) << zone;
  }
}

TEST(LoadBalancer, R3_9_T1_UnavailableThenBadGatewayThenAnswers) {
  const FleetBench bench(fleet({.group = "min_size: 1, max_size: 1",
                                .group_zones = "a",
                                .in_service = "0",
                                .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: "
                                           "regular}, demand: {wait: 10ms}}"}));
  EXPECT_EQ(bench.answered("visitors", Status::kUnavailable), 30u);  // pending: nobody registered
  EXPECT_EQ(bench.answered("visitors", Status::kBadGateway), 60u);   // boots: connection refused
  EXPECT_EQ(bench.answered("visitors", Status::kOk), 510u);
  EXPECT_EQ(bench.total("/alb/HTTPCode_ELB_503_Count"), 30);
  EXPECT_EQ(bench.total("/alb/HTTPCode_ELB_502_Count"), 60);
  EXPECT_EQ(bench.total("/alb/HTTPCode_ELB_5XX_Count"), 90);
  EXPECT_EQ(bench.total("/alb/TargetConnectionErrorCount"), 60);
  EXPECT_EQ(bench.total("/alb/HTTPCode_Target_2XX_Count"), 510);
  EXPECT_EQ(bench.total("/alb/RequestCount"), 570);  // R3.10.1: only with a target chosen
}

TEST(LoadBalancer, R3_9_T1_R3_3_1_WithoutFailingOpenToInitialTargetsABootIs503) {
  const FleetBench bench(fleet({.duration = "45s",
                                .targets = "fail_open_to_initial: false",
                                .group = "min_size: 1, max_size: 1",
                                .group_zones = "a",
                                .in_service = "0",
                                .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: "
                                           "regular}}"}));
  EXPECT_EQ(bench.answered("visitors", Status::kUnavailable), 45u);
}

TEST(LoadBalancer, R3_9_T1_ACrashIs502ForAllInProgress) {
  const FleetBench bench(fleet(
      {.group = "min_size: 1, max_size: 1",
       .group_zones = "a",
       .in_service = "1",
       .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, until: 200s, "
                  "demand: {wait: 20s}}",
       .faults = "{at: 100250ms, kill_instance: {of: fleet}}"}));
  // 80.5 s to 99.5 s were in progress; then nobody for 30 s, then a boot of 60 s.
  EXPECT_EQ(bench.answered("visitors", Status::kBadGateway), 20u + 60u);
  EXPECT_EQ(bench.answered("visitors", Status::kUnavailable), 30u);
  EXPECT_EQ(bench.answered("visitors", Status::kOk), 90u);
  EXPECT_EQ(bench.total("/alb/TargetConnectionErrorCount"), 60);
}

TEST(LoadBalancer, R3_8_1_R3_9_T1_ASilentTargetIs504AfterTheIdleTimeOut) {
  const FleetBench bench(
      fleet({.balancer = "idle_timeout: 10s",
             .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, until: 60s, "
                        "demand: {wait: 15s}}"}));
  EXPECT_EQ(bench.answered("visitors", Status::kGatewayTimeout), 60u);
  EXPECT_DOUBLE_EQ(bench.mean_latency_s("visitors"), 10.0);
  EXPECT_EQ(bench.total("/alb/HTTPCode_ELB_504_Count"), 60);
  EXPECT_EQ(bench.total("/alb/TargetConnectionErrorCount"), 0);
}

TEST(LoadBalancer, R3_8_1_ATargetInALostZoneIs504AfterTenSeconds) {
  const FleetBench bench(
      fleet({.group = "min_size: 1, max_size: 1",
             .group_zones = "b",
             .in_service = "1",
             .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 170s, "
                        "until: 180s}",
             .faults = "{at: 100s, lose_availability_zone: {availability_zone: b}}"}));
  EXPECT_EQ(bench.answered("visitors", Status::kGatewayTimeout), 10u);
  EXPECT_DOUBLE_EQ(bench.mean_latency_s("visitors"), 10.0);
  EXPECT_EQ(bench.total("/alb/TargetConnectionErrorCount"), 10);
}

TEST(LoadBalancer, R3_1_1_R3_1_5_AnAddressStaysInCachesForAMinute) {
  const FleetBench bench(
      fleet({.traffic = "early: {to: alb, rate: {constant: 10/s, arrivals: regular}, from: 100s, "
                        "until: 160s, timeout: 2s, demand: {wait: 1ms}}\n"
                        "late: {to: alb, rate: {constant: 10/s, arrivals: regular}, from: 350s, "
                        "timeout: 2s, demand: {wait: 1ms}}",
             .faults = "{at: 100s, lose_availability_zone: {availability_zone: b}}"}));
  // Half of the clients use the lost node until DNS has expired everywhere.
  const double lost = static_cast<double>(bench.answered("early", Status::kTimedOut)) / 600.0;
  EXPECT_GT(lost, 0.4);
  EXPECT_EQ(bench.answered("late", Status::kTimedOut), 0u);
  EXPECT_EQ(bench.decisions("dns"), "100s alb: the node in b leaves DNS [R3.1.1]\n");
}

TEST(LoadBalancer, R3_9_T1_AClientThatLeavesIs460AndItsWorkGoesOn) {
  const FleetBench bench(
      fleet({.group = "min_size: 1, max_size: 1",
             .in_service = "1",
             .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 60s, "
                        "until: 61s, timeout: 1s, demand: {cpu: 6s}}"}));
  EXPECT_EQ(bench.answered("visitors", Status::kTimedOut), 1u);
  EXPECT_EQ(bench.total("/alb/HTTPCode_ELB_4XX_Count"), 1);
  EXPECT_EQ(bench.total("/alb/HTTPCode_Target_2XX_Count"), 0);
  EXPECT_DOUBLE_EQ(bench.of_instance(0, "CPUUtilization").at(1), 6.0 / 120.0 * 100.0);
  EXPECT_TRUE(std::isnan(bench.minutes("/alb/TargetResponseTime").at(1)));
}

TEST(TargetGroup, LB_14_R3_10_1_RequestCountPerTargetIsTheAverage) {
  const FleetBench bench(
      fleet({.duration = "2m",
             .group = "min_size: 5, max_size: 5",
             .in_service = "5",
             .traffic = "visitors: {to: alb, rate: {constant: 16.666666666666668/s, arrivals: "
                        "regular}, until: 1m, demand: {wait: 1ms}}"}));
  ASSERT_EQ(bench.total("/alb/RequestCount"), 1000);
  EXPECT_DOUBLE_EQ(bench.minutes("/web/RequestCountPerTarget").at(0), 200);
  EXPECT_DOUBLE_EQ(bench.minutes("/web/RequestCountPerTarget").at(1), 0);  // real zeros
}

TEST(TargetGroup, LB_16_R3_1_4_AnEmptyZoneWithoutCrossZoneIs503) {
  const FleetBench bench(
      fleet({.targets = "load_balancing_cross_zone_enabled: \"false\"",
             .group_zones = "a",
             .traffic = "visitors: {to: alb, rate: {constant: 10/s, arrivals: regular}, until: "
                        "100s, demand: {wait: 1ms}}"}));
  const auto refused = bench.answered("visitors", Status::kUnavailable);
  EXPECT_NEAR(static_cast<double>(refused), 500, 80);  // those who found the node in b
  EXPECT_EQ(bench.answered("visitors", Status::kOk), 1000 - refused);
  EXPECT_EQ(bench.decisions("dns"), "");  // and it stays in DNS
}

TEST(TargetGroup, LB_08_R3_6_4_AllUnhealthyFailsOpen) {
  const FleetBench bench(
      fleet({.targets = "health_check_interval: 10s, health_check_timeout: 5s",
             .instance = "relative_speed: 1, health_check_cpu: 1ms",
             .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 200s, "
                        "until: 300s, demand: {wait: 1ms}}",
             .faults = "{at: 100s, slow_instance: {of: fleet, count: 2, speed_factor: 0}}"}));
  EXPECT_EQ(bench.answered("visitors", Status::kOk), 100u);  // it needs no CPU
  EXPECT_EQ(bench.total("/web/UnhealthyRoutingRequestCount"), 100);
  EXPECT_EQ(bench.minutes("/web/HealthyHostCount").at(4), 0);
  EXPECT_EQ(bench.minutes("/web/UnHealthyHostCount").at(4), 2);
  EXPECT_DOUBLE_EQ(bench.minutes("/web/RequestCountPerTarget").at(4), 30);
  EXPECT_EQ(bench.decided("routing", "web").size(), 2u);  // at each node
}

TEST(TargetGroup, R3_2_1_TheBoundOfFailingOpenIsASetting) {
  const FleetBench bench(
      fleet({.targets = "health_check_interval: 10s, health_check_timeout: 5s, "
                        "unhealthy_state_routing_minimum_healthy_targets_count: 2, "
                        "dns_failover_minimum_healthy_targets_count: 2",
             .instance = "relative_speed: 1, health_check_cpu: 1ms",
             .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 200s, "
                        "until: 300s, demand: {wait: 1ms}}",
             .faults = "{at: 100s, slow_instance: {of: fleet, count: 1, speed_factor: 0}}"}));
  EXPECT_EQ(bench.total("/web/UnhealthyRoutingRequestCount"), 100);
  EXPECT_THAT(bench.decisions("routing"), HasSubstr("[R3.2.1]"));
}

TEST(TargetGroup, LB_09_R3_6_2_TimelineOfAFailingTargetAtEachNode) {
  const FleetBench bench(
      fleet({.targets = "deregistration_delay: 300s",  // checks by default: 30 s, 5 s, 2 and 5
             .instance = "relative_speed: 1, health_check_cpu: 1ms",
             .faults = "{at: 100s, for: 300s, slow_instance: {of: fleet, speed_factor: 0}}"}));
  const auto lost = bench.decided("health", "i-000001 unhealthy");
  ASSERT_EQ(lost.size(), 2u);
  for (const auto& row : lost) {
    EXPECT_THAT(row.at_s, AllOf(Ge(100 + 30 + 5), Le(100 + 60 + 5))) << row.line();
    EXPECT_EQ(row.reason, "Target.Timeout");
  }
  EXPECT_NE(lost[0].at_s, lost[1].at_s);
  const auto back = bench.decided("health", "i-000001 healthy");
  ASSERT_EQ(back.size(), 2u);
  for (const auto& row : back) {
    EXPECT_THAT(row.at_s, AllOf(Ge(400 + 115), Le(400 + 151))) << row.line();
  }
  EXPECT_EQ(bench.decided("health", "i-000002").size(), 0u);
}

TEST(TargetGroup, R3_6_3_ARefusedCheckSaysSo) {
  const FleetBench bench(fleet({.group = "min_size: 1, max_size: 1", .in_service = "0"}));
  const auto rows = bench.decided("health", "i-000001 unhealthy");
  ASSERT_FALSE(rows.empty());
  EXPECT_EQ(rows[0].reason, "Target.FailedHealthChecks");  // nobody listens before the boot
}

constexpr const char* kLong =
    "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 100s, until: 120s, "
    "demand: {wait: 100s}}\n"
    "later: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 120s, until: 200s, demand: "
    "{wait: 1ms}}";

TEST(TargetGroup, LB_10_R3_7_1_WhatIsInProgressMayFinish) {
  const FleetBench bench(fleet({.balancer = "idle_timeout: 400s",
                                .group = "min_size: 1, max_size: 2",
                                .traffic = kLong,
                                .operations = "{at: 120s, fleet: {set_desired_capacity: 1}}"}));
  EXPECT_EQ(bench.answered("visitors", Status::kOk), 20u);
  EXPECT_EQ(bench.answered("later", Status::kOk), 80u);
  double ended = -1;
  for (const auto& instance : bench.instances()) {
    ended = std::max(ended, instance.ended_s);
  }
  // Terminated when its last request had finished, not after the whole delay; 30 s to shut down.
  EXPECT_THAT(ended, AllOf(Ge(217.0 + 30), Le(220.0 + 30)));
}

TEST(TargetGroup, LB_10_R3_7_1_TheDelayCutsOffWith502) {
  const FleetBench bench(fleet({.balancer = "idle_timeout: 400s",
                                .targets = "health_check_interval: 10s, deregistration_delay: 30s",
                                .group = "min_size: 1, max_size: 2",
                                .traffic = kLong,
                                .operations = "{at: 120s, fleet: {set_desired_capacity: 1}}"}));
  const auto draining = bench.decided("health", "draining");
  ASSERT_EQ(draining.size(), 1u);
  const auto cut = bench.answered("visitors", Status::kBadGateway);
  EXPECT_GT(cut, 0u);
  EXPECT_EQ(draining[0].reason,
            "deregistered with " + std::to_string(cut) + " requests in progress");
  EXPECT_EQ(bench.answered("visitors", Status::kOk), 20 - cut);
  EXPECT_EQ(bench.answered("later", Status::kOk), 80u);  // none went to the draining one
  for (const auto& instance : bench.instances()) {
    EXPECT_TRUE(instance.ended_s == -1 || instance.ended_s == 120 + 30 + 30) << instance.ended_s;
  }
}

TEST(TargetGroup, LB_10_R3_7_1_ATargetThatClosesEarlierIs502) {
  const FleetBench bench(fleet({.balancer = "idle_timeout: 400s",
                                .group = "min_size: 1, max_size: 2",
                                .traffic = kLong,
                                .operations = "{at: 120s, fleet: {set_desired_capacity: 1}}",
                                .faults = "{at: 130s, kill_instance: {of: fleet, count: 2}}"}));
  // Ten of them were at the one that drains, ten at the other; both died with them.
  const auto draining = bench.decided("health", "draining");
  ASSERT_GE(draining.size(), 1u);
  EXPECT_EQ(draining[0].at_s, 120);
  EXPECT_EQ(bench.answered("visitors", Status::kBadGateway), 20u);
}

FleetText zone_fails(int count) {
  return {.duration = "20m",
          .targets = "load_balancing_cross_zone_enabled: \"false\", health_check_interval: 10s",
          .instance = "relative_speed: 1, health_check_cpu: 1ms",
          .traffic =
              "sick: {to: alb, rate: {constant: 10/s, arrivals: regular}, from: 200s, until: "
              "400s, demand: {cpu: 1ms}}\n"
              "back: {to: alb, rate: {constant: 10/s, arrivals: regular}, from: 800s, demand: "
              "{cpu: 1ms}}",
          .faults = "{at: 100s, for: 400s, slow_instance: {of: fleet, count: " +
                    std::to_string(count) + ", speed_factor: 0}}"};
}

TEST(LoadBalancer, R3_1_3_AZoneOfUnhealthyTargetsLeavesDnsAndComesBack) {
  const FleetBench bench(fleet(zone_fails(1)));
  const auto rows = bench.decided("dns");
  ASSERT_EQ(rows.size(), 2u) << bench.decisions("dns");
  EXPECT_THAT(rows[0].at_s, AllOf(Ge(115.0), Le(125.0)));
  EXPECT_THAT(rows[0].what, HasSubstr("leaves DNS"));
  EXPECT_EQ(rows[0].rule, "R3.1.3");
  EXPECT_THAT(rows[1].at_s, AllOf(Ge(535.0), Le(551.0)));
  // From 60 s after it left nobody goes there: a request there would wait for the CPU.
  EXPECT_EQ(bench.answered("sick", Status::kOk), bench.sent("sick"));
  EXPECT_LT(bench.max_latency_s("sick"), 0.1);
  // Back again, both zones work.
  EXPECT_EQ(bench.answered("back", Status::kOk), bench.sent("back"));
  for (const auto& instance : {0, 1}) {
    EXPECT_GT(bench.of_instance(instance, "NetworkIn").at(16), 200'000.0) << instance;
  }
}

TEST(LoadBalancer, R3_1_3_WhenAllZonesFailAllAddressesAreReturned) {
  const FleetBench bench(fleet(zone_fails(2)));
  const auto rows = bench.decided("dns");
  ASSERT_GE(rows.size(), 2u) << bench.decisions("dns");
  EXPECT_THAT(rows[0].what, HasSubstr("leaves DNS"));
  EXPECT_THAT(rows[1].what, HasSubstr("is back in DNS"));  // the second zone has failed too
  EXPECT_LE(rows[1].at_s, 125.0);
}

TEST(LoadBalancer, R3_2_2_CrossZoneKeepsEveryZoneInDns) {
  FleetText text = zone_fails(1);
  text.targets = "health_check_interval: 10s";
  const FleetBench bench(fleet(text));
  EXPECT_EQ(bench.decisions("dns"), "");
  EXPECT_EQ(bench.answered("sick", Status::kOk), bench.sent("sick"));
}

TEST(LoadBalancer, R3_2_1_DnsFailoverCanBeSwitchedOff) {
  FleetText text = zone_fails(1);
  text.targets += ", dns_failover_minimum_healthy_targets_count: 0";
  EXPECT_EQ(FleetBench(fleet(text)).decisions("dns"), "");
}

}  // namespace
}  // namespace updraft::testing
