#include "sim/core/event_list.h"

#include <map>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

using namespace std::chrono_literals;

Event numbered(std::uint32_t number) {
  return Event::of(number, 1, number);
}

// A plain generator for histories: the tests must not depend on the samplers they help to check.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 1) {}

  std::uint64_t below(std::uint64_t n) {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return (z ^ (z >> 31)) % n;
  }

 private:
  std::uint64_t state_;
};

// The judge: a sorted map, obviously right.
class SlowList {
 public:
  struct Entry {
    std::uint32_t number;
    std::size_t ordinal;  // which handle names it
  };
  using Order = std::tuple<std::int64_t, Phase, std::uint64_t>;

  void push(Time at, Phase phase, std::uint64_t sequence, Entry entry) {
    const Order order{to_ns(at), phase, sequence};
    entries_[order] = entry;
    if (orders_.size() <= entry.ordinal) {
      orders_.resize(entry.ordinal + 1);
    }
    orders_[entry.ordinal] = order;
  }
  bool cancel(std::size_t ordinal) { return entries_.erase(orders_[ordinal]) == 1; }
  bool move(std::size_t ordinal, Time at, std::uint64_t sequence) {
    const auto found = entries_.find(orders_[ordinal]);
    if (found == entries_.end()) {
      return false;
    }
    const Entry entry = found->second;
    const Phase phase = std::get<1>(found->first);
    entries_.erase(found);
    push(at, phase, sequence, entry);
    return true;
  }
  bool pending(std::size_t ordinal) const { return entries_.count(orders_[ordinal]) == 1; }
  Time due(std::size_t ordinal) const {
    return pending(ordinal) ? time_from_ns(std::get<0>(orders_[ordinal])) : kNever;
  }
  const std::map<Order, Entry>& entries() const { return entries_; }
  void pop() { entries_.erase(entries_.begin()); }

 private:
  std::map<Order, Entry> entries_;
  std::vector<Order> orders_;
};

// How a history draws its times: few or many ties, short or long, or both.
struct Manner {
  std::uint64_t horizons[2];
  std::uint64_t step;     // times are multiples of it
  std::uint64_t at_once;  // of 16 pushes, how many are for the present instant
  std::uint64_t pops;     // of 16 actions, how many pop
  std::uint64_t changes;  // of 16 actions, how many cancel or move
};

