// Instances behind a balancer: states, times, money, CPU, workers, memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using sim::Status;

// One instance of one vCPU that is a core, nothing else in the way.
FleetText one(const std::string& instance, const std::string& traffic) {
  return {.duration = "5m",
          .group = "min_size: 1, max_size: 1",
          .instance_type = "m7g.medium",
          .instance = "relative_speed: 1, health_check_cpu: 0s" +
                      (instance.empty() ? instance : ", " + instance),
          .in_service = "1",
          .traffic = traffic};
}

// `count` requests, a second apart, the first at 100.5 s.
std::string requests(int count, const std::string& demand) {
  return "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 100s, until: " +
         std::to_string(100 + count) + "s, demand: {" + demand + "}}";
}

TEST(Instance, R1_1_1_StatesTakeTheirTime) {
  const FleetBench bench(
      fleet({.group = "min_size: 0, max_size: 1, desired_capacity: 1",
             .instance = "pending: 20s, boot: 40s, shutting_down: 50s",
             .in_service = "0",
             .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, until: "
                        "100s, demand: {wait: 1ms}}",
             .operations = "{at: 200s, fleet: {set_desired_capacity: 0}}"}));
  ASSERT_EQ(bench.instances().size(), 1u);
  EXPECT_EQ(bench.instances()[0].launched_s, 0);
  EXPECT_EQ(bench.instances()[0].in_service_s, 20);
  EXPECT_EQ(bench.instances()[0].ended_s, 250);
  EXPECT_EQ(bench.answered("visitors", Status::kBadGateway), 40u);  // from running to booted
  EXPECT_EQ(bench.answered("visitors", Status::kOk), 40u);
}

TEST(Instance, R1_1_2_BillsSecondsFromRunningToShuttingDown) {
  const auto billed_s = [](const std::string& stop) {
    const FleetBench bench(
        fleet({.group = "min_size: 0, max_size: 1, desired_capacity: 1",
               .in_service = "0",
               .operations = "{at: " + stop + ", fleet: {set_desired_capacity: 0}}"}));
    return bench.billed("ec2/m7g.large") * 3600.0;
  };
  EXPECT_NEAR(billed_s("45s"), 60, 1e-9);  // 15 s of running cost the minimum
  EXPECT_NEAR(billed_s("130s"), 100, 1e-9);
  EXPECT_NEAR(billed_s("10s"), 0, 1e-9);  // R1.1.T1: pending is free
}

TEST(Instance, R1_1_2_EveryLaunchHasItsOwnMinimum) {
  const FleetBench bench(fleet({.group = "min_size: 0, max_size: 1, desired_capacity: 1",
                                .in_service = "0",
                                .operations = "{at: 45s, fleet: {set_desired_capacity: 0}}\n"
                                              "{at: 200s, fleet: {set_desired_capacity: 1}}\n"
                                              "{at: 240s, fleet: {set_desired_capacity: 0}}"}));
  EXPECT_NEAR(bench.billed("ec2/m7g.large") * 3600.0, 120, 1e-9);
}

TEST(Instance, CpuUtilizationIsBusyTime) {
  const FleetBench bench(
      fleet({.duration = "3m",
             .group = "min_size: 1, max_size: 1",
             .in_service = "1",
             .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 60s, "
                        "until: 61s, demand: {cpu: 6s}}"}));
  EXPECT_THAT(bench.of_instance(0, "CPUUtilization"), ::testing::ElementsAre(0, 5, 0));
  EXPECT_DOUBLE_EQ(bench.minutes("/fleet/CPUUtilization").at(1), 5);
}

TEST(Instance, TheFirstPeriodAfterBootIsSlow) {
  const FleetBench bench(
      fleet({.group = "min_size: 1, max_size: 1",
             .instance = "relative_speed: 1, health_check_cpu: 0s, warm_up: {period: 60s, "
                         "speed_factor: 0.5}",
             .in_service = "0",
             .traffic = "slow: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 100s, "
                        "until: 101s, demand: {cpu: 1s}}\n"
                        "across: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 149s, "
                        "until: 150s, demand: {cpu: 1s}}\n"
                        "full: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 200s, "
                        "until: 201s, demand: {cpu: 1s}}"}));
  EXPECT_NEAR(bench.mean_latency_s("slow"), 2.0, 1e-6);
  EXPECT_NEAR(bench.mean_latency_s("across"), 1.25, 1e-6);  // half a second slow, then 0.75 s
  EXPECT_NEAR(bench.mean_latency_s("full"), 1.0, 1e-6);
}

