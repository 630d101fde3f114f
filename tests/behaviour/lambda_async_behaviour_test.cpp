// Asynchronous invocation: retries, ages, dead letters, destinations, loops.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"
#include "tests/behaviour/lambda_text.h"

namespace updraft::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kQueues = "  dead: {queue: {}}\n  done: {queue: {}}\n";

double last(const FleetBench& bench, const std::string& metric) {
  return bench.minutes(metric).back();
}

TEST(Events, LAM_01_R5_2_2_AttemptsAtZeroOneAndThreeMinutes) {
  const FleetBench bench(
      functions({.function = "invocation_type: Event, event_invoke_config: {on_failure: dead}",
                 .code = "creation: 0s, init: 0s, failure_probability: 100%",
                 .resources = kQueues,
                 .traffic = at_seconds("e", {10}, "0s")}));
  // 10 s or a little more, 70 s, 190 s.
  const std::vector<double> invocations = bench.minutes("/api/Invocations");
  EXPECT_EQ(invocations[0], 1);
  EXPECT_EQ(invocations[1], 1);
  EXPECT_TRUE(std::isnan(invocations[2]));
  EXPECT_EQ(invocations[3], 1);
  EXPECT_EQ(bench.total("/api/Invocations"), 3);
  EXPECT_EQ(bench.total("/api/ColdStarts"), 1);  // the same environment
  EXPECT_EQ(bench.answered("e0", sim::Status::kOk), 1);
  const auto given_up = bench.decided("event");
  ASSERT_EQ(given_up.size(), 1);
  EXPECT_THAT(given_up[0].reason, HasSubstr("RetriesExhausted"));
  EXPECT_NEAR(given_up[0].at_s, 190, 1.001);
  EXPECT_EQ(last(bench, "/dead/ApproximateNumberOfMessagesVisible"), 1);
  EXPECT_EQ(bench.total("/api/AsyncEventsDropped"), 1);
}

// Events reach api through the destination of another function, which takes as long.
std::string before(const std::string& function = "") {
  return std::string(kQueues) +
         "  a: {function: {invocation_type: Event, timeout: 900s, code: {creation: 0s, init: 0s}, "
         "event_invoke_config: {on_success: api}" +
         function + "}}\n";
}

TEST(Events, LAM_05_R5_2_2_R5_2_3_ReservedConcurrencyOfOneWithAQueueOfEvents) {
  const FleetBench bench(functions(
      {.function = "reserved_concurrent_executions: 1, timeout: 60s, event_invoke_config: "
                   "{on_success: done}",
       .resources = before(),
       .traffic = at_seconds("A", {1}, "15s", "a") + at_seconds("B", {4}, "15s", "a") +
                  at_seconds("early", {24}, "0s") + at_seconds("late", {29}, "0s"),
       .operations = "  - {at: 28s, api: {put_function_concurrency: 3}}\n"}));
  // api runs A from 16 s to 31 s. B comes at 19 s, is throttled, and tried again 1, 2, 4 and 8 s
  // later, at 34 s.
  EXPECT_EQ(bench.answered("early0", sim::Status::kThrottled), 1);
  EXPECT_EQ(bench.answered("late0", sim::Status::kOk), 1);
  EXPECT_EQ(bench.total("/api/Invocations"), 3);
  EXPECT_EQ(bench.total("/api/Errors"), 0);
  EXPECT_EQ(last(bench, "/done/ApproximateNumberOfMessagesVisible"), 2);
  EXPECT_EQ(bench.total("/api/AsyncEventsReceived"), 2);
}

TEST(Events, LAM_29_R5_2_2_ThrottledForSixHoursAnEventNeverRuns) {
  const FleetBench bench(functions(
      {.function = "reserved_concurrent_executions: 1, timeout: 900s, dead_letter_target: dead",
       .resources = before(),
       .traffic = at_seconds("A", {1}, "0s", "a") +
                  "  busy: {to: api, until: 7h, rate: 5/s, demand: {wait: 890s}}\n",
       .duration = "8h"}));
  const auto given_up = bench.decided("event");
  ASSERT_EQ(given_up.size(), 1);
  EXPECT_THAT(given_up[0].reason, HasSubstr("EventAgeExceeded"));
  EXPECT_NEAR(given_up[0].at_s, 6 * 3600 + 2, 2);
  EXPECT_NE(given_up[0].line(), "");
  EXPECT_EQ(last(bench, "/dead/ApproximateNumberOfMessagesVisible"), 1);
}

