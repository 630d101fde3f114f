// Clients that think before one server: a closed system, with the traffic source's own clients.
#include <array>

#include <gtest/gtest.h>

#include "sim/build/world.h"
#include "sim/study/closed_forms.h"
#include "sim/traffic/make_source.h"
#include "tests/analytic/batch_means.h"
#include "tests/analytic/station.h"

namespace updraft::sim::testing {
namespace {

void set_exponential(DistributionValue& value, double mean_ns) {
  value.set_law(DistributionValue::EXPONENTIAL);
  DistributionValue::Named& mean = *value.add_parameter();
  mean.set_name("mean");
  mean.set_value(mean_ns);
}

struct Cycle {
  BatchMeans throughput{1};
  BatchMeans response{1};
};

struct Mean {
  double think_s = 10;
  double service_s = 0.5;
};

/// Runs clients that think before one exponential server, batch after batch of 20,000 s, until both
/// means are known to half a per cent.
Cycle run_clients(std::uint32_t count, const Mean& mean) {
  constexpr double kHalfWidth = 0.005;
  Simulation simulation({.seed = 1});
  World world(simulation, {}, 0);
  world.put("station", simulation.add<Station>("station", Station::Options{}));
  Traffic traffic;
  traffic.set_name("clients");
  traffic.set_to("station");
  traffic.mutable_clients()->set_count(count);
  set_exponential(*traffic.mutable_clients()->mutable_think_time(), mean.think_s * 1e9);
  set_exponential(*traffic.mutable_demand()->mutable_cpu(), mean.service_s * 1e9);
  TrafficSource& source = make_source(simulation, traffic, Plan());
  source.bind(world);
  simulation.start();
  Cycle cycle;
  double sent = 0;
  double answered = 0;
  double latency_s = 0;
  constexpr Duration kBatch = 20'000s;
  do {
    simulation.run_until(simulation.now() + kBatch);
    Report report;
    Context ctx(simulation, source);
    source.report(ctx, report);
    const TrafficReport& clients = report.traffic.at(0);
    const auto answered_now = static_cast<double>(clients.latency.count());
    const double latency_now = clients.latency.sum() / 1e9;
    cycle.throughput.add((static_cast<double>(clients.sent) - sent) / to_seconds(kBatch));
    cycle.response.add((latency_now - latency_s) / (answered_now - answered));
    sent = static_cast<double>(clients.sent);
    answered = answered_now;
    latency_s = latency_now;
  } while (!cycle.throughput.precise(kHalfWidth) || !cycle.response.precise(kHalfWidth));
  return cycle;
}

class Q15 : public ::testing::TestWithParam<std::uint32_t> {};
TEST_P(Q15, Q_15_ClientsThatThinkGoRoundAsMeanValueAnalysisSays) {
  const std::uint32_t clients = GetParam();
  const std::array<double, 1> demands = {0.5};
  const closed_forms::ClosedMeans theory = closed_forms::closed_system(clients, 10, demands);
  const Cycle cycle = run_clients(clients, {});
  EXPECT_TRUE(cycle.throughput.contains(theory.throughput)) << cycle.throughput.mean();
  EXPECT_TRUE(cycle.response.contains(theory.response)) << cycle.response.mean();
  // Clients that think 2 % less come more often, a server that is 2 % slower keeps them longer.
  const Cycle faster = run_clients(clients, {.think_s = 10 / 1.02});
  EXPECT_FALSE(faster.throughput.contains(theory.throughput)) << faster.throughput.mean();
  const Cycle slower = run_clients(clients, {.service_s = 0.51});
  EXPECT_FALSE(slower.response.contains(theory.response)) << slower.response.mean();
}
INSTANTIATE_TEST_SUITE_P(Clients, Q15, ::testing::Values(5, 10, 20));

}  // namespace
}  // namespace updraft::sim::testing
