// Claims of event_list.h, one a test. event_list_test.cpp compares whole histories with a judge.
#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/core/event_list.h"

namespace updraft::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Event numbered(std::uint32_t number) {
  return Event::of(number, 1, number);
}

std::vector<std::uint32_t> drain(EventList& list, Time until = kNever) {
  std::vector<std::uint32_t> numbers;
  for (Popped popped; list.pop(until, popped);) {
    numbers.push_back(popped.event.as<std::uint32_t>());
  }
  return numbers;
}

TEST(EventList, RunsByTimeThenPhaseThenSequence) {
  EventList list;
  list.push(kStart + 2s, Phase::kOperations, numbered(1));
  list.push(kStart + 1s, Phase::kAlarms, numbered(2));
  list.push(kStart + 1s, Phase::kCompletions, numbered(3));
  list.push(kStart + 1s, Phase::kAlarms, numbered(4));
  EXPECT_THAT(drain(list), ElementsAre(3, 2, 4, 1));
}

TEST(EventList, TellsTimePhaseAndSequenceOfWhatItPops) {
  EventList list;
  list.push(kStart + 5s, Phase::kRollUp, numbered(7));
  Popped popped;
  ASSERT_TRUE(list.pop(kNever, popped));
  EXPECT_EQ(popped.time, kStart + 5s);
  EXPECT_EQ(popped.phase, Phase::kRollUp);
  EXPECT_EQ(popped.sequence, 1U);
  EXPECT_EQ(popped.event.target, 7U);
  EXPECT_EQ(list.now(), kStart + 5s);
}

TEST(EventList, KeepsAHundredThousandTiedEventsInOrder) {
  EventList list;
  constexpr std::uint32_t kTied = 100'000;
  for (std::uint32_t i = 0; i < kTied; ++i) {
    list.push(kStart + 1s, i % 2 == 0 ? Phase::kArrivals : Phase::kCompletions, numbered(i));
  }
  const std::vector<std::uint32_t> numbers = drain(list);
  ASSERT_EQ(numbers.size(), kTied);
  for (std::uint32_t i = 0; i < kTied / 2; ++i) {
    ASSERT_EQ(numbers[i], 2 * i + 1);
    ASSERT_EQ(numbers[kTied / 2 + i], 2 * i);
  }
}

TEST(EventList, RunsAnEarlierPhaseOfThePresentInstantNext) {
  EventList list;
  list.push(kStart + 1s, Phase::kAlarms, numbered(1));
  list.push(kStart + 1s, Phase::kAlarms, numbered(2));
  Popped popped;
  ASSERT_TRUE(list.pop(kNever, popped));
  list.push(kStart + 1s, Phase::kAlarms, numbered(3));
  list.push(kStart + 1s, Phase::kOperations, numbered(4));
  EXPECT_THAT(drain(list), ElementsAre(4, 2, 3));
}

TEST(EventList, LeavesWhatIsDueAfterUntil) {
  EventList list;
  list.push(kStart + 10s, Phase::kArrivals, numbered(1));
  EXPECT_TRUE(drain(list, kStart + 10s - 1ns).empty());
  EXPECT_EQ(list.next_time(), kStart + 10s);
  list.push(kStart + 3s, Phase::kArrivals, numbered(2));  // still before what was looked at
  EXPECT_THAT(drain(list, kStart + 10s), ElementsAre(2, 1));
  EXPECT_EQ(list.next_time(), kNever);
}

TEST(EventList, RefusesThePast) {
  EventList list;
  list.push(kStart + 2s, Phase::kArrivals, numbered(1));
  drain(list);
  try {
    list.push(kStart + 1s, Phase::kArrivals, numbered(2));
    FAIL() << "did not throw";
  } catch (const InvariantError& e) {
    EXPECT_THAT(e.what(),
                HasSubstr("an event was pushed for 1000000000 ns at 2000000000 ns; events go "
                          "forward in time"));
  }
  EXPECT_EQ(list.size(), 0U);
  EXPECT_THROW(EventList().push(kStart - 1ns, Phase::kArrivals, numbered(1)), InvariantError);
}

