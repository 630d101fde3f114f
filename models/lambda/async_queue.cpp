#include "models/lambda/async_queue.h"

#include <fmt/format.h>

#include "models/lambda/function.h"

namespace updraft::lambda {

using sim::Context;
using sim::FrameHandle;
using sim::Status;

// R5.2.2
Status AsyncQueue::accept(Context& ctx, const roles::Message& message, sim::ComponentId target,
                          sim::DecisionId caused_by) {
  Context own = ctx.as(*this);
  if (static_cast<std::uint64_t>(message.size_bytes) > function_.params().maximum_event_size()) {
    return Status::kFailed;
  }
  std::uint32_t index = 0;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(events_.size());
    events_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Event& event = events_[index];
  event = {.message = message,
           .tries = {.accepted = own.now()},
           .target = target,
           .caused_by = caused_by,
           .generation = event.generation};
  function_.received_.add();
  // Lambda.recursion
  if (message.hops >= kMostHops && function_.params().recursive_loop() == TERMINATE) {
    function_.recursions_.add();
    give_up(own, index, End::kRecursion);
    return Status::kOk;
  }
  at(own, own.now(), EventDue{index, event.generation});
  return Status::kOk;
}

void AsyncQueue::on(Context& ctx, const EventDue& message) {
  Event& event = events_[message.event];
  if (event.generation != message.generation) {
    return;
  }
  if (event.over) {
    give_up(ctx, message.event, End::kEventAgeExceeded);
    return;
  }
  sim::Request request = roles::request_of(event.message);
  request.attempt += event.tries.failures;  // the same request, and another attempt at it
  ctx.call(ctx.open(request), event.target, {.tag = message.event});
}

void AsyncQueue::on_reply(Context& ctx, FrameHandle frame) {
  const auto index = static_cast<std::uint32_t>(ctx.frame(frame).tag);
  const Status status = ctx.frame(frame).status;
  const sim::Time began = ctx.frame(frame).begun;
  ctx.close(ctx.request_of(frame));
  Event& event = events_[index];
  if (status == Status::kThrottled) {
    if (function_.reserves_nothing()) {
      give_up(ctx, index, End::kReservedZero);
      return;
    }
    ++event.tries.throttles;
    settle(ctx, index, after_throttle(rules_, event.tries, ctx.now()));
    return;
  }
  function_.ages_.record(1e3 * sim::to_seconds(began - event.tries.accepted));
  if (status == Status::kOk) {
    const Event done = event;
    free(index);
    hand_on(ctx, done, on_success_, done.caused_by, false);
    return;
  }
  ++event.tries.failures;
  settle(ctx, index, after_failure(rules_, event.tries, ctx.now()));
}

void AsyncQueue::settle(Context& ctx, std::uint32_t index, const NextTry& next) {
  Event& event = events_[index];
  if (next.then == Then::kRetriesExhausted) {
    give_up(ctx, index, End::kRetriesExhausted);
    return;
  }
  event.over = next.then == Then::kEventAgeExceeded;
  at(ctx, next.at, EventDue{index, event.generation});
}

void AsyncQueue::give_up(Context& ctx, std::uint32_t index, End end) {
  const Event event = events_[index];
  free(index);
  function_.lost_event();
  const char* reason = "RetriesExhausted: its retries have failed";
  const char* rule = "R5.2.2";
  switch (end) {
    case End::kRetriesExhausted:
      break;
    case End::kEventAgeExceeded:
      reason = "EventAgeExceeded: it is older than maximum_event_age";
      break;
    case End::kReservedZero:
      reason = "ZeroReservedConcurrency: the function's reserved concurrency is 0";
      break;
    case End::kRecursion:
      reason = "RecursiveInvocation: the chain has passed through 16 functions";
      rule = "Lambda.recursion";
      break;
  }
  const sim::DecisionId decided =
      ctx.decide({.who = function_.path(),
                  .kind = "event",
                  .what = "give up an event",
                  .reason = reason,
                  .rule = rule,
                  .values = {{{"invocations", static_cast<double>(event.tries.failures)},
                              {"throttles", static_cast<double>(event.tries.throttles)},
                              {"age_s", sim::to_seconds(ctx.now() - event.tries.accepted)}}},
                  .cause = sim::Cause::decision(event.caused_by)});
  hand_on(ctx, event, dead_letters_, decided, true);
  hand_on(ctx, event, on_failure_, decided, false);
}

// R5.2.3
void AsyncQueue::hand_on(Context& ctx, const Event& event, roles::MessageSink* to,
                         sim::DecisionId cause, bool dead_letter) {
  if (to == nullptr) {
    return;
  }
  roles::Message message = event.message;
  ++message.hops;
  if (to->deliver(ctx, message, cause) != Status::kOk) {
    (dead_letter ? function_.dead_letter_errors_ : function_.destination_failures_).add();
  }
}

void AsyncQueue::free(std::uint32_t index) {
  ++events_[index].generation;
  free_.push_back(index);
}

}  // namespace updraft::lambda
