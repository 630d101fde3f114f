// Conservation, Little's law, bounds and repeatability over generated scenarios.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>

#include <gtest/gtest.h>

#include "models/registry/registry.h"
#include "sim/metrics/memory_sink.h"
#include "sim/scenario/scenario.h"
#include "sim/study/run.h"
#include "tests/property/generator.h"

namespace updraft {
namespace {

using testing::generate;
using testing::Generated;

constexpr std::uint64_t kScenarios = 120;
constexpr std::uint64_t kFirst = 0;

struct Observed {
  sim::Report report;
  double request_seconds = 0;  // requests in flight, summed over samples of the clients' count
  std::size_t left_in_pool = 0;
  // Of each minute.
  std::vector<double> desired;
  std::vector<double> min;
  std::vector<double> max;
  std::vector<double> instances;
};

constexpr sim::Duration kSample = std::chrono::milliseconds{97};

/// The clients' side of the run so far.
sim::TrafficReport clients_of(sim::Run& run) {
  sim::Component& source = run.world().component("traffic/visitors");
  sim::Context ctx(run.simulation(), source);
  sim::Report report;
  dynamic_cast<sim::Resource&>(source).report(ctx, report);
  return report.traffic.at(0);
}

void expect_conserved(const sim::TrafficReport& clients) {
  const std::uint64_t ended =
      std::accumulate(clients.by_status.begin(), clients.by_status.end(), std::uint64_t{0});
  EXPECT_EQ(clients.sent, ended + clients.in_flight);
  EXPECT_EQ(ended, static_cast<std::uint64_t>(clients.latency.count()));
  EXPECT_EQ(clients.by_status[static_cast<std::size_t>(sim::Status::kOk)],
            static_cast<std::uint64_t>(clients.ok_latency.count()));
}

/// A whole run, looked at every kSample.
Observed observe(const Generated& scenario, const sim::ModelRegistry& registry) {
  const sim::Plan plan =
      sim::Scenario::load(scenario.yaml, "generated.yaml", registry.types()).plan;
  sim::MemorySink sink;
  sim::Run run(plan, registry, {.sink = &sink});
  Observed observed;
  for (sim::Time at = sim::kStart; run.now() < run.end();) {
    at += kSample;
    run.advance(at);
    const sim::TrafficReport clients = clients_of(run);
    observed.request_seconds += static_cast<double>(clients.in_flight) * sim::to_seconds(kSample);
  }
  expect_conserved(clients_of(run));
  observed.left_in_pool = run.simulation().requests().requests_in_flight();
  observed.report = run.finish();
  observed.desired = sink.column("/fleet/GroupDesiredCapacity", std::chrono::seconds{60});
  observed.min = sink.column("/fleet/GroupMinSize", std::chrono::seconds{60});
  observed.instances = sink.column("/fleet/GroupTotalInstances", std::chrono::seconds{60});
  observed.max = sink.column("/fleet/GroupMaxSize", std::chrono::seconds{60});
  return observed;
}

class Property : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  static const sim::ModelRegistry& registry() {
    static const sim::ModelRegistry registry = make_registry();
    return registry;
  }
};

TEST_P(Property, HoldsInEveryGeneratedScenario) {
  const Generated scenario = generate(GetParam());
  SCOPED_TRACE(scenario.yaml);
  const Observed observed = observe(scenario, registry());
  const sim::TrafficReport& clients = observed.report.traffic.at(0);

  // In = answered + in flight; and when traffic has ended, nothing is left but health checks.
  EXPECT_TRUE(observed.report.complete);
  EXPECT_GT(clients.sent, 0u);
  expect_conserved(clients);
  EXPECT_EQ(clients.in_flight, 0u);
  EXPECT_LE(static_cast<double>(observed.left_in_pool), 3 * observed.instances.back());

  // Little: time in flight summed over requests is requests in flight summed over time. A sample
  // counts a request that is there at its end, so each request is off by a share of a sample,
  // independent of the others; six standard deviations are allowed.
  const double sample = sim::to_seconds(kSample);
  EXPECT_NEAR(observed.request_seconds, clients.latency.sum() / 1e9,
              6 * sample / 2 * std::sqrt(static_cast<double>(clients.sent)) + sample);

  // The group keeps its bounds.
  ASSERT_FALSE(observed.desired.empty());
  for (std::size_t minute = 0; minute < observed.desired.size(); ++minute) {
    EXPECT_GE(observed.desired[minute], observed.min[minute]);
    EXPECT_LE(observed.desired[minute], observed.max[minute]);
  }
}

TEST_P(Property, RunsTheSameTwice) {
  const Generated scenario = generate(GetParam());
  SCOPED_TRACE(scenario.yaml);
  const sim::Plan plan =
      sim::Scenario::load(scenario.yaml, "generated.yaml", registry().types()).plan;
  const sim::Report first = sim::run(plan, registry(), {});
  const sim::Report second = sim::run(plan, registry(), {});
  EXPECT_EQ(first.events, second.events);
  EXPECT_EQ(first.trace_hash, second.trace_hash);
  EXPECT_EQ(first.traffic.at(0).by_status, second.traffic.at(0).by_status);
  EXPECT_EQ(first.traffic.at(0).latency, second.traffic.at(0).latency);
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Property, ::testing::Range(kFirst, kFirst + kScenarios));

// Nor may a whole side of the models be left out.
TEST(PropertyGenerator, MakesScenariosOfEveryKind) {
  std::map<std::string, int> with;
  for (std::uint64_t number = kFirst; number < kFirst + kScenarios; ++number) {
    const std::string yaml = generate(number).yaml;
    for (const char* part : {"round_robin",
                             "least_outstanding_requests",
                             "weighted_random",
                             "cross_zone_enabled: \"false\"",
                             "health_check_type: ELB",
                             "fifo",
                             "processor_sharing",
                             "target_tracking",
                             "kill_instance",
                             "slow_instance",
                             "lose_availability_zone",
                             "clients:",
                             "\n    timeout: ",
                             "spike",
                             "set_desired_capacity",
                             "hang_instance",
                             "fail_health_checks",
                             "enter_standby",
                             "suspend_processes",
                             "start_instance_refresh"}) {
      with[part] += yaml.find(part) != std::string::npos ? 1 : 0;
    }
  }
  EXPECT_EQ(with.size(), 20u);
  for (const auto& [part, scenarios] : with) {
    EXPECT_GE(scenarios, 12) << part;  // a tenth of them
  }
}

// The generator must reach what the properties are about.
TEST(PropertyGenerator, MakesRequestsEndInManyWays) {
  const sim::ModelRegistry registry = make_registry();
  std::array<std::uint64_t, sim::kStatusCount> by_status{};
  for (std::uint64_t number = 0; number < 40; ++number) {
    const sim::Plan plan =
        sim::Scenario::load(generate(number).yaml, "generated.yaml", registry.types()).plan;
    const sim::Report report = sim::run(plan, registry, {});
    for (std::size_t i = 0; i < by_status.size(); ++i) {
      by_status[i] += report.traffic.at(0).by_status[i];
    }
  }
  for (const sim::Status status :
       {sim::Status::kOk, sim::Status::kTimedOut, sim::Status::kBadGateway,
        sim::Status::kUnavailable, sim::Status::kGatewayTimeout}) {
    EXPECT_GT(by_status[static_cast<std::size_t>(status)], 0u) << sim::status_name(status);
  }
}

}  // namespace
}  // namespace updraft
