// Functions that queues invoke: batches, pollers, failures, throttles.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"
#include "tests/behaviour/lambda_text.h"

namespace updraft::testing {
namespace {

using ::testing::HasSubstr;

struct MappingText {
  std::string queue = "visibility_timeout: 30s";
  std::string mapping = "batch_size: 10";
  std::string function = "timeout: 900s";
  std::string code = "creation: 0s, init: 0s";
  std::string messages;  // "100", or nothing
  std::string demand = "wait: 1s";
  std::string traffic;
  std::string resources;
  std::string rules = "2026-11";
  std::string duration = "10m";
};

std::string mapped(const MappingText& text) {
  return functions(
      {.function = text.function,
       .code = text.code,
       .resources = "  jobs: {queue: {" + text.queue + "}}\n  dead: {queue: {}}\n" +
                    "  map: {event_source_mapping: {event_source: jobs, function_name: api, " +
                    text.mapping + "}}\n" + text.resources,
       .initial = text.messages.empty() ? ""
                                        : "  jobs: {messages: " + text.messages + ", demand: {" +
                                              text.demand + "}}\n",
       .traffic = text.traffic,
       .rules = text.rules,
       .duration = text.duration});
}

double last(const FleetBench& bench, const std::string& metric) {
  return bench.minutes(metric).back();
}

TEST(Mappings, TakeEveryMessageAndDeleteIt) {
  const FleetBench bench(mapped({.messages = "100"}));
  EXPECT_EQ(bench.total("/map/DeletedEventCount"), 100);
  EXPECT_EQ(bench.total("/jobs/NumberOfMessagesDeleted"), 100);
  EXPECT_EQ(bench.total("/api/Invocations"), 10);
  // Ten messages of 1 s in a batch, five batches at a time.
  EXPECT_NEAR(bench.minutes("/api/Duration")[0], 10000, 1);
  EXPECT_EQ(bench.minutes("/api/ConcurrentExecutions_Maximum")[0], 5);
  EXPECT_EQ(last(bench, "/jobs/ApproximateNumberOfMessagesVisible"), 0);
}

TEST(Mappings, LAM_11_R5_3_4_AFailedBatchComesBackAfterTheVisibilityTimeout) {
  const FleetBench bench(mapped({.queue = "visibility_timeout: 5s",
                                 .mapping = "batch_size: 1",
                                 .code = "creation: 0s, init: 0s, failure_probability: 50%",
                                 .messages = "40",
                                 .demand = "wait: 0s",
                                 .duration = "5m"}));
  EXPECT_EQ(bench.total("/map/DeletedEventCount"), 40);
  EXPECT_GT(bench.total("/api/Errors"), 10);
  EXPECT_EQ(bench.total("/api/Invocations"), 40 + bench.total("/api/Errors"));
  const auto again = bench.decided("redelivery");
  ASSERT_FALSE(again.empty());
  EXPECT_GE(again[0].at_s, 5);
  EXPECT_LT(again[0].at_s, 5.1);
}

TEST(Mappings, LAM_12_R5_3_4_WhatAlwaysFailsEndsInTheQueuesDeadLetterQueue) {
  const FleetBench bench(
      mapped({.queue = "visibility_timeout: 5s, redrive_policy: {dead_letter_target: dead, "
                       "max_receive_count: 2}",
              .mapping = "batch_size: 1",
              .code = "creation: 0s, init: 0s, failure_probability: 100%",
              .messages = "1"}));
  EXPECT_EQ(bench.total("/api/Invocations"), 2);
  EXPECT_EQ(last(bench, "/dead/ApproximateNumberOfMessagesVisible"), 1);
}

TEST(Mappings, LAM_14_R5_3_4_PartialFailuresKeepTheRest) {
  const auto run = [](const std::string& reports) {
    return FleetBench(mapped({.queue = "visibility_timeout: 60s",
                              .mapping = "batch_size: 10, message_failure_probability: 10%, "
                                         "report_batch_item_failures: " +
                                         reports,
                              .messages = "1000",
                              .demand = "wait: 0s",
                              .duration = "3h"}));
  };
  const FleetBench whole = run("false");
  const FleetBench parts = run("true");
  EXPECT_EQ(whole.total("/map/DeletedEventCount"), 1000);
  EXPECT_EQ(parts.total("/map/DeletedEventCount"), 1000);
  EXPECT_EQ(parts.total("/api/Errors"), 0);
  EXPECT_GT(whole.total("/api/Errors"), 0);
  // One in ten is received again; without reports, two batches of three fail.
  EXPECT_NEAR(parts.total("/map/PolledEventCount"), 1111, 40);
  EXPECT_GT(whole.total("/map/PolledEventCount"), 2000);
}

TEST(Mappings, LAM_15_R5_3_6_OneGroupIsWorkedOnInOneEnvironmentOneAfterTheOther) {
  const FleetBench bench(
      mapped({.queue = "fifo_queue: true, visibility_timeout: 60s",
              .mapping = "batch_size: 1",
              .traffic = "  m: {to: jobs, until: 1s, rate: {constant: 5/s, arrivals: regular}, "
                         "demand: {wait: 5s}, message_groups: 1}\n",
              .duration = "2m"}));
  EXPECT_EQ(bench.total("/api/Invocations"), 5);
  EXPECT_EQ(bench.total("/api/ColdStarts"), 1);
  EXPECT_EQ(bench.minutes("/api/ConcurrentExecutions_Maximum")[0], 1);
  EXPECT_NEAR(bench.minutes("/api/ConcurrentExecutions")[0] * 60, 25, 0.01);
}

TEST(Mappings, R5_3_6_GroupsAndMaximumConcurrencyLimitAFifoQueue) {
  const auto concurrency = [](const std::string& groups, const std::string& mapping) {
    const FleetBench bench(mapped(
        {.queue = "fifo_queue: true, visibility_timeout: 10m",
         .mapping = "batch_size: 1" + mapping,
         .traffic =
             "  m: {to: jobs, rate: 20/s, demand: {wait: 2s}, message_groups: " + groups + "}\n"}));
    return bench.minutes("/api/ConcurrentExecutions_Maximum")[5];
  };
  EXPECT_EQ(concurrency("8", ""), 8);
  EXPECT_EQ(concurrency("8", ", maximum_concurrency: 3"), 3);
}

// What may run at a time in each minute, with a backlog and a function that never ends in time.
std::vector<double> growth(const std::string& rules, const std::string& mapping) {
  const FleetBench bench(
      mapped({.queue = "visibility_timeout: 12h",
              .mapping = "batch_size: 1" + mapping,
              .messages = "100000",
              .demand = "wait: 890s",
              .resources = "  account: {lambda_account: {concurrent_executions: 9000}}\n",
              .rules = rules}));
  std::vector<double> running;
  for (std::size_t i = 0; i < 7; ++i) {
    running.push_back(bench.minutes("/api/ConcurrentExecutions_Maximum")[i]);
  }
  return running;
}

TEST(Mappings, LAM_17_R5_3_1_PollersGrowByTheRulesEdition) {
  using ::testing::ElementsAre;
  EXPECT_THAT(growth("2026-11", ""), ElementsAre(5, 305, 605, 905, 1205, 1250, 1250));
  EXPECT_THAT(growth("2023-06", ""), ElementsAre(5, 65, 125, 185, 245, 305, 365));
}

TEST(Mappings, LAM_17_R5_3_2_MaximumConcurrencyAndProvisionedPollers) {
  using ::testing::ElementsAre;
  EXPECT_THAT(growth("2026-11", ", maximum_concurrency: 50"),
              ElementsAre(5, 50, 50, 50, 50, 50, 50));
  EXPECT_THAT(growth("2026-11", ", provisioned_poller_config: {maximum_pollers: 150}"),
              ElementsAre(20, 1020, 1500, 1500, 1500, 1500, 1500));
}

TEST(Mappings, LAM_17_R5_3_1_FallBackWhenItIsQuiet) {
  const FleetBench bench(mapped({.queue = "visibility_timeout: 15m",
                                 .mapping = "batch_size: 1",
                                 .messages = "2000",
                                 .demand = "wait: 30s",
                                 .duration = "20m"}));
  EXPECT_GT(bench.minutes("/map/BatchesAllowed")[2], 300);
  EXPECT_EQ(last(bench, "/map/BatchesAllowed"), 2);
  EXPECT_THAT(bench.decisions("pollers"), HasSubstr("map: 5 batches at a time"));
}

TEST(Mappings, LAM_19_R5_3_3_LittleTrafficWaitsTwentySeconds) {
  const FleetBench bench(mapped({.mapping = "batch_size: 10, maximum_batching_window: 2s",
                                 .traffic = at_seconds("m", {30}, "0s", "jobs"),
                                 .duration = "2m"}));
  EXPECT_NEAR(bench.minutes("/map/MessageAge")[0], 20, 0.01);
  const FleetBench without(
      mapped({.traffic = at_seconds("m", {30}, "0s", "jobs"), .duration = "2m"}));
  EXPECT_NEAR(without.minutes("/map/MessageAge")[0], 0, 0.01);
}

TEST(Mappings, R5_3_3_AWindowGathersLargeBatches) {
  const FleetBench bench(
      mapped({.mapping = "batch_size: 1000, maximum_batching_window: 10s, maximum_concurrency: 2",
              .traffic = "  m: {to: jobs, rate: 20/s}\n"}));
  const double size = bench.total("/map/InvokedEventCount") / bench.total("/api/Invocations");
  EXPECT_GT(size, 90);  // two pollers share 20 messages a second for 10 s
  EXPECT_LT(size, 110);
}

// SQS-triggered traffic beyond the reserved concurrency: receives are used up without a single
// failure of the function.
TEST(Mappings, R5_3_5_ThrottlesUseUpReceives) {
  const FleetBench bench(
      mapped({.queue = "visibility_timeout: 30s, redrive_policy: {dead_letter_target: dead, "
                       "max_receive_count: 3}",
              .mapping = "batch_size: 1",
              .function = "timeout: 60s, reserved_concurrent_executions: 1",
              .messages = "200",
              .demand = "wait: 20s",
              .duration = "30m"}));
  EXPECT_EQ(bench.total("/api/Errors"), 0);
  EXPECT_GT(bench.total("/api/Throttles"), 100);
  EXPECT_EQ(bench.total("/map/ThrottledBatches"), bench.total("/api/Throttles"));
  EXPECT_GT(last(bench, "/dead/ApproximateNumberOfMessagesVisible"), 100);
  EXPECT_THAT(bench.decisions("batch"), HasSubstr("R5.3.5]"));
  // With maximum_concurrency there is nothing to throttle, as it is not below what is reserved.
  const FleetBench limited(
      mapped({.queue = "visibility_timeout: 6m, redrive_policy: {dead_letter_target: dead, "
                       "max_receive_count: 3}",
              .mapping = "batch_size: 1, maximum_concurrency: 2",
              .function = "timeout: 60s, reserved_concurrent_executions: 2",
              .messages = "200",
              .demand = "wait: 20s",
              .duration = "40m"}));
  EXPECT_EQ(limited.total("/api/Throttles"), 0);
  EXPECT_EQ(limited.total("/map/ThrottledBatches"), 0);
  EXPECT_EQ(limited.total("/map/DeletedEventCount"), 200);
}

TEST(Mappings, WhatIsReceivedIsDeletedOrStays) {
  const FleetBench bench(
      mapped({.queue = "visibility_timeout: 20s, redrive_policy: {dead_letter_target: dead, "
                       "max_receive_count: 2}",
              .mapping = "batch_size: 5, message_failure_probability: 20%, "
                         "report_batch_item_failures: true",
              .function = "timeout: 60s, reserved_concurrent_executions: 10",
              .traffic = "  m: {to: jobs, rate: 10/s, demand: {wait: {exponential: 500ms}}}\n",
              .duration = "1h"}));
  EXPECT_EQ(bench.sent("m"), bench.total("/map/DeletedEventCount") +
                                 last(bench, "/dead/ApproximateNumberOfMessagesVisible") +
                                 last(bench, "/jobs/ApproximateNumberOfMessagesVisible") +
                                 last(bench, "/jobs/ApproximateNumberOfMessagesNotVisible"));
  EXPECT_EQ(bench.total("/map/PolledEventCount"), bench.total("/jobs/NumberOfMessagesReceived"));
  ASSERT_EQ(bench.report().work.size(), 1);
  EXPECT_GT(bench.report().work[0].again, 0);
}

TEST(Mappings, TheLoaderRefusesWhatAwsRefuses) {
  const auto refused = [](const std::string& mapping, const std::string& text) {
    EXPECT_THAT([&] { FleetBench(mapped({.mapping = mapping})); },
                ::testing::ThrowsMessage<std::exception>(HasSubstr(text)));
  };
  refused("batch_size: 11",
          "batch_size is 11; more than 10 need a maximum_batching_window of at least 1 s");
  refused("maximum_concurrency: 5, provisioned_poller_config: {}", "exclude each other");
  refused("provisioned_poller_config: {minimum_pollers: 5, maximum_pollers: 3}",
          "minimum_pollers is 5; it must not be above maximum_pollers, 3");
}

}  // namespace
}  // namespace updraft::testing
