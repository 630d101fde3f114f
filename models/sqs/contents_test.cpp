// The recorded and documented cases of SQS that need no engine.
#include "models/sqs/contents.h"

#include <gtest/gtest.h>

#include "models/sqs/testing_queue.h"

namespace updraft::sqs {
namespace {

using testing::at;
using testing::NamedQueue;
using namespace std::chrono_literals;
using Changed = QueueContents::Changed;
using Sent = QueueContents::Sent;

const QueueSettings kStandard{};
const QueueSettings kFifo{.fifo = true};
const QueueSettings kFifoByContent{.fifo = true, .content_based_deduplication = true};

TEST(Standard, SQS_01_R4_2_2_ComesBackAfterItsVisibilityTimeout) {
  NamedQueue queue(kStandard, 1s);
  queue.send(0s, "m");
  EXPECT_EQ(queue.receive(0s), "m");
  const roles::Receipt first = queue.receipt("m");
  EXPECT_EQ(queue.receive(0s), "");
  EXPECT_EQ(queue.receive(999ms), "");
  EXPECT_EQ(queue.contents().next_due(), at(1s));
  EXPECT_EQ(queue.receive(1s), "m");
  EXPECT_FALSE(queue.receipt("m") == first);
  EXPECT_EQ(queue.received()[0].receive_count, 2);
}

TEST(Standard, WhatComesBackIsCounted) {
  NamedQueue queue(kStandard, 1s);
  queue.send(0s, "m");
  queue.receive(0s);
  EXPECT_EQ(queue.contents().counts().returned, 0);
  queue.receive(1s);
  EXPECT_EQ(queue.contents().counts().returned, 1);
  queue.remove(1s, "m");
  queue.send(2s, "n");
  EXPECT_EQ(queue.state(3s), "1/0/0");
  EXPECT_EQ(queue.contents().counts().returned, 1);
}

TEST(Standard, SQS_02_ALateDeleteWorks) {
  NamedQueue queue(kStandard, 1s);
  queue.send(0s, "m");
  queue.receive(0s);
  EXPECT_EQ(queue.remove(1500ms, "m"), Changed::kOk);
  EXPECT_EQ(queue.state(2s), "0/0/0");
  EXPECT_EQ(queue.contents().counts().deleted, 1);
}

TEST(Fifo, SQS_03_R4_4_5_ALateDeleteFails) {
  NamedQueue queue(kFifo, 1s);
  queue.send(0s, "g-m");
  queue.receive(0s);
  EXPECT_EQ(queue.remove(1s, "g-m"), Changed::kExpired);
  EXPECT_EQ(queue.state(1s), "1/0/0");
}

TEST(Fifo, SQS_04_AnExtendedReceiptMayDelete) {
  NamedQueue queue(kFifo, 1s);
  queue.send(0s, "g-m");
  queue.receive(0s);
  EXPECT_EQ(queue.change(0s, "g-m", 5s), Changed::kOk);
  EXPECT_EQ(queue.remove(1500ms, "g-m"), Changed::kOk);
  EXPECT_EQ(queue.state(2s), "0/0/0");
}

TEST(Standard, SQS_05_ATimeoutOfZeroLeavesItVisible) {
  NamedQueue queue(kStandard);
  queue.send(0s, "m");
  EXPECT_EQ(queue.receive(0s, 10, 0s), "m");  // once in one receive
  EXPECT_EQ(queue.receive(0s), "m");
  EXPECT_EQ(queue.receive(0s), "");
}

TEST(Standard, SQS_06_AHeartbeatKeepsItHidden) {
  NamedQueue queue(kStandard, 2s);
  queue.send(0s, "m");
  queue.receive(0s);
  for (const auto when : {1s, 2s, 3s, 4s}) {
    EXPECT_EQ(queue.receive(when - 1ms), "");
    EXPECT_EQ(queue.change(when - 1ms, "m", 2s), Changed::kOk);
  }
  EXPECT_EQ(queue.receive(5998ms), "");
  EXPECT_EQ(queue.receive(5999ms), "m");
}

TEST(Standard, SQS_08_R4_2_3_AChangedTimeoutIsOfOneReceive) {
  NamedQueue queue(kStandard);
  queue.send(0s, "m");
  queue.receive(0s);
  queue.change(0s, "m", 0s);
  EXPECT_EQ(queue.receive(0s), "m");
  EXPECT_EQ(queue.receive(29s), "");
  EXPECT_EQ(queue.receive(30s), "m");
}

TEST(Standard, SQS_40_R4_2_3_ANewTimeoutCountsFromTheCall) {
  NamedQueue queue(kStandard, 60s);
  queue.send(0s, "m");
  queue.receive(0s);
  EXPECT_EQ(queue.change(15s, "m", 10s), Changed::kOk);
  EXPECT_EQ(queue.receive(25s - 1ns), "");
  EXPECT_EQ(queue.receive(25s), "m");
}

TEST(Standard, R4_2_3_NoLongerThanTwelveHoursFromTheReceive) {
  NamedQueue queue(kStandard, 12h);
  queue.send(0s, "m");
  queue.receive(0s);
  EXPECT_EQ(queue.change(1h, "m", 11h), Changed::kOk);
  EXPECT_EQ(queue.change(2h, "m", 11h), Changed::kExpired);
  EXPECT_EQ(queue.receive(12h), "m");
}

TEST(Standard, R4_2_3_OnlyTheNewestReceiptChanges) {
  NamedQueue queue(kStandard, 1s);
  queue.send(0s, "m");
  queue.receive(0s);
  const roles::Receipt old = queue.receipt("m");
  queue.receive(1s);
  EXPECT_EQ(queue.contents().change_visibility(at(1s), old, 10s), Changed::kNotInFlight);
}

TEST(Standard, SQS_13_CountsByState) {
  NamedQueue queue(kStandard, 60s);
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
    queue.send(0s, name);
  }
  queue.receive(0s);
  EXPECT_EQ(queue.state(0s), "5/1/0");
  EXPECT_EQ(queue.state(60s), "6/0/0");
}

// A receive whose answer was lost is made again by the same attempt id.
TEST(Fifo, sqs_receive_request_attempt_id_TheSameMessagesAreReceivedAgainAndHiddenAnew) {
  NamedQueue queue(kFifo);
  for (const char* name : {"g-1", "g-2", "h-1"}) {
    queue.send(0s, name);
  }
  EXPECT_EQ(queue.receive(0s, 2, 30s, 7), "g-1 g-2");
  const roles::Receipt receipt = queue.receipt("g-1");
  EXPECT_EQ(queue.receive(20s, 2, 30s, 7), "g-1 g-2");
  EXPECT_EQ(queue.receipt("g-1"), receipt);
  EXPECT_EQ(queue.received()[0].receive_count, 1U);
  EXPECT_EQ(queue.state(49s), "1/2/0");  // hidden anew at 20 s
  EXPECT_EQ(queue.state(50s), "3/0/0");
  EXPECT_EQ(queue.contents().counts().entered, 3U);
}

TEST(Fifo, sqs_receive_request_attempt_id_NotWhenOneOfThemHasChanged) {
  NamedQueue queue(kFifo);
  for (const char* name : {"g-1", "g-2", "h-1"}) {
    queue.send(0s, name);
  }
  EXPECT_EQ(queue.receive(0s, 2, 30s, 7), "g-1 g-2");
  queue.remove(1s, "g-1");
  EXPECT_EQ(queue.receive(2s, 2, 30s, 7), "h-1");  // a receive of its own
  EXPECT_EQ(queue.receive(3s, 2, 30s, 7), "h-1");  // and kept for its id
  queue.change(4s, "h-1", 60s);
  EXPECT_EQ(queue.receive(5s, 2, 30s, 7), "");
  EXPECT_EQ(queue.receive(31s, 2, 30s, 7), "g-2");  // shown again, it is received again
  EXPECT_EQ(queue.received()[0].receive_count, 2U);
}

TEST(Fifo, X_10_AnAttemptIdIsForgottenAfterFiveMinutes) {
  NamedQueue queue(kFifo);
  queue.send(0s, "g-1");
  queue.send(0s, "h-1");
  EXPECT_EQ(queue.receive(0s, 1, 10min, 7), "g-1");
  EXPECT_EQ(queue.receive(5min - 1s, 1, 10min, 7), "g-1");
  EXPECT_EQ(queue.receive(5min, 1, 10min, 7), "h-1");
}

TEST(Standard, sqs_receive_request_attempt_id_MeansNothingToAStandardQueue) {
  NamedQueue queue(kStandard);
  queue.send(0s, "a");
  queue.send(0s, "b");
  EXPECT_EQ(queue.receive(0s, 1, 30s, 7), "a");
  EXPECT_EQ(queue.receive(1s, 1, 30s, 7), "b");
}

TEST(Standard, X_08_VisibleHiddenAndDelayed) {
  NamedQueue queue(kStandard);
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
    queue.send(0s, name);
  }
  for (const char* name : {"x", "y", "z"}) {
    queue.send_delayed(0s, name, 10s);
  }
  queue.receive(0s, 4);
  EXPECT_EQ(queue.state(1s), "2/4/3");
}

