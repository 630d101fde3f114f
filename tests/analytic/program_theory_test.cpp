// Services and programs against queueing theory: M/M/c, Erlang's loss formula, and networks of
// services against Jackson's solution. Each claim is also shown to notice a small change.
#include <cmath>
#include <functional>
#include <string>
#include <vector>

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

using Value = std::function<double(const FleetBench&)>;

/// Several values of the same runs.
std::vector<Seen> observe_all(const std::string& scenario, const std::vector<Value>& values) {
  std::vector<double> sums(values.size());
  std::vector<double> squares(values.size());
  for (int seed = 1; seed <= kSeeds; ++seed) {
    const FleetBench bench(fmt::format("scenario: theory\nseed: {}\n{}", seed, scenario));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double x = values[i](bench);
      sums[i] += x;
      squares[i] += x * x;
    }
  }
  std::vector<Seen> seen;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double mean = sums[i] / kSeeds;
    const double variance = (squares[i] - kSeeds * mean * mean) / (kSeeds - 1);
    seen.push_back({mean, std::sqrt(variance / kSeeds)});
  }
  return seen;
}

Seen observe(const std::string& scenario, const Value& value) {
  return observe_all(scenario, {value})[0];
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

// A station of theory: one server, first come first served, room for all. Times are hundredths of
// theory's: a mean of 1 is 10 ms.
std::string one_server(const std::string& law) {
  return fmt::format(
      "{{service: {{latency: {}, concurrency: 1, queue_length: 1000000, queue_timeout: 0s}}}}",
      law);
}

/// Customers at a station: by Little's law.
double number_at(const FleetBench& bench, std::size_t service, double rate) {
  const sim::ServiceReport& report = bench.report().services.at(service);
  return rate * report.latency.sum() / static_cast<double>(report.latency.count()) / 1e9;
}

TEST(ProgramTheory, Q_13_TandemOfTwo) {
  const std::string scenario =
      fmt::format(R"(duration: 3h
resources:
  it: {{service: {{latency: 0s, program: [{{call: a}}, {{call: b}}]}}}}
  a: {}
  b: {}
traffic: {{clients: {{to: it, rate: 50/s, latency: 0s}}}}
)",
                  one_server("{exponential: 10ms}"), one_server("{exponential: 12500us}"));
  // Counts of the minutes b is asked in, of a minute with itself or with the next one; over the
  // mean.
  const auto covariance = [](const FleetBench& bench, std::size_t lag) {
    const std::vector<double> counts = bench.minutes("/b/Requests");
    double product = 0;
    for (std::size_t i = 0; i + 1 < counts.size(); ++i) {
      product += (counts[i] - 3000) * (counts[i + lag] - 3000);
    }
    return product / static_cast<double>(counts.size() - 1) / 3000;
  };
  const std::vector<Seen> seen = observe_all(
      scenario, {clients_latency, [](const FleetBench& b) { return number_at(b, 0, 50); },
                 [](const FleetBench& b) { return number_at(b, 1, 50); },
                 [&](const FleetBench& b) { return covariance(b, 0); },
                 [&](const FleetBench& b) { return covariance(b, 1); }});
  expect_sharp(seen[0], 0.053333, 0.02);
  expect_sharp(seen[1], 1, 0.02);
  expect_sharp(seen[2], 5.0 / 3, 0.02);
  // The first one's departures are Poisson: their counts vary as much as their mean says, and a
  // minute says nothing of the next.
  EXPECT_TRUE(seen[3].fits(1)) << seen[3].mean << " +- " << seen[3].error;
  EXPECT_TRUE(seen[4].fits(0)) << seen[4].mean << " +- " << seen[4].error;
}

TEST(ProgramTheory, Q_17_ForkJoinOfTwo) {
  const std::string scenario = fmt::format(R"(duration: 3h
resources:
  it: {{service: {{latency: 0s, program: [{{parallel: [[{{call: a}}], [{{call: b}}]]}}]}}}}
  a: {0}
  b: {0}
traffic: {{clients: {{to: it, rate: 50/s, latency: 0s}}}}
)",
                                           one_server("{exponential: 10ms}"));
  expect_sharp(observe(scenario, clients_latency), 0.02875, 0.02);
}

TEST(ProgramTheory, Q_19_AllenAndCunneensApproximation) {
  const Seen seen = observe(R"(duration: 1h
resources:
  it: {service: {latency: {gamma: {mean: 10ms, shape: 0.25}}, concurrency: 10, queue_length: 1000000, queue_timeout: 0s}}
traffic: {clients: {to: it, rate: 800/s, latency: 0s}}
)",
                            clients_latency);
  EXPECT_LT(seen.error, 0.0001);
  EXPECT_NEAR(seen.mean - 0.010, 0.00511, 0.000511);  // it may differ by some 10 %
}

TEST(RetryTheory, Q_20_RetryAmplification) {
  struct Expected {
    double fails, attempts, given_up;
  };
  for (const Expected& each : {Expected{0.1, 1.111, 1e-4}, Expected{0.5, 1.875, 0.0625}}) {
    const std::string scenario = fmt::format(R"(duration: 2h
resources: {{it: {{service: {{latency: 1ms, error_probability: {}%}}}}}}
traffic: {{clients: {{to: it, rate: 100/s, latency: 0s, retry: {{max_attempts: 4, base_delay: 0s, quota: 0}}}}}}
)",
                                             each.fails * 100);
    const auto attempts = [](const FleetBench& bench) {
      return bench.total("/traffic/clients/Attempts") / static_cast<double>(bench.sent("clients"));
    };
    const auto failed = [](const FleetBench& bench) {
      return static_cast<double>(bench.answered("clients", sim::Status::kFailed)) /
             static_cast<double>(bench.sent("clients"));
    };
    const std::vector<Seen> seen = observe_all(scenario, {attempts, failed});
    expect_sharp(seen[0], each.attempts, 0.005);
    const Seen given_up = seen[1];
    EXPECT_TRUE(given_up.fits(each.given_up)) << given_up.mean << " +- " << given_up.error;
    EXPECT_LT(given_up.error, each.given_up / 10);
  }
}

}  // namespace
}  // namespace updraft::testing
