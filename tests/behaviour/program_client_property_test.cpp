// Random programs whose clients have pools, retries and breakers, while what they call goes wrong:
// nothing may be left behind. Two quiet periods later every request is answered well again, which
// it would not be had a connection, a place in a line or a retry under way been lost.
#include <algorithm>
#include <random>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using sim::Status;

class RandomScenario {
 public:
  explicit RandomScenario(std::uint32_t seed) : random_(seed) {}

  /// `host` runs the program: a service, or a group's instances behind a balancer.
  std::string text(bool instances) {
    const std::string named = clients();  // also says whom the steps have to call
    const std::string program =
        fmt::format("{{{}clients: {{{}}}, steps: {}}}", chance(3) ? "honour_deadline: true, " : "",
                    named, steps(2));
    const std::string callees = R"(  a: {service: {latency: 50ms, concurrency: 5, queue_length: 20}}
  b: {service: {latency: {exponential: 20ms}}}
  c: {service: {latency: 100ms, concurrency: 3, queue_length: 5, queue_timeout: 300ms}}
)";
    const std::string storm = fmt::format(
        "rate: 20/s, until: 60s, latency: 0s, timeout: {}, retry: {{mode: {}, base_delay: 20ms, "
        "pass_deadline: true}}",
        one_of({"800ms", "3s"}), one_of({"standard", "legacy", "adaptive"}));
    const std::string quiet = "rate: {constant: 1/s, arrivals: regular}, latency: 0s, timeout: 30s";
    const std::string traffic = fmt::format(R"(traffic:
  storm: {{to: {0}, {1}}}
  calm: {{to: {0}, from: 260s, until: 320s, {2}}}
  after: {{to: {0}, from: 340s, until: 380s, {2}}}
)",
                                            instances ? "alb" : "it", storm, quiet);
    return fmt::format("scenario: left behind\nduration: 440s\nresources:\n{}{}{}{}faults:\n{}",
                       instances ? fleet_of(program) : service_of(program), callees,
                       instances ? "initial: {fleet: {in_service: 2}}\n" : "", traffic,
                       faults(instances));
  }

 private:
  int number(int low, int high) { return std::uniform_int_distribution<>(low, high)(random_); }
  bool chance(int in) { return number(1, in) == 1; }
  std::string one_of(std::initializer_list<const char*> texts) {
    return *(texts.begin() + number(0, static_cast<int>(texts.size()) - 1));
  }

  static std::string service_of(const std::string& program) {
    return fmt::format("  it: {{service: {{latency: 0s, program: {}}}}}\n", program);
  }
  static std::string fleet_of(const std::string& program) {
    return fmt::format(
        R"(  alb: {{load_balancer: {{availability_zones: [a, b], listeners: [{{port: 80, forward: web}}]}}}}
  web: {{target_group: {{health_check_interval: 10s}}}}
  fleet:
    auto_scaling_group:
      min_size: 2
      max_size: 2
      availability_zones: [a, b]
      target_groups: [web]
      launch_template:
        instance_type: m7g.large
        boot: 10s
        workers: 50
        program: {}
)",
        program);
  }

  std::string clients() {
    std::string text;
    for (const char* name : {"a", "b", "c"}) {
      called_ += called_.empty() ? "" : ", ";
      called_ += fmt::format("{{call: {{to: {}, timeout: 5s, ignore_failure: true}}}}", name);
      text +=
          fmt::format("{}{}: {{{}{}{}{}}}", text.empty() ? "" : ", ", name,
                      chance(3) ? std::string()
                                : fmt::format("connections: {}, connection_timeout: {}, ",
                                              number(1, 3), one_of({"0s", "2s"})),
                      chance(3) ? std::string() : retry(), chance(2) ? std::string() : breaker(),
                      chance(2) ? "latency: 2ms" : "latency: 0s");
    }
    return text;
  }
  std::string retry() {
    return fmt::format(
        "retry: {{mode: {}, max_attempts: {}, base_delay: {}ms, jitter: {}, quota: {}{}}}, ",
        one_of({"standard", "legacy", "standard_2026"}), number(1, 4), number(0, 50),
        one_of({"full", "none"}), one_of({"0", "20", "500"}),
        chance(2) ? std::string()
                  : fmt::format(", budget: {{budget_percent: {}%, min_retry_concurrency: 1}}",
                                number(0, 50)));
  }
  std::string breaker() {
    return fmt::format(
        "circuit_breaker: {{sliding_window_size: {0}, minimum_number_of_calls: {0}, "
        "wait_duration_in_open_state: 2s, permitted_number_of_calls_in_half_open_state: 1}}, ",
        number(2, 20));
  }

  // Every callee is called once, so that each client belongs to a step; then what chance says.
  std::string steps(int depth) {
    std::string text = depth == 2 ? called_ : "{wait: 1ms}";
    for (int i = number(0, 2); i > 0; --i) {
      text += ", " + step(depth);
    }
    return "[" + text + "]";
  }
  std::string step(int depth) {
    const int kind = number(1, depth > 0 ? 4 : 2);
    if (kind == 1) {
      return fmt::format("{{wait: {}ms}}", number(0, 20));
    }
    if (kind == 2) {
      return fmt::format("{{call: {{to: {}, timeout: {}, if_failed: [{{wait: 1ms}}]}}}}",
                         one_of({"a", "b", "c"}), one_of({"1s", "5s"}));
    }
    if (kind == 3) {
      return fmt::format("{{parallel: {{need: 1, branches: [{}, {}]}}}}", steps(depth - 1),
                         steps(depth - 1));
    }
    return fmt::format("{{parallel: [{}, {}]}}", steps(depth - 1), steps(depth - 1));
  }

  std::string faults(bool instances) {
    std::string text;
    for (int i = number(1, 4); i > 0; --i) {
      text += fmt::format("  - {{at: {}ms, for: {}ms, degrade_service: {{of: {}, {}}}}}\n",
                          number(0, 50'000), number(1, 10'000), one_of({"a", "b", "c"}),
                          one_of({"unreachable: true", "error_probability: 100%",
                                  "error_probability: 30%", "latency_factor: 20"}));
    }
    if (!instances) {
      text += fmt::format(
          "  - {{at: {}ms, for: {}ms, degrade_service: {{of: it, unreachable: true}}}}\n",
          number(0, 50'000), number(1, 3'000));
    } else {
      text +=
          fmt::format("  - {{at: {}ms, {}}}\n", number(0, 50'000),
                      one_of({"kill_instance: {of: fleet}", "for: 5s, hang_instance: {of: fleet}",
                              "for: 5s, lose_availability_zone: a"}));
    }
    return text;
  }

  std::mt19937 random_;
  std::string called_;
};

// The line's first client may wait for the breaker's trial: "calm" closes what is open.
void expect_nothing_left(bool instances, std::uint32_t histories) {
  for (std::uint32_t history = 1; history <= histories; ++history) {
    const std::string text = RandomScenario(history).text(instances);
    SCOPED_TRACE(text);
    const FleetBench bench(text);
    for (const sim::TrafficReport& traffic : bench.report().traffic) {
      EXPECT_EQ(traffic.in_flight, 0U) << traffic.name;
    }
    EXPECT_EQ(bench.answered("after", Status::kOk), bench.sent("after"));
    EXPECT_EQ(bench.sent("after"), 40U);
    if (::testing::Test::HasFailure()) {
      return;
    }
  }
}

TEST(ProgramClientProperty, AServiceLeavesNothingBehind) {
  expect_nothing_left(/*instances=*/false, 300);
}

TEST(ProgramClientProperty, InstancesLeaveNothingBehind) {
  expect_nothing_left(/*instances=*/true, 150);
}

}  // namespace
}  // namespace updraft::testing
