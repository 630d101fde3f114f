#include "models/lambda/version.h"

#include <algorithm>

#include <fmt/format.h>

#include "models/lambda/cpu.h"
#include "models/lambda/function.h"

namespace updraft::lambda {

using sim::Context;
using sim::FrameHandle;
using sim::Status;

namespace {

// Draws of provisioned environments are not those of environments on demand.
constexpr std::uint64_t kProvisionedOrdinals = std::uint64_t{1} << 63U;

EnvironmentRules rules_of(const FunctionParams& params, bool provisioned) {
  EnvironmentRules rules;
  rules.expires = !provisioned;
  rules.idle_timeout = sim::Duration{params.environment_idle_timeout().ns()};
  switch (params.environment_reuse()) {
    case MOST_RECENTLY_USED:
      rules.reuse = Reuse::kMostRecentlyUsed;
      break;
    case LEAST_RECENTLY_USED:
      rules.reuse = Reuse::kLeastRecentlyUsed;
      break;
    case NEWEST:
      rules.reuse = Reuse::kNewest;
      break;
    case OLDEST:
      rules.reuse = Reuse::kOldest;
      break;
  }
  return rules;
}

}  // namespace

Version::Version(const sim::Birth& birth, Function& function, const VersionSettings& settings)
    : Model(birth),
      function_(function),
      settings_(settings),
      draws_(birth, settings.code, function.params().environment_lifetime(),
             speed_of(function.params().memory_size(), settings.code.threads())),
      speed_(speed_of(function.params().memory_size(), settings.code.threads())),
      on_demand_(rules_of(function.params(), false)),
      provisioned_(rules_of(function.params(), true)),
      provisioned_requests_(request_rate(0)) {
  if (settings_.code.has_program()) {
    runner_.emplace(program_.emplace(settings_.code.program(), birth), *this);
  }
  function_.add_version(*this);
}

void Version::on_start(Context& ctx) {
  for (std::uint32_t i = 0; i < settings_.idle_at_start; ++i) {
    const std::uint32_t place = on_demand_.create(sim::kNever);
    on_demand_[place].ends_at = ctx.now() + draws_.start(on_demand_[place].ordinal).lifetime;
    on_demand_.release(ctx.now(), place);
  }
  watch_idle(ctx);
  if (settings_.provisioned) {
    provision(ctx, *settings_.provisioned, settings_.allocated, sim::DecisionId::kNone);
  }
}

// --- letting in

void Version::invoke(Context& ctx, FrameHandle frame) {
  Context own = ctx.as(*this);
  Context addressed = ctx.as(*ctx.simulation().component(ctx.frame(frame).callee));
  if (function_.refuses(own, ctx.request(frame))) {
    addressed.reply(frame, Status::kFailed);
    return;
  }
  const std::optional<Placed> placed = place(own, frame);
  if (!placed) {
    addressed.reply(frame, Status::kThrottled);
    return;
  }
  begin(own, frame, *placed);
}

std::optional<Version::Placed> Version::place(Context& ctx, FrameHandle frame) {
  if (const auto provisioned = take_provisioned(ctx)) {
    return Placed{.place = *provisioned, .provisioned = true};
  }
  if (!function_.enter(ctx, frame)) {
    return std::nullopt;
  }
  if (const auto warm = on_demand_.take(ctx.now())) {
    return Placed{.place = *warm};
  }
  if (!function_.may_create(ctx)) {
    return std::nullopt;
  }
  return Placed{.place = on_demand_.create(sim::kNever), .cold = true};
}

// R5.1.4: ten times as many requests a second; those above spill over like all others.
std::optional<std::uint32_t> Version::take_provisioned(Context& ctx) {
  if (usable_ == 0 || provisioned_.idle() == 0 || !provisioned_requests_.take(ctx.now())) {
    return std::nullopt;
  }
  const std::uint32_t before = provisioned_.alive();
  const auto place = provisioned_.take(ctx.now());
  // R5.1.6: those that were over their lifetime are made anew.
  if (const std::uint32_t ended = before - provisioned_.alive(); ended > 0) {
    const CodeDraws::Start start = draws_.start(kProvisionedOrdinals + provisioned_.created());
    after(ctx, start.creation + start.init, Replaced{ended});
  }
  return place;
}

void Version::begin(Context& ctx, FrameHandle frame, const Placed& placed) {
  std::uint32_t index = 0;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(invocations_.size());
    invocations_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Invocation& invocation = invocations_[index];
  invocation = {.frame = frame,
                .place = placed.place,
                .generation = invocation.generation,
                .provisioned = placed.provisioned};
  // R5.1.6
  const bool spilled = usable_ > 0 && !placed.provisioned;
  function_.invocation_began(ctx, placed.provisioned, placed.cold, spilled);
  if (placed.cold) {
    const sim::Duration start = start_environment(ctx, invocation);
    after(ctx, start, HandlerDue{index, invocation.generation});
  } else {
    run(ctx, index);
  }
}

// R5.1.6: also where concurrency is provisioned.
const char* Version::why_cold() const {
  if (usable_ == 0) {
    return wanted_ > 0                   ? "the provisioned ones are still being allocated"
           : function_.has_provisioned() ? "none is idle; the provisioned ones are of another "
                                           "version than the one that was called"
                                         : "none is idle";
  }
  return provisioned_.idle() == 0 ? "the provisioned ones are all in use, and no other is idle"
                                  : "the provisioned ones have had their ten requests a second";
}

// R5.5.6: creation and init phase; R5.5.1: an init phase that fails or takes too long is repeated
// within the invocation.
sim::Duration Version::start_environment(Context& ctx, Invocation& invocation) {
  EnvironmentPool::Environment& environment = on_demand_[invocation.place];
  const CodeDraws::Start start = draws_.start(environment.ordinal);
  environment.ends_at = ctx.now() + start.lifetime;
  environment.needs_init = start.fails || start.init > kInitLimit;
  const sim::Duration init = std::min(start.init, kInitLimit);
  invocation.billed_init = function_.params().bills_init() ? init : sim::Duration{};  // R5.6.2
  ctx.decide({.who = function_.path(),
              .kind = "cold start",
              .what = "create an environment",
              .reason = why_cold(),
              .rule = "R5.5.6",
              .values = {{{"creation_s", sim::to_seconds(start.creation)},
                          {"init_s", sim::to_seconds(init)}}},
              .cause = {}});
  return start.creation + init;
}

// --- running

std::uint64_t Version::ordinal_of(const Invocation& invocation) {
  const std::uint64_t ordinal = pool(invocation)[invocation.place].ordinal;
  return invocation.provisioned ? kProvisionedOrdinals + ordinal : ordinal;
}

void Version::on(Context& ctx, const HandlerDue& message) {
  if (invocations_[message.invocation].generation == message.generation) {
    run(ctx, message.invocation);
  }
}

// The one place in which the work of an invocation is done, or its program begins.
void Version::run(Context& ctx, std::uint32_t index) {
  Invocation& invocation = invocations_[index];
  const sim::Request& request = ctx.request(invocation.frame);
  invocation.began = ctx.now();
  ctx.begin(invocation.frame);
  const CodeDraws::Key key = function_.key_of(request);
  const sim::Demand demand =
      request.source == nullptr ? sim::Demand{} : ctx.demand(invocation.frame);

  sim::Duration work{};
  bool failed = false;
  EnvironmentPool::Environment& environment = pool(invocation)[invocation.place];
  if (environment.needs_init) {  // R5.5.2
    const CodeDraws::Start start = draws_.again(ordinal_of(invocation), environment.inits++);
    work = start.init;
    failed = start.fails;
    environment.needs_init = start.fails;
  }
  if (runner_ && !failed) {
    const bool fails = draws_.fails(key) || function_.batch_fails(request);
    invocation.outcome = fails ? Outcome::kFailed : Outcome::kOk;
    run_program(ctx, index, work);
    return;
  }
  if (!failed) {
    work += draws_.handler(key, demand);
    failed = draws_.fails(key) || function_.batch_fails(request);
  }
  invocation.outcome = failed ? Outcome::kFailed : Outcome::kOk;
  if (work > function_.timeout()) {
    work = function_.timeout();
    invocation.outcome = Outcome::kTimedOut;
  }
  after(ctx, work, WorkDone{index, invocation.generation});
}

void Version::on(Context& ctx, const WorkDone& message) {
  if (invocations_[message.invocation].generation == message.generation) {
    if (runner_ && invocations_[message.invocation].time_out) {
      break_off(ctx, message.invocation);
    }
    finish(ctx, message.invocation);
  }
}

void Version::finish(Context& ctx, std::uint32_t index) {
  const Invocation invocation = invocations_[index];
  ++invocations_[index].generation;
  free_.push_back(index);
  const sim::Duration duration = ctx.now() - invocation.began;
  if (invocation.outcome == Outcome::kTimedOut) {
    ctx.decide({.who = function_.path(),
                .kind = "time-out",
                .what = "break off an invocation",
                .reason = fmt::format("it took longer than the timeout, {} s",
                                      sim::to_seconds(function_.timeout())),
                .rule = "R5.6.1",
                .cause = {}});
  }
  put_back(ctx, invocation);
  function_.invocation_ended(ctx, {.duration = duration,
                                   .billed = duration + invocation.billed_init,
                                   .failed = invocation.outcome != Outcome::kOk,
                                   .provisioned = invocation.provisioned});
  // R5.2.1: the caller gets the error.
  Context addressed = ctx.as(*ctx.simulation().component(ctx.frame(invocation.frame).callee));
  addressed.reply(invocation.frame,
                  invocation.outcome == Outcome::kOk ? Status::kOk : Status::kFailed);
}

// R5.5.2
void Version::put_back(Context& ctx, const Invocation& invocation) {
  EnvironmentPool& environments = pool(invocation);
  const bool reset =
      invocation.outcome == Outcome::kTimedOut ||
      (invocation.outcome == Outcome::kFailed && function_.params().reset_on_error());
  environments[invocation.place].needs_init |= reset;
  if (!invocation.provisioned) {
    environments.release(ctx.now(), invocation.place);
    watch_idle(ctx);
    function_.environments_changed(ctx.now());
  } else if (provisioned_.alive() > std::min(wanted_, usable_)) {  // fewer are wanted by now
    provisioned_.end(invocation.place);
  } else if (!provisioned_.release(ctx.now(), invocation.place)) {
    const CodeDraws::Start start = draws_.start(kProvisionedOrdinals + provisioned_.created());
    after(ctx, start.creation + start.init, Replaced{1});
  }
}

// One timer at a time, for the environment that was idle for the longest time.
void Version::watch_idle(Context& ctx) {
  const sim::Time next = on_demand_.next_expiry();
  if (next < idle_watch_) {
    idle_watch_ = next;
    at(ctx, next, IdleOver{});
  }
}

void Version::on(Context& ctx, const IdleOver& /*message*/) {
  idle_watch_ = sim::kNever;
  on_demand_.expire(ctx.now());
  function_.environments_changed(ctx.now());
  watch_idle(ctx);
}

}  // namespace updraft::lambda
