// A bench for small fleets: a scenario's text through the real loader, registry and engine into
// memory, then questions about what happened.
//
//   FleetBench bench(fleet({.group = "min_size: 1, max_size: 3", .traffic = "..."}));
//   EXPECT_EQ(bench.decisions("desired capacity"), "240s fleet: desired capacity from 1 to 2\n");
//   EXPECT_EQ(bench.answered("visitors", sim::Status::kOk), 60u);
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/build/report.h"
#include "sim/engine/request.h"
#include "sim/metrics/log_sink.h"
#include "sim/metrics/memory_sink.h"

namespace updraft::testing {

/// Parts of a scenario with one balancer, one target group and one group of instances. Each part is
/// the inside of a YAML flow mapping and comes after the bench's own defaults' place: what is left
/// empty keeps the schema's default. By default: zones a and b, checks every 10 s, two m7g.large
/// with relative speed 1 (2 vCPUs that are cores), checks that cost nothing, a network without
/// latency, no traffic.
struct FleetText {
  std::string duration = "10m";
  std::string balancer;                                // of the load balancer
  std::string targets = "health_check_interval: 10s";  // of the target group
  std::string group = "min_size: 2, max_size: 10";     // of the Auto Scaling group
  std::string zones = "a, b";                          // of balancer and group
  std::string group_zones;                             // of the group alone; empty: `zones`
  std::string instance_type = "m7g.large";
  std::string instance = "relative_speed: 1, health_check_cpu: 0s";  // of the launch template
  std::string in_service = "2";
  std::string network = "same_zone_latency: 0s, cross_zone_latency: 0s";
  std::string resources;   // further resources, one "name: {...}" a line
  std::string initial;     // further lines of `initial`
  std::string traffic;     // "name: {...}" lines
  std::string operations;  // "{...}" lines
  std::string faults;      // "{...}" lines
};
[[nodiscard]] std::string fleet(const FleetText& parts);

class FleetBench {
 public:
  /// Loads and runs the whole scenario. Throws ScenarioError with the loader's text. Files that it
  /// names are looked for from `folder`.
  explicit FleetBench(const std::string& scenario, const std::string& folder = ".");

  [[nodiscard]] const sim::Report& report() const { return report_; }
  [[nodiscard]] const sim::CapacityReport& capacity(std::string_view group = "fleet") const;
  [[nodiscard]] std::uint64_t answered(std::string_view traffic, sim::Status status) const;
  [[nodiscard]] std::uint64_t sent(std::string_view traffic) const;
  /// Of the requests of a source that have ended, seconds.
  [[nodiscard]] double mean_latency_s(std::string_view traffic) const;
  [[nodiscard]] double max_latency_s(std::string_view traffic) const;
  /// Quantity on the bill of the first line whose item begins so.
  [[nodiscard]] double billed(std::string_view item) const;

  /// Column of the 60 s axis, one value for each minute, NaN where there is no datapoint.
  [[nodiscard]] std::vector<double> minutes(const std::string& path) const;
  /// Sum of a column over all minutes that have a datapoint.
  [[nodiscard]] double total(const std::string& path) const;
  /// Values of a metric of instance number `row`, in order of periods.
  [[nodiscard]] std::vector<double> of_instance(std::int64_t row, std::string_view metric,
                                                std::string_view group = "/instance_metrics") const;

  struct Decided {
    double at_s = 0;
    double last_s = 0;
    std::int64_t count = 0;
    bool blocked = false;
    std::int64_t id = 0;
    std::int64_t cause = 0;  // id of the decision that caused it; 0: none
    std::string who, kind, what, reason, rule;
    [[nodiscard]] std::string line()
        const;  // "240s fleet: what [R2.6.4]", "blocked" before the rule
  };
  /// Rows of a kind (all kinds when empty) whose `what` or `who` contains the text, in order.
  [[nodiscard]] std::vector<Decided> decided(std::string_view kind,
                                             std::string_view containing = "") const;
  /// The same as text, one line each.
  [[nodiscard]] std::string decisions(std::string_view kind,
                                      std::string_view containing = "") const;

  struct InstanceRow {
    std::string id, zone, end_reason;
    double launched_s = 0;
    double in_service_s = -1;  // -1: never
    double ended_s = -1;
  };
  [[nodiscard]] std::vector<InstanceRow> instances() const;

  /// An access log that the scenario asked for, all lines.
  [[nodiscard]] const std::string& access_log(const std::string& balancer) {
    return logs_.text(balancer);
  }

 private:
  [[nodiscard]] const sim::TrafficReport& of(std::string_view traffic) const;

  sim::MemorySink sink_;
  sim::MemoryLogSink logs_;
  sim::Report report_;
};

}  // namespace updraft::testing
