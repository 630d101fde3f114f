// Clients that retry: how a request is asked, attempt by attempt.
#include <algorithm>

#include "sim/build/world.h"
#include "sim/client/told.h"
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
  asked.ticket = 0;
  asked.last_cost = 0;
  asked.retry_decided = false;
  if (timeout_.exists()) {
    asked.patience = after(ctx, timeout_, PatienceOver{slot});
    if (retrying_->pass_deadline) {
      asked.request.deadline = ctx.now() + patience_;
    }
  }
  attempt(ctx, slot);
}

// In mode adaptive an attempt may have to wait until the rate lets it through.
void TrafficSource::attempt(Context& ctx, std::uint64_t slot) {
  Retrying& all = *retrying_;
  if (all.rate && (all.first_in_line() || !all.rate->try_send(ctx.now()))) {
    all.asked[slot].ticket = ++all.tickets;
    all.line.push_back({slot, all.tickets});
    all.metrics.add(RetryMetrics::kDelayed);
    await_token(ctx);
    return;
  }
  send(ctx, slot);
}

void TrafficSource::send(Context& ctx, std::uint64_t slot) {
  Retrying& all = *retrying_;
  Asked& asked = all.asked[slot];
  BreakerPermit permit;
  if (all.breaker) {
    const BreakerState before = all.breaker->state();
    permit = all.breaker->ask(ctx.now());
    note_breaker(ctx, before);
    if (!permit.granted) {
      all.metrics.add(RetryMetrics::kNotPermitted);
      not_sent(ctx, slot);
      return;
    }
  }
  Request request = asked.request;
  request.attempt = static_cast<std::uint32_t>(asked.attempts.size());
  const RequestHandle handle = ctx.open(request);
  const FrameHandle call =
      ctx.call(handle, to_,
               {.latency = latency_law_ ? latency_law_->duration(request.ordinal, request.attempt)
                                        : Duration{},
                .tag = tag_of(slot, asked.attempts.size()),
                .timeout = all.attempt_timeout});
  asked.attempts.push_back({.request = handle,
                            .call = call,
                            .sent = ctx.now(),
                            .over = {},
                            .permit = permit,
                            .counted = asked.retry_decided});
  asked.retry_decided = false;
  all.metrics.add(RetryMetrics::kAttempts);
  if (request.attempt > 0) {
    all.metrics.add(all.hedging ? RetryMetrics::kHedges : RetryMetrics::kRetries);
  }
  if (all.hedging && asked.attempts.size() < all.hedging->max_attempts) {
    asked.next = after(ctx, all.hedging->delay, AttemptDue{slot});
  }
}

// The circuit is open. A copy that is not sent is no loss while another one is out.
void TrafficSource::not_sent(Context& ctx, std::uint64_t slot) {
  Asked& asked = retrying_->asked[slot];
  if (asked.retry_decided) {
    end_counted();
    asked.retry_decided = false;
  }
  const bool out = std::any_of(asked.attempts.begin(), asked.attempts.end(),
                               [](const Attempt& each) { return each.open; });
  if (!out) {
    finish_asked(ctx, slot, Status::kCircuitOpen);
  }
}

void TrafficSource::on(Context& ctx, const AttemptDue& message) {
  retrying_->asked[message.slot].next = {};
  if (retrying_->hedging) {
    hedge(ctx, message.slot);
  } else {
    attempt(ctx, message.slot);
  }
}

void TrafficSource::hedge(Context& ctx, std::uint64_t slot) {
  if (retrying_->hedging_budget) {
    if (!retrying_->hedging_budget->begin(in_flight_)) {
      retrying_->metrics.add(RetryMetrics::kBudgetExhausted);
      return;
    }
    retrying_->asked[slot].retry_decided = true;
  }
  attempt(ctx, slot);
}

void TrafficSource::end_counted() {
  if (retrying_->hedging_budget) {
    retrying_->hedging_budget->end();
  } else {
    retrying_->policy.retry_ended();
  }
}

// --- the rate of mode adaptive

void TrafficSource::await_token(Context& ctx) {
  if (retrying_->token) {
    ctx.cancel(retrying_->token);
    retrying_->token = {};
  }
  if (retrying_->first_in_line()) {
    retrying_->token = at(ctx, retrying_->rate->next_token(ctx.now()), TokenDue{});
  }
}

void TrafficSource::on(Context& ctx, const TokenDue& /*message*/) {
  retrying_->token = {};
  const std::optional<std::uint64_t> slot = retrying_->first_in_line();
  if (slot && retrying_->rate->try_send(ctx.now())) {
    retrying_->line.pop_front();
    retrying_->asked[*slot].ticket = 0;
    send(ctx, *slot);
  }
  await_token(ctx);
}

// --- what is told

namespace {
Cause failing_now(const Context& ctx, const std::string& path) {
  return Cause::metric(path, "FirstAttemptErrors",
                       ctx.now() - (ctx.now() - kStart) % kRollUpPeriod);
}
}  // namespace

// R24.1. Recorded when it begins: the first time since the quota was full.
void TrafficSource::note_quota(Context& ctx, std::uint32_t cost) {
  retrying_->metrics.add(RetryMetrics::kQuotaExhausted);
  if (!retrying_->exhausted) {
    retrying_->exhausted = true;
    tell_quota(ctx, path(), retrying_->policy, cost, failing_now(ctx, path()));
  }
}

void TrafficSource::note_breaker(Context& ctx, BreakerState before) {
  if (retrying_->breaker->state() != before) {
    tell_breaker(ctx, path(), *retrying_->breaker, failing_now(ctx, path()));
  }
}

}  // namespace updraft::sim
