// How a program calls: attempts, connections, a circuit breaker. Without a client of the callee a
// call is one attempt, made at once.
#include <algorithm>
#include <bit>
#include <utility>

#include "models/program/runner.h"
#include "sim/client/told.h"
#include "sim/engine/simulation.h"

namespace updraft::program {

using sim::Context;
using sim::Duration;
using sim::Status;
using sim::Time;

namespace {

/// After which a system gives up connecting where nobody answers (scenario.proto, connect_timeout).
constexpr Duration kConnectTimeout = std::chrono::seconds{131};

}  // namespace

ClientState* Runner::client_of(std::uint32_t thread) {
  const std::uint32_t client = call_of(thread).client;
  const std::uint32_t process = runs_[threads_[thread].run].process;
  return client == CallStep::kNoClient ? nullptr : &processes_[process].clients[client];
}

Time Runner::last_moment(Context& ctx, std::uint32_t thread) const {
  return program_.honours_deadline() ? request_of(ctx, thread).deadline : sim::kNever;
}

Runner::Next Runner::perform(Context& ctx, std::uint32_t thread, const CallStep& /*step*/) {
  threads_[thread].attempts = 0;
  threads_[thread].last_cost = 0;
  if (ClientState* client = client_of(thread)) {
    ++client->active;
  }
  return begin_attempt(ctx, thread);
}

// A call that the circuit breaker does not let through fails at once, and is not made again.
Runner::Next Runner::begin_attempt(Context& ctx, std::uint32_t thread) {
  ClientState* client = client_of(thread);
  ++threads_[thread].attempts;
  threads_[thread].asked = ctx.now();
  if (client == nullptr) {
    send_call(ctx, thread);
    return std::nullopt;
  }
  if (client->breaker) {
    const sim::BreakerState before = client->breaker->state();
    threads_[thread].permit = client->breaker->ask(ctx.now());
    note_breaker(ctx, *client, thread, before);
    if (!threads_[thread].permit.granted) {
      if (threads_[thread].attempts > 1) {
        client->policy.retry_ended();
      }
      end_call(thread);
      return call_of(thread).on_failure;
    }
  }
  if (!client->pool.take()) {
    return stand_in_line(ctx, thread, *client);
  }
  send_call(ctx, thread);
  return std::nullopt;
}

Runner::Next Runner::stand_in_line(Context& ctx, std::uint32_t thread, ClientState& client) {
  threads_[thread].state = State::kInLine;
  threads_[thread].ticket = ++tickets_;
  client.pool.stand_in_line({thread, tickets_});
  const ClientRules& rules = program_.clients()[call_of(thread).client];
  const Time deadline = last_moment(ctx, thread);
  if (rules.connection_timeout > Duration{} || deadline != sim::kNever) {
    const Duration until_deadline = std::max(Duration{}, deadline - ctx.now());
    threads_[thread].timer = host_.wait(ctx, ref(thread),
                                        rules.connection_timeout > Duration{}
                                            ? std::min(rules.connection_timeout, until_deadline)
                                            : until_deadline);
  }
  ctx.decide({.who = ctx.self().path(),
              .kind = "connection pool",
              .outcome = sim::Outcome::kBlocked,
              .what = "a call to " + rules.to,
              .reason = "all connections are in use",
              .rule = "",
              .values = {{{"connections", static_cast<double>(client.pool.size())},
                          {"waiting", static_cast<double>(client.pool.waiting())}}},
              .cause = {}});
  return std::nullopt;
}

void Runner::send_call(Context& ctx, std::uint32_t thread) {
  const CallStep& step = call_of(thread);
  const Run& run = runs_[threads_[thread].run];
  sim::CallOptions options{
      .parent = run.frame,
      .tag = std::bit_cast<std::uint64_t>(ref(thread)),
      .step = sim::step_below(run.way, static_cast<std::uint32_t>(at(thread).stream.key),
                              threads_[thread].attempts - 1),
      .timeout = step.timeout};
  if (step.client != CallStep::kNoClient) {
    const ClientRules& rules = program_.clients()[step.client];
    const sim::Request& request = request_of(ctx, thread);
    if (rules.latency) {
      options.latency =
          rules.latency->sample_duration(key_of(rules.latency_stream, request), request.ordinal,
                                         sim::sub_of(request, options.step));
    }
  }
  const Time deadline = last_moment(ctx, thread);
  if (!step.timeout.exists() || deadline < ctx.now() + step.timeout.delay) {
    options.timeout = {};
    options.give_up_at = deadline;
  }
  threads_[thread].state = State::kCalling;
  threads_[thread].call = ctx.call(run.request, step.callee, options);
}

// --- what the host tells of calls

std::uint32_t Runner::thread_of(Context& ctx, sim::FrameHandle frame) const {
  const auto thread = std::bit_cast<ThreadRef>(ctx.frame(frame).tag);
  SIM_CHECK(current(thread) && threads_[thread.index].call == frame,
            "an answer to a call that no thread waits for");
  return thread.index;
}

void Runner::on_reply(Context& ctx, sim::FrameHandle frame) {
  const sim::Frame& call = ctx.frame(frame);
  const std::uint32_t thread = thread_of(ctx, frame);
  threads_[thread].call = {};
  if (call.status == Status::kUnreachable) {
    wait_in_vain(ctx, thread, call.sent);
  } else {
    end_attempt(ctx, thread, call.status, call.missed);
  }
}

void Runner::on_timeout(Context& ctx, sim::FrameHandle frame) {
  const std::uint32_t thread = thread_of(ctx, frame);
  threads_[thread].call = {};
  end_attempt(ctx, thread, Status::kTimedOut, /*missed=*/false);
}

// Nobody answers there: the caller's system goes on trying to connect until somebody loses
// patience.
void Runner::wait_in_vain(Context& ctx, std::uint32_t thread, Time sent) {
  const CallStep& call = call_of(thread);
  const Time noticed = sent + kConnectTimeout;
  Time until = std::min(noticed, last_moment(ctx, thread));
  if (call.timeout.exists()) {
    until = std::min(until, sent + call.timeout.delay);
  }
  threads_[thread].in_vain = until < noticed ? Status::kTimedOut : Status::kUnreachable;
  if (until <= ctx.now()) {
    end_attempt(ctx, thread, threads_[thread].in_vain, /*missed=*/false);
    return;
  }
  threads_[thread].state = State::kInVain;
  threads_[thread].timer = host_.wait(ctx, ref(thread), until - ctx.now());
}

void Runner::waited_for_call(Context& ctx, std::uint32_t thread) {
  switch (std::exchange(threads_[thread].state, State::kGoingOn)) {
    case State::kInVain:
      end_attempt(ctx, thread, threads_[thread].in_vain, /*missed=*/false);
      break;
    case State::kInLine:  // no connection in time
      client_of(thread)->pool.leave_line();
      threads_[thread].ticket = 0;
      if (const Next next = after_attempt(ctx, thread, Status::kTimedOut, /*missed=*/false)) {
        go_to(ctx, thread, *next);
      }
      break;
    default:  // kBackingOff
      if (const auto status = cut_short(ctx, runs_[threads_[thread].run])) {
        client_of(thread)->policy.retry_ended();
        end_call(thread);
        end_run(ctx, threads_[thread].run, *status);
      } else if (const Next next = begin_attempt(ctx, thread)) {
        go_to(ctx, thread, *next);
      }
      break;
  }
}

// --- ends of attempts

void Runner::end_attempt(Context& ctx, std::uint32_t thread, Status status, bool missed) {
  threads_[thread].state = State::kGoingOn;
  give_back_connection(ctx, thread);
  if (const Next next = after_attempt(ctx, thread, status, missed)) {
    go_to(ctx, thread, *next);
  }
}

// The next in the line calls before the one that has ended goes on: it has waited.
void Runner::give_back_connection(Context& ctx, std::uint32_t thread) {
  ClientState* client = client_of(thread);
  if (client == nullptr) {
    return;
  }
  client->pool.give_back();
  if (dropping_all_) {
    return;
  }
  const auto waits = [&](const ConnectionPool::Waiting& each) {
    return threads_[each.caller].ticket == each.ticket;
  };
  while (const auto next = client->pool.next(waits)) {
    Thread& waiting = threads_[next->caller];
    waiting.ticket = 0;
    if (waiting.timer) {
      ctx.cancel(waiting.timer);
      waiting.timer = {};
    }
    send_call(ctx, next->caller);
  }
}

Runner::Next Runner::after_attempt(Context& ctx, std::uint32_t thread, Status status, bool missed) {
  const CallStep& step = call_of(thread);
  if (ClientState* client = client_of(thread)) {
    Thread& self = threads_[thread];
    if (self.attempts > 1) {
      client->policy.retry_ended();
    }
    if (client->breaker) {
      const sim::BreakerState before = client->breaker->state();
      client->breaker->ended(self.permit, ctx.now(), ctx.now() - self.asked, status != Status::kOk);
      note_breaker(ctx, *client, thread, before);
    }
    if (status == Status::kOk) {
      client->policy.succeeded({.attempts = self.attempts, .last_cost = self.last_cost});
      client->exhausted =
          client->exhausted && client->policy.available() < client->policy.rules().quota;
    } else if (const Next waits = retry(ctx, thread, *client, status); !waits) {
      return std::nullopt;
    }
  }
  end_call(thread);
  if (status != Status::kOk) {
    return step.on_failure;
  }
  return missed ? step.on_miss : at(thread).next;
}

// None: it will call again. A place: it won't.
Runner::Next Runner::retry(Context& ctx, std::uint32_t thread, ClientState& client, Status status) {
  Thread& self = threads_[thread];
  const sim::Request& request = request_of(ctx, thread);
  const ClientRules& rules = program_.clients()[call_of(thread).client];
  const std::uint32_t way = sim::step_below(
      runs_[self.run].way, static_cast<std::uint32_t>(at(thread).stream.key), self.attempts - 1);
  const sim::RetryAnswer answer =
      client.policy.decide({.status = status,
                            .attempts = self.attempts,
                            .uniform = sim::uniform01(key_of(rules.jitter, request),
                                                      request.ordinal, sim::sub_of(request, way)),
                            .now = ctx.now(),
                            .deadline = last_moment(ctx, thread),
                            .active = client.active});
  if (answer.verdict == sim::RetryVerdict::kRetry) {
    self.last_cost = answer.cost;
    self.state = State::kBackingOff;
    self.timer = host_.wait(ctx, ref(thread), answer.delay);
    return std::nullopt;
  }
  if (answer.verdict == sim::RetryVerdict::kQuota && !client.exhausted) {
    client.exhausted = true;
    tell_quota(ctx, ctx.self().path(), client.policy, answer.cost, {});
  }
  return call_of(thread).on_failure;
}

void Runner::end_call(std::uint32_t thread) {
  if (ClientState* client = client_of(thread)) {
    --client->active;
  }
}

void Runner::take_back_call(Context& ctx, std::uint32_t thread) {
  const State state = std::exchange(threads_[thread].state, State::kGoingOn);
  if (threads_[thread].timer) {
    ctx.cancel(threads_[thread].timer);
  }
  if (state == State::kCalling) {
    ctx.abandon(threads_[thread].call);
  }
  ClientState* client = client_of(thread);
  if (client == nullptr) {
    return;
  }
  if (threads_[thread].attempts > 1 || state == State::kBackingOff) {
    client->policy.retry_ended();
  }
  if (client->breaker && state != State::kBackingOff) {
    client->breaker->released(threads_[thread].permit);
  }
  end_call(thread);
  if (state == State::kInLine) {
    client->pool.leave_line();
    threads_[thread].ticket = 0;
  } else if (state != State::kBackingOff) {
    give_back_connection(ctx, thread);
  }
}

void Runner::note_breaker(Context& ctx, const ClientState& client, std::uint32_t thread,
                          sim::BreakerState before) const {
  if (client.breaker->state() != before) {
    tell_breaker(ctx, ctx.self().path() + " to " + call_of(thread).to, *client.breaker, {});
  }
}

}  // namespace updraft::program