TEST(Standard, SQS_44_AMessageThatCameBackIsBeforeANewerOne) {
  NamedQueue queue(kStandard, 3s);
  queue.send(0s, "t1");
  queue.receive(0s);
  queue.send(1500ms, "t2");
  EXPECT_EQ(queue.receive(4500ms), "t1");
}

TEST(Standard, R4_3_3_AThirdReceiveSendsItToTheBackAndOutOfTheAge) {
  NamedQueue queue(kStandard, 1s);
  queue.send(0s, "poison");
  queue.receive(0s);
  queue.receive(1s);
  EXPECT_EQ(queue.contents().age_of_oldest(at(2s)), 2s);
  queue.receive(2s);
  queue.send(2500ms, "fresh");
  EXPECT_EQ(queue.contents().age_of_oldest(at(3s)), 500ms);
  EXPECT_EQ(queue.receive(4s), "fresh");
  EXPECT_EQ(queue.receive(4s), "poison");
}

TEST(Fifo, SQS_15_R4_4_1_AGroupWaitsForWhatIsInFlight) {
  NamedQueue queue(kFifo, 60s);
  queue.send(0s, "g-m1");
  queue.send(0s, "g-m2");
  EXPECT_EQ(queue.receive(0s), "g-m1");
  EXPECT_EQ(queue.receive(2s, 10), "");
  queue.remove(2s, "g-m1");
  EXPECT_EQ(queue.receive(2s), "g-m2");
}

