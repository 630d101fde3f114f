// The events of a function that wait for their asynchronous invocation, or for another try
// (R5.2.2).
//
// Each event is tried as soon as it has come; there is no limit of its own to how many at a time.
#pragma once

#include <vector>

#include "models/lambda/retry_clock.h"
#include "models/roles/messages.h"
#include "sim/engine/model.h"

namespace updraft::lambda {

class Function;

/// An event is to be tried, or to be given up.
struct EventDue {
  static constexpr sim::Phase kPhase = sim::Phase::kArrivals;
  std::uint32_t event;
  std::uint32_t generation;
};

class AsyncQueue final : public sim::Model<AsyncQueue, EventDue> {
 public:
  AsyncQueue(const sim::Birth& birth, Function& function, const RetryRules& rules)
      : Model(birth), function_(function), rules_(rules) {}
  void set_targets(roles::MessageSink* dead_letters, roles::MessageSink* on_success,
                   roles::MessageSink* on_failure) {
    dead_letters_ = dead_letters;
    on_success_ = on_success;
    on_failure_ = on_failure;
  }

  /// Queues an event for the component that was addressed (a function, a version, an alias).
  sim::Status accept(sim::Context& ctx, const roles::Message& message, sim::ComponentId target,
                     sim::DecisionId caused_by);
  void on(sim::Context& ctx, const EventDue& message);
  void on_reply(sim::Context& ctx, sim::FrameHandle frame) override;

  [[nodiscard]] std::size_t waiting() const { return events_.size() - free_.size(); }

 private:
  enum class End : std::uint8_t { kRetriesExhausted, kEventAgeExceeded, kReservedZero, kRecursion };
  struct Event {
    roles::Message message;
    AsyncTries tries;
    sim::ComponentId target;
    sim::DecisionId caused_by = sim::DecisionId::kNone;
    std::uint32_t generation = 0;
    bool over = false;  // it comes up to be given up
  };

  void settle(sim::Context& ctx, std::uint32_t index, const NextTry& next);
  void give_up(sim::Context& ctx, std::uint32_t index, End end);
  void hand_on(sim::Context& ctx, const Event& event, roles::MessageSink* to, sim::DecisionId cause,
               bool dead_letter);
  void free(std::uint32_t index);

  Function& function_;
  RetryRules rules_;
  roles::MessageSink* dead_letters_ = nullptr;
  roles::MessageSink* on_success_ = nullptr;
  roles::MessageSink* on_failure_ = nullptr;
  std::vector<Event> events_;
  std::vector<std::uint32_t> free_;
};

}  // namespace updraft::lambda
