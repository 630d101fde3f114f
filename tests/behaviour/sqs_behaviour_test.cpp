// Queues and the instances that poll them, through the real loader, registry and engine.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

// One m7g.large of speed 1 that polls without latency; 1,000 messages wait, or traffic sends some.
struct QueueText {
  std::string queue = "visibility_timeout: 60s";
  std::string polls = "threads: 1";
  std::string latency = "0s";
  std::string messages = "0";
  std::string demand = "wait: 1s";
  std::string traffic;
  std::string faults;
  std::string operations;
  std::string duration = "1h";
};

std::string jobs(const QueueText& text) {
  const auto section = [](const char* name, const std::string& lines) {
    return lines.empty() ? std::string() : fmt::format("{}:\n{}", name, lines);
  };
  return fmt::format(R"(scenario: jobs
duration: {}
resources:
  jobs:
    queue: {{receive_message_wait_time_seconds: 20s, {}}}
  dead: {{queue: {{message_retention_period: 14d}}}}
  hands:
    auto_scaling_group:
      min_size: 1
      max_size: 1
      availability_zones: [a]
      launch_template:
        instance_type: m7g.large
        relative_speed: 1
        pending: 0s
        boot: 10s
        polls: {{queue: jobs, request_latency: {}, {}}}
initial:
  hands: {{in_service: 1}}
  jobs: {{messages: {}, demand: {{{}}}}}
{}{}{})",
                     text.duration, text.queue, text.latency, text.polls, text.messages,
                     text.demand, section("traffic", text.traffic),
                     section("operations", text.operations), section("faults", text.faults));
}

double last(const FleetBench& bench, const std::string& metric) {
  return bench.minutes(metric).back();
}

TEST(Workers, WorkOnEveryMessageAndDeleteIt) {
  const FleetBench bench(jobs({.messages = "100"}));
  EXPECT_EQ(bench.total("/hands/launch_template/MessagesProcessed"), 100);
  EXPECT_EQ(bench.total("/hands/launch_template/MessagesWorkedOnAgain"), 0);
  EXPECT_EQ(bench.total("/jobs/NumberOfMessagesDeleted"), 100);
  EXPECT_EQ(bench.minutes("/jobs/ApproximateNumberOfMessagesVisible")[0], 39);  // 60 done, 1 held
}

TEST(Workers, R4_2_2_TooShortAVisibilityTimeoutHasMessagesWorkedOnTwice) {
  const FleetBench bench(jobs({.queue = "visibility_timeout: 5s",
                               .polls = "threads: 2",
                               .messages = "1",
                               .demand = "wait: 8s"}));
  EXPECT_EQ(bench.total("/hands/launch_template/MessagesWorkedOnAgain"), 1);
  EXPECT_EQ(bench.total("/jobs/NumberOfMessagesReceived"), 2);
  EXPECT_EQ(bench.total("/jobs/NumberOfMessagesDeleted"), 1);
  EXPECT_THAT(bench.decisions("redelivery"), ::testing::HasSubstr("hand out a message again"));
}

TEST(Workers, R4_2_3_AHeartbeatKeepsTheMessageToItself) {
  const FleetBench bench(jobs({.queue = "visibility_timeout: 5s",
                               .polls = "threads: 2, heartbeat: 3s",
                               .messages = "1",
                               .demand = "wait: 8s"}));
  EXPECT_EQ(bench.total("/hands/launch_template/MessagesWorkedOnAgain"), 0);
  EXPECT_EQ(bench.total("/jobs/NumberOfMessagesReceived"), 1);
}