TEST(EventList, CancelsOnceAndNeverWhatHasRun) {
  EventList list;
  const EventHandle first = list.push(kStart + 1s, Phase::kArrivals, numbered(1));
  const EventHandle second = list.push(kStart + 2s, Phase::kArrivals, numbered(2));
  EXPECT_TRUE(list.pending(first));
  EXPECT_TRUE(list.cancel(first));
  EXPECT_FALSE(list.cancel(first));
  EXPECT_FALSE(list.pending(first));
  EXPECT_EQ(list.size(), 1U);
  EXPECT_THAT(drain(list), ElementsAre(2));
  EXPECT_FALSE(list.cancel(second));
  EXPECT_FALSE(list.cancel(EventHandle{}));
  EXPECT_FALSE(EventHandle{});
}

TEST(EventList, HandlesOfReusedSlotsNameNothing) {
  EventList list;
  std::vector<EventHandle> old;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    old.push_back(list.push(list.now() + 1s, Phase::kArrivals, numbered(i)));
    if (i % 2 == 0) {
      list.cancel(old.back());
    } else {
      drain(list);
    }
  }
  const EventHandle live = list.push(list.now() + 1s, Phase::kArrivals, numbered(1));
  for (EventHandle& handle : old) {
    ASSERT_FALSE(list.pending(handle));
    ASSERT_FALSE(list.cancel(handle));
    ASSERT_FALSE(list.move(handle, kNever));
  }
  EXPECT_TRUE(list.pending(live));
  EXPECT_EQ(list.due(live), list.now() + 1s);
}

TEST(EventList, MovingTakesANewSequenceNumber) {
  EventList list;
  EventHandle later = list.push(kStart + 1s, Phase::kArrivals, numbered(1));
  list.push(kStart + 5s, Phase::kArrivals, numbered(2));
  EventHandle earlier = list.push(kStart + 9s, Phase::kArrivals, numbered(3));
  EXPECT_TRUE(list.move(later, kStart + 5s));
  EXPECT_TRUE(list.move(earlier, kStart + 5s));
  EXPECT_EQ(list.due(later), kStart + 5s);
  EXPECT_TRUE(list.move(later, kStart + 5s));  // to the same time: now behind 3
  EXPECT_EQ(list.size(), 3U);
  EXPECT_THAT(drain(list), ElementsAre(2, 3, 1));
}

