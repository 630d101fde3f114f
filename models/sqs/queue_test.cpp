// The queue as a component: polls, metrics, operations, the bill.
#include "models/sqs/queue.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/build/testing/model_bench.h"

namespace updraft::sqs {

void register_models(sim::ModelRegistry& registry);

namespace {

using namespace std::chrono_literals;
using sim::testing::ModelBench;

// Writes down what it is answered: "1000ms #1: 2".
class Poller final : public sim::Component, public roles::MessageConsumer {
 public:
  using Component::Component;
  void messages_received(sim::Context& ctx, std::uint64_t tag, sim::Status status,
                         std::span<const roles::ReceivedMessage> messages) override {
    answers +=
        fmt::format("{}ms #{}: {}\n", sim::to_ns(ctx.now()) / 1'000'000, tag,
                    status == sim::Status::kOk ? fmt::format("{}", messages.size()) : "over limit");
    received.insert(received.end(), messages.begin(), messages.end());
  }
  std::string answers;
  std::vector<roles::ReceivedMessage> received;
};

class Bench {
 public:
  explicit Bench(const std::string& params)
      : bench(register_models, "queue", params),
        queue(bench.world().role<Queue>("it")),
        poller(bench.simulation().add<Poller>("poller")) {}

  void send_at(sim::Duration when, int count = 1) { bench.send_at(when, count, {}); }
  void poll_at(sim::Duration when, std::uint64_t tag, std::uint32_t max,
               std::optional<sim::Duration> wait = {}) {
    bench.run_until(when);
    sim::Context own = ctx();
    queue.receive(own, poller, tag, {.max_messages = max, .wait_time = wait});
  }
  void operate_at(sim::Duration when, const QueueOperations& operation) {
    bench.run_until(when);
    sim::Context own(bench.simulation(), queue);
    queue.operate(own, operation, sim::DecisionId::kNone);
  }
  sim::Context ctx() { return {bench.simulation(), poller}; }