TEST(Fifo, SQS_16_InOrderAfterTheTimeout) {
  NamedQueue queue(kFifo, 1s);
  for (const char* name : {"g-0", "g-1", "g-2"}) {
    queue.send(0s, name);
  }
  EXPECT_EQ(queue.receive(0s, 10), "g-0 g-1 g-2");
  EXPECT_EQ(queue.receive(2s, 10), "g-0 g-1 g-2");
}

TEST(Fifo, SQS_17_R4_4_1_GroupByGroup) {
  NamedQueue queue(kFifo);
  for (const char* name : {"g1-m1", "g2-m1", "g1-m2", "g1-m3"}) {
    queue.send(0s, name);
  }
  EXPECT_EQ(queue.receive(0s, 10), "g1-m1 g1-m2 g1-m3 g2-m1");
}

TEST(Fifo, SQS_20_OnlyTheHeadIsReleased) {
  NamedQueue queue(kFifo);
  for (const char* name : {"g1-m1", "g1-m2", "g2-m1"}) {
    queue.send(0s, name);
  }
  EXPECT_EQ(queue.receive(0s, 2), "g1-m1 g1-m2");
  queue.change(0s, "g1-m1", 0s);
  EXPECT_EQ(queue.receive(0s, 3), "g2-m1 g1-m1");
}