TEST(Events, R5_2_2_WithNothingReservedTheyGoToTheDeadLetterQueueAtOnce) {
  const FleetBench bench(functions(
      {.function = "invocation_type: Event, reserved_concurrent_executions: 0, dead_letter_target: "
                   "dead",
       .resources = kQueues,
       .traffic = "  e: {to: api, rate: 1/s, until: 1m}\n"}));
  // Ten requests a second for each unit of nothing: traffic is throttled before it is queued.
  EXPECT_EQ(bench.answered("e", sim::Status::kThrottled), bench.sent("e"));
  const FleetBench by_a_service(
      functions({.function = "reserved_concurrent_executions: 0, dead_letter_target: dead",
                 .resources = before(),
                 .traffic = at_seconds("A", {1}, "0s", "a")}));
  EXPECT_EQ(last(by_a_service, "/dead/ApproximateNumberOfMessagesVisible"), 1);
  EXPECT_THAT(by_a_service.decided("event")[0].reason, HasSubstr("ZeroReservedConcurrency"));
  EXPECT_LT(by_a_service.decided("event")[0].at_s, 3);
}

TEST(Events, R5_2_2_EventsOfSomeSizeAreNotTaken) {
  const auto failed = [](const std::string& rules) {
    const FleetBench bench(
        functions({.function = "invocation_type: Event",
                   .traffic = "  e: {to: api, rate: 1/s, until: 1m, request_size: 300kB}\n",
                   .rules = rules}));
    return bench.answered("e", sim::Status::kFailed);
  };
  EXPECT_EQ(failed("2026-11"), 0);
  EXPECT_GT(failed("2024-11"), 0);
}

TEST(Events, R5_2_1_SynchronousRequestsOfSixMegabytes) {
  const FleetBench bench(
      functions({.traffic = "  e: {to: api, rate: 1/s, until: 1m, request_size: 7MB}\n"}));
  EXPECT_EQ(bench.answered("e", sim::Status::kFailed), bench.sent("e"));
  EXPECT_EQ(bench.total("/api/Invocations"), 0);
}

TEST(Events, R5_2_3_ADeadLetterQueueThatDoesNotTakeThemIsCounted) {
  const FleetBench bench(functions(
      {.function = "invocation_type: Event, dead_letter_target: small, event_invoke_config: "
                   "{maximum_retry_attempts: 0, on_failure: small}",
       .code = "creation: 0s, init: 0s, failure_probability: 100%",
       .resources = "  small: {queue: {maximum_message_size: 1024B}}\n",
       .traffic = "  e: {to: api, rate: 1/s, until: 1m, request_size: 2kB}\n"}));
  EXPECT_EQ(bench.total("/api/DeadLetterErrors"), static_cast<double>(bench.sent("e")));
  EXPECT_EQ(bench.total("/api/DestinationDeliveryFailures"), static_cast<double>(bench.sent("e")));
}

TEST(Events, R5_7_1_TheirAgeIsTheTimeUntilTheyRun) {
  const FleetBench bench(functions({.function = "invocation_type: Event, timeout: 60s",
                                    .code = "creation: 1s, init: 1s, failure_probability: 100%",
                                    .traffic = at_seconds("e", {1}, "0s")}));
  EXPECT_NEAR(bench.minutes("/api/AsyncEventAge")[0], 2000, 1);
  EXPECT_NEAR(bench.minutes("/api/AsyncEventAge")[1], 62000, 1);
}

// Its own destination: a loop.
TEST(Loops, Lambda_recursion_StopAfterSixteenInvocations) {
  const auto invocations = [](const std::string& function) {
    const FleetBench bench(
        functions({.function = "invocation_type: Event, dead_letter_target: dead, "
                               "event_invoke_config: {on_success: api}" +
                               function,
                   .code = "creation: 0s, init: 0s, wait: 1s",
                   .resources = kQueues,
                   .traffic = at_seconds("e", {1}, "0s")}));
    if (function.empty()) {
      EXPECT_EQ(bench.total("/api/RecursiveInvocationsDropped"), 1);
      EXPECT_EQ(last(bench, "/dead/ApproximateNumberOfMessagesVisible"), 1);
      EXPECT_THAT(bench.decided("event")[0].rule, "Lambda.recursion");
    }
    return bench.total("/api/Invocations");
  };
  EXPECT_EQ(invocations(""), 16);
  EXPECT_GT(invocations(", recursive_loop: Allow"), 500);
}

TEST(Loops, Lambda_recursion_ThroughTwoFunctionsCountsBoth) {
  const FleetBench bench(
      functions({.function = "invocation_type: Event, dead_letter_target: dead, "
                             "event_invoke_config: {on_success: other}",
                 .code = "creation: 0s, init: 0s, wait: 1s",
                 .resources = std::string(kQueues) +
                              "  other: {function: {event_invoke_config: {on_success: api}, "
                              "dead_letter_target: dead, code: {wait: 1s}}}\n",
                 .traffic = at_seconds("e", {1}, "0s")}));
  EXPECT_EQ(bench.total("/api/Invocations"), 8);
  EXPECT_EQ(bench.total("/other/Invocations"), 8);
  EXPECT_EQ(last(bench, "/dead/ApproximateNumberOfMessagesVisible"), 1);
}

}  // namespace
}  // namespace updraft::testing