TEST(Workers, R4_3_1_R4_6_2_WhatAlwaysFailsEndsInTheDeadLetterQueue) {
  const FleetBench bench(
      jobs({.queue = "visibility_timeout: 60s, redrive_policy: {dead_letter_target: dead, "
                     "max_receive_count: 3}",
            .polls = "failure_probability: 100%",
            .messages = "10"}));
  EXPECT_EQ(last(bench, "/dead/ApproximateNumberOfMessagesVisible"), 10);
  EXPECT_EQ(bench.total("/dead/NumberOfMessagesSent"), 0);
  EXPECT_EQ(bench.total("/jobs/NumberOfMessagesReceived"), 30);
  EXPECT_EQ(bench.total("/hands/launch_template/MessagesFailed"), 30);
}

TEST(Workers, AReleasedMessageComesBackAtOnce) {
  const FleetBench leaves(jobs({.polls = "failure_probability: 50%", .messages = "20"}));
  const FleetBench releases(
      jobs({.polls = "failure_probability: 50%, on_failure: release", .messages = "20"}));
  EXPECT_EQ(leaves.total("/jobs/NumberOfMessagesDeleted"), 20);
  EXPECT_EQ(releases.total("/jobs/NumberOfMessagesDeleted"), 20);
  // The same draws of failures, so the same receives.
  EXPECT_EQ(leaves.total("/jobs/NumberOfMessagesReceived"),
            releases.total("/jobs/NumberOfMessagesReceived"));
  EXPECT_GT(leaves.minutes("/jobs/NumberOfMessagesDeleted")[1], 0);
  EXPECT_EQ(releases.total("/jobs/NumberOfMessagesDeleted"),
            releases.minutes("/jobs/NumberOfMessagesDeleted")[0]);
}

TEST(Workers, ACrashInTheMiddleLosesNothing) {
  const FleetBench bench(jobs({.queue = "visibility_timeout: 5m",
                               .polls = "threads: 3",
                               .messages = "9",
                               .demand = "wait: 90s",
                               .faults = "  - {at: 100s, kill_instance: {of: hands}}\n"}));
  EXPECT_EQ(bench.total("/jobs/NumberOfMessagesDeleted"), 9);
  // Three were in the works at 100 s, received at 90 s: back at 390 s.
  EXPECT_EQ(bench.total("/hands/launch_template/MessagesWorkedOnAgain"), 3);
  // At 2 min they are still hidden, and the new instance has three others.
  EXPECT_EQ(bench.minutes("/jobs/ApproximateNumberOfMessagesNotVisible")[1], 6);
  EXPECT_EQ(bench.total("/jobs/MessagesReturned"), 3);
  EXPECT_EQ(bench.minutes("/jobs/MessagesReturned")[6], 3);
}

TEST(Workers, ThreadsAndThoseThatAreBusyAreCounted) {
  const FleetBench bench(jobs({.queue = "visibility_timeout: 5m",
                               .polls = "threads: 3",
                               .messages = "4",
                               .demand = "wait: 90s"}));
  const auto threads = bench.minutes("/hands/launch_template/WorkerThreads");
  const auto busy = bench.minutes("/hands/launch_template/WorkerThreadsBusy");
  EXPECT_EQ(threads[1], 3);
  EXPECT_EQ(busy[0], 3);          // all from the start
  EXPECT_NEAR(busy[1], 2, 0.01);  // half a minute of three, then one of them goes on
  EXPECT_EQ(busy[2], 1);
  EXPECT_EQ(last(bench, "/hands/launch_template/WorkerThreadsBusy"), 0);
}

TEST(Workers, AgesAreToldBySenderWhereThereIsMoreThanOne) {
  const FleetBench one(jobs({.messages = "4"}));
  EXPECT_TRUE(one.report().work[0].by_source.empty());
  const FleetBench two(
      jobs({.messages = "4", .traffic = "  late: {to: jobs, rate: 0.1/s, demand: {wait: 2s}}\n"}));
  const sim::WorkReport& work = two.report().work[0];
  ASSERT_EQ(work.by_source.size(), 2);
  EXPECT_EQ(work.by_source[0].name, "jobs");
  EXPECT_EQ(work.by_source[0].age.count(), 4);
  EXPECT_EQ(work.by_source[1].name, "traffic/late");
  EXPECT_EQ(work.by_source[1].age.count() + 4, work.age.count());
  EXPECT_GE(work.by_source[1].age.min(), sim::to_ns(std::chrono::seconds{2}));
}