TEST(Fifo, SQS_21_TheHeadIsShortened) {
  NamedQueue queue(kFifo);
  for (const char* name : {"g1-m1", "g1-m2", "g2-m1"}) {
    queue.send(0s, name);
  }
  queue.receive(0s, 2);
  queue.change(0s, "g1-m1", 1s);
  EXPECT_EQ(queue.receive(2s, 3), "g2-m1 g1-m1");
}

TEST(Fifo, SQS_22_ExtendingTheFirstHidesAll) {
  NamedQueue queue(kFifo, 1s);
  for (const char* name : {"g-foo", "g-bar", "g-baz"}) {
    queue.send(0s, name);
  }
  queue.receive(0s, 10);
  queue.change(0s, "g-foo", 4s);
  EXPECT_EQ(queue.receive(2500ms, 5), "");
}

TEST(Fifo, SQS_24_ExtendingTheLastHidesItAlone) {
  NamedQueue queue(kFifo, 1s);
  for (const char* name : {"g-foo", "g-bar", "g-baz"}) {
    queue.send(0s, name);
  }
  queue.receive(0s, 10);
  queue.change(0s, "g-baz", 4s);
  EXPECT_EQ(queue.receive(2500ms, 5), "g-foo g-bar");
}

TEST(Fifo, SQS_25_AllInFlightOfAGroupAreDeleted) {
  NamedQueue queue(kFifoByContent);
  for (const char* name :
       {"g1-m1", "g2-m1", "g1-m2", "g2-m2", "g1-m2", "g1-m3", "g1-m4", "g3-m1"}) {
    queue.send(0s, name);
  }
  EXPECT_EQ(queue.receive(0s, 2), "g1-m1 g1-m2");
  queue.remove(0s, "g1-m1");
  queue.remove(0s, "g1-m2");
  EXPECT_EQ(queue.receive(0s, 10), "g2-m1 g2-m2 g1-m3 g1-m4 g3-m1");
}

TEST(Fifo, SQS_27_TheDelayOfTheQueueHoldsAll) {
  QueueSettings settings = kFifo;
  settings.delay = 2s;
  NamedQueue queue(settings);
  for (const char* name : {"g-0", "g-1", "g-2"}) {
    queue.send(0s, name);
  }
  EXPECT_EQ(queue.receive(1s, 10), "");
  EXPECT_EQ(queue.receive(2s, 10), "g-0 g-1 g-2");
}

TEST(Queue, R4_1_2_ANewDelayIsRetroactiveOnAFifoQueueOnly) {
  QueueSettings fifo = kFifo;
  fifo.delay = 60s;
  NamedQueue queue(fifo);
  queue.send(0s, "g-m");
  queue.contents().set_delay(at(1s), 5s);
  EXPECT_EQ(queue.state(5s), "1/0/0");
  QueueSettings standard = kStandard;
  standard.delay = 60s;
  NamedQueue other(standard);
  other.send(0s, "m");
  other.contents().set_delay(at(1s), 5s);
  EXPECT_EQ(other.state(59s), "0/0/1");
  EXPECT_EQ(other.state(60s), "1/0/0");
}

TEST(Fifo, SQS_29_R4_4_3_DeliveredOnceInTheInterval) {
  NamedQueue queue(kFifoByContent);
  EXPECT_EQ(queue.send(0s, "g-m"), Sent::kAdded);
  EXPECT_EQ(queue.send(0s, "g-m"), Sent::kDuplicate);
  queue.receive(0s);
  queue.remove(0s, "g-m");
  EXPECT_EQ(queue.send(1s, "g-m"), Sent::kDuplicate);
  EXPECT_EQ(queue.send(2s, "g1-a", 77), Sent::kAdded);
  EXPECT_EQ(queue.send(2s, "g2-b", 77), Sent::kDuplicate);
}

TEST(Fifo, SQS_30_R4_4_3_GroupsApart) {
  QueueSettings settings = kFifo;
  settings.deduplication_by_group = true;
  NamedQueue queue(settings);
  EXPECT_EQ(queue.send(0s, "g1-a", 77), Sent::kAdded);
  EXPECT_EQ(queue.send(0s, "g2-b", 77), Sent::kAdded);
  EXPECT_EQ(queue.send(0s, "g2-c", 77), Sent::kDuplicate);
}