  ModelBench bench;
  Queue& queue;
  Poller& poller;
};

TEST(QueuePolls, SQS_10_ADelayedMessageIsWaitedFor) {
  Bench it("{delay_seconds: 1s}");
  it.send_at(0s);
  it.poll_at(500ms, 1, 1);
  it.poll_at(600ms, 2, 1, 2s);
  it.bench.run_until(10s);
  EXPECT_EQ(it.poller.answers, "500ms #1: 0\n1000ms #2: 1\n");
}

TEST(QueuePolls, SQS_11_R4_2_1_ALongPollWakesOnArrival) {
  Bench it("{receive_message_wait_time_seconds: 10s}");
  it.send_at(1s);
  it.poll_at(0s, 1, 1);
  it.bench.run_until(20s);
  EXPECT_EQ(it.poller.answers, "1000ms #1: 1\n");
}

TEST(QueuePolls, SQS_12_ALongPollDoesNotWaitForAFullBatch) {
  Bench it("{}");
  it.send_at(0s, 2);
  it.poll_at(1ms, 1, 3, 5s);
  it.bench.run_until(10s);
  EXPECT_EQ(it.poller.answers, "1ms #1: 2\n");
}

TEST(QueuePolls, R4_2_1_AnEmptyLongPollEndsAfterItsWait) {
  Bench it("{}");
  it.poll_at(1s, 1, 1, 5s);
  it.bench.run_until(20s);
  EXPECT_EQ(it.poller.answers, "6000ms #1: 0\n");
}

TEST(QueuePolls, R4_2_1_AShortPollOfSomeServersMayMissMessages) {
  Bench it("{short_poll_sample: 30%, visibility_timeout: 0s}");
  it.send_at(0s);
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    it.poll_at(1ms * static_cast<int>(i), i, 1);
  }
  it.bench.run_until(2s);
  EXPECT_GT(it.poller.received.size(), 240);  // 300 expected, standard deviation 14.5
  EXPECT_LT(it.poller.received.size(), 360);
}

TEST(QueuePolls, WhoAskedFirstIsAnsweredFirstAndWhoLeftIsNot) {
  Bench it("{}");
  it.send_at(3s, 2);
  it.poll_at(0s, 1, 1, 20s);
  it.poll_at(1s, 2, 1, 20s);
  it.poll_at(2s, 3, 1, 20s);
  sim::Context own = it.ctx();
  it.queue.cancel_receive(own, it.poller, 1);
  it.bench.run_until(30s);
  EXPECT_EQ(it.poller.answers, "3000ms #2: 1\n3000ms #3: 1\n");
}

TEST(QueuePolls, AWaitingPollGetsWhatComesBack) {
  Bench it("{visibility_timeout: 4s}");
  it.send_at(0s);
  it.poll_at(1s, 1, 1);
  it.poll_at(2s, 2, 1, 20s);
  it.bench.run_until(30s);
  EXPECT_EQ(it.poller.answers, "1000ms #1: 1\n5000ms #2: 1\n");
}

TEST(QueuePolls, SQS_38_R4_2_4_AShortPollFailsAndALongOneFindsNothing) {
  Bench it("{in_flight_limit: 1}");
  it.send_at(0s, 2);
  it.poll_at(1s, 1, 1);
  it.poll_at(2s, 2, 1);
  it.poll_at(3s, 3, 1, 5s);
  it.bench.run_until(20s);
  EXPECT_EQ(it.poller.answers, "1000ms #1: 1\n2000ms #2: over limit\n8000ms #3: 0\n");
  Bench fifo("{fifo_queue: true, in_flight_limit: 1}");
  fifo.send_at(0s, 2);
  fifo.poll_at(1s, 1, 1);
  fifo.poll_at(2s, 2, 1);
  fifo.bench.run_until(20s);
  EXPECT_EQ(fifo.poller.answers, "1000ms #1: 1\n2000ms #2: 0\n");
}

TEST(QueuePolls, SQS_37_NoMoreThanTenInABatch) {
  Bench it("{}");
  it.send_at(0s, 20);
  it.poll_at(1s, 1, 20);
  it.bench.run_until(2s);
  EXPECT_EQ(it.poller.answers, "1000ms #1: 10\n");
}

TEST(QueuePolls, R4_2_5_DuplicatesComeByChance) {
  Bench it("{duplicate_probability: 20%, visibility_timeout: 12h}");
  it.send_at(0s, 1000);
  for (std::uint64_t i = 1; i <= 200; ++i) {
    it.poll_at(1ms * static_cast<int>(i), i, 10);
  }
  it.bench.run_until(2s);
  EXPECT_GT(it.poller.received.size(), 1200);  // 1250 expected, standard deviation 17.7
  EXPECT_LT(it.poller.received.size(), 1300);
}

TEST(QueuePolls, R4_2_5_OrderIsBestEffort) {
  Bench it("{out_of_order_probability: 10%}");
  it.send_at(0s, 100);
  for (std::uint64_t i = 1; i <= 10; ++i) {
    it.poll_at(1ms * static_cast<int>(i), i, 10);
  }
  it.bench.run_until(1s);
  ASSERT_EQ(it.poller.received.size(), 100);
  int later = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    const std::uint64_t id = it.poller.received[i].id;
    EXPECT_LE(i > id ? i - id : id - i, 11);
    later += id < i ? 1 : 0;
  }
  EXPECT_GT(later, 0);
  EXPECT_LT(later, 30);
}

TEST(QueueMetrics, CW_27_R4_6_1_OfOneMessage) {
  Bench it("{}");
  it.poll_at(1s, 1, 1);
  it.send_at(2s);
  it.poll_at(3s, 2, 1);
  it.bench.run_until(4s);
  ASSERT_EQ(it.poller.received.size(), 1);
  sim::Context own = it.ctx();
  sim::Status answer{};
  it.queue.delete_messages(own, {&it.poller.received[0].receipt, 1}, {&answer, 1});
  it.bench.run_until(61s);
  EXPECT_EQ(it.bench.total("NumberOfMessagesSent"), 1);
  EXPECT_EQ(it.bench.total("NumberOfEmptyReceives"), 1);
  EXPECT_EQ(it.bench.total("NumberOfMessagesReceived"), 1);
  EXPECT_EQ(it.bench.total("NumberOfMessagesDeleted"), 1);
  EXPECT_EQ(answer, sim::Status::kOk);
}

