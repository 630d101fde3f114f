#include "tests/property/generator.h"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "sim/random/stream.h"

namespace updraft::testing {

namespace {

/// Choices of one scenario, one after the other.
class Choices {
 public:
  explicit Choices(std::uint64_t number)
      : key_(sim::stream_key(20, 0, "property", "generator")), number_(number) {}

  /// From `low` to `high`, both included.
  std::uint32_t whole(std::uint32_t low, std::uint32_t high) {
    return low + static_cast<std::uint32_t>(next() * (high - low + 1));
  }
  bool chance(double share) { return next() < share; }
  template <std::size_t N>
  std::string_view one_of(const std::array<std::string_view, N>& words) {
    return words[whole(0, N - 1)];
  }

 private:
  double next() { return sim::uniform01(key_, number_, 0, index_++); }

  sim::StreamKey key_;
  std::uint64_t number_;
  std::uint32_t index_ = 0;
};

std::string zones(std::uint32_t count) {
  return count == 2 ? "[a, b]" : "[a, b, c]";
}

std::string target_group(Choices& choose) {
  const std::string_view algorithm = choose.one_of(std::array<std::string_view, 3>{
      "round_robin", "least_outstanding_requests", "weighted_random"});
  const std::string_view cross_zone =
      choose.one_of(std::array<std::string_view, 2>{"use_load_balancer_configuration", "false"});
  const std::uint32_t delay = choose.whole(0, 3) * 20;
  const std::uint32_t interval = choose.whole(5, 30);
  const std::uint32_t timeout = choose.whole(2, 4);
  const std::uint32_t healthy = choose.whole(2, 5);
  const std::uint32_t unhealthy = choose.whole(2, 3);
  return fmt::format(
      "  web:\n    target_group:\n      load_balancing_algorithm_type: {}\n"
      "      load_balancing_cross_zone_enabled: \"{}\"\n      deregistration_delay: {}s\n"
      "      health_check_interval: {}s\n      health_check_timeout: {}s\n"
      "      healthy_threshold_count: {}\n      unhealthy_threshold_count: {}\n",
      algorithm, cross_zone, delay, interval, timeout, healthy, unhealthy);
}

std::string launch_template(Choices& choose) {
  const std::string_view type =
      choose.one_of(std::array<std::string_view, 3>{"m5.large", "c5.xlarge", "t3.medium"});
  const std::string_view scheduling =
      choose.one_of(std::array<std::string_view, 2>{"processor_sharing", "fifo"});
  const std::uint32_t boot = choose.whole(5, 60);
  const std::uint32_t workers = choose.whole(1, 16);
  const std::uint32_t backlog = choose.whole(0, 12);
  return fmt::format(
      "      launch_template:\n        instance_type: {}\n        monitoring: detailed\n"
      "        scheduling: {}\n        pending: 5s\n        shutting_down: 0s\n        boot: "
      "{{exponential: {}s}}\n"
      "        workers: {}\n        backlog: {}\n",
      type == "t3.medium" ? "m5.xlarge" : type, scheduling, boot, workers, backlog);
}

std::string faults(Choices& choose, std::uint32_t zone_count, Generated& made) {
  std::string text;
  if (choose.chance(0.4)) {
    const std::uint32_t at = choose.whole(30, 300);
    const std::uint32_t count = choose.whole(1, 2);
    text += fmt::format("  - {{at: {}s, kill_instance: {{of: fleet, count: {}}}}}\n", at, count);
  }
  if (choose.chance(0.4)) {
    const std::uint32_t at = choose.whole(30, 300);
    const std::uint32_t lasts = choose.whole(10, 60);
    text += fmt::format(
        "  - {{at: {}s, for: {}s, slow_instance: {{of: fleet, speed_factor: 0.2}}}}\n", at, lasts);
  }
  if (choose.chance(0.3)) {
    const std::uint32_t at = choose.whole(30, 300);
    const std::uint32_t lasts = choose.whole(20, 120);
    const std::uint32_t zone = choose.whole(0, zone_count - 1);
    text += fmt::format("  - {{at: {}s, for: {}s, lose_availability_zone: {}}}\n", at, lasts,
                        "abc"[zone]);
    made.lost = {"abc" [zone], std::chrono::seconds { at }, std::chrono::seconds{at + lasts}};
  }
  for (const std::string_view fault :
       {"hang_instance", "fail_health_checks", "fail_status_check"}) {
    if (choose.chance(0.2)) {
      const std::uint32_t at = choose.whole(30, 300);
      const std::uint32_t lasts = choose.whole(10, 90);
      const std::uint32_t count = choose.whole(1, 2);
      text += fmt::format("  - {{at: {}s, for: {}s, {}: {{of: fleet, count: {}}}}}\n", at, lasts,
                          fault, count);
    }
  }
  return text.empty() ? "" : "faults:\n" + text;
}

/// What else operators do with a group.
std::string operation(Choices& choose) {
  static constexpr std::array<std::string_view, 9> kProcesses{
      "Launch",      "Terminate",        "AddToLoadBalancer", "AlarmNotification", "AZRebalance",
      "HealthCheck", "ReplaceUnhealthy", "InstanceRefresh",   "ScheduledActions"};
  const std::uint32_t amount = choose.whole(1, 3);
  switch (choose.whole(0, 9)) {
    case 0:
      return fmt::format("suspend_processes: [{}]", choose.one_of(kProcesses));
    case 1:
      return fmt::format("resume_processes: [{}]", choose.one_of(kProcesses));
    case 2:
      return fmt::format("enter_standby: {}", amount);
    case 3:
      return fmt::format("exit_standby: {}", amount);
    case 4:
      return fmt::format("set_instance_health: {}", amount);
    case 5:
      return fmt::format("set_instance_protection: {}", amount);
    case 6:
      return fmt::format("set_max_size: {}", amount + 1);
    case 7:
      return fmt::format("set_min_size: {}", amount - 1);
    case 8:
      return "start_instance_refresh: {min_healthy_percentage: 50}";
    default:
      return "execute_policy: {policy_name: jump, metric_value: 80, breach_threshold: 50}";
  }
}

std::string operations(Choices& choose) {
  std::string text;
  for (std::uint32_t n = choose.whole(0, 3); n > 0; --n) {
    const std::uint32_t at = choose.whole(1, 400);
    const std::uint32_t desired = choose.whole(0, 8);  // some are out of bounds and rejected
    text += fmt::format("  - {{at: {}s, fleet: {{set_desired_capacity: {}}}}}\n", at, desired);
  }
  for (std::uint32_t n = choose.whole(0, 4); n > 0; --n) {
    const std::uint32_t at = choose.whole(1, 400);
    text += fmt::format("  - {{at: {}s, fleet: {{{}}}}}\n", at, operation(choose));
  }
  return text.empty() ? "" : "operations:\n" + text;
}

/// With a zone lost, what was sent into it is never answered, so clients need a time-out.
std::string traffic(Choices& choose, bool zone_lost) {
  std::string text = "traffic:\n  visitors:\n    to: front\n";
  if (choose.chance(0.3)) {
    const std::uint32_t count = choose.whole(1, 40);
    const std::uint32_t think = choose.whole(0, 5) * 400;
    text += fmt::format("    clients: {{count: {}, think_time: {{exponential: {}ms}}}}\n", count,
                        think + 100);
  } else {
    const std::uint32_t rate = choose.whole(1, 60);
    text += choose.chance(0.5)
                ? fmt::format("    rate: {}/s\n", rate)
                : fmt::format(
                      "    rate: {{spike: {{base: 2/s, peak: {}/s, at: 60s, rise: 30s, "
                      "hold: 90s, fall: 30s}}}}\n",
                      rate);
  }
  const std::uint32_t cpu = choose.whole(5, 150);
  const std::uint32_t wait = choose.whole(0, 200);
  text += fmt::format("    demand: {{cpu: {{exponential: {}ms}}, wait: {}ms}}\n", cpu, wait);
  if (choose.chance(0.5) || zone_lost) {
    text += fmt::format("    timeout: {}ms\n", choose.whole(1, 50) * 400);
  }
  return text + fmt::format("    until: {}s\n", sim::to_ns(kTrafficEnds) / 1'000'000'000);
}

}  // namespace

Generated generate(std::uint64_t number) {
  Choices choose(number);
  Generated made;
  made.max_size = choose.whole(1, 6);
  made.min_size = choose.whole(0, made.max_size);
  const std::uint32_t in_service = choose.whole(made.min_size, made.max_size);
  const std::uint32_t zone_count = choose.whole(2, 3);
  made.yaml = fmt::format(
      "scenario: generated-{}\nduration: {}s\nseed: {}\nresources:\n  front:\n    load_balancer:\n"
      "      availability_zones: {}\n      listeners: [{{port: 80, forward: web}}]\n",
      number, sim::to_ns(kRunEnds) / 1'000'000'000, number + 1, zones(zone_count));
  made.yaml += target_group(choose);
  made.yaml += fmt::format(
      "  fleet:\n    auto_scaling_group:\n      min_size: {}\n      max_size: {}\n"
      "      availability_zones: {}\n      target_groups: [web]\n      health_check_type: {}\n"
      "      health_check_grace_period: 60s\n      default_instance_warmup: 60s\n",
      made.min_size, made.max_size, zones(zone_count), choose.chance(0.5) ? "ELB" : "EC2");
  made.yaml += launch_template(choose);
  made.yaml +=
      "      scaling_policies:\n        jump:\n          step_scaling:\n"
      "            adjustment_type: PercentChangeInCapacity\n            step_adjustments: "
      "[{metric_interval_lower_bound: 0, scaling_adjustment: 60}]\n";
  if (choose.chance(0.6)) {
    made.yaml +=
        "        cpu:\n          target_tracking:\n"
        "            predefined_metric_type: ASGAverageCPUUtilization\n            target_value: "
        "50\n";
  }
  made.yaml += fmt::format("initial:\n  fleet: {{in_service: {}}}\n", in_service);
  const std::string broken = faults(choose, zone_count, made);
  made.yaml += traffic(choose, broken.find("lose_availability_zone") != std::string::npos);
  made.yaml += operations(choose) + broken;
  return made;
}

}  // namespace updraft::testing
