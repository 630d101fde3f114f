// Random histories against a slow queue that is written from the rules alone: a list, searched from
// the front each time.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/sqs/contents.h"
#include "sim/random/stream.h"

namespace updraft::sqs {
namespace {

using namespace std::chrono_literals;
using State = Stored::State;

struct SlowMessage {
  std::uint64_t id;
  std::uint64_t group;
  State state;
  sim::Time enqueued;
  sim::Time due;
  std::uint64_t set;   // n-th due time that was set
  std::uint64_t turn;  // standard: place among the visible; FIFO: of its group, when at the head
  std::uint32_t receives = 0;
  std::uint32_t receipt = 0;
  bool gone = false;
};

class SlowQueue {
 public:
  explicit SlowQueue(const QueueSettings& settings) : settings_(settings) {}

  void send(sim::Time now, std::uint64_t id, std::uint64_t group, sim::Duration delay) {
    pass(now);
    const bool delayed = delay > sim::Duration{};
    all_.push_back({.id = id,
                    .group = group,
                    .state = delayed ? State::kDelayed : State::kVisible,
                    .enqueued = now,
                    .due = now + delay,
                    .set = sets_++,
                    .turn = turns_++});
  }

  // Everything that is due, in the order of the times, then in the order in which they were set.
  void pass(sim::Time now) {
    for (;;) {
      SlowMessage* next = nullptr;
      for (SlowMessage& message : all_) {
        const bool waits = message.state == State::kInFlight || message.state == State::kDelayed;
        if (!message.gone && waits && message.due <= now &&
            (next == nullptr || message.due < next->due ||
             (message.due == next->due && message.set < next->set))) {
          next = &message;
        }
      }
      if (next == nullptr) {
        break;
      }
      show(*next);
    }
    for (SlowMessage& message : all_) {
      if (!message.gone && message.enqueued + settings_.retention <= now) {
        message.gone = true;
        ++expired_;
      }
    }
  }

  std::vector<std::uint64_t> receive(sim::Time now, std::uint32_t max, sim::Duration timeout) {
    pass(now);
    std::vector<SlowMessage*> got;
    std::vector<std::uint64_t> ids;
    const std::uint64_t busy = count(State::kInFlight);
    const std::uint64_t room = std::min<std::uint64_t>(max, settings_.in_flight_limit - busy);
    while (got.size() < room) {
      std::vector<SlowMessage*> batch;  // one choice of the queue
      while (got.size() + batch.size() < room) {
        SlowMessage* next = settings_.fifo ? first_of_fifo(batch) : first_of_standard();
        if (next == nullptr) {
          break;
        }
        batch.push_back(next);
        next->state = State::kInFlight;
      }
      if (batch.empty()) {
        break;
      }
      for (SlowMessage* next : batch) {
        if (settings_.max_receive_count && next->receives >= *settings_.max_receive_count) {
          next->gone = true;
          ++moved_;
          continue;
        }
        ++next->receives;
        next->receipt = ++receipts_;
        next->due = now + timeout;
        got.push_back(next);
      }
    }
    for (SlowMessage* message : got) {
      ids.push_back(message->id);
      if (timeout > sim::Duration{}) {
        message->set = sets_++;
      } else {
        show(*message);
      }
    }
    return ids;
  }

  void remove(sim::Time now, std::uint64_t id, std::uint32_t receipt) {
    pass(now);
    SlowMessage& message = all_[id];
    if (!message.gone &&
        (!settings_.fifo || (message.state == State::kInFlight && message.receipt == receipt))) {
      message.gone = true;
      ++deleted_;
    }
  }

  void change(sim::Time now, std::uint64_t id, std::uint32_t receipt, sim::Duration timeout) {
    pass(now);
    SlowMessage& message = all_[id];
    if (message.gone || message.state != State::kInFlight || message.receipt != receipt) {
      return;
    }
    message.due = now + timeout;
    message.set = sets_++;
    if (timeout == sim::Duration{}) {
      show(message);
    }
  }

  [[nodiscard]] std::uint64_t count(State state) const {
    return static_cast<std::uint64_t>(std::count_if(
        all_.begin(), all_.end(),
        [&](const SlowMessage& message) { return !message.gone && message.state == state; }));
  }
  [[nodiscard]] std::uint32_t receipt(std::uint64_t id) const { return all_[id].receipt; }

  [[nodiscard]] std::uint64_t deleted() const { return deleted_; }
  [[nodiscard]] std::uint64_t expired() const { return expired_; }
  [[nodiscard]] std::uint64_t moved() const { return moved_; }

 private:
  void show(SlowMessage& message) {
    if (message.state == State::kInFlight && (settings_.fifo || message.receives >= 3)) {
      message.turn = turns_++;
    }
    message.state = State::kVisible;
  }

  SlowMessage* first_of_standard() {
    SlowMessage* first = nullptr;
    for (SlowMessage& message : all_) {
      if (!message.gone && message.state == State::kVisible &&
          (first == nullptr || message.turn < first->turn)) {
        first = &message;
      }
    }
    return first;
  }

  // The group of the message before goes on while its next can be had; else the group whose head
  // has the earliest turn. Only among the first messages of the queue.
  SlowMessage* first_of_fifo(const std::vector<SlowMessage*>& batch) {
    std::vector<SlowMessage*> window;
    for (SlowMessage& message : all_) {
      if (!message.gone && window.size() < settings_.fifo_window) {
        window.push_back(&message);
      }
    }
    const auto chosen_now = [&](const SlowMessage* message) {
      return std::find(batch.begin(), batch.end(), message) != batch.end();
    };
    const auto next_in = [&](std::uint64_t group) -> SlowMessage* {
      for (SlowMessage* message : window) {
        if (message->group == group && !chosen_now(message)) {
          return message->state == State::kVisible ? message : nullptr;
        }
      }
      return nullptr;
    };
    if (!batch.empty()) {
      if (SlowMessage* next = next_in(batch.back()->group)) {
        return next;
      }
    }
    SlowMessage* first = nullptr;
    std::vector<std::uint64_t> seen;
    for (SlowMessage* message : window) {
      if (std::find(seen.begin(), seen.end(), message->group) != seen.end()) {
        continue;
      }
      seen.push_back(message->group);
      if (message->state == State::kVisible && (first == nullptr || message->turn < first->turn)) {
        first = message;
      }
    }
    return first;
  }