TEST(Workers, ALostZoneStopsThemAndTheyBeginAgain) {
  const FleetBench bench(jobs({.queue = "visibility_timeout: 2m",
                               .messages = "200",
                               .faults = "  - {at: 1m, for: 10m, lose_availability_zone: a}\n"}));
  EXPECT_EQ(bench.total("/jobs/NumberOfMessagesDeleted"), 200);
  EXPECT_EQ(bench.minutes("/jobs/NumberOfMessagesDeleted")[5], 0);
}

TEST(Workers, SQS_42_OneConnectionMakesFiftyRequestsASecond) {
  // Receive and delete take 20 ms each: 25 messages a second of a thread, twice as many of two.
  const auto rate = [](const std::string& threads) {
    const FleetBench bench(jobs({.polls = "threads: " + threads,
                                 .latency = "20ms",
                                 .messages = "100000",
                                 .demand = "wait: 0s",
                                 .duration = "2m"}));
    return bench.minutes("/jobs/NumberOfMessagesDeleted")[1] / 60;
  };
  EXPECT_NEAR(rate("1"), 25, 0.05);
  EXPECT_NEAR(rate("2"), 50, 0.1);
}

TEST(Workers, SentIsDeletedExpiredMovedOrStillThere) {
  const FleetBench bench(
      jobs({.queue = "visibility_timeout: 20s, delay_seconds: 10s, duplicate_probability: 5%, "
                     "redrive_policy: {dead_letter_target: dead, max_receive_count: 2}",
            .polls = "threads: 4, max_number_of_messages: 10, failure_probability: 20%",
            .traffic = "  work: {to: jobs, rate: 3/s, demand: {wait: {exponential: 1s}}}\n",
            .faults = "  - {at: 20m, kill_instance: {of: hands}}\n",
            .duration = "2h"}));
  EXPECT_EQ(bench.total("/jobs/NumberOfMessagesSent"), bench.sent("work"));
  EXPECT_EQ(bench.sent("work"), bench.total("/jobs/NumberOfMessagesDeleted") +
                                    last(bench, "/dead/ApproximateNumberOfMessagesVisible") +
                                    last(bench, "/jobs/ApproximateNumberOfMessagesVisible") +
                                    last(bench, "/jobs/ApproximateNumberOfMessagesNotVisible") +
                                    last(bench, "/jobs/ApproximateNumberOfMessagesDelayed"));
  EXPECT_GT(last(bench, "/dead/ApproximateNumberOfMessagesVisible"), 100);
}

TEST(Workers, R4_3_4_ADeadLetterQueueIsRedriven) {
  const FleetBench bench(
      jobs({.queue = "visibility_timeout: 30s, redrive_policy: {dead_letter_target: dead, "
                     "max_receive_count: 1}",
            .polls = "failure_probability: 50%",
            .messages = "40",
            .operations = "  - {at: 30m, dead: {start_message_move_task: jobs}}\n"}));
  EXPECT_THAT(bench.decisions("move task"), ::testing::HasSubstr("move messages to jobs"));
  EXPECT_GT(bench.total("/dead/NumberOfEmptyReceives") + bench.total("/jobs/NumberOfMessagesSent"),
            0);
  EXPECT_LT(last(bench, "/dead/ApproximateNumberOfMessagesVisible"), 20);
}

