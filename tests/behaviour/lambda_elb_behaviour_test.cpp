// A function behind an Application Load Balancer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"
#include "tests/behaviour/lambda_text.h"

namespace updraft::testing {
namespace {

using ::testing::HasSubstr;

std::string balanced(const std::string& function, const std::string& code,
                     const std::string& traffic, const std::string& targets = "targets: [api]",
                     const std::string& type = "application") {
  return functions(
      {.function = function,
       .code = code,
       .resources = "  v1: {function_version: {function_name: api}}\n"
                    "  live: {function_alias: {function_version: v1}}\n"
                    "  door: {load_balancer: {type: " +
                    type +
                    ", availability_zones: [a, b, c], listeners: [{forward: group}]}}\n"
                    "  group: {target_group: {target_type: lambda, " +
                    targets + "}}\n",
       .traffic = "  a: {to: door, rate: 10/s" + traffic + "}\n"});
}

double elb_502(const FleetBench& bench) {
  return bench.total("/door/HTTPCode_ELB_502_Count");
}

TEST(FunctionTargets, AnswerWithoutHealthChecks) {
  const FleetBench bench(balanced("timeout: 3s", "wait: 50ms", ""));
  EXPECT_EQ(bench.answered("a", sim::Status::kOk), bench.sent("a"));
  EXPECT_EQ(bench.total("/api/Invocations"), static_cast<double>(bench.sent("a")));
  EXPECT_EQ(bench.total("/door/HTTPCode_Target_2XX_Count"), static_cast<double>(bench.sent("a")));
  // One target for all zones.
  EXPECT_EQ(bench.total("/group/RequestCountPerTarget"), static_cast<double>(bench.sent("a")));
}

TEST(FunctionTargets, AnAliasIsATargetToo) {
  const FleetBench bench(balanced("timeout: 3s", "wait: 50ms", "", "targets: [live]"));
  EXPECT_EQ(bench.answered("a", sim::Status::kOk), bench.sent("a"));
}

TEST(FunctionTargets, R3_9_T1_ErrorsTimeOutsThrottlesAndLargeAnswersAre502) {
  const auto all_are_502 = [](const std::string& function, const std::string& code,
                              const std::string& traffic) {
    const FleetBench bench(balanced(function, code, traffic));
    EXPECT_EQ(elb_502(bench), static_cast<double>(bench.sent("a")));
    EXPECT_EQ(bench.answered("a", sim::Status::kBadGateway), bench.sent("a"));
    EXPECT_EQ(bench.total("/door/HTTPCode_Target_5XX_Count"), 0);
  };
  all_are_502("timeout: 3s", "failure_probability: 100%", "");
  all_are_502("timeout: 1s", "wait: 2s", ", until: 9m");
  all_are_502("reserved_concurrent_executions: 0", "wait: 50ms", "");
  all_are_502("timeout: 3s", "wait: 50ms", ", response_size: 2MB");
}

TEST(FunctionTargets, TheLoaderRefusesWhatElbRefuses) {
  const auto refused = [](const std::string& targets, const std::string& text,
                          const std::string& type = "application") {
    EXPECT_THAT([&] { FleetBench(balanced("timeout: 3s", "wait: 0s", "", targets, type)); },
                ::testing::ThrowsMessage<std::exception>(HasSubstr(text)));
  };
  refused("targets: [api, live]", "a target group of type lambda has one target, here are 2");
  refused("targets: [door]",
          "\"door\" is a load_balancer; the target of type lambda is a function");
  refused("targets: [api], load_balancing_cross_zone_enabled: 'false'",
          "a function is one target for all zones");
  refused("targets: [api]", "only an Application Load Balancer forwards to one", "network");
}

}  // namespace
}  // namespace updraft::testing
