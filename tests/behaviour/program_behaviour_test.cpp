// Programs of requests, through the real loader and engine: generic services that call one another.
#include <cmath>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/registry/registry.h"
#include "sim/build/testing/model_bench.h"
#include "sim/scenario/diagnostic.h"
#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using namespace std::chrono_literals;
using sim::testing::ModelBench;
using ::testing::HasSubstr;

// "it" runs the program; "db" takes 5 ms, "slow" 100 ms, "wrong" fails after 2 ms, "cache" misses.
ModelBench bench_of(const std::string& program, const std::string& more = "") {
  return {register_all_models, fmt::format(R"(
  it: {{service: {{latency: 0s, program: {}}}}}
  db: {{service: 5ms}}
  slow: {{service: 100ms}}
  wrong: {{service: {{latency: 2ms, error_probability: 100%}}}}
  cache: {{service: {{latency: 1ms, miss_probability: 100%}}}}
  warm: {{service: 1ms}}
  letters: {{queue: {{}}}}
{})",
                                           program, more)};
}

std::string transcript_of(const std::string& program, const sim::Demand& demand = {}) {
  ModelBench bench = bench_of(program);
  bench.send_at(0ms, 1, demand);
  return bench.transcript();
}

std::string refused(const std::string& program) {
  try {
    bench_of(program);
  } catch (const sim::ScenarioError& error) {
    return error.what();
  }
  return "";
}

TEST(Program, DoesOneStepAfterTheOther) {
  EXPECT_EQ(transcript_of("[{compute: 3ms}, {wait: 4ms}, {call: db}]"), "12ms #1 ok\n");
}

TEST(Program, AsksForWhatTheRequestAsksForWhereItSaysSo) {
  const sim::Demand demand{.cpu = 10ms, .wait = 20ms};
  EXPECT_EQ(transcript_of("[{demand: 1}]", demand), "30ms #1 ok\n");
  EXPECT_EQ(transcript_of("[{demand: 0.5}, {demand: 2}]", demand), "75ms #1 ok\n");
  EXPECT_EQ(transcript_of("[{wait: 1ms}]", demand), "1ms #1 ok\n");
}

TEST(Program, FailsWhenACalleeFails) {
  EXPECT_EQ(transcript_of("[{call: wrong}, {wait: 1s}]"), "2ms #1 failed\n");
}

TEST(Program, GoesOnWithoutAnAnswerThatItDoesNotNeed) {
  EXPECT_EQ(transcript_of("[{call: {to: wrong, ignore_failure: true}}, {wait: 1ms}]"),
            "3ms #1 ok\n");
}

TEST(Program, FallsBack) {
  EXPECT_EQ(transcript_of("[{call: {to: wrong, if_failed: [{call: db}]}}, {wait: 1ms}]"),
            "8ms #1 ok\n");
}

TEST(Program, StopsWaitingForACalleeThatGoesOn) {
  ModelBench bench = bench_of("[{call: {to: slow, timeout: 30ms}}]");
  bench.send_at(0ms, 1, {});
  EXPECT_EQ(bench.transcript(), "30ms #1 failed\n");
  EXPECT_EQ(bench.total("Requests", "slow"), 1);
  EXPECT_EQ(bench.total("Errors", "slow"), 0);  // it has answered, to nobody
}

TEST(Program, GoesAnotherWayOnAMissThanOnAHit) {
  constexpr std::string_view kProgram =
      "[{{call: {{to: {}, on_hit: [{{wait: 10ms}}], on_miss: [{{call: db}}, {{wait: 20ms}}]}}}}]";
  EXPECT_EQ(transcript_of(fmt::format(kProgram, "cache")), "26ms #1 ok\n");
  EXPECT_EQ(transcript_of(fmt::format(kProgram, "warm")), "11ms #1 ok\n");
}

