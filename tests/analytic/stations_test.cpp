// Single stations against closed forms: M/M/c, M/M/1/K, M/G/1 in order of arrival and shared.
#include <cmath>

#include <gtest/gtest.h>

#include "sim/study/closed_forms.h"
#include "tests/analytic/expect.h"

namespace updraft::sim::testing {
namespace {

TEST(Stations, Q_01_MM1) {
  const closed_forms::QueueMeans theory = closed_forms::mmc({.arrival_rate = 0.8});
  EXPECT_NEAR(theory.wait, 4, 1e-9);
  EXPECT_NEAR(theory.waiting, 3.2, 1e-9);
  const System queue{.rate = 0.8, .work = exponential_work()};
  // The wait beyond t has the density 0.2 x 0.8 exp(-0.2 t), the response 0.2 exp(-0.2 t).
  const double tail = closed_forms::mm1_response_tail(0.8, 1, 10);
  EXPECT_NEAR(tail, std::exp(-2.0), 1e-9);
  expect_theory(queue, {{.name = "wait", .value = wait_of, .expected = theory.wait},
                        {.name = "response", .value = response_of, .expected = theory.response},
                        {.name = "responses above 10 s",
                         .value = [](const Outcome& o) { return o.response > 10 ? 1.0 : 0.0; },
                         .expected = tail,
                         .scale = 0.2 * tail * 10,
                         .tail = 10},
                        wait_quantile("p95 of the wait", 13.863, 0.05, 0.2 * 0.05)});
}

TEST(Stations, Q_01_MM1_P99) {
  expect_theory({.rate = 0.8, .work = exponential_work()},
                {wait_quantile("p99 of the wait", 21.910, 0.01, 0.2 * 0.01)});
}

TEST(Stations, Q_02_MM5) {
  const closed_forms::MarkovQueue queue{.arrival_rate = 4, .servers = 5};
  const closed_forms::QueueMeans theory = closed_forms::mmc(queue);
  EXPECT_NEAR(theory.wait, 0.554113, 1e-6);
  EXPECT_NEAR(closed_forms::erlang_c(5, 4), 0.554113, 1e-6);
  const System system{.rate = 4, .work = exponential_work(), .station = {.servers = 5}};
  expect_theory(system, {{.name = "wait", .value = wait_of, .expected = theory.wait},
                         {.name = "response", .value = response_of, .expected = theory.response},
                         {.name = "share that waits",
                          .value = has_to_wait,
                          .expected = closed_forms::erlang_c(5, 4)}});
}

TEST(Stations, Q_02_MM5_P99) {
  expect_theory({.rate = 4, .work = exponential_work(), .station = {.servers = 5}},
                {wait_quantile("p99 of the wait", 4.01478, 0.01, 1 * 0.01)});
}

TEST(Stations, Q_03_MM10) {
  const closed_forms::MarkovQueue queue{.arrival_rate = 8, .servers = 10};
  const closed_forms::QueueMeans theory = closed_forms::mmc(queue);
  EXPECT_NEAR(theory.wait, 0.204590, 1e-6);
  EXPECT_NEAR(closed_forms::erlang_c(10, 8), 0.409180, 1e-6);
  const System system{.rate = 8, .work = exponential_work(), .station = {.servers = 10}};
  expect_theory(system, {{.name = "wait", .value = wait_of, .expected = theory.wait},
                         {.name = "response", .value = response_of, .expected = theory.response},
                         {.name = "share that waits",
                          .value = has_to_wait,
                          .expected = closed_forms::erlang_c(10, 8)},
                         wait_quantile("p95 of the wait", 1.05107, 0.05, 2 * 0.05)});
}

TEST(Stations, Q_03_MM10_P99) {
  expect_theory({.rate = 8, .work = exponential_work(), .station = {.servers = 10}},
                {wait_quantile("p99 of the wait", 1.85579, 0.01, 2 * 0.01)});
}

class Q08 : public ::testing::TestWithParam<double> {};
TEST_P(Q08, Q_08_MM1_10_LosesWhatTheoryLoses) {
  const double load = GetParam();
  const closed_forms::LossMeans theory = closed_forms::mm1k(load, 1, 10);
  // The tenth place is the one in service.
  const System system{.rate = load, .work = exponential_work(), .station = {.line_limit = 9}};
  // Throughput times response (Little): the mean number, over the rate.
  expect_theory(system, {{.name = "loss", .value = loss_of, .expected = theory.loss},
                         {.name = "number over the rate",
                          .value = [](const Outcome& o) { return o.served ? o.response : 0; },
                          .expected = theory.number / load}});
}
// A full line hides the rate from those who are admitted; here the server is what is off by 2 %.
TEST_P(Q08, Q_08_MM1_10_ServesInTheTimeTheorySays) {
  const double load = GetParam();
  const closed_forms::LossMeans theory = closed_forms::mm1k(load, 1, 10);
  const System system{.rate = load, .work = exponential_work(), .station = {.line_limit = 9}};
  System slower = system;
  slower.work = exponential_work(1.02);
  // The mean over the admitted is `response` where this mean over all is 0.
  const double response = theory.response;
  expect_theory(
      system, slower,
      {{.name = "response less theory's",
        .value = [response](const Outcome& o) { return o.served ? o.response - response : 0; },
        .expected = 0,
        .scale = response * (1 - theory.loss)}});
}
INSTANTIATE_TEST_SUITE_P(Loads, Q08, ::testing::Values(0.9, 1.0, 1.5));

TEST(Stations, Q_10_MG1_WaitGrowsWithTheVariation) {
  struct Case {
    double cv2;
    Distribution work;
    double wait;
  };
  for (const Case& c :
       {Case{0, constant_work(), 2}, Case{1, exponential_work(), 4}, Case{4, gamma_work(4), 10}}) {
    const closed_forms::QueueMeans theory = closed_forms::mg1(0.8, 1, c.cv2);
    EXPECT_NEAR(theory.wait, c.wait, 1e-9);
    expect_theory({.rate = 0.8, .work = c.work},
                  {{.name = "wait", .value = wait_of, .expected = theory.wait},
                   {.name = "response", .value = response_of, .expected = theory.response}});
  }
}

class Q11 : public ::testing::TestWithParam<double> {};
TEST_P(Q11, Q_11_SharingDependsOnTheMeanAlone) {
  const double cv2 = GetParam();
  const double theory = closed_forms::mg1_ps_response(0.8, 1);
  EXPECT_NEAR(theory, 5, 1e-9);
  expect_theory({.rate = 0.8,
                 .work = cv2 == 0   ? constant_work()
                         : cv2 == 1 ? exponential_work()
                                    : gamma_work(cv2),
                 .station = {.sharing = true}},
                {{.name = "response", .value = response_of, .expected = theory}});
}
INSTANTIATE_TEST_SUITE_P(Variation, Q11, ::testing::Values(0, 1, 4));

/// The responses of customers with about that much work: five times the work of each of them.
Claim five_times_the_work_between(double low, double high) {
  return {
      .name = "response of work from " + std::to_string(low),
      .value = [low,
                high](const Outcome& o) { return o.work >= low && o.work < high ? o.response : 0; },
      .expected = 5 * ((1 + low) * std::exp(-low) - (1 + high) * std::exp(-high))};
}

TEST(Stations, Q_11_SharingTakesFiveTimesTheWorkWhateverTheWork) {
  EXPECT_NEAR(closed_forms::mg1_ps_response_of(0.8, 1, 3), 15, 1e-9);
  expect_theory({.rate = 0.8, .work = exponential_work(), .station = {.sharing = true}},
                {five_times_the_work_between(0, 0.5), five_times_the_work_between(0.5, 1.5),
                 five_times_the_work_between(1.5, 8)});
}

/// Mean number = rate x mean response, at each station and of all. Over one run that is an identity
/// of what the station counts and what customers see, but for those who are there at the end.
void expect_little(const System& system, double number) {
  const Measured measured = expect_theory(
      system, {{.name = "response", .value = response_of, .expected = number / system.rate}});
  double seen = 0;
  for (const Measured::AtStation& station : measured.stations) {
    EXPECT_NEAR(station.customer_seconds / station.responses, 1, 1e-4);
    seen += station.customer_seconds;
  }
  // The plain time average, without any help from the draws; its own error is larger.
  EXPECT_NEAR(seen / measured.seconds, number, 0.05 * number);
}

TEST(Stations, Q_22_LittlesLaw) {
  expect_little({.rate = 0.8, .work = exponential_work()}, 3.2 + 0.8);  // 3.2 of them wait
  expect_little({.rate = 4, .work = exponential_work(), .station = {.servers = 5}},
                closed_forms::mmc({.arrival_rate = 4, .servers = 5}).number);
  expect_little({.rate = 0.8, .work = gamma_work(4), .station = {.sharing = true}}, 4);
  expect_little(
      {.rate = 1.6, .work = exponential_work(), .stations = 2, .policy = Policy::kRoundRobin},
      1.6 * closed_forms::round_robin_response(2, 0.8));
}

}  // namespace
}  // namespace updraft::sim::testing
