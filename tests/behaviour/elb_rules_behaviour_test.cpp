// Listener rules, weighted target groups and answers of the balancer's own, with real instances.
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using sim::Status;

/// Two fleets, `web` and `api`, behind one listener.
std::string two_groups(const std::string& listener, const std::string& requests) {
  return fmt::format(
      "scenario: bench\nduration: 3m\nresources:\n"
      "  alb: {{load_balancer: {{availability_zones: [a, b], listeners: [{{{}}}]}}}}\n"
      "  web: {{target_group: {{}}}}\n  api: {{target_group: {{}}}}\n"
      "  net: {{network: {{same_zone_latency: 0s, cross_zone_latency: 0s}}}}\n"
      "  webs: {{auto_scaling_group: {{availability_zones: [a, b], target_groups: [web], min_size: "
      "2, max_size: 2, launch_template: {{instance_type: m7g.large, monitoring: detailed}}}}}}\n"
      "  apis: {{auto_scaling_group: {{availability_zones: [a, b], target_groups: [api], min_size: "
      "3, max_size: 3, launch_template: {{instance_type: m7g.large, monitoring: detailed}}}}}}\n"
      "initial: {{webs: {{in_service: 2}}, apis: {{in_service: 3}}}}\n"
      "traffic:\n  visitors: {{to: alb, rate: {{constant: 100/s, arrivals: regular}}, until: "
      "2m{}}}\n",
      listener, requests);
}

/// Requests that reached a target group: RequestCountPerTarget is an average over its targets.
double reached(const FleetBench& bench, const std::string& group, double targets) {
  return bench.total("/" + group + "/RequestCountPerTarget") * targets;
}

constexpr const char* kMix =
    ", requests: [{weight: 3, path: /api/orders, demand: {wait: 5ms}}, {weight: 1, path: "
    "/index.html}]";

TEST(ListenerRules, R3_3_1_APathGoesToItsTargetGroup) {
  const FleetBench bench(two_groups(
      "port: 80, forward: web, rules: [{priority: 10, conditions: [{path_pattern: [/api/*]}], "
      "forward: api}]",
      kMix));
  EXPECT_EQ(bench.answered("visitors", Status::kOk), 12000u);
  EXPECT_NEAR(reached(bench, "api", 3), 9000, 200);  // 4 standard deviations of the mix
  EXPECT_DOUBLE_EQ(reached(bench, "api", 3) + reached(bench, "web", 2), 12000);
  // The kind's own demand: 5 ms for those of the API, none for the others.
  EXPECT_NEAR(bench.mean_latency_s("visitors"), 0.00375, 0.0001);
}

TEST(ListenerRules, LB_05_R3_3_6_WeightsSplitTheRequests) {
  for (const auto& [weights, share] : {std::pair{"10 10", 1.0 / 2}, {"10 20", 2.0 / 3}}) {
    const std::string text(weights);
    const FleetBench bench(two_groups(
        fmt::format("port: 80, forward: {{target_groups: [{{target_group: web, weight: {}}}, "
                    "{{target_group: api, weight: {}}}]}}",
                    text.substr(0, 2), text.substr(3)),
        ""));
    EXPECT_EQ(bench.answered("visitors", Status::kOk), 12000u);
    const double deviation = std::sqrt(12000 * share * (1 - share));
    EXPECT_NEAR(reached(bench, "api", 3), 12000 * share, 4 * deviation) << weights;
    EXPECT_DOUBLE_EQ(bench.total("/alb/RequestCount"), 12000);
  }
}

TEST(ListenerRules, R3_3_7_FixedResponsesAndRedirectsAskNoTarget) {
  const FleetBench bench(two_groups(
      "port: 80, forward: web, rules: [{priority: 1, conditions: [{path_pattern: [/api/*]}], "
      "fixed_response: 503}, {priority: 2, conditions: [{path_pattern: [/index.html]}], redirect: "
      "301}]",
      kMix));
  const auto refused = bench.answered("visitors", Status::kUnavailable);
  const auto redirected = bench.answered("visitors", Status::kOk);
  EXPECT_EQ(refused + redirected, 12000u);
  EXPECT_EQ(bench.total("/alb/HTTP_Fixed_Response_Count"), static_cast<double>(refused));
  EXPECT_EQ(bench.total("/alb/HTTPCode_ELB_5XX_Count"), static_cast<double>(refused));
  EXPECT_EQ(bench.total("/alb/HTTP_Redirect_Count"), static_cast<double>(redirected));
  EXPECT_EQ(bench.total("/alb/HTTPCode_ELB_3XX_Count"), static_cast<double>(redirected));
  EXPECT_EQ(bench.total("/alb/RequestCount"), 0);  // R3.10.1
  EXPECT_EQ(reached(bench, "web", 2) + reached(bench, "api", 3), 0);
}

// What balancer and fleet do with a request does not change what comes next.
TEST(ListenerRules, TheMixIsTheSameWhateverTheRules) {
  const std::string rule =
      "port: 80, forward: web, rules: [{priority: 1, conditions: "
      "[{path_pattern: [/api/*]}], forward: ";
  const FleetBench one(two_groups(rule + "api}]", kMix));
  const FleetBench other(two_groups(rule + "web}]", kMix));
  EXPECT_EQ(one.mean_latency_s("visitors"), other.mean_latency_s("visitors"));
}

}  // namespace
}  // namespace updraft::testing