constexpr Manner kManners[] = {
    {{1'000'000, 1'000'000}, 1, 2, 6, 3},                // plain
    {{20, 20}, 10, 4, 6, 3},                             // nothing but ties
    {{1'000'000, 100'000'000'000}, 1, 1, 6, 2},          // bimodal: 1 ms and 100 s
    {{1'000'000, 100'000'000'000}, 1'000'000, 1, 4, 5},  // the same, tied, often cancelled
    {{100, std::uint64_t{1} << 62}, 1, 1, 5, 4},         // as far as time goes
    {{5'000, 1}, 1'000, 8, 5, 4},                        // mostly the present
};

class History {
 public:
  explicit History(std::uint64_t seed)
      : dice_(seed), manner_(kManners[seed % std::size(kManners)]) {
    for (int i = 0; i < 3; ++i) {
      lanes_.push_back(list_.add_lane(any_phase()));
      lane_phase_.push_back(static_cast<Phase>(0));
      lane_phase_.back() = last_phase_;
      lane_delay_.push_back(delay());
    }
  }

  void run(int actions) {
    for (int i = 0; i < actions && !::testing::Test::HasFatalFailure(); ++i) {
      const std::uint64_t die = dice_.below(16);
      if (die < manner_.pops) {
        pop_some();
      } else if (die < manner_.pops + manner_.changes) {
        change();
      } else {
        push_some();
      }
      ASSERT_EQ(list_.size(), judge_.entries().size());
      ASSERT_LE(list_.dead_keys(), list_.size() + EventList::kSweepAt + 3 * 64 + 3);
    }
    while (!judge_.entries().empty() && !::testing::Test::HasFatalFailure()) {
      expect_pop(kNever);
    }
    Popped none;
    EXPECT_FALSE(list_.pop(kNever, none));
    EXPECT_EQ(list_.next_time(), kNever);
  }

 private:
  Phase any_phase() { return last_phase_ = static_cast<Phase>(dice_.below(7)); }

  Duration delay() {
    if (dice_.below(16) < manner_.at_once) {
      return Duration{0};
    }
    const std::uint64_t horizon = manner_.horizons[dice_.below(2)];
    return Duration{static_cast<std::int64_t>(dice_.below(horizon) / manner_.step * manner_.step)};
  }

  Time later() {
    const Duration wait = delay();
    return kNever - wait < list_.now() ? kNever : list_.now() + wait;
  }

  void push_some() {
    const std::uint64_t burst = dice_.below(32) == 0 ? 300 : 1 + dice_.below(3);
    for (std::uint64_t i = 0; i < burst; ++i) {
      const auto number = static_cast<std::uint32_t>(handles_.size());
      Time at = later();
      Phase phase = any_phase();
      if (dice_.below(3) == 0) {
        const std::size_t lane = dice_.below(lanes_.size());
        phase = lane_phase_[lane];
        if (dice_.below(64) == 0) {
          lane_delay_[lane] = delay();
        }
        at = kNever - lane_delay_[lane] < list_.now() ? kNever : list_.now() + lane_delay_[lane];
        handles_.push_back(list_.push_lane(lanes_[lane], at, numbered(number)));
      } else if (at == list_.now() && dice_.below(2) == 0) {
        list_.push_now(phase, number, 1, number);
        handles_.push_back({});
      } else {
        handles_.push_back(list_.push(at, phase, numbered(number)));
      }
      judge_.push(at, phase, list_.last_sequence(), {number, number});
    }
  }

  void change() {
    if (handles_.empty()) {
      return;
    }
    // Mostly the young ones, which are still pending.
    const std::size_t span =
        dice_.below(4) == 0 ? handles_.size() : std::min<std::size_t>(handles_.size(), 64);
    for (std::uint64_t burst = dice_.below(16) == 0 ? 100 : 1; burst > 0; --burst) {
      const std::size_t ordinal = handles_.size() - 1 - dice_.below(span);
      if (!handles_[ordinal]) {  // of push_now(): nobody can name it
        continue;
      }
      ASSERT_EQ(list_.pending(handles_[ordinal]), judge_.pending(ordinal));
      ASSERT_EQ(list_.due(handles_[ordinal]), judge_.due(ordinal));
      if (dice_.below(2) == 0) {
        ASSERT_EQ(list_.cancel(handles_[ordinal]), judge_.cancel(ordinal));
        ASSERT_FALSE(list_.pending(handles_[ordinal]));
      } else {
        const Time at = later();
        const EventHandle before = handles_[ordinal];
        const bool moved = list_.move(handles_[ordinal], at);
        ASSERT_EQ(moved, judge_.move(ordinal, at, list_.last_sequence()));
        ASSERT_EQ(moved, !(before == handles_[ordinal]));
        ASSERT_FALSE(list_.pending(before));
      }
    }
  }

  void pop_some() {
    const Time until = dice_.below(4) == 0 ? later() : kNever;
    for (std::uint64_t burst = dice_.below(32) == 0 ? 400 : 1 + dice_.below(4); burst > 0;
         --burst) {
      expect_pop(until);
    }
  }

  void expect_pop(Time until) {
    if (dice_.below(8) == 0) {
      const auto& entries = judge_.entries();
      const Time next =
          entries.empty() ? kNever : time_from_ns(std::get<0>(entries.begin()->first));
      ASSERT_EQ(list_.next_time(), next);
    }
    Popped popped;
    const bool some = list_.pop(until, popped);
    if (judge_.entries().empty() || std::get<0>(judge_.entries().begin()->first) > to_ns(until)) {
      ASSERT_FALSE(some);
      return;
    }
    ASSERT_TRUE(some);
    const auto& [order, entry] = *judge_.entries().begin();
    ASSERT_EQ((SlowList::Order{to_ns(popped.time), popped.phase, popped.sequence}), order);
    ASSERT_EQ(popped.event.target, entry.number);
    const bool bare = popped.event.size == sizeof(std::uint64_t);
    ASSERT_EQ(bare ? popped.event.as<std::uint64_t>() : popped.event.as<std::uint32_t>(),
              entry.number);
    ASSERT_EQ(list_.now(), popped.time);
    ASSERT_FALSE(list_.pending(handles_[entry.ordinal]));
    judge_.pop();
  }

  Dice dice_;
  Manner manner_;
  EventList list_;
  SlowList judge_;
  Phase last_phase_{};
  std::vector<EventHandle> handles_;
  std::vector<LaneId> lanes_;
  std::vector<Phase> lane_phase_;
  std::vector<Duration> lane_delay_;
};

TEST(EventList, AgreesWithASortedMapOnManyShortHistories) {
  for (std::uint64_t seed = 0; seed < 6'000 && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE(seed);
    History(seed).run(150);
  }
}

TEST(EventList, AgreesWithASortedMapOnLongHistories) {
  for (std::uint64_t seed = 10'000; seed < 10'012 && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE(seed);
    History(seed).run(20'000);
  }
}

}  // namespace
}  // namespace updraft::sim
