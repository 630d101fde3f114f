// Services and programs against queueing theory: M/M/c, Erlang's loss formula, and networks of
// services against Jackson's solution. Each claim is also shown to notice a small change.
#include <cmath>
#include <functional>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/study/jackson.h"
#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using sim::closed_forms::NetworkMeans;

/// Mean over independent seeds, and its standard error.
struct Seen {
  double mean = 0;
  double error = 0;
  /// Within `errors` standard errors.
  [[nodiscard]] bool fits(double expected, double errors = 4) const {
    return std::abs(mean - expected) < errors * error;
  }
};

constexpr int kSeeds = 8;

Seen observe(const std::string& scenario, const std::function<double(const FleetBench&)>& value) {
  double sum = 0;
  double squares = 0;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    const FleetBench bench(fmt::format("scenario: theory\nseed: {}\n{}", seed, scenario));
    const double x = value(bench);
    sum += x;
    squares += x * x;
  }
  const double mean = sum / kSeeds;
  const double variance = (squares - kSeeds * mean * mean) / (kSeeds - 1);
  return {mean, std::sqrt(variance / kSeeds)};
}

double clients_latency(const FleetBench& bench) {
  return bench.mean_latency_s("clients");
}

// The standard error is small enough for the claim to notice an error of `share`.
void expect_sharp(const Seen& seen, double expected, double share) {
  EXPECT_TRUE(seen.fits(expected))
      << seen.mean << " +- " << seen.error << ", theory says " << expected;
  EXPECT_FALSE(seen.fits(expected * (1 + share)))
      << seen.mean << " +- " << seen.error << " does not tell " << expected << " from "
      << expected * (1 + share);
}

std::string station(double rate, const std::string& service) {
  return fmt::format(R"(duration: 6h
resources: {{it: {{service: {{latency: {{exponential: 100ms}}, {}}}}}}}
traffic: {{clients: {{to: it, rate: {}/s, latency: 0s}}}}
)",
                     service, rate);
}

TEST(ServiceTheory, WithRoomToWaitItIsMMc) {
  const auto theory =
      sim::closed_forms::mmc({.arrival_rate = 40, .service_rate = 10, .servers = 5});
  const Seen seen = observe(station(40, "concurrency: 5, queue_length: 1000000, queue_timeout: 0s"),
                            clients_latency);
  expect_sharp(seen, theory.response, 0.03);
}

TEST(ServiceTheory, WithoutRoomToWaitItLosesWhatErlangSays) {
  const double lost = sim::closed_forms::erlang_b(10, 8);
  const Seen seen =
      observe(station(80, "concurrency: 10, queue_length: 0"), [](const FleetBench& bench) {
        return bench.total("/it/Throttles") / bench.total("/it/Requests");
      });
  expect_sharp(seen, lost, 0.03);
}

// A router without limits asks one station after the other, so each customer is at one station at
// a time and holds nothing else.
TEST(ProgramTheory, ATandemOfServicesIsJacksons) {
  const NetworkMeans theory =
      sim::closed_forms::jackson({.stations = {{10, 1}, {20, 1}, {4, 3}},
                                  .arrivals = {7, 0, 0},
                                  .routing = {{0, 1, 0}, {0, 0, 1}, {0, 0, 0}}});
  const Seen seen = observe(R"(duration: 6h
resources:
  it: {service: {latency: 0s, program: [{call: a}, {call: b}, {call: c}]}}
  a: {service: {latency: {exponential: 100ms}, concurrency: 1, queue_length: 1000000, queue_timeout: 0s}}
  b: {service: {latency: {exponential: 50ms}, concurrency: 1, queue_length: 1000000, queue_timeout: 0s}}
  c: {service: {latency: {exponential: 250ms}, concurrency: 3, queue_length: 1000000, queue_timeout: 0s}}
traffic: {clients: {to: it, rate: 7/s, latency: 0s}}
)",
                            clients_latency);
  expect_sharp(seen, theory.response, 0.04);
}

TEST(ProgramTheory, ABranchingNetworkOfServicesIsJacksons) {
  const NetworkMeans theory = sim::closed_forms::jackson(
      {.stations = {{20, 1}, {10, 1}, {4, 2}, {25, 1}},
       .arrivals = {14, 0, 0, 0},
       .routing = {{0, 0.5, 0.3, 0}, {0, 0, 0, 1}, {0, 0, 0, 1}, {0, 0, 0, 0}}});
  const std::string scenario = R"(duration: 6h
resources:
  it:
    service:
      latency: 0s
      program:
        - call: a
        - choose:
            - {probability: 50%, do: [{call: b}, {call: d}]}
            - {probability: 30%, do: [{call: c}, {call: d}]}
  a: {service: {latency: {exponential: 50ms}, concurrency: 1, queue_length: 1000000, queue_timeout: 0s}}
  b: {service: {latency: {exponential: 100ms}, concurrency: 1, queue_length: 1000000, queue_timeout: 0s}}
  c: {service: {latency: {exponential: 250ms}, concurrency: 2, queue_length: 1000000, queue_timeout: 0s}}
  d: {service: {latency: {exponential: 40ms}, concurrency: 1, queue_length: 1000000, queue_timeout: 0s}}
traffic: {clients: {to: it, rate: 14/s, latency: 0s}}
)";
  expect_sharp(observe(scenario, clients_latency), theory.response, 0.04);
  const Seen at_d = observe(scenario, [](const FleetBench& bench) {
    return bench.total("/d/Requests") / bench.total("/it/Requests");
  });
  expect_sharp(at_d, theory.rates[3] / 14, 0.01);
}

}  // namespace
}  // namespace updraft::testing