// c threads whose work takes an exponential time are M/M/c: 3 servers, 2.25 erlang.
TEST(Workers, WorkersOnAQueueAreMMc) {
  const FleetBench bench(
      jobs({.queue = "visibility_timeout: 12h",
            .polls = "threads: 3",
            .traffic = "  work: {to: jobs, rate: 1.125/s, demand: {wait: {exponential: 2s}}}\n",
            .duration = "3d"}));
  double sum = 0;
  double count = 0;
  const std::vector<double> age = bench.minutes("/hands/launch_template/MessageAge");
  const std::vector<double> done = bench.minutes("/hands/launch_template/MessagesProcessed");
  for (std::size_t i = 0; i < age.size(); ++i) {
    if (done[i] > 0) {
      sum += age[i] * done[i];
      count += done[i];
    }
  }
  // Erlang C of 3 servers and 2.25 erlang, over c mu - lambda.
  const double a = 2.25;
  const double top = a * a * a / 6 * 3 / (3 - a);
  const double erlang_c = top / (1 + a + a * a / 2 + top);
  const double expected = 2 + erlang_c / (1.5 - 1.125);
  EXPECT_NEAR(sum / count, expected, 0.03 * expected);
}

// Two groups, one with nearly all of the messages: a FIFO queue works on one of each at a time.
TEST(Queues, R4_4_1_OneGroupBlocksItself) {
  const auto rate = [](const std::string& groups) {
    const FleetBench bench(jobs(
        {.queue = "fifo_queue: true, visibility_timeout: 60s",
         .polls = "threads: 10",
         .traffic =
             "  work: {to: jobs, rate: 20/s, demand: {wait: 1s}, message_groups: " + groups + "}\n",
         .duration = "10m"}));
    return bench.total("/jobs/NumberOfMessagesDeleted") / 600;
  };
  EXPECT_NEAR(rate("1"), 1, 0.02);
  EXPECT_NEAR(rate("5"), 5, 0.1);
  EXPECT_NEAR(rate("1000"), 10, 0.2);
  EXPECT_LT(rate("{count: 1000, skew: 3}"), 4);
}

TEST(Queues, SQS_27_LoaderRefusesWhatAQueueCannotBe) {
  EXPECT_THAT([] { FleetBench(jobs({.queue = "fifo_window: 10"})); },
              ::testing::ThrowsMessage<std::exception>(
                  ::testing::HasSubstr("fifo_window is for FIFO queues only")));
  EXPECT_THAT(
      [] {
        FleetBench(jobs({.queue = "fifo_queue: true, redrive_policy: {dead_letter_target: dead}"}));
      },
      ::testing::ThrowsMessage<std::exception>(::testing::HasSubstr(
          "dead_letter_target is \"dead\", a standard queue; this is a FIFO queue")));
  EXPECT_THAT([] { FleetBench(jobs({.queue = "redrive_policy: {dead_letter_target: jobs}"})); },
              ::testing::ThrowsMessage<std::exception>(
                  ::testing::HasSubstr("dead_letter_target is the queue itself")));
}

// The answer takes longer than the client waits: each message is sent twice and more, with the same
// content.
TEST(Queues, R4_4_3_ARetriedSendIsAddedOnce) {
  const auto sent_again = [](const std::string& queue) {
    return FleetBench(
        jobs({.queue = queue,
              .traffic =
                  "  a: {to: jobs, rate: {constant: 1/s, arrivals: regular}, until: 100s, latency: "
                  "300ms, message_groups: {count: 10}, demand: {wait: 10ms}, retry: {mode: legacy, "
                  "max_attempts: 3, base_delay: 100ms, attempt_timeout: 500ms}}\n"}));
  };
  const FleetBench once = sent_again("fifo_queue: true, content_based_deduplication: true");
  const sim::QueueReport& report = once.report().queues.at(1);
  ASSERT_EQ(report.name, "jobs");
  EXPECT_EQ(report.entered, 100U);
  EXPECT_EQ(report.deduplicated, 200U);
  EXPECT_EQ(once.total("/hands/launch_template/MessagesProcessed"), 100);
  // A standard queue knows no duplicates.
  EXPECT_EQ(sent_again("visibility_timeout: 60s").report().queues.at(1).entered, 300U);
}

