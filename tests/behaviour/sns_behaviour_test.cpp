// Topics and their subscriptions, through the real loader, registry and engine.
#include <chrono>
#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/registry/registry.h"
#include "models/sns/topic.h"
#include "sim/build/testing/model_bench.h"
#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

// Three queues, a dead-letter queue, a balancer whose only answer is 503, and a topic of these
// parts.
std::string news(const std::string& subscriptions, const std::string& topic = "",
                 const std::string& queues = "") {
  return fmt::format(R"(scenario: news
duration: 2h
resources:
  one: {{queue: {{{2}}}}}
  two: {{queue: {{{2}}}}}
  three: {{queue: {{{2}}}}}
  dead: {{queue: {{{2}}}}}
  web: {{load_balancer: {{availability_zones: [a, b], listeners: [{{port: 80, fixed_response: {{status_code: 503}}}}]}}}}
  news:
    topic:
      retry_jitter: 0%
      subscriptions:
{0}{1}
traffic:
  writers:
    to: news
    rate: 1/s
    until: 1m
    requests:
      - {{headers: {{store: {{value: north}}}}}}
)",
                     subscriptions, topic, queues);
}

double held(const FleetBench& bench, const std::string& queue) {
  return bench.minutes("/" + queue + "/ApproximateNumberOfMessagesVisible").back();
}

TEST(Topics, R7_1_EachSubscriptionGetsACopy) {
  const FleetBench bench(
      news("        a: {protocol: sqs, endpoint: one}\n"
           "        b: {protocol: sqs, endpoint: two}\n"
           "        c: {protocol: sqs, endpoint: three}\n"));
  const auto sent = static_cast<double>(bench.sent("writers"));
  EXPECT_GT(sent, 0);
  EXPECT_EQ(bench.total("/news/NumberOfMessagesPublished"), sent);
  EXPECT_EQ(bench.total("/news/NumberOfNotificationsDelivered"), 3 * sent);
  for (const char* queue : {"one", "two", "three"}) {
    EXPECT_EQ(held(bench, queue), sent);
  }
  EXPECT_EQ(bench.billed("sns/request"), sent);
}

TEST(Topics, R7_3_AFilterKeepsOthersOut) {
  const FleetBench bench(news(
      "        a: {protocol: sqs, endpoint: one, filter_policy: {store: {any_of: [north]}}}\n"
      "        b: {protocol: sqs, endpoint: two, filter_policy: {store: {any_of: [south]}}}\n"));
  const auto sent = static_cast<double>(bench.sent("writers"));
  EXPECT_EQ(held(bench, "one"), sent);
  EXPECT_EQ(bench.total("/news/NumberOfNotificationsFilteredOut"), sent);
  EXPECT_EQ(bench.total("/two/NumberOfMessagesSent"), 0);
}

TEST(Topics, R7_2_AnHttpEndpointThatFailsIsTriedThreeTimesMore) {
  const FleetBench bench(
      news("        a: {protocol: http, endpoint: web, redrive_policy: "
           "{dead_letter_target: dead}}\n"));
  const auto sent = static_cast<double>(bench.sent("writers"));
  EXPECT_EQ(bench.billed("sns/http"), 4 * sent);
  EXPECT_EQ(bench.total("/news/NumberOfNotificationsRedrivenToDlq"), sent);
  EXPECT_EQ(held(bench, "dead"), sent);
  ASSERT_FALSE(bench.decided("delivery").empty());
  EXPECT_THAT(bench.decided("delivery")[0].reason, ::testing::HasSubstr("exhausted"));
  EXPECT_GE(bench.decided("delivery")[0].at_s, 60);
}

TEST(Topics, R7_4_AFifoTopicFillsFifoQueues) {
  const FleetBench bench(news("        a: {protocol: sqs, endpoint: one}\n",
                              "      fifo_topic: true\n", "fifo_queue: true"));
  EXPECT_EQ(held(bench, "one"), static_cast<double>(bench.sent("writers")));
}

