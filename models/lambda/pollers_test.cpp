// Pollers and batches of an event source mapping: the rules alone.
#include "models/lambda/pollers.h"

#include <string>

#include <gtest/gtest.h>

namespace updraft::lambda {
namespace {

using Minute = PollerScaling::Minute;

std::string minutes(const PollerRules& rules, int count) {
  PollerScaling scaling(rules);
  std::string text = std::to_string(scaling.allowed());
  for (int i = 0; i < count; ++i) {
    scaling.minute_over(Minute::kBusy);
    text += " " + std::to_string(scaling.allowed());
  }
  return text;
}

TEST(PollerScaling, LAM_17_R5_3_1_TwoGenerationsOfTheRule) {
  EXPECT_EQ(minutes({.added_per_minute = 60, .most = 1000}, 4), "5 65 125 185 245");
  EXPECT_TRUE(minutes({.added_per_minute = 60, .most = 1000}, 17).ends_with(" 905 965 1000"));
  EXPECT_EQ(minutes({.added_per_minute = 300, .most = 1250}, 6), "5 305 605 905 1205 1250 1250");
}

TEST(PollerScaling, LAM_17_R5_3_2_ProvisionedPollersGrowByAThousand) {
  EXPECT_EQ(minutes({.start = 20, .least = 20, .added_per_minute = 1000, .most = 2000}, 3),
            "20 1020 2000 2000");
}

TEST(PollerScaling, LAM_17_R5_3_1_FallsToFiveAndToTwoWhenQuiet) {
  PollerScaling scaling({});
  scaling.minute_over(Minute::kBusy);
  scaling.minute_over(Minute::kCalm);
  EXPECT_EQ(scaling.allowed(), 305);
  scaling.minute_over(Minute::kThrottled);
  EXPECT_EQ(scaling.allowed(), 305);
  scaling.minute_over(Minute::kQuiet);
  EXPECT_EQ(scaling.allowed(), 5);
  scaling.minute_over(Minute::kQuiet);
  EXPECT_EQ(scaling.allowed(), 2);
  scaling.minute_over(Minute::kBusy);
  EXPECT_EQ(scaling.allowed(), 5);
}

// "1" for each message that is deleted.
std::string deleted(const BatchAnswer& answer, bool fifo = false) {
  std::string text;
  for (const bool processed : processed_of(answer, 5, fifo)) {
    text += processed ? '1' : '0';
  }
  return text;
}

TEST(BatchAnswer, R5_3_4_SuccessDeletesAndAnErrorDeletesNothing) {
  EXPECT_EQ(deleted({}), "11111");
  EXPECT_EQ(deleted({.error = true}), "00000");
  EXPECT_EQ(deleted({.error = true, .reports = true}), "00000");
  EXPECT_EQ(deleted({.failures = {1}}), "11111");  // nobody listens to what it names
}

TEST(BatchAnswer, LAM_14_R5_3_4_AnUnknownIdFailsTheBatchAndAnEmptyListNothing) {
  EXPECT_EQ(deleted({.reports = true}), "11111");
  EXPECT_EQ(deleted({.reports = true, .failures = {1, 3}}), "10101");
  EXPECT_EQ(deleted({.reports = true, .failures = {1, std::nullopt}}), "00000");
  EXPECT_EQ(deleted({.reports = true, .failures = {5}}), "00000");
}

TEST(BatchAnswer, R5_3_4_OnAFifoQueueNothingOvertakesAFailure) {
  EXPECT_EQ(deleted({.reports = true, .failures = {3, 2}}, true), "11000");
  EXPECT_EQ(deleted({.reports = true}, true), "11111");
}

roles::ReceivedMessage message(std::uint64_t id, std::uint64_t group, std::int64_t megabytes) {
  roles::ReceivedMessage received;
  received.id = id;
  received.message.message_group = group;
  received.message.size_bytes = megabytes * 1024 * 1024;
  return received;
}

std::string divided(const std::vector<roles::ReceivedMessage>& received, bool fifo) {
  const Divided result = divide(received, fifo);
  std::string text;
  const auto add = [&](const MessageBatch& batch) {
    for (const roles::ReceivedMessage& one : batch) {
      text += std::to_string(one.id);
    }
  };
  for (const MessageBatch& batch : result.batches) {
    add(batch);
    text += ' ';
  }
  text += "| ";
  add(result.left);
  return text;
}

TEST(Batches, LAM_15_R5_3_6_AFifoQueuesAreOfOneGroupEach) {
  EXPECT_EQ(divided({message(1, 7, 0), message(2, 8, 0), message(3, 7, 0)}, true), "13 2 | ");
  EXPECT_EQ(divided({message(1, 7, 0), message(2, 8, 0), message(3, 7, 0)}, false), "123 | ");
}

TEST(Batches, R5_3_3_HaveSixMegabytesAtMost) {
  EXPECT_EQ(divided({message(1, 0, 3), message(2, 0, 3), message(3, 0, 1)}, false), "12 3 | ");
  // On a FIFO queue what has no room waits for what is before it.
  EXPECT_EQ(divided({message(1, 7, 4), message(2, 7, 4), message(3, 7, 1), message(4, 8, 1)}, true),
            "1 4 | 23");
}

}  // namespace
}  // namespace updraft::lambda