TEST(Instance, SharesItsCpuOrServesInOrder) {
  const FleetBench shared(fleet(one("", requests(2, "cpu: 2s"))));
  EXPECT_NEAR(shared.mean_latency_s("visitors"), 3.0, 1e-6);  // both take 3 s
  EXPECT_NEAR(shared.max_latency_s("visitors"), 3.0, 1e-6);
  const FleetBench fifo(fleet(one("scheduling: fifo", requests(2, "cpu: 2s"))));
  EXPECT_NEAR(fifo.mean_latency_s("visitors"), 2.5, 1e-6);  // 2 s, and 1 s of waiting
  EXPECT_NEAR(fifo.max_latency_s("visitors"), 3.0, 1e-6);
  EXPECT_DOUBLE_EQ(shared.of_instance(0, "CPUUtilization").at(1),
                   fifo.of_instance(0, "CPUUtilization").at(1));
}

TEST(Instance, HyperthreadsShareTheirCore) {
  FleetText text = one("", requests(2, "cpu: 2s"));
  text.instance_type = "m5.large";  // one core of two threads, 1.25 times the work of one
  const FleetBench bench(fleet(text));
  // 1 s alone; then 0.625 of the speed each: the first needs 1.6 s more, the second has 1 s left.
  EXPECT_NEAR(bench.mean_latency_s("visitors"), 2.6, 1e-6);
}

TEST(Instance, WorkersAreFewAndTheBacklogIsFull) {
  FleetText text = one("workers: 1, backlog: 1", requests(3, "wait: 5s"));
  text.targets = "health_check_interval: 300s";  // no check in between: it would be refused too
  const FleetBench bench(fleet(text));
  EXPECT_EQ(bench.answered("visitors", Status::kOk), 2u);
  EXPECT_EQ(bench.answered("visitors", Status::kBadGateway), 1u);
  EXPECT_NEAR(bench.max_latency_s("visitors"), 9.0, 1e-6);  // the second waited 4 s
  EXPECT_EQ(bench.total("/alb/TargetConnectionErrorCount"), 1);
  const auto refused = bench.of_instance(0, "connections_refused");
  EXPECT_EQ(refused.at(1), 1);
}

TEST(Instance, MemoryAdmitsWhatFits) {
  const FleetBench waits(fleet(one("", requests(2, "wait: 5s, memory: 3GiB"))));
  EXPECT_EQ(waits.answered("visitors", Status::kOk), 2u);
  EXPECT_NEAR(waits.max_latency_s("visitors"), 9.0, 1e-6);  // 4 GiB hold one at a time
  const FleetBench never(fleet(one("", requests(2, "wait: 5s, memory: 5GiB"))));
  EXPECT_EQ(never.answered("visitors", Status::kFailed), 2u);
  EXPECT_EQ(never.total("/alb/HTTPCode_Target_5XX_Count"), 2);
}

TEST(Instance, HealthChecksCostWork) {
  FleetText text = one("", "");
  text.instance = "relative_speed: 1, health_check_cpu: 500ms";
  const FleetBench bench(fleet(text));
  // Two nodes, a check every 10 s each: 12 checks of half a second in a minute of one vCPU.
  const auto cpu = bench.of_instance(0, "CPUUtilization");
  EXPECT_NEAR(cpu.at(2), 10.0, 1e-6);
}

TEST(Instance, R1_7_1_R6_1_3_BasicMonitoringIsEveryFiveMinutes) {
  const auto rows = [](const std::string& monitoring) {
    std::string text =
        fleet({.duration = "20m", .group = "min_size: 1, max_size: 1", .in_service = "1"});
    text.replace(text.find("monitoring: detailed"), 20, "monitoring: " + monitoring);
    return FleetBench(text)
        .of_instance(0, "CPUUtilization",
                     monitoring == "basic" ? "/instance_metrics_300s" : "/instance_metrics")
        .size();
  };
  EXPECT_EQ(rows("basic"), 4u);
  EXPECT_EQ(rows("detailed"), 20u);
}

