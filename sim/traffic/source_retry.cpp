// Clients that retry: attempts of one request, one after the other.
#include <algorithm>

#include "sim/build/world.h"
#include "sim/traffic/source.h"
#include "sim/traffic/span_status.h"

namespace updraft::sim {

void TrafficSource::ask(Context& ctx, const Request& request, std::uint64_t client) {
  const std::uint64_t slot = retrying_->take();
  Asked& asked = retrying_->asked[slot];
  asked.request = request;
  asked.begun = ctx.now();
  asked.client = client;
  asked.patience = {};
  asked.next = {};
  asked.last_cost = 0;
  if (timeout_.exists()) {
    asked.patience = after(ctx, timeout_, PatienceOver{slot});
    if (retrying_->pass_deadline) {
      asked.request.deadline = ctx.now() + patience_;
    }
  }
  attempt(ctx, slot);
}

void TrafficSource::attempt(Context& ctx, std::uint64_t slot) {
  Asked& asked = retrying_->asked[slot];
  Request request = asked.request;
  request.attempt = static_cast<std::uint32_t>(asked.attempts.size());
  asked.next = {};
  const RequestHandle handle = ctx.open(request);
  asked.attempts.push_back(handle);
  asked.call =
      ctx.call(handle, to_,
               {.latency = latency_law_ ? latency_law_->duration(request.ordinal, request.attempt)
                                        : Duration{},
                .tag = slot,
                .timeout = retrying_->attempt_timeout});
  retrying_->metrics.attempts.add();
  if (request.attempt > 0) {
    retrying_->metrics.retries.add();
  }
}

void TrafficSource::on_attempt_reply(Context& ctx, FrameHandle frame) {
  const Frame& call = ctx.frame(frame);
  if (call.status == Status::kUnreachable) {
    attempt_in_vain(ctx, frame);
    return;
  }
  end_attempt(ctx, call.tag, call.status);
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
  retrying_->asked[call.tag].next = at(ctx, std::max(ctx.now(), std::min(noticed, impatient)),
                                       AttemptOver{call.tag, static_cast<std::uint64_t>(status)});
}

void TrafficSource::on(Context& ctx, const AttemptOver& message) {
  end_attempt(ctx, message.slot, static_cast<Status>(message.status));
}

void TrafficSource::on(Context& ctx, const RetryDue& message) {
  attempt(ctx, message.slot);
}

// An attempt is out: no retry is planned for the end of the patience or later.
void TrafficSource::on(Context& ctx, const PatienceOver& message) {
  Asked& asked = retrying_->asked[message.slot];
  asked.patience = {};
  if (asked.next) {
    ctx.cancel(asked.next);
  } else {
    ctx.abandon(asked.call);
  }
  if (asked.attempts.size() == 1) {
    retrying_->metrics.first_attempt_errors.add();
  }
  add_bytes(ctx.request(asked.attempts.back()), Status::kTimedOut);
  finish_asked(ctx, message.slot, Status::kTimedOut);
}

void TrafficSource::end_attempt(Context& ctx, std::uint64_t slot, Status status) {
  Asked& asked = retrying_->asked[slot];
  const auto attempts = static_cast<std::uint32_t>(asked.attempts.size());
  asked.next = {};
  add_bytes(ctx.request(asked.attempts.back()), status);
  if (status == Status::kOk) {
    RetryPolicy& policy = retrying_->policy;
    policy.succeeded({.attempts = attempts, .last_cost = asked.last_cost});
    retrying_->exhausted = retrying_->exhausted && policy.available() < policy.rules().quota;
    finish_asked(ctx, slot, status);
    return;
  }
  if (attempts == 1) {
    retrying_->metrics.first_attempt_errors.add();
  }
  const RetryAnswer answer = retrying_->policy.decide(
      {.status = status,
       .attempts = attempts,
       .uniform = uniform01(retrying_->jitter, asked.request.ordinal, attempts),
       .now = ctx.now(),
       .deadline = timeout_.exists() ? asked.begun + patience_ : kNever});
  if (answer.verdict == RetryVerdict::kRetry) {
    asked.last_cost = answer.cost;
    asked.next = after(ctx, answer.delay, RetryDue{slot});
    return;
  }
  if (answer.verdict == RetryVerdict::kQuota) {
    note_quota(ctx, answer.cost);
  }
  finish_asked(ctx, slot, status);
}

// R24.1. Recorded when it begins: the first time since the quota was full.
void TrafficSource::note_quota(Context& ctx, std::uint32_t cost) {
  retrying_->metrics.quota_exhausted.add();
  if (retrying_->exhausted) {
    return;
  }
  retrying_->exhausted = true;
  const RetryPolicy& policy = retrying_->policy;
  const Duration into_period = (ctx.now() - kStart) % kRollUpPeriod;
  ctx.decide({.who = path(),
              .kind = "retry",
              .outcome = Outcome::kBlocked,
              .what = "another attempt",
              .reason = "the retry quota is exhausted",
              .rule = "R24.1",
              .values = {{{"available", static_cast<double>(policy.available())},
                          {"cost", static_cast<double>(cost)},
                          {"capacity", static_cast<double>(policy.rules().quota)}}},
              .cause = Cause::metric(path(), "FirstAttemptErrors", ctx.now() - into_period),
              .repeats = false});
}

void TrafficSource::finish_asked(Context& ctx, std::uint64_t slot, Status status) {
  Asked& asked = retrying_->asked[slot];
  if (asked.patience) {
    ctx.cancel(asked.patience);
  }
  settle(ctx.now() - asked.begun, status);
  const TraceRef trace = ctx.traces().open({.source = trace_source_,
                                            .ordinal = asked.request.ordinal,
                                            .begin = asked.begun,
                                            .end = ctx.now(),
                                            .status = span_status(status)});
  if (trace != TraceRef::kNone) {
    for (const RequestHandle attempt : asked.attempts) {
      add_spans(ctx, trace, attempt);
    }
    ctx.traces().close(trace);
  }
  for (const RequestHandle attempt : asked.attempts) {
    ctx.close(attempt);
  }
  if (asked.client != kNoClient) {
    think(ctx, asked.client, asked.begun + shortest_cycle_);
  }
  retrying_->give_back(slot);
}

}  // namespace updraft::sim