TEST(EventList, MovingLaterLeavesNoDeadKey) {
  EventList list;
  EventHandle handle = list.push(kStart + 1s, Phase::kCompletions, numbered(1));
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_TRUE(list.move(handle, kStart + 2s + Duration{i % 1000}));
  }
  EXPECT_EQ(list.dead_keys(), 0U);
  EXPECT_THAT(drain(list), ElementsAre(1));
  EXPECT_EQ(list.now(), kStart + 2s + Duration{99'999 % 1000});
}

TEST(EventList, KeepsDeadKeysBounded) {
  EventList list;
  const LaneId lane = list.add_lane(Phase::kControllers);
  EventHandle mover = list.push(kStart + 1000s, Phase::kCompletions, numbered(1));
  const std::size_t before = list.memory_bytes();
  for (std::uint32_t i = 1; i <= 200'000; ++i) {
    const Time far = kStart + 2000s + Duration{i};
    ASSERT_TRUE(list.cancel(list.push(far, Phase::kArrivals, numbered(i))));
    ASSERT_TRUE(list.cancel(list.push_lane(lane, far, numbered(i))));
    ASSERT_TRUE(list.move(mover, kStart + 1000s - Duration{i}));
    ASSERT_LE(list.dead_keys(), list.size() + EventList::kSweepAt + 100);
  }
  EXPECT_EQ(list.size(), 1U);
  EXPECT_LE(list.memory_bytes(), before + 500'000);
  EXPECT_THAT(drain(list), ElementsAre(1));
}

TEST(EventList, MemoryFollowsTheEventsPendingNotTheEventsRun) {
  EventList list;
  constexpr std::uint32_t kPending = 10'000;
  for (std::uint32_t i = 0; i < kPending; ++i) {
    list.push(kStart + Duration{i * 7919}, Phase::kArrivals, numbered(i));
  }
  Popped popped;
  for (std::uint32_t i = 0; i < 2'000'000; ++i) {
    ASSERT_TRUE(list.pop(kNever, popped));
    const std::int64_t spread =
        static_cast<std::int64_t>(popped.sequence * 2654435761U % 100'000'000);
    list.push(popped.time + Duration{spread}, Phase::kArrivals, popped.event);
  }
  EXPECT_EQ(list.size(), kPending);
  EXPECT_LE(list.memory_bytes(), kPending * (64 + 64) * 2 + 500'000);
}

TEST(EventList, LanesKeepTheOrderOfSeparatePushes) {
  EventList list;
  const LaneId lane = list.add_lane(Phase::kArrivals);
  list.push_lane(lane, kStart + 3s, numbered(1));
  list.push(kStart + 3s, Phase::kArrivals, numbered(2));
  const EventHandle third = list.push_lane(lane, kStart + 3s, numbered(3));
  list.push(kStart + 3s, Phase::kArrivals, numbered(4));
  list.push_lane(lane, kStart + 3s, numbered(5));
  list.push_lane(lane, kStart + 1s, numbered(6));  // a shorter delay than the lane's
  EXPECT_TRUE(list.cancel(third));
  EXPECT_THAT(drain(list), ElementsAre(6, 1, 2, 4, 5));
}

TEST(EventList, ALaneWhoseFirstWasCancelledGoesOn) {
  EventList list;
  const LaneId lane = list.add_lane(Phase::kArrivals);
  const EventHandle first = list.push_lane(lane, kStart + 1s, numbered(1));
  EventHandle second = list.push_lane(lane, kStart + 2s, numbered(2));
  list.push_lane(lane, kStart + 3s, numbered(3));
  EXPECT_TRUE(list.cancel(first));
  EXPECT_FALSE(list.cancel(first));
  EXPECT_EQ(list.next_time(), kStart + 2s);
  EXPECT_TRUE(list.move(second, kStart + 4s));
  EXPECT_THAT(drain(list), ElementsAre(3, 2));
  list.push_lane(lane, kStart + 9s, numbered(4));
  EXPECT_THAT(drain(list), ElementsAre(4));
}

TEST(Event, RefusesAPayloadOfAnotherSize) {
  const Event event = Event::of(3, 5, std::uint64_t{1});
  EXPECT_EQ(event.as<std::uint64_t>(), 1U);
  EXPECT_THROW((void)event.as<std::uint32_t>(), InvariantError);
}

// Keys in clusters far apart, so that every level of the heap is used; the judge is a sort.
TEST(KeyQueue, AgreesWithASortOnClusteredTimes) {
  KeyQueue queue;
  std::vector<Key> keys;
  std::uint64_t state = 1;
  for (std::uint64_t i = 1; i <= 200'000; ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    const std::uint64_t cluster = (state >> 60) << (state >> 32 & 31);
    const Key key{(cluster << 16) + (state >> 40 & 0xFFF), i};
    keys.push_back(key);
    queue.push(key);
  }
  std::sort(keys.begin(), keys.end());
  for (const Key& key : keys) {
    if (queue.run_is_empty()) {
      ASSERT_TRUE(queue.refill());
    }
    ASSERT_EQ(*queue.front(), key);
    queue.pop_front();
  }
  EXPECT_FALSE(queue.refill());
}

}  // namespace
}  // namespace updraft::sim