TEST(Fifo, SQS_32_R4_4_3_TheIntervalIsFiveMinutes) {
  NamedQueue queue(kFifo);
  EXPECT_EQ(queue.send(0s, "g-a", 7), Sent::kAdded);
  EXPECT_EQ(queue.send(3s, "g-b", 7), Sent::kDuplicate);
  EXPECT_EQ(queue.send(299s, "g-c", 7), Sent::kDuplicate);
  EXPECT_EQ(queue.send(6min, "g-d", 7), Sent::kAdded);
}

TEST(Standard, SQS_33_R4_3_1_MovedWhenAReceiveWouldExceedTheCount) {
  QueueSettings settings = kStandard;
  settings.max_receive_count = 1;
  NamedQueue queue(settings, 0s);
  queue.send(0s, "m");
  EXPECT_EQ(queue.receive(0s), "m");
  EXPECT_TRUE(queue.dead().empty());
  EXPECT_EQ(queue.receive(0s), "");
  ASSERT_EQ(queue.dead().size(), 1);
  EXPECT_EQ(queue.dead()[0].id, 0);
  EXPECT_EQ(queue.state(0s), "0/0/0");
}

TEST(Standard, R4_3_1_FiveDeliveriesAndTheSixthAttemptMovesIt) {
  QueueSettings settings = kStandard;
  settings.max_receive_count = 5;
  NamedQueue queue(settings, 1s);
  queue.send(0s, "m");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(queue.receive(i * 1s), "m") << i;
  }
  EXPECT_EQ(queue.state(10s), "1/0/0");  // visible until somebody asks
  EXPECT_EQ(queue.receive(10s), "");
  EXPECT_EQ(queue.dead().size(), 1);
}

TEST(Standard, R4_3_2_KeepsItsTimeInADeadLetterQueue) {
  QueueSettings source = kStandard;
  source.max_receive_count = 1;
  NamedQueue queue(source, 0s);
  queue.send(0s, "m");
  queue.receive(23h);
  queue.receive(24h);
  NamedQueue dead(kStandard);
  dead.contents().take_over(at(24h), queue.dead().at(0));
  EXPECT_EQ(dead.contents().age_of_oldest(at(25h)), 1h);  // R4.3.3: from the move
  EXPECT_EQ(dead.state(95h), "1/0/0");
  EXPECT_EQ(dead.state(96h), "0/0/0");  // a day in the source, three here
  NamedQueue fifo(kFifo);
  fifo.contents().take_over(at(24h), queue.dead().at(0));
  EXPECT_EQ(fifo.state(119h), "1/0/0");
  EXPECT_EQ(fifo.state(120h), "0/0/0");
}

TEST(Standard, SQS_35_APurgeTakesAll) {
  NamedQueue queue(kStandard, 3s);
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    queue.send(0s, name);
  }
  queue.receive(0s, 5);
  for (const char* name : {"f", "g", "h", "i", "j"}) {
    queue.send_delayed(0s, name, 2s);
  }
  queue.contents().purge(at(1s));
  EXPECT_EQ(queue.receive(10s, 10), "");
  EXPECT_EQ(queue.state(10s), "0/0/0");
}

TEST(Queue, SQS_38_R4_2_4_NoMoreInFlightThanTheLimit) {
  for (const bool fifo : {false, true}) {
    NamedQueue queue({.fifo = fifo, .in_flight_limit = 2}, 60s);
    for (const char* name : {"a-1", "b-1", "c-1"}) {
      queue.send(0s, name);
    }
    queue.receive(0s, 10);
    EXPECT_EQ(queue.received().size(), 2);
    EXPECT_FALSE(queue.over_limit());
    EXPECT_EQ(queue.receive(1s, 10), "");
    EXPECT_TRUE(queue.over_limit());
  }
}