  QueueSettings settings_;
  std::vector<SlowMessage> all_;
  std::uint64_t sets_ = 0;
  std::uint64_t turns_ = 0;
  std::uint32_t receipts_ = 0;
  std::uint64_t deleted_ = 0;
  std::uint64_t expired_ = 0;
  std::uint64_t moved_ = 0;
};

class History {
 public:
  History(std::uint64_t number, const QueueSettings& settings)
      : key_(sim::stream_key(1, 0, "history", settings.fifo ? "fifo" : "standard")),
        number_(number),
        fast_(settings),
        slow_(settings) {}

  // Stops at the first difference.
  bool play(int steps) {
    for (int step = 0; step < steps; ++step) {
      if (below(3) == 0) {
        now_ += std::chrono::milliseconds(500 * (1 + below(6)));
      }
      act();
      if (!agree()) {
        return false;
      }
    }
    return true;
  }

 private:
  std::uint64_t below(std::uint64_t bound) {
    const double drawn = sim::uniform01(key_, number_, draws_++);
    return static_cast<std::uint64_t>(drawn * static_cast<double>(bound));
  }
  sim::Duration timeout() { return std::chrono::milliseconds(500 * below(7)); }

  void act() {
    switch (below(6)) {
      case 0:
      case 1:
        send();
        break;
      case 2:
      case 3:
        receive();
        break;
      case 4:
        with_receipt([&](std::uint64_t id, const roles::Receipt& receipt) {
          fast_.remove(now_, receipt);
          slow_.remove(now_, id, receipt.receive);
        });
        break;
      default:
        with_receipt([&](std::uint64_t id, const roles::Receipt& receipt) {
          const sim::Duration to = timeout();
          fast_.change_visibility(now_, receipt, to);
          slow_.change(now_, id, receipt.receive, to);
        });
    }
  }

  void send() {
    roles::Message message;
    message.message_group = fast_.settings().fifo ? 1 + below(3) : 0;
    const sim::Duration delay = below(4) == 0 ? timeout() : sim::Duration{};
    fast_.send(now_, message, sent_, delay);
    slow_.send(now_, sent_, message.message_group, delay);
    ++sent_;
  }

  void receive() {
    const auto max = static_cast<std::uint32_t>(1 + below(4));
    const sim::Duration hidden = timeout();
    std::vector<roles::ReceivedMessage> got;
    std::vector<Stored> dead;
    fast_.receive(now_, {.max = max, .visibility_timeout = hidden}, got, dead);
    std::vector<std::uint64_t> ids;
    for (const roles::ReceivedMessage& message : got) {
      ids.push_back(message.id);
      receipts_.emplace_back(message.id, message.receipt);
    }
    EXPECT_EQ(ids, slow_.receive(now_, max, hidden)) << "history " << number_;
    for (const roles::ReceivedMessage& message : got) {
      EXPECT_EQ(message.receipt.receive, slow_.receipt(message.id));
    }
  }

  template <class Do>
  void with_receipt(Do act) {
    if (!receipts_.empty()) {
      const auto [id, receipt] = receipts_[below(receipts_.size())];
      act(id, receipt);
    }
  }

  bool agree() {
    fast_.advance(now_);
    slow_.pass(now_);
    const QueueCounts& counts = fast_.counts();
    EXPECT_EQ(counts.visible, slow_.count(State::kVisible));
    EXPECT_EQ(counts.in_flight, slow_.count(State::kInFlight));
    EXPECT_EQ(counts.delayed, slow_.count(State::kDelayed));
    EXPECT_EQ(counts.deleted, slow_.deleted());
    EXPECT_EQ(counts.expired, slow_.expired());
    EXPECT_EQ(counts.moved, slow_.moved());
    EXPECT_EQ(sent_, counts.deleted + counts.expired + counts.moved + counts.visible +
                         counts.in_flight + counts.delayed);
    EXPECT_EQ(sent_, counts.entered);
    if (::testing::Test::HasFailure()) {
      ADD_FAILURE() << "history " << number_;
      return false;
    }
    return true;
  }

  sim::StreamKey key_;
  std::uint64_t number_;
  QueueContents fast_;
  SlowQueue slow_;
  sim::Time now_ = sim::kStart;
  std::uint64_t sent_ = 0;
  std::uint32_t draws_ = 0;
  std::vector<std::pair<std::uint64_t, roles::Receipt>> receipts_;
};

constexpr std::uint64_t kHistories = 5000;

void play_all(const QueueSettings& settings) {
  for (std::uint64_t number = 0; number < kHistories; ++number) {
    if (!History(number, settings).play(60)) {
      return;
    }
  }
}

TEST(Histories, OfAStandardQueueAreThoseOfTheSlowOne) {
  play_all({.retention = 30s, .max_receive_count = 4, .in_flight_limit = 6});
}

TEST(Histories, OfAFifoQueueAreThoseOfTheSlowOne) {
  play_all({.fifo = true,
            .retention = 30s,
            .max_receive_count = 4,
            .in_flight_limit = 6,
            .fifo_window = 8});
}

}  // namespace
}  // namespace updraft::sqs