TEST(QueueMetrics, R4_6_1_NoneSixHoursAfterTheLastUse) {
  Bench it("{}");
  it.send_at(30s);
  it.bench.run_until(10h);
  int minutes = 0;
  for (const double value : it.bench.sink().column("/it/NumberOfMessagesSent", 60s)) {
    minutes += std::isnan(value) ? 0 : 1;
  }
  EXPECT_EQ(minutes, 361);
}

TEST(QueueMetrics, R4_7_1_EveryRequestIsPaidForByTheChunk) {
  Bench it("{}");
  it.send_at(0s, 3);      // 3
  it.poll_at(1s, 1, 1);   // 1
  it.poll_at(2s, 2, 10);  // 1
  it.poll_at(3s, 3, 10);  // empty: 1
  it.bench.run_until(4s);
  const auto usage = it.queue.usage(it.bench.simulation().now());
  ASSERT_EQ(usage.size(), 1);
  EXPECT_EQ(usage[0].item, "sqs/standard");
  EXPECT_EQ(usage[0].quantity, 6);
  roles::Message large;
  large.size_bytes = 1'048'576;  // 16 chunks
  sim::Context own = it.ctx();
  it.queue.deliver(own, large, sim::DecisionId::kNone);
  EXPECT_EQ(it.queue.usage(it.bench.simulation().now())[0].quantity, 22);
}

TEST(QueueOperations, SQS_35_R4_6_3_ASecondPurgeWithinAMinuteIsRefused) {
  Bench it("{}");
  it.send_at(0s, 10);
  it.send_at(20s, 1);
  QueueOperations purge;
  purge.set_purge(true);
  it.operate_at(10s, purge);
  EXPECT_EQ(it.queue.counts().visible, 0);
  it.operate_at(69s, purge);
  EXPECT_EQ(it.queue.counts().visible, 1);
  QueueOperations no;
  no.set_purge(false);
  it.operate_at(70s, no);
  EXPECT_EQ(it.queue.counts().visible, 1);
  it.operate_at(70s, purge);
  EXPECT_EQ(it.queue.counts().visible, 0);
}

TEST(QueueOperations, SQS_43_R4_3_4_AMoveTaskKeepsItsRate) {
  Bench it("{}");
  it.send_at(0s, 4);
  QueueOperations move;
  move.mutable_start_message_move_task()->set_to("it");
  move.mutable_start_message_move_task()->set_max_number_of_messages_per_second(1);
  it.operate_at(10s, move);
  it.bench.run_until(13s - 1ns);
  EXPECT_EQ(it.queue.counts().moved, 3);
  it.bench.run_until(13s);
  EXPECT_EQ(it.queue.counts().moved, 4);
  it.operate_at(13s, move);  // one at a time: refused
  EXPECT_EQ(it.queue.counts().visible, 4);
}

TEST(QueueOperations, R4_3_4_AMoveTaskLosesNothingToDeduplication) {
  Bench it("{fifo_queue: true, content_based_deduplication: true}");
  it.send_at(0s, 4);
  QueueOperations move;
  move.mutable_start_message_move_task()->set_to("it");
  move.mutable_start_message_move_task()->set_max_number_of_messages_per_second(1);
  it.operate_at(10s, move);
  it.bench.run_until(13s);
  EXPECT_EQ(it.queue.counts().moved, 4);
  EXPECT_EQ(it.queue.counts().visible, 4);
  EXPECT_EQ(it.queue.counts().deduplicated, 0);
}

TEST(QueueOperations, AnInitialDepthWaitsAtTheStart) {
  QueueParams params;
  params.mutable_message_retention_period()->set_ns(60'000'000'000);
  sim::Simulation simulation({});
  Queue& queue = simulation.add<Queue>("jobs", params);
  QueueInitial initial;
  initial.set_messages(7);
  queue.set_initial(initial);
  simulation.start();
  EXPECT_EQ(queue.counts().visible, 7);
}

}  // namespace
}  // namespace updraft::sqs