TEST(Program, TakesABranchByChance) {
  ModelBench bench = bench_of(
      "[{choose: [{probability: 30%, do: [{call: db}]}, {probability: 50%, do: [{call: warm}]}, "
      "{do: [{call: wrong}]}]}]");
  for (int i = 0; i < 100; ++i) {
    bench.send_at(i * 1s, 100, {});
  }
  (void)bench.transcript();
  EXPECT_NEAR(bench.total("Requests", "db"), 3000, 190);  // four standard errors
  EXPECT_NEAR(bench.total("Requests", "warm"), 5000, 200);
  EXPECT_EQ(bench.total("Requests", "db") + bench.total("Requests", "warm") +
                bench.total("Requests", "wrong"),
            10'000);
}

TEST(Program, TakesTheSameBranchForTheSameKey) {
  const FleetBench bench(R"(scenario: keys
duration: 10m
resources:
  it: {service: {latency: 0s, program: [{choose: [{share_of_keys: 25%, do: [{call: vip}]}]}]}}
  vip: {service: 1ms}
traffic:
  customers: {to: it, rate: {constant: 100/s, arrivals: regular}, message_groups: 400}
)");
  // About 100 of the 400 customers, each with an even share of 60,000 requests: the standard error
  // of their number is 8.7, of 150 requests each.
  EXPECT_NEAR(bench.total("/vip/Requests"), 15'000, 4 * 8.7 * 150);
  const FleetBench one(R"(scenario: key
duration: 10m
resources:
  it: {service: {latency: 0s, program: [{choose: [{share_of_keys: 50%, do: [{call: vip}]}]}]}}
  vip: {service: 1ms}
traffic:
  customer: {to: it, rate: {constant: 1/s, arrivals: regular}, message_groups: 1}
)");
  const double of_one = one.total("/vip/Requests");
  EXPECT_TRUE(of_one == 0 || of_one == one.total("/it/Requests")) << of_one;
}

TEST(Program, TakesABranchByThePath) {
  const FleetBench bench(R"(scenario: paths
duration: 10m
resources:
  it:
    service:
      latency: 0s
      program:
        - choose:
            - {path: /cart/*, do: [{call: carts}]}
            - {path: "/?", do: [{call: letters}]}
  carts: {service: 1ms}
  letters: {service: 1ms}
traffic:
  shoppers:
    to: it
    rate: {constant: 10/s, arrivals: regular}
    requests: [{path: /cart/7}, {path: /x}, {path: /cart}]
)");
  EXPECT_GT(bench.total("/carts/Requests"), 1500);
  EXPECT_GT(bench.total("/letters/Requests"), 1500);
  EXPECT_LT(bench.total("/carts/Requests") + bench.total("/letters/Requests"), 4500);
}

TEST(Program, DoesBranchesAtTheSameTimeAndWaitsForAll) {
  EXPECT_EQ(transcript_of("[{parallel: [[{call: db}], [{wait: 7ms}, {call: warm}], "
                          "[{compute: 3ms}]]}, {wait: 1ms}]"),
            "9ms #1 ok\n");
}

TEST(Program, WaitsForAsManyBranchesAsItNeeds) {
  EXPECT_EQ(transcript_of("[{parallel: {branches: [[{call: slow}], [{call: db}], [{wait: 20ms}]], "
                          "need: 1}}]"),
            "5ms #1 ok\n");
  EXPECT_EQ(transcript_of("[{parallel: {branches: [[{call: slow}], [{call: db}], [{wait: 20ms}]], "
                          "need: 2}}]"),
            "20ms #1 ok\n");
}

TEST(Program, FailsWhenTooManyBranchesHaveFailed) {
  EXPECT_EQ(transcript_of("[{parallel: [[{call: slow}], [{call: wrong}]]}]"), "2ms #1 failed\n");
  EXPECT_EQ(transcript_of("[{parallel: {branches: [[{call: slow}], [{call: wrong}]], need: 1}}]"),
            "100ms #1 ok\n");
  EXPECT_EQ(transcript_of("[{parallel: {branches: [[{call: wrong}], [{wait: 9ms}, {call: wrong}]], "
                          "need: 1}}]"),
            "11ms #1 failed\n");
}

TEST(Program, HedgesWithABranchThatBeginsLater) {
  EXPECT_EQ(transcript_of("[{parallel: {branches: [[{call: slow}], [{wait: 30ms}, {call: db}]], "
                          "need: 1}}]"),
            "35ms #1 ok\n");
}

TEST(Program, JoinsWithinJoins) {
  EXPECT_EQ(transcript_of(
                "[{parallel: [[{parallel: {branches: [[{call: slow}], [{call: db}]], need: 1}}, "
                "{wait: 1ms}], [{parallel: [[{wait: 2ms}], [{wait: 3ms}]]}]]}]"),
            "6ms #1 ok\n");
  // The inner join fails, and with it the outer one.
  EXPECT_EQ(transcript_of("[{parallel: [[{parallel: [[{call: wrong}], [{call: slow}]]}], "
                          "[{call: slow}]]}]"),
            "2ms #1 failed\n");
}

TEST(Program, ComesToItsEndAtOnceWhereNothingTakesTime) {
  EXPECT_EQ(transcript_of("[{parallel: [[{wait: 0s}], [{compute: 0s}]]}, {choose: [{probability: "
                          "0%, do: [{wait: 1s}]}]}]"),
            "0ms #1 ok\n");
}

TEST(Program, FailsByChanceWhereItSaysSo) {
  ModelBench bench = bench_of("[{fail: 25%}]");
  for (int i = 0; i < 100; ++i) {
    bench.send_at(i * 1s, 100, {});
  }
  (void)bench.transcript();
  EXPECT_NEAR(bench.total("Errors"), 2500, 175);
}

TEST(Program, SendsAMessageAndDoesNotWaitForIt) {
  ModelBench bench = bench_of("[{send: letters}, {send: {to: letters, latency: 0s}}]");
  bench.send_at(0ms, 3, {});
  EXPECT_EQ(bench.transcript(), "10ms #1 ok\n10ms #2 ok\n10ms #3 ok\n");
  EXPECT_EQ(bench.total("NumberOfMessagesSent", "letters"), 6);
}

TEST(Program, OutlivesAClientThatHasLeft) {
  ModelBench bench = bench_of("[{wait: 10ms}, {call: db}, {call: warm}]");
  bench.set_patience(12ms);
  bench.send_at(0ms, 1, {});
  EXPECT_EQ(bench.transcript(), "12ms #1 gives up\n");
  EXPECT_EQ(bench.total("Requests", "db"), 1);
  EXPECT_EQ(bench.total("Requests", "warm"), 1);  // an orphan's work
}

TEST(Program, StopsAtItsNextStepWhereItWatchesTheConnection) {
  ModelBench bench =
      bench_of("{steps: [{wait: 10ms}, {call: db}, {call: warm}], on_disconnect: stop}");
  bench.set_patience(12ms);
  bench.send_at(0ms, 1, {});
  EXPECT_EQ(bench.transcript(), "12ms #1 gives up\n");
  EXPECT_EQ(bench.total("Requests", "db"), 1);
  EXPECT_EQ(bench.total("Requests", "warm"), 0);
}

TEST(Program, LetsNoCallWaitBeyondTheDeadlineThatItHonours) {
  ModelBench bench = bench_of("{steps: [{call: slow}], honour_deadline: true}");
  bench.set_deadline_after(40ms);
  bench.send_at(0ms, 1, {});
  EXPECT_EQ(bench.transcript(), "40ms #1 failed\n");
  ModelBench other = bench_of("{steps: [{call: slow}]}");
  other.set_deadline_after(40ms);
  other.send_at(0ms, 1, {});
  EXPECT_EQ(other.transcript(), "100ms #1 ok\n");
}

TEST(Program, BeginsNoStepAfterTheDeadlineThatItHonours) {
  ModelBench bench = bench_of("{steps: [{wait: 50ms}, {call: db}], honour_deadline: true}");
  bench.set_deadline_after(40ms);
  bench.send_at(0ms, 1, {});
  EXPECT_EQ(bench.transcript(), "50ms #1 failed\n");
  EXPECT_EQ(bench.total("Requests", "db"), 0);
}

TEST(Program, WaitsForACalleeThatCannotBeReachedUntilItsTimeout) {
  ModelBench bench = bench_of("[{call: {to: db, timeout: 30ms, if_failed: [{call: warm}]}}]");
  bench.send_at(0ms, 1, {});
  auto plan = R"(scenario: gone
duration: 10m
resources:
  it: {service: {latency: 0s, program: [{call: {to: db, timeout: 2s, if_failed: [{call: warm}]}}]}}
  db: {service: 5ms}
  warm: {service: 1ms}
traffic:
  clients: {to: it, rate: {constant: 1/s, arrivals: regular}, latency: 0s}
faults:
  - {at: 1m, for: 1m, degrade_service: {of: db, unreachable: true}}
)";
  const FleetBench gone(plan);
  EXPECT_EQ(gone.total("/warm/Requests"), 60);
  EXPECT_NEAR(gone.max_latency_s("clients"), 2.001, 0.02);
}

TEST(Program, DrawsForEachStepAndEachWay) {
  // Two calls of a request to the same service, and two services with the same law: the sum of four
  // independent draws, whose median is 0.918 of its mean; of one draw taken four times it is 0.693.
  const FleetBench bench(R"(scenario: draws
duration: 1h
resources:
  it: {service: {latency: 0s, program: [{call: a}, {call: a}, {call: b}, {call: b}]}}
  a: {service: {latency: {exponential: 10ms}}}
  b: {service: {latency: {exponential: 10ms}}}
traffic:
  clients: {to: it, rate: 10/s, latency: 0s}
)");
  const sim::Histogram& latency = bench.report().traffic.front().latency;
  EXPECT_NEAR(static_cast<double>(latency.percentile(sim::kP50)->value) /
                  (latency.sum() / static_cast<double>(latency.count())),
              0.918, 0.02);
}

TEST(Program, DrawsForEachSourceAnew) {
  // The requests of two sources with the same numbers meet different luck: were it the same, the
  // two services of each pair would be called equally often.
  const FleetBench bench(R"(scenario: sources
duration: 10m
resources:
  it: {service: {latency: 0s, program: [{choose: [{probability: 50%, do: [{call: a}]}]}]}}
  a: {service: 1ms}
traffic:
  one: {to: it, rate: {constant: 1/s, arrivals: regular}, latency: 0s}
  two: {to: it, rate: {constant: 1/s, arrivals: regular}, latency: 0s}
)");
  double both = 0;
  for (const double calls : bench.minutes("/a/Requests")) {
    both += std::fmod(calls, 2);  // an odd number of calls: they differ
  }
  EXPECT_GT(both, 0);
}

// --- fleets

TEST(FleetProgram, KeepsTheWorkerForAllItsSteps) {
  // One worker, 20 ms of calls: 50 a second at most.
  const FleetBench bench(fleet(
      {.group = "min_size: 1, max_size: 1",

       .instance = "relative_speed: 1, health_check_cpu: 0s, workers: 1, program: [{call: db}, "
                   "{call: db}]",
       .in_service = "1",
       .resources = "db: {service: 10ms}",
       .traffic = "visitors: {to: alb, rate: {constant: 60/s, arrivals: regular}}"}));
  EXPECT_NEAR(static_cast<double>(bench.answered("visitors", sim::Status::kOk)), 50 * 600, 200);
}

TEST(FleetProgram, SharesTheCpuAmongItsThreads) {
  // Two vCPUs, four branches of 10 ms each: 20 ms.
  const FleetBench bench(fleet(
      {.group = "min_size: 1, max_size: 1",

       .instance = "relative_speed: 1, health_check_cpu: 0s, program: [{parallel: [[{compute: "
                   "10ms}], [{compute: 10ms}], [{compute: 10ms}], [{compute: 10ms}]]}]",
       .in_service = "1",
       .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, latency: "
                  "0s}"}));
  EXPECT_NEAR(bench.mean_latency_s("visitors"), 0.020, 1e-4);
}

TEST(FleetProgram, GivesBackTheCpuOfBranchesThatAreNotNeeded) {
  // The branches of 1 s are dropped when the short one is done, or the two vCPUs would drown.
  const FleetBench bench(
      fleet({.group = "min_size: 1, max_size: 1",

             .instance = "relative_speed: 1, health_check_cpu: 0s, scheduling: fifo, program: "
                         "[{parallel: {branches: [[{compute: 10ms}], [{compute: 1s}], [{compute: "
                         "1s}]], need: 1}}]",
             .in_service = "1",
             .traffic = "visitors: {to: alb, rate: {constant: 10/s, arrivals: regular}, latency: "
                        "0s}"}));
  EXPECT_NEAR(bench.mean_latency_s("visitors"), 0.010, 1e-4);
}

TEST(FleetProgram, CallsAFleetBehindItsBalancer) {
  const FleetBench bench(fleet(
      {.group = "min_size: 1, max_size: 1",

       .instance = "relative_speed: 1, health_check_cpu: 0s",
       .in_service = "1",
       .resources = "front: {service: {latency: 1ms, program: [{call: alb}]}}",
       .traffic = "visitors: {to: front, rate: {constant: 1/s, arrivals: regular}, latency: 0s, "
                  "demand: {cpu: 4ms}}"}));
  EXPECT_NEAR(bench.mean_latency_s("visitors"), 0.005, 1e-4);
  EXPECT_EQ(bench.answered("visitors", sim::Status::kOk), bench.sent("visitors"));
}

TEST(FleetProgram, LeavesOrphansBehindWhenItsInstanceFails) {
  const FleetBench bench(
      fleet({.group = "min_size: 1, max_size: 1",

             .instance = "relative_speed: 1, health_check_cpu: 0s, program: [{call: slow}, {call: "
                         "after}]",
             .in_service = "1",
             .resources = "slow: {service: 100s}\nafter: {service: 1ms}",
             .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, until: 1s, "
                        "from: 1ms, latency: 0s}",
             .faults = "{at: 30s, kill_instance: {of: fleet}}"}));
  EXPECT_EQ(bench.answered("visitors", sim::Status::kOk), 0);
  EXPECT_EQ(bench.total("/slow/Requests"), bench.sent("visitors"));
  EXPECT_EQ(bench.total("/after/Requests"), 0);
  EXPECT_EQ(bench.report().services.at(1).requests, bench.sent("visitors"));
}

// --- errors

TEST(ProgramChecks, SayWhatIsWrong) {
  EXPECT_THAT(
      refused("[{send: db}]"),
      HasSubstr("to is \"db\", a service, which takes no messages; send to a queue, a topic "
                "or a function, or call it"));
  EXPECT_THAT(refused("[{choose: [{probability: 60%}, {probability: 50%}]}]"),
              HasSubstr("the probabilities up to this branch add up to 110 %"));
  EXPECT_THAT(refused("[{choose: [{do: [{wait: 1s}]}, {probability: 50%}]}]"),
              HasSubstr("a branch before it has no condition and takes every request"));
  EXPECT_THAT(refused("[{parallel: {branches: [[{wait: 1s}]], need: 2}}]"),
              HasSubstr("need is 2, and there are 1 branches"));
  EXPECT_THAT(refused("[{fail: 100%}, {wait: 1s}]"),
              HasSubstr("fail ends the program; nothing that follows is ever done"));
  EXPECT_THAT(refused("[{call: {to: db, ignore_failure: true, if_failed: [{wait: 1s}]}}]"),
              HasSubstr("ignore_failure and if_failed say two things of the same"));
  EXPECT_THAT(refused("[{call: letters}]"),
              HasSubstr("to is \"letters\", a queue, which has no answer to give; send to it"));
  EXPECT_THAT(refused("[{call: nobody}]"), HasSubstr("\"nobody\""));
  EXPECT_THAT(refused("[{walk: 1s}]"), HasSubstr("walk"));
  EXPECT_THAT(refused("[]"), HasSubstr("it must have at least one element"));
  EXPECT_THAT(refused("[{call: it}]"), HasSubstr("requests would go round for ever"));
}

// --- clients of a program

// "it" calls "slow" (100 ms) with two connections: of five, two at a time.
TEST(ProgramClient, WaitsForAConnectionFirstComeFirstServed) {
  ModelBench bench = bench_of("{clients: {slow: {connections: 2}}, steps: [{call: slow}]}");
  for (int i = 0; i < 5; ++i) {
    bench.send_at(i * 1ms, 1, {});
  }
  EXPECT_EQ(bench.transcript(),
            "100ms #1 ok\n101ms #2 ok\n200ms #3 ok\n201ms #4 ok\n300ms #5 ok\n");
}

TEST(ProgramClient, GivesUpWaitingForAConnection) {
  ModelBench bench = bench_of(
      "{clients: {slow: {connections: 1, connection_timeout: 30ms}}, steps: [{call: slow}]}");
  bench.send_at(0ms, 1, {});
  bench.send_at(10ms, 1, {});
  bench.send_at(90ms, 1, {});
  EXPECT_EQ(bench.transcript(), "40ms #2 failed\n100ms #1 ok\n200ms #3 ok\n");
}

// The callee of a call that has timed out works on; the connection is closed, and another one may
// be opened.
TEST(ProgramClient, ATimeOutFreesTheConnection) {
  ModelBench bench =
      bench_of("{clients: {slow: {connections: 1}}, steps: [{call: {to: slow, timeout: 30ms}}]}");
  bench.send_at(0ms, 1, {});
  bench.send_at(10ms, 1, {});
  EXPECT_EQ(bench.transcript(), "30ms #1 failed\n60ms #2 failed\n");
  EXPECT_EQ(bench.total("Requests", "slow"), 2);
}

// Two steps that call the same resource share its pool.
TEST(ProgramClient, IsSharedByAllCallsToAResource) {
  EXPECT_EQ(transcript_of("{clients: {slow: {connections: 1}}, steps: [{parallel: [[{call: slow}], "
                          "[{call: slow}]]}]}"),
            "200ms #1 ok\n");
}

TEST(ProgramClient, ABranchThatIsTakenBackLeavesTheLine) {
  ModelBench bench = bench_of(
      "{clients: {slow: {connections: 1}}, steps: [{parallel: {need: 1, branches: [[{call: slow}], "
      "[{wait: 10ms}]]}}]}");
  bench.send_at(0ms, 1, {});  // its call is abandoned at 10 ms, and the connection is free
  bench.send_at(1ms, 1, {});  // gets it then, and leaves at 11 ms
  bench.send_at(2ms, 1, {});
  EXPECT_EQ(bench.transcript(), "10ms #1 ok\n11ms #2 ok\n12ms #3 ok\n");
  EXPECT_EQ(bench.total("Requests", "slow"), 3);
}

TEST(ProgramClient, R24_1_CallsAgainAfterItsDelay) {
  ModelBench bench = bench_of(
      "{clients: {wrong: {retry: {jitter: none, base_delay: 10ms}}}, steps: [{call: wrong}]}");
  bench.send_at(0ms, 1, {});
  EXPECT_EQ(bench.transcript(), "36ms #1 failed\n");  // 2 + 10 + 2 + 20 + 2
  EXPECT_EQ(bench.total("Requests", "wrong"), 3);
}

// Attempts draw apart: of three that fail with a chance of 0.3 each, all fail in 27 of 1,000.
TEST(ProgramClient, AttemptsDrawApart) {
  ModelBench bench =
      bench_of("{clients: {frail: {retry: {base_delay: 1ms, quota: 0}}}, steps: [{call: frail}]}",
               "  frail: {service: {latency: 1ms, error_probability: 30%}}\n");
  for (int i = 0; i < 100; ++i) {
    bench.send_at(i * 1s, 100, {});
  }
  (void)bench.transcript();
  EXPECT_NEAR(bench.total("Requests", "frail") / 10'000, 1 + 0.3 + 0.09, 0.03);
  EXPECT_NEAR(bench.total("Errors", "it") / 10'000, 0.027, 0.007);
}

TEST(ProgramClient, R24_1_ItsQuotaIsTheProcesss) {
  ModelBench bench = bench_of(
      "{clients: {wrong: {retry: {jitter: none, base_delay: 1ms, quota: 12}}}, steps: [{call: "
      "wrong}]}");
  for (int i = 0; i < 10; ++i) {
    bench.send_at(i * 1s, 1, {});
  }
  (void)bench.transcript();
  EXPECT_EQ(bench.total("Requests", "wrong"), 12);  // two retries of 5 tokens each
}

TEST(ProgramClient, StopsCallingWhileItsCircuitIsOpen) {
  ModelBench bench = bench_of(
      "{clients: {wrong: {circuit_breaker: {sliding_window_size: 4, minimum_number_of_calls: 4, "
      "wait_duration_in_open_state: 10s, permitted_number_of_calls_in_half_open_state: 1}}}, "
      "steps: [{call: {to: wrong, if_failed: [{call: warm}]}}]}");
  for (int i = 0; i < 20; ++i) {
    bench.send_at(i * 1s, 1, {});
  }
  (void)bench.transcript();
  // At 0 to 3 s, and one trial at 13 s or later: the breaker opens at 3.002 s.
  EXPECT_EQ(bench.total("Requests", "wrong"), 5);
  EXPECT_EQ(bench.total("Requests", "warm"), 20);
}

TEST(ProgramClient, TheWayThereAndBackTakesTime) {
  EXPECT_EQ(transcript_of("{clients: {db: {latency: 3ms}}, steps: [{call: db}]}"), "11ms #1 ok\n");
}

TEST(ProgramClient, WaitsForAConnectionNoLongerThanTheDeadlineSays) {
  ModelBench bench =
      bench_of("{honour_deadline: true, clients: {slow: {connections: 1}}, steps: [{call: slow}]}");
  bench.set_deadline_after(50ms);
  bench.send_at(0ms, 1, {});
  bench.send_at(10ms, 1, {});
  EXPECT_EQ(bench.transcript(), "50ms #1 failed\n60ms #2 failed\n");
  EXPECT_EQ(bench.total("Requests", "slow"), 2);
}

TEST(ProgramClient, WhatItSaysMustFitTheProgram) {
  EXPECT_THAT(refused("{clients: {slwo: {connections: 1}}, steps: [{call: slow}]}"),
              HasSubstr("clients has \"slwo\", and no step calls it; did you mean \"slow\"?"));
  EXPECT_THAT(refused("{clients: {slow: {retry: adaptive}}, steps: [{call: slow}]}"),
              HasSubstr("mode adaptive is for traffic; a tier's calls are made at once or not at "
                        "all"));
  EXPECT_THAT(
      refused("{clients: {slow: {retry: {attempt_timeout: 1s}}}, steps: [{call: slow}]}"),
      HasSubstr("attempt_timeout is for traffic; the call has its timeout, and the program its "
                "honour_deadline"));
  EXPECT_THAT(refused("{clients: {slow: {connection_timeout: 1s}}, steps: [{call: slow}]}"),
              HasSubstr("connection_timeout has a meaning with connections only; without a limit "
                        "nobody waits"));
  EXPECT_THAT(refused("{clients: {slow: {circuit_breaker: {sliding_window_size: 10, "
                      "minimum_number_of_calls: 20}}}, steps: [{call: slow}]}"),
              HasSubstr("minimum_number_of_calls is 20, and no more than sliding_window_size, 10, "
                        "are looked at"));
}

// A pool too small for its callee's pace fills the workers that wait for it, while the CPU is idle.
TEST(ProgramClient, APoolThatIsTooSmallIsADecision) {
  const FleetBench bench(fleet(
      {.duration = "10m",
       .group = "min_size: 2, max_size: 2",
       .instance = "program: {clients: {db: {connections: 2}}, steps: [{call: db}]}",
       .resources = "db: {service: 100ms}",
       .traffic = "visitors: {to: alb, rate: {constant: 60/s, arrivals: regular}, until: 9m}"}));
  const auto rows = bench.decided("connection pool");
  ASSERT_FALSE(rows.empty());
  EXPECT_EQ(rows[0].what, "a call to db");
  EXPECT_EQ(rows[0].reason, "all connections are in use");
  EXPECT_GT(rows[0].count, 1000);
  EXPECT_LT(bench.total("/db/Requests") / 540, 41);  // two instances, two connections, 100 ms
}

TEST(Services, service_rate_limit_service_concurrency_WhoIsTurnedAwayIsToldWhy) {
  const FleetBench bench(R"(scenario: turned away
duration: 1m
resources:
  limited: {service: {latency: 1ms, rate_limit: {rate: 10/s, burst: 20}}}
  full: {service: {latency: 1s, concurrency: 1, queue_length: 1}}
  slow: {service: {latency: 10s, concurrency: 1, queue_length: 5, queue_timeout: 2s}}
traffic:
  a: {to: limited, until: 10s, rate: {constant: 40/s, arrivals: regular}}
  b: {to: full, until: 10s, rate: {constant: 4/s, arrivals: regular}}
  c: {to: slow, until: 2s, rate: {constant: 1/s, arrivals: regular}}
)");
  const auto why = [&](const char* service) {
    const auto decided = bench.decided("turn away", service);
    return decided.size() == 1 ? decided[0].line() + decided[0].reason : std::string();
  };
  EXPECT_THAT(why("limited"), ::testing::EndsWith("[blocked service.rate_limit]no token is left"));
  EXPECT_THAT(why("full"), ::testing::EndsWith("[blocked service.concurrency]all places are taken, "
                                               "and no more may wait"));
  EXPECT_THAT(why("slow"), ::testing::EndsWith("[blocked service.concurrency]it has waited for a "
                                               "place for too long"));
  EXPECT_EQ(bench.decided("turn away", "limited")[0].count, bench.total("/limited/Throttles"));
}

}  // namespace
}  // namespace updraft::testing