TEST(Instance, R1_2_1_LosingItsZoneFailsItsStatusChecks) {
  const FleetBench bench(
      fleet({.group = "min_size: 1, max_size: 1",
             .group_zones = "b",
             .in_service = "1",
             .faults = "{at: 125s, for: 120s, lose_availability_zone: {availability_zone: b}}"}));
  const auto failed = bench.of_instance(0, "StatusCheckFailed");
  EXPECT_EQ(failed.at(1), 0);
  EXPECT_EQ(failed.at(2), 1);
  EXPECT_EQ(failed.at(3), 1);
  EXPECT_EQ(failed.at(4), 0);
}

// The zone was away for 20 s in the middle of the first boot: it boots again from the start.
TEST(Instance, R1_1_1_ABootBeginsAgainAfterALossOfPower) {
  const FleetBench bench(
      fleet({.group = "min_size: 1, max_size: 1",
             .group_zones = "b",
             .in_service = "0",
             .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 90s, "
                        "until: 130s, demand: {wait: 1ms}}",
             .faults = "{at: 40s, for: 20s, lose_availability_zone: {availability_zone: b}}"}));
  EXPECT_EQ(bench.answered("visitors", Status::kBadGateway), 30u);  // 60 s + 60 s of boot
  EXPECT_EQ(bench.answered("visitors", Status::kOk), 10u);
}

// Two losses of one zone at a time: what the longer one holds is not given back by the shorter.
TEST(Instance, R1_2_1_AZoneIsBackWhenItsLastLossEnds) {
  const FleetBench bench(
      fleet({.duration = "10m",
             .group = "min_size: 1, max_size: 1",
             .group_zones = "b",
             .in_service = "1",
             .faults = "{at: 125s, for: 200s, lose_availability_zone: {availability_zone: b}}\n"
                       "{at: 150s, for: 30s, lose_availability_zone: {availability_zone: b}}"}));
  const auto failed = bench.of_instance(0, "StatusCheckFailed");
  EXPECT_EQ(failed.at(2), 1);
  EXPECT_EQ(failed.at(3), 1);  // the short one is over at 180 s
  EXPECT_EQ(failed.at(4), 1);
  EXPECT_EQ(bench.decisions("dns"),
            "125s alb: the node in b leaves DNS [R3.1.1]\n"
            "325s alb: the node in b is back in DNS [R3.1.1]\n");
}

// 2 vCPUs, one request a second of 500 ms of CPU: a quarter busy, half at half speed; two faults
// that overlap slow to a quarter, and the one that ends leaves the other.
TEST(Instance, FaultsThatSlowItMultiplyAndEndOneByOne) {
  const FleetBench bench(
      fleet({.duration = "12m",
             .group = "min_size: 1, max_size: 1",
             .instance = "relative_speed: 1, health_check_cpu: 0s",
             .in_service = "1",
             .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, "
                        "demand: {cpu: 500ms}}",
             .faults = "{at: 2m, for: 8m, slow_instance: {of: fleet, speed_factor: 0.5}}\n"
                       "{at: 4m, for: 2m, slow_instance: {of: fleet, speed_factor: 0.5}}"}));
  const auto cpu = bench.of_instance(0, "CPUUtilization");
  EXPECT_NEAR(cpu.at(1), 25, 2);
  EXPECT_NEAR(cpu.at(3), 50, 2);
  EXPECT_NEAR(cpu.at(5), 100, 2);
  EXPECT_NEAR(cpu.at(8), 50, 4);
  EXPECT_NEAR(cpu.at(11), 25, 2);
}

FleetText hit(const std::string& faults, const std::string& more = "") {
  return {.group = "min_size: 2, max_size: 2" + more,
          .instance = "relative_speed: 1, health_check_cpu: 1ms, workers: 4, backlog: 4",
          .traffic =
              "visitors: {to: alb, rate: {constant: 10/s, arrivals: regular}, timeout: 2s, "
              "demand: {wait: 10ms}}",
          .faults = faults};
}

// Two minutes of silence: checks time out, the backlog fills, what comes then is refused;
// afterwards all is as before.
TEST(Instance, AHangingOneTakesConnectionsAndAnswersNothing) {
  FleetText text = hit("{at: 2m, for: 3m, hang_instance: {of: fleet, count: 2}}");
  const FleetBench bench(fleet(text));
  const auto timed_out = bench.answered("visitors", Status::kTimedOut);
  EXPECT_GE(timed_out, 16u);  // all that four workers and four places of each took
  EXPECT_GT(bench.total("/alb/HTTPCode_ELB_502_Count"), 1000);  // refused
  EXPECT_EQ(bench.total("/alb/HTTPCode_Target_2XX_Count"),
            static_cast<double>(bench.answered("visitors", Status::kOk)));
  EXPECT_EQ(bench.minutes("/web/HealthyHostCount").at(4), 0);
  EXPECT_EQ(bench.minutes("/web/HealthyHostCount").at(9), 2);
  EXPECT_NEAR(static_cast<double>(bench.answered("visitors", Status::kOk)), 7 * 600, 30);
}