// AWS's example (R2.6.7): 10 s are acceptable and a message takes 0.1 s, so 100 may wait for each
// instance; 1,500 wait for ten, and five more are launched.
TEST(Backlog, R2_6_10_AGroupFollowsTheBacklogOfEachInstance) {
  const FleetBench bench(R"(scenario: backlog
duration: 10m
resources:
  jobs: {queue: {visibility_timeout: 1h, receive_message_wait_time_seconds: 20s}}
  hands:
    auto_scaling_group:
      min_size: 10
      max_size: 30
      availability_zones: [a]
      default_instance_warmup: 5m
      launch_template: {instance_type: m7g.large, monitoring: detailed, polls: jobs}
      scaling_policies:
        backlog:
          target_tracking:
            target_value: 100
            metrics:
              - {id: waiting, metric: ApproximateNumberOfMessagesVisible, resource: jobs, stat: Average, period: 60s}
              - {id: instances, metric: GroupInServiceInstances, stat: Average, period: 60s}
              - {id: backlog, expression: waiting / instances, return_data: true}
initial:
  hands: {in_service: 10}
  jobs: {messages: 1510, demand: {wait: 1h}}
)");
  EXPECT_EQ(bench.minutes("/hands/GroupDesiredCapacity").at(6), 15);
  const auto steps = bench.decided("policy");
  ASSERT_FALSE(steps.empty());
  EXPECT_LT(steps[0].at_s, 300);
}

// Two instances with four threads each, messages of five minutes; at ten past one of them goes.
FleetBench scaled_in(const std::string& hook, const std::string& polls = "") {
  return FleetBench(fmt::format(R"(scenario: scaled in
duration: 1h
resources:
  jobs: {{queue: {{visibility_timeout: 10m, receive_message_wait_time_seconds: 20s}}}}
  hands:
    auto_scaling_group:
      min_size: 1
      max_size: 2
      availability_zones: [a]
      {}
      launch_template: {{instance_type: m7g.large, polls: {{queue: jobs, threads: 4, request_latency: 0s{}}}}}
initial:
  hands: {{in_service: 2}}
  jobs: {{messages: 40, demand: {{wait: 300s}}}}
operations:
  - {{at: 12m, hands: {{set_desired_capacity: 1}}}}
)",
                                hook, polls));
}

std::string hook_of(const std::string& more) {
  return "lifecycle_hooks: {drains: {lifecycle_transition: "
         "\"autoscaling:EC2_INSTANCE_TERMINATING\", " +
         more + "}}";
}

// What it was working on comes back ten minutes after it was received, and is begun again.
TEST(ScaleIn, WithoutAHookTheWorkInProgressIsLost) {
  const FleetBench bench = scaled_in("");
  EXPECT_EQ(bench.total("/jobs/MessagesReturned"), 4);
  EXPECT_EQ(bench.report().work.at(0).again, 4U);
}

TEST(ScaleIn, R2_11_1_AWorkerThatIsDrainedFinishesWhatItHolds) {
  const FleetBench bench = scaled_in(hook_of("completes_when_drained: true"));
  EXPECT_EQ(bench.total("/jobs/MessagesReturned"), 0);
  EXPECT_EQ(bench.report().work.at(0).again, 0U);
  const auto rows = bench.decided("lifecycle hook");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at_s, 720);
  EXPECT_EQ(rows[1].at_s, 900);  // begun at ten past, they end at a quarter past
  EXPECT_EQ(rows[1].reason, "it was completed");
  // It receives nothing meanwhile: of forty, eight are done every five minutes, and four from then
  // on.
  EXPECT_EQ(bench.report().work.at(0).processed, 3U * 8 + 4U * 4);
}

