// Clients that retry: how attempts end, and what follows from it.
#include <algorithm>

#include "sim/build/world.h"
#include "sim/traffic/source.h"
#include "sim/traffic/span_status.h"

namespace updraft::sim {

void TrafficSource::on_attempt_reply(Context& ctx, FrameHandle frame) {
  const Frame& call = ctx.frame(frame);
  if (call.status == Status::kUnreachable) {
    attempt_in_vain(ctx, frame);
    return;
  }
  end_attempt(ctx, slot_of(call.tag), attempt_of(call.tag), call.status);
}

void TrafficSource::on_attempt_timeout(Context& ctx, FrameHandle frame) {
  const std::uint64_t tag = ctx.frame(frame).tag;
  end_attempt(ctx, slot_of(tag), attempt_of(tag), Status::kTimedOut);
}

// As wait_in_vain(), for one attempt; the time-out of the whole request is an event of its own.
void TrafficSource::attempt_in_vain(Context& ctx, FrameHandle frame) {
  const Frame& call = ctx.frame(frame);
  const bool connected = call.begun > kStart;
  const Time noticed = connected ? ctx.now() + keep_alive_timeout_ : call.sent + connect_timeout_;
  const TimerLane& lane = retrying_->attempt_timeout;
  const Time impatient = lane.exists() ? call.sent + lane.delay : kNever;
  const Status status = impatient <= noticed ? Status::kTimedOut
                        : connected          ? Status::kReset
                                             : Status::kUnreachable;
  const std::uint64_t slot = slot_of(call.tag);
  const std::uint32_t attempt = attempt_of(call.tag);
  retrying_->asked[slot].attempts[attempt].over =
      at(ctx, std::max(ctx.now(), std::min(noticed, impatient)),
         AttemptOver{slot, attempt, static_cast<std::uint32_t>(status)});
}

void TrafficSource::on(Context& ctx, const AttemptOver& message) {
  end_attempt(ctx, message.slot, message.attempt, static_cast<Status>(message.status));
}

void TrafficSource::on(Context& ctx, const PatienceOver& message) {
  Asked& asked = retrying_->asked[message.slot];
  asked.patience = {};
  if (!asked.attempts.empty() && asked.attempts.front().open) {
    retrying_->metrics.add(RetryMetrics::kFirstAttemptErrors);
  }
  finish_asked(ctx, message.slot, Status::kTimedOut);
}

// What the breaker, the rate and the budget make of an end.
void TrafficSource::note_end(Context& ctx, Attempt& attempt, Status status) {
  Retrying& all = *retrying_;
  attempt.open = false;
  attempt.over = {};
  add_bytes(ctx.request(attempt.request), status);
  if (attempt.counted) {
    end_counted();
  }
  if (all.breaker) {
    const BreakerState before = all.breaker->state();
    all.breaker->ended(attempt.permit, ctx.now(), ctx.now() - attempt.sent, status != Status::kOk);
    note_breaker(ctx, before);
  }
  if (all.rate) {
    all.rate->ended(ctx.now(), status == Status::kThrottled);
    await_token(ctx);
  }
}

void TrafficSource::end_attempt(Context& ctx, std::uint64_t slot, std::uint32_t index,
                                Status status) {
  Retrying& all = *retrying_;
  note_end(ctx, all.asked[slot].attempts[index], status);
  if (status == Status::kOk) {
    all.policy.succeeded({.attempts = static_cast<std::uint32_t>(all.asked[slot].attempts.size()),
                          .last_cost = all.asked[slot].last_cost});
    all.exhausted = all.exhausted && all.policy.available() < all.policy.rules().quota;
    finish_asked(ctx, slot, status);
    return;
  }
  if (index == 0) {
    all.metrics.add(RetryMetrics::kFirstAttemptErrors);
  }
  if (all.hedging) {
    hedge_after_failure(ctx, slot, status);
  } else {
    retry_after_failure(ctx, slot, status);
  }
}

// A bad answer has the next copy sent at once; the last bad answer counts.
void TrafficSource::hedge_after_failure(Context& ctx, std::uint64_t slot, Status status) {
  Asked& asked = retrying_->asked[slot];
  const std::size_t sent = asked.attempts.size();
  if (asked.next) {
    ctx.cancel(asked.next);
    asked.next = {};
    hedge(ctx, slot);
  }
  const bool out = std::any_of(asked.attempts.begin(), asked.attempts.end(),
                               [](const Attempt& each) { return each.open; });
  const bool finished = sent > 0 && asked.attempts.empty();  // the circuit was open
  if (!out && !finished && asked.ticket == 0) {
    finish_asked(ctx, slot, status);
  }
}

void TrafficSource::retry_after_failure(Context& ctx, std::uint64_t slot, Status status) {
  Retrying& all = *retrying_;
  Asked& asked = all.asked[slot];
  const auto attempts = static_cast<std::uint32_t>(asked.attempts.size());
  const RetryAnswer answer =
      all.policy.decide({.status = status,
                         .attempts = attempts,
                         .uniform = uniform01(all.jitter, asked.request.ordinal, attempts),
                         .now = ctx.now(),
                         .deadline = timeout_.exists() ? asked.begun + patience_ : kNever,
                         .active = in_flight_});
  switch (answer.verdict) {
    case RetryVerdict::kRetry:
      asked.last_cost = answer.cost;
      asked.retry_decided = all.policy.rules().budget.has_value();
      asked.next = after(ctx, answer.delay, AttemptDue{slot});
      return;
    case RetryVerdict::kQuota:
      note_quota(ctx, answer.cost);
      break;
    case RetryVerdict::kBudget:
      all.metrics.add(RetryMetrics::kBudgetExhausted);
      break;
    case RetryVerdict::kNotRetried:
    case RetryVerdict::kAttempts:
    case RetryVerdict::kDeadline:
      break;
  }
  finish_asked(ctx, slot, status);
}

// --- the final answer

// What is still out is given up.
void TrafficSource::take_back(Context& ctx, Asked& asked, Status status) {
  for (Attempt& each : asked.attempts) {
    if (!each.open) {
      continue;
    }
    if (each.over) {
      ctx.cancel(each.over);
    } else {
      ctx.abandon(each.call);
    }
    if (status == Status::kTimedOut) {
      note_end(ctx, each, status);
      continue;
    }
    each.open = false;
    add_bytes(ctx.request(each.request), Status::kTimedOut);
    if (each.counted) {
      end_counted();
    }
    if (retrying_->breaker) {
      retrying_->breaker->released(each.permit);
    }
  }
  if (asked.retry_decided) {
    end_counted();
    asked.retry_decided = false;
  }
  if (asked.next) {
    ctx.cancel(asked.next);
    asked.next = {};
  }
  asked.ticket = 0;
}

void TrafficSource::finish_asked(Context& ctx, std::uint64_t slot, Status status) {
  Asked& asked = retrying_->asked[slot];
  if (asked.patience) {
    ctx.cancel(asked.patience);
  }
  take_back(ctx, asked, status);
  settle(ctx.now() - asked.begun, status);
  const TraceRef trace = ctx.traces().open({.source = trace_source_,
                                            .ordinal = asked.request.ordinal,
                                            .begin = asked.begun,
                                            .end = ctx.now(),
                                            .status = span_status(status)});
  if (trace != TraceRef::kNone) {
    for (const Attempt& attempt : asked.attempts) {
      add_spans(ctx, trace, attempt.request);
    }
    ctx.traces().close(trace);
  }
  for (const Attempt& attempt : asked.attempts) {
    ctx.close(attempt.request);
  }
  if (asked.client != kNoClient) {
    think(ctx, asked.client, asked.begun + shortest_cycle_);
  }
  retrying_->give_back(slot);
}

}  // namespace updraft::sim