TEST(Instance, WhatAHangingOneHoldsIsAnsweredAtTheEnd) {
  FleetText text = hit("{at: 2m, for: 3m, hang_instance: {of: fleet, count: 2}}");
  text.targets = "health_check_interval: 300s, health_check_timeout: 120s";
  text.balancer = "idle_timeout: 1h";
  text.traffic =
      "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, from: 150s, until: 152s, "
      "demand: {wait: 10ms}}";
  const FleetBench bench(fleet(text));
  EXPECT_EQ(bench.answered("visitors", Status::kOk), 2u);
  EXPECT_NEAR(bench.max_latency_s("visitors"), 150, 1);
}

TEST(Instance, FailingHealthChecksLeavesTheRequestsAlone) {
  FleetText text = hit("{at: 2m, for: 3m, fail_health_checks: {of: fleet, count: 2}}");
  const FleetBench bench(fleet(text));
  EXPECT_EQ(bench.answered("visitors", Status::kOk), bench.sent("visitors"));  // R3.6.4: fails open
  EXPECT_EQ(bench.minutes("/web/HealthyHostCount").at(3), 0);
  EXPECT_EQ(bench.minutes("/web/HealthyHostCount").at(8), 2);
  const FleetBench replaced(
      fleet(hit("{at: 2m, fail_health_checks: {of: fleet}}", ", health_check_type: ELB")));
  EXPECT_EQ(replaced.decided("activity", "Terminating").size(), 1u);
}

std::string alarmed(const std::string& check, const std::string& action) {
  FleetText text = hit("{at: 2m, for: 20m, fail_status_check: {of: fleet, check: " + check + "}}");
  text.duration = "30m";
  text.instance = "";
  text.resources =
      "it: {launch_template: {instance_type: m7g.large, reboot: 90s}}\n"
      "sick: {alarm: {resource: it, metric_name: StatusCheckFailed, statistic: Maximum, period: "
      "60s, evaluation_periods: 2, threshold: 1, comparison_operator: "
      "GreaterThanOrEqualToThreshold, alarm_actions: [it/" +
      action + "]}}";
  text.operations = "{at: 1s, fleet: {suspend_processes: [HealthCheck]}}";
  std::string scenario = fleet(text);
  const std::string own = "launch_template: {instance_type: m7g.large, monitoring: detailed}";
  return scenario.replace(scenario.find(own), own.size(), "launch_template: it");
}

TEST(AlarmActions, EC2_alarm_actions_RecoverMovesTheInstanceThatFailsItsSystemCheck) {
  const FleetBench bench(alarmed("system", "recover"));
  const auto done = bench.decided("instance", "recover");
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0].what, "recover i-000001");
  EXPECT_EQ(done[0].rule, "EC2.alarm_actions");
  EXPECT_EQ(bench.minutes("/it/StatusCheckFailed").at(10), 0);
  EXPECT_EQ(bench.minutes("/web/HealthyHostCount").at(10), 2);
  EXPECT_EQ(bench.instances().size(), 2u);
}

TEST(AlarmActions, EC2_alarm_actions_RebootPutsTheInstanceCheckRightOnly) {
  const FleetBench instance(alarmed("instance", "reboot"));
  EXPECT_EQ(instance.minutes("/it/StatusCheckFailed").at(10), 0);
  const FleetBench system(alarmed("system", "reboot"));
  EXPECT_EQ(system.minutes("/it/StatusCheckFailed").at(10), 1);
  EXPECT_TRUE(system.decided("instance", "reboot")[0].blocked);
}

TEST(AlarmActions, EC2_alarm_actions_StopAndTerminateMeetAllTheTemplatesInstances) {
  for (const std::string action : {"stop", "terminate"}) {
    const FleetBench bench(alarmed("instance", action));
    EXPECT_EQ(bench.decided("instance", action + " i-").size(), 2u) << action;
    EXPECT_EQ(bench.decided("activity", "Launching").size(), 4u) << action;  // both are replaced
  }
}

}  // namespace
}  // namespace updraft::testing