// Each message of a program that publishes it twice, into a FIFO topic with three groups.
std::string twice(const std::string& topic) {
  return fmt::format(R"(scenario: twice
duration: 10m
resources:
  writer: {{service: {{latency: 0s, program: [{{send: {{to: news, latency: 0s}}}}, {{wait: 1s}}, {{send: news}}]}}}}
  one: {{queue: {{fifo_queue: true}}}}
  news: {{topic: {{fifo_topic: true, {}subscriptions: {{a: {{protocol: sqs, endpoint: one}}}}}}}}
traffic:
  writers: {{to: writer, rate: {{constant: 1/s, arrivals: regular}}, until: 1m, message_groups: 3}}
)",
                     topic);
}

TEST(Topics, R7_4_AFifoTopicTakesARepeatedMessageWithoutDeliveringIt) {
  const FleetBench bench(twice("content_based_deduplication: true, "));
  const auto sent = static_cast<double>(bench.sent("writers"));
  EXPECT_EQ(bench.total("/news/NumberOfMessagesPublished"), 2 * sent);
  EXPECT_EQ(held(bench, "one"), sent);
  const FleetBench without(twice(""));
  EXPECT_EQ(held(without, "one"), 2 * sent);
}

TEST(Topics, R7_5_PublishesAboveTheQuotaAreThrottled) {
  const FleetBench bench(R"(scenario: quota
duration: 10m
resources:
  one: {queue: {}}
  news: {topic: {publish_quota: 5/s, subscriptions: {a: {protocol: sqs, endpoint: one}}}}
traffic:
  writers: {to: news, rate: {constant: 10/s, arrivals: regular}, until: 1m}
)");
  // A second's worth at the beginning, then five a second.
  EXPECT_NEAR(bench.total("/news/NumberOfMessagesPublished"), 5 + 5 * 60, 2);
  EXPECT_GT(bench.answered("writers", sim::Status::kThrottled), 280);
  EXPECT_THAT(bench.decisions("publish"), ::testing::HasSubstr("R7.5"));
}

TEST(Topics, R7_2_ALimitOfReceivesDelaysWithoutUsingRetries) {
  const FleetBench bench(R"(scenario: slow-reader
duration: 10m
resources:
  web: {service: 1ms}
  news:
    topic:
      subscriptions:
        a: {protocol: http, endpoint: web, delivery_policy: {max_receives_per_second: 1/s}}
traffic:
  writers: {to: news, rate: {constant: 4/s, arrivals: regular}, until: 1m}
)");
  EXPECT_NEAR(bench.minutes("/web/Requests")[1], 60, 1);
  EXPECT_EQ(bench.total("/web/Requests"), static_cast<double>(bench.sent("writers")));
  EXPECT_EQ(bench.billed("sns/http"), static_cast<double>(bench.sent("writers")));
}

TEST(Topics, R7_2_AnHttpEndpointThatIsSilentCountsAsFailed) {
  const FleetBench bench(R"(scenario: silent
duration: 10m
resources:
  web: {service: 60s}
  dead: {queue: {}}
  news:
    topic:
      retry_jitter: 0%
      subscriptions:
        a: {protocol: https, endpoint: web, redrive_policy: {dead_letter_target: dead}}
traffic:
  writers: {to: news, rate: {constant: 1/s, arrivals: regular}, until: 10s}
)");
  // 15 s and 20 s, four times: nobody waits for the answers that come after 60 s.
  EXPECT_EQ(bench.total("/web/Requests"), 4 * static_cast<double>(bench.sent("writers")));
  EXPECT_EQ(held(bench, "dead"), static_cast<double>(bench.sent("writers")));
}

