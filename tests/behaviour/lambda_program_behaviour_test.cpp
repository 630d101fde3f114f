// Functions whose handlers run programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenario/diagnostic.h"
#include "tests/behaviour/fleet_bench.h"
#include "tests/behaviour/lambda_text.h"

namespace updraft::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kServices = R"(  db: {service: 200ms}
  log: {service: 1ms}
  letters: {queue: {}}
)";

TEST(FunctionPrograms, R5_6_1_ComputeAtTheSpeedThatTheMemoryBuysAndWaitAtAnother) {
  const std::string traffic = at_seconds("r", {1, 60}, "0s");
  const std::string code =
      "creation: 0s, init: 0s, program: [{compute: 100ms}, {wait: 50ms}, {call: db}]";
  const FleetBench whole(functions({.code = code, .resources = kServices, .traffic = traffic}));
  EXPECT_NEAR(whole.max_latency_s("r1"), 0.35, 0.001);
  std::string text = functions({.code = code, .resources = kServices, .traffic = traffic});
  text.replace(text.find("memory_size: 1769"), 17, "memory_size: 885 ");
  const FleetBench half(text);
  EXPECT_NEAR(half.max_latency_s("r1"), 0.45, 0.001);
}

TEST(FunctionPrograms, R5_6_1_AreBrokenOffAtTheTimeoutAndWhatTheyCalledGoesOn) {
  const FleetBench bench(
      functions({.function = "timeout: 1s",
                 .code = "creation: 0s, init: 0s, program: [{call: slow}, {call: log}]",
                 .resources = std::string(kServices) + "  slow: {service: 5s}\n",
                 .traffic = at_seconds("r", {1, 60}, "0s")}));
  EXPECT_NEAR(bench.max_latency_s("r1"), 1, 0.001);
  EXPECT_EQ(bench.answered("r1", sim::Status::kFailed), 1);
  EXPECT_EQ(bench.total("/slow/Requests"), 2);
  EXPECT_EQ(bench.total("/slow/Errors"), 0);  // it came to its end
  EXPECT_EQ(bench.total("/log/Requests"), 0);
  EXPECT_EQ(bench.total("/api/Errors"), 2);
  EXPECT_THAT(bench.decisions("time-out"), HasSubstr("break off an invocation"));
}

TEST(FunctionPrograms, FailWhenTheirProgramFails) {
  const FleetBench bench(
      functions({.code = "creation: 0s, init: 0s, program: [{call: wrong}]",
                 .resources = "  wrong: {service: {latency: 1ms, error_probability: 100%}}\n",
                 .traffic = "  a: {to: api, rate: {constant: 1/s, arrivals: regular}}\n"}));
  EXPECT_EQ(bench.answered("a", sim::Status::kFailed), bench.sent("a"));
  EXPECT_EQ(bench.total("/api/Errors"), static_cast<double>(bench.sent("a")));
}

TEST(FunctionPrograms, HoldTheirEnvironmentWhileTheyWaitForOthers) {
  // Ten a second for 200 ms each: two at a time.
  const FleetBench bench(
      functions({.code = "creation: 0s, init: 0s, program: [{call: db}]",
                 .resources = kServices,
                 .traffic = "  a: {to: api, rate: {constant: 10/s, arrivals: regular}}\n"}));
  EXPECT_EQ(bench.minutes("/api/Environments")[5], 2);
  EXPECT_EQ(bench.answered("a", sim::Status::kOk) + 2, bench.sent("a"));  // two are under way
}

TEST(FunctionPrograms, Lambda_recursion_ALoopThroughAQueueIsStopped) {
  const FleetBench bench(functions(
      {.function = "timeout: 20s",
       .code = "creation: 0s, init: 0s, program: [{send: letters}]",
       .resources =
           "  letters: {queue: {}}\n"
           "  again: {event_source_mapping: {event_source: letters, function_name: api}}\n",
       .traffic = at_seconds("r", {1}, "0s")}));
  const double sent = bench.total("/letters/NumberOfMessagesSent");
  EXPECT_GE(sent, 15);
  EXPECT_LE(sent, 17);
}

TEST(FunctionPrograms, SendOneMessageForEachMessageOfTheirBatch) {
  const FleetBench bench(functions(
      {.function = "timeout: 20s",
       .code = "creation: 0s, init: 0s, program: [{send: letters}]",
       .resources =
           "  orders: {queue: {}}\n"
           "  letters: {queue: {}}\n"
           "  from-orders: {event_source_mapping: {event_source: orders, function_name: api, "
           "batch_size: 10, maximum_batching_window: 5s}}\n",
       .traffic = "  a: {to: orders, rate: {constant: 1/s, arrivals: regular}, until: 9m}\n"}));
  EXPECT_EQ(bench.total("/letters/NumberOfMessagesSent"), static_cast<double>(bench.sent("a")));
  EXPECT_LT(bench.total("/api/Invocations"),
            static_cast<double>(bench.sent("a")) * 0.6);  // five pollers share them
}

TEST(FunctionPrograms, InvokeWithEachMessageOfTheirBatchAsAnEvent) {
  // The events outlive the batch that they came with, and what they ask for is still known then.
  const FleetBench bench(functions(
      {.function = "timeout: 20s",
       .code = "creation: 0s, init: 0s, program: [{call: later}]",
       .resources =
           "  orders: {queue: {}}\n"
           "  done: {queue: {}}\n"
           "  later: {function: {memory_size: 1769, invocation_type: Event, code: {creation: 0s, "
           "init: 0s}, event_invoke_config: {on_success: done}}}\n"
           "  from-orders: {event_source_mapping: {event_source: orders, function_name: api, "
           "batch_size: 10, maximum_batching_window: 5s}}\n"
           "  from-done: {event_source_mapping: {event_source: done, function_name: api}}\n",
       .traffic = "  a: {to: orders, rate: {constant: 1/s, arrivals: regular}, until: 1m, demand: "
                  "{wait: 1s}}\n",
       .duration = "1h"}));
  // Each order comes round until it has passed through 16 functions.
  EXPECT_GE(bench.total("/later/Invocations"), 8 * static_cast<double>(bench.sent("a")));
  EXPECT_LE(bench.total("/later/Invocations"), 17 * static_cast<double>(bench.sent("a")));
}

TEST(FunctionPrograms, SayWhatHasNoMeaningBesideThem) {
  try {
    const FleetBench bench(functions({.code = "duration: 1s, program: [{wait: 1s}]"}));
    FAIL() << "it loads";
  } catch (const sim::ScenarioError& error) {
    EXPECT_THAT(error.what(), HasSubstr("code.duration has no meaning beside a program, which says "
                                        "what is done"));
  }
}

}  // namespace
}  // namespace updraft::testing