TEST(Fifo, SQS_45_OneAfterTheOther) {
  NamedQueue queue(kFifo);
  for (const char* name : {"g-0", "g-1", "g-2", "g-3"}) {
    queue.send(0s, name);
  }
  for (const char* name : {"g-0", "g-1", "g-2", "g-3"}) {
    EXPECT_EQ(queue.receive(0s), name);
    EXPECT_EQ(queue.remove(0s, name), Changed::kOk);
  }
}

TEST(Fifo, R4_4_2_ALargeBacklogOfOneGroupHidesLaterGroups) {
  NamedQueue queue({.fifo = true, .fifo_window = 3});
  for (const char* name : {"g-0", "g-1", "g-2", "g-3", "h-0"}) {
    queue.send(0s, name);
  }
  EXPECT_EQ(queue.receive(0s), "g-0");
  EXPECT_EQ(queue.receive(0s), "");  // h-0 is the fifth
  queue.remove(0s, "g-0");
  EXPECT_EQ(queue.receive(0s), "g-1");
  EXPECT_EQ(queue.receive(0s), "");
  queue.remove(0s, "g-1");
  EXPECT_EQ(queue.receive(0s, 10), "g-2 g-3 h-0");  // the third now, and the oldest heads first
}

TEST(Standard, R4_5_1_ANoisyTenantWaitsForTheQuietOnes) {
  NamedQueue queue(kStandard, 10min);
  for (int i = 0; i < 100; ++i) {
    queue.send(0s, "noisy-" + std::to_string(i));
  }
  queue.send(0s, "quiet-0");
  queue.send(0s, "alone");  // no group
  for (int i = 0; i < 30; ++i) {
    queue.receive(1s);
  }
  EXPECT_EQ(queue.receive(2s), "quiet-0");
  EXPECT_EQ(queue.contents().noisy_groups(), 1);
  EXPECT_EQ(queue.receive(2s), "alone");
  EXPECT_EQ(queue.receive(2s), "noisy-30");  // no limit when nobody else waits
  queue.send(3s, "quiet-1");
  EXPECT_EQ(queue.receive(301s), "noisy-31");  // it has sent nothing for 5 min
}

TEST(Standard, R4_5_1_AmongNoisyOnesTheFewestInFlightFirst) {
  NamedQueue queue({.noisy_at_least = 2}, 10min);
  for (int i = 0; i < 5; ++i) {
    queue.send(0s, "a-" + std::to_string(i));
  }
  for (int i = 0; i < 5; ++i) {
    queue.send(0s, "b-" + std::to_string(i));
  }
  EXPECT_EQ(queue.receive(0s, 3), "a-0 a-1 b-0");
  EXPECT_EQ(queue.receive(0s), "b-1");
  EXPECT_EQ(queue.receive(0s), "a-2");
  EXPECT_EQ(queue.receive(0s), "b-2");
}

TEST(Queue, R4_1_T1_TooLargeIsRefusedAndRetentionEnds) {
  NamedQueue queue({.retention = 60s, .maximum_message_size = 4});
  EXPECT_EQ(queue.send(0s, "m"), Sent::kTooLarge);
  NamedQueue other({.retention = 60s});
  other.send(0s, "a");
  other.send(0s, "b");
  other.receive(50s);
  EXPECT_EQ(other.state(60s - 1ns), "1/1/0");
  EXPECT_EQ(other.state(60s), "0/0/0");
  EXPECT_EQ(other.contents().counts().expired, 2);
}

TEST(Standard, R4_2_5_ADuplicateIsReceivedOnceMore) {
  NamedQueue queue(kStandard);
  queue.send(0s, "m");
  queue.receive(0s);
  queue.contents().show_again(at(0s), queue.receipt("m"));
  EXPECT_EQ(queue.receive(0s), "m");
  EXPECT_EQ(queue.received()[0].receive_count, 2);
  EXPECT_EQ(queue.remove(1s, "m"), Changed::kOk);
  EXPECT_EQ(queue.contents().counts().deleted, 1);
}

}  // namespace
}  // namespace updraft::sqs