TEST(Topics, CopyToAFunction) {
  const FleetBench bench(R"(scenario: function
duration: 10m
resources:
  reader: {function: {memory_size: 1769}}
  news: {topic: {subscriptions: {a: {protocol: lambda, endpoint: reader}}}}
traffic:
  writers: {to: news, rate: {constant: 1/s, arrivals: regular}, until: 1m, demand: {cpu: 10ms}}
)");
  EXPECT_EQ(bench.total("/reader/Invocations"), static_cast<double>(bench.sent("writers")));
}

// Every copy is somewhere, at any moment, whatever fails.
TEST(TopicProperty, R7_1_NoCopyIsLostOrInvented) {
  for (std::uint32_t history = 0; history < 150; ++history) {
    std::mt19937 random(history);
    const auto number = [&](int low, int high) {
      return std::uniform_int_distribution<>(low, high)(random);
    };
    sim::testing::ModelBench bench(
        register_all_models,
        fmt::format(R"(
  it:
    topic:
      subscriptions:
        a: {{protocol: sqs, endpoint: one}}
        b: {{protocol: sqs, endpoint: two, filter_policy: {{store: [north]}}}}
        c: {{protocol: http, endpoint: web, request_timeout: {}ms, delivery_policy: {{num_retries: {}, min_delay_target: {}s, max_delay_target: {}s}}{}}}
  one: {{queue: {{}}}}
  two: {{queue: {{}}}}
  dead: {{queue: {{}}}}
  web: {{service: {{latency: {{exponential: 100ms}}, error_probability: {}%, concurrency: {}, queue_length: 2}}}}
)",
                    number(50, 500), number(0, 5), number(1, 10), number(10, 60),
                    number(0, 1) == 0 ? ", redrive_policy: {dead_letter_target: dead}" : "",
                    number(0, 100), number(1, 5)));
    int sent = 0;
    for (int i = 0; i < 20; ++i) {
      const int count = number(1, 10);
      sent += count;
      bench.send_at(std::chrono::milliseconds{number(0, 60'000)}, count, {});
    }
    const auto& topic = bench.world().role<sns::Topic>("it");
    for (int minute = 0; minute < 10; ++minute) {
      bench.run_until(std::chrono::milliseconds{minute * 20'000 + number(0, 20'000)});
      const sns::TopicCounts& c = topic.counts();
      ASSERT_EQ(c.copied, 3 * c.published) << history;
      ASSERT_EQ(c.copied, c.filtered + c.delivered + c.dead + c.dropped + c.pending) << history;
      ASSERT_EQ(c.filtered, c.published) << history;
    }
    bench.run_until(std::chrono::minutes{55});
    const sns::TopicCounts& c = topic.counts();
    ASSERT_EQ(c.pending, 0U) << history;
    ASSERT_EQ(c.published, static_cast<std::uint64_t>(sent)) << history;
    ASSERT_EQ(bench.total("NumberOfMessagesSent", "one"), sent) << history;
    ASSERT_EQ(bench.total("NumberOfMessagesSent", "dead"), static_cast<double>(c.dead)) << history;
  }
}

void expect_refused(const std::string& scenario, const std::string& text) {
  EXPECT_THAT([&] { FleetBench bench(scenario); },
              ::testing::ThrowsMessage<std::exception>(::testing::HasSubstr(text)));
}

TEST(Topics, R7_4_LoaderRefusesWhatATopicCannotServe) {
  expect_refused(news("        a: {protocol: sqs, endpoint: web}\n"),
                 "the protocol sqs needs a queue");
  expect_refused(news("        a: {protocol: http, endpoint: one}\n"), "http needs what answers");
  expect_refused(news("        a: {protocol: sqs, endpoint: one}\n", "", "fifo_queue: true"),
                 "a standard topic delivers to standard");
  expect_refused(
      news("        a: {protocol: http, endpoint: web, delivery_policy: {num_retries: 1, "
           "num_no_delay_retries: 2}}\n"),
      "num_retries is 1");
}

}  // namespace
}  // namespace updraft::testing