// Those that are at work are protected; the group has one too many until one of them is idle. The
// queue is empty after five times five minutes.
TEST(ScaleIn, R2_9_5_AWorkerThatProtectsItselfGoesWhenItIsIdle) {
  const FleetBench bench = scaled_in("", ", protects_from_scale_in: true");
  EXPECT_EQ(bench.total("/jobs/MessagesReturned"), 0);
  EXPECT_EQ(bench.report().work.at(0).again, 0U);
  EXPECT_EQ(bench.report().work.at(0).processed, 40U);
  const auto instances = bench.instances();
  ASSERT_EQ(instances.size(), 2U);
  const double ended = std::max(instances[0].ended_s, instances[1].ended_s);
  EXPECT_GE(ended, 1500);
  EXPECT_LT(ended, 1600);
  EXPECT_LT(std::min(instances[0].ended_s, instances[1].ended_s), 0);  // the other one stays
}

// Two messages of one receive: the second one is held too.
TEST(ScaleIn, R2_11_1_TheWholeBatchIsFinished) {
  const FleetBench bench = scaled_in(hook_of("completes_when_drained: true"),
                                     ", max_number_of_messages: 2, heartbeat: 5m");
  EXPECT_EQ(bench.total("/jobs/MessagesReturned"), 0);
  EXPECT_EQ(bench.report().work.at(0).again, 0U);
}

// A hook's time is thirty seconds, and nobody records a heartbeat: the work is lost all the same.
TEST(ScaleIn, R2_11_1_TheTimeOfTheHookEndsTheWork) {
  const FleetBench bench =
      scaled_in(hook_of("completes_when_drained: true, heartbeat_timeout: 30s"));
  EXPECT_EQ(bench.total("/jobs/MessagesReturned"), 4);
  EXPECT_EQ(bench.decided("lifecycle hook").back().at_s, 750);
  const FleetBench beating = scaled_in(
      hook_of("completes_when_drained: true, heartbeat_timeout: 30s, heartbeat_every: 20s"));
  EXPECT_EQ(beating.total("/jobs/MessagesReturned"), 0);
}

TEST(ScaleIn, R2_11_1_AnIdleWorkerCompletesTheHookAtOnce) {
  const FleetBench bench(R"(scenario: idle
duration: 10m
resources:
  jobs: {queue: {receive_message_wait_time_seconds: 20s}}
  hands:
    auto_scaling_group:
      min_size: 1
      max_size: 2
      availability_zones: [a]
      lifecycle_hooks: {drains: {lifecycle_transition: "autoscaling:EC2_INSTANCE_TERMINATING", completes_when_drained: true}}
      launch_template: {instance_type: m7g.large, polls: {queue: jobs, threads: 4}}
initial: {hands: {in_service: 2}}
operations:
  - {at: 5m, hands: {set_desired_capacity: 1}}
)");
  const auto rows = bench.decided("lifecycle hook");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].at_s, 300);
  EXPECT_DOUBLE_EQ(bench.minutes("/hands/launch_template/WorkerThreads").back(), 4);
}

TEST(ScaleIn, AHookThatDrainsIsOneOfTerminations) {
  EXPECT_THAT(
      [] {
        scaled_in(
            "lifecycle_hooks: {drains: {lifecycle_transition: "
            "\"autoscaling:EC2_INSTANCE_LAUNCHING\", completes_when_drained: true}}");
      },
      ::testing::ThrowsMessage<std::exception>(
          ::testing::HasSubstr("completes_when_drained belongs to a hook of terminations")));
  EXPECT_THAT([] { scaled_in(hook_of("completes_when_drained: true, completes_after: 1m")); },
              ::testing::ThrowsMessage<std::exception>(::testing::HasSubstr(
                  "completes_when_drained and completes_after exclude one another")));
}

TEST(Queues, R4_7_1_RequestsStandOnTheBill) {
  const FleetBench bench(jobs({.messages = "10"}));
  EXPECT_GT(bench.billed("sqs/standard"), 20);  // receives, deletes and empty long polls
  EXPECT_LT(bench.billed("sqs/standard"), 20 + 3600 / 20 + 2);
}

}  // namespace
}  // namespace updraft::testing
