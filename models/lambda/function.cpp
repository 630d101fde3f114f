#include "models/lambda/function.h"

#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>

namespace updraft::lambda {

using sim::Context;
using sim::FrameHandle;
using sim::Status;

namespace {

constexpr std::int64_t kPayloadLimit = std::int64_t{6} * 1024 * 1024;  // R5.2.1

// R5.1.3
constexpr common::TokenBucket::Rate kScalingRate{
    .capacity = 1000, .refill = 1000, .per = std::chrono::seconds{10}};

RetryRules rules_of(const EventInvokeConfig& config) {
  return {.maximum_retry_attempts = config.maximum_retry_attempts(),
          .maximum_event_age = sim::Duration{config.maximum_event_age().ns()}};
}

}  // namespace

Function::Function(const sim::Birth& birth, const FunctionParams& params)
    : Component(birth),
      params_(params),
      timeout_(params.timeout().ns()),
      own_limits_(std::make_shared<SharedLimits>(kAccountConcurrency, kBurstConcurrency)),
      scaling_(kScalingRate),
      own_requests_(request_rate(params.reserved_concurrent_executions())) {}

void Function::bind(sim::World& world) {
  sim::Simulation& simulation = world.simulation();
  for (std::uint32_t zone = 0; zone < simulation.zones().size(); ++zone) {
    zones_.push_back({zone});
  }
  // Without an account of its own the scenario's functions share the limits of the first of them.
  const std::vector<Account*>& accounts = world.all<Account>();
  limits_ =
      accounts.empty() ? world.all<Function>().front()->own_limits_ : accounts.front()->limits();
  ledger_id_ = limits_->ledger().add_function();
  if (params_.has_reserved_concurrent_executions()) {
    const Change done =
        limits_->ledger().reserve(ledger_id_, params_.reserved_concurrent_executions());
    SIM_CHECK(done == Change::kDone, "{} reserves more than the account has", path());
    limits_->reservations_changed(sim::kStart);
  }
  events_ = &simulation.add<AsyncQueue>(path() + "/events", *this,
                                        rules_of(params_.event_invoke_config()));
  const auto sink = [&](const std::string& name) {
    return name.empty() ? nullptr : &world.role<roles::MessageSink>(name);
  };
  events_->set_targets(sink(params_.dead_letter_target()),
                       sink(params_.event_invoke_config().on_success()),
                       sink(params_.event_invoke_config().on_failure()));
  latest_ = &simulation.add<Version>(
      path() + "/latest", *this,
      VersionSettings{.code = params_.code(), .provisioned = {}, .idle_at_start = idle_at_start_});
  latest_->bind(world);
}

void Function::add_batch_source(const roles::BatchSource& source, sim::ComponentId caller) {
  batch_sources_.push_back(&source);
  own_callers_.push_back(caller);
}

// --- arriving

void Function::on_arrival(Context& ctx, FrameHandle frame) {
  arrive(ctx, frame, *latest_);
}

void Function::arrive(Context& ctx, FrameHandle frame, Version& version) {
  const sim::ComponentId caller = ctx.frame(frame).caller;
  const bool waits = params_.invocation_type() == REQUEST_RESPONSE || caller == events_->id() ||
                     std::count(own_callers_.begin(), own_callers_.end(), caller) > 0;
  if (waits) {
    version.invoke(ctx, frame);
    return;
  }
  Context own = ctx.as(*this);
  if (!request_bucket().take(ctx.now())) {  // R5.1.4
    throttle(own, Limit::kRequestRate);
    ctx.reply(frame, Status::kThrottled);
    return;
  }
  ctx.begin(frame);
  Status worst = Status::kOk;
  for (const roles::Message& message : roles::messages_of(ctx.request(frame))) {
    const Status status = events_->accept(own, message, ctx.self().id(), sim::DecisionId::kNone);
    worst = status == Status::kOk ? worst : status;
  }
  ctx.reply(frame, worst);
}

Status Function::deliver(Context& ctx, const roles::Message& message, sim::DecisionId caused_by) {
  return events_->accept(ctx, message, id(), caused_by);
}

CodeDraws::Key Function::key_of(const sim::Request& request) {
  constexpr std::uint32_t kSourceBits = 48;
  const auto found = std::find(sources_.begin(), sources_.end(), request.source);
  const auto source = static_cast<std::uint64_t>(found - sources_.begin());
  if (found == sources_.end()) {
    sources_.push_back(request.source);
  }
  return {.ordinal = request.ordinal ^ source << kSourceBits, .sub = request.attempt << 16U};
}

bool Function::batch_fails(const sim::Request& request) const {
  for (const roles::BatchSource* source : batch_sources_) {
    if (source == request.source) {
      return source->batch_fails(request);
    }
  }
  return false;
}

bool Function::refuses(Context& ctx, const sim::Request& request) {
  Context own = ctx.as(*this);
  const auto refuse = [&](const char* reason, const char* rule) {
    own.decide({.who = path(),
                .kind = "refusal",
                .outcome = sim::Outcome::kBlocked,
                .what = "invoke",
                .reason = reason,
                .rule = rule,
                .cause = {}});
    return true;
  };
  if (request.size_bytes > kPayloadLimit) {
    return refuse("RequestTooLargeException: the request is larger than 6 MB", "R5.2.1");
  }
  if (request.hops >= kMostHops && params_.recursive_loop() == TERMINATE) {  // Lambda.recursion
    recursions_.add();
    return refuse("RecursiveInvocationException: the chain has passed through 16 functions",
                  "Lambda.recursion");
  }
  return false;
}

// --- limits

// R5.1.4: reserved concurrency has its own ten requests a second for each unit.
common::TokenBucket& Function::request_bucket() {
  return limits_->ledger().reserved(ledger_id_) ? own_requests_ : limits_->requests();
}

bool Function::enter(Context& ctx, FrameHandle frame) {
  Context own = ctx.as(*this);
  // R5.1.1: one request at a time, so each takes one of the concurrency while it runs.
  const Entry entry = limits_->ledger().enter(ledger_id_);  // R5.1.5
  if (entry != Entry::kEntered) {
    throttle(own, entry == Entry::kReservedLimit ? Limit::kReserved : Limit::kAccount);
    return false;
  }
  // Events were counted when they were queued.
  const bool queued = ctx.frame(frame).caller == events_->id();
  if (!queued && !request_bucket().take(ctx.now())) {
    limits_->ledger().leave(ledger_id_);
    throttle(own, Limit::kRequestRate);
    return false;
  }
  return true;
}

// R5.1.3
bool Function::may_create(Context& ctx) {
  common::TokenBucket& bucket =
      params_.scaling_rate() == PER_FUNCTION ? scaling_ : limits_->burst();
  if (bucket.take(ctx.now())) {
    return true;
  }
  limits_->ledger().leave(ledger_id_);
  Context own = ctx.as(*this);
  throttle(own, Limit::kScalingRate);
  return false;
}

void Function::throttle(Context& ctx, Limit limit) {
  throttles_.add();
  const ConcurrencyLedger& ledger = limits_->ledger();
  const auto number = [](std::uint32_t value) { return static_cast<double>(value); };
  const auto record = [&](const char* reason, const char* rule,
                          std::initializer_list<sim::NamedValue> values) {
    ctx.decide({.who = path(),
                .kind = "throttle",
                .outcome = sim::Outcome::kBlocked,
                .what = "invoke",
                .reason = reason,
                .rule = rule,
                .values = {values.begin(), values.size()},
                .cause = {}});
  };
  switch (limit) {
    case Limit::kReserved:
      record(
          "ReservedFunctionConcurrentInvocationLimitExceeded: the reserved concurrency is in use",
          "R5.1.5",
          {{"in_use", number(ledger.in_use(ledger_id_) + ledger.provisioned(ledger_id_))},
           {"limit", number(ledger.reserved(ledger_id_).value_or(0))}});
      break;
    case Limit::kAccount:
      record(
          "ConcurrentInvocationLimitExceeded: the account's unreserved concurrency is in use",
          "R5.1.5",
          {{"in_use", number(ledger.unreserved_in_use())}, {"limit", number(ledger.unreserved())}});
      break;
    case Limit::kRequestRate:
      record("more than ten requests a second for each unit of concurrency", "R5.1.4",
             {{"requests_per_s", static_cast<double>(request_bucket().rate().refill)},
              {"in_use", number(ledger.in_use(ledger_id_))}});
      break;
    case Limit::kScalingRate:
      record(params_.scaling_rate() == PER_FUNCTION
                 ? "the function's scaling rate of 1,000 environments in 10 s is used up"
                 : "the account's burst of environments is used up, and 500 more a minute",
             "R5.1.3",
             {{"in_use", number(ledger.in_use(ledger_id_))},
              {"limit", number(ledger.reserved(ledger_id_).value_or(ledger.unreserved()))}});
      break;
  }
}

Change Function::provision(sim::Time now, std::int64_t step) {
  const std::int64_t wanted = std::int64_t{limits_->ledger().provisioned(ledger_id_)} + step;
  const Change change = limits_->ledger().provision(ledger_id_, static_cast<std::uint32_t>(wanted));
  environments_changed(now);
  return change;
}

bool Function::reserves_nothing() const {
  return limits_->ledger().reserved(ledger_id_) == 0U;
}

bool Function::has_provisioned() const {
  return limits_->ledger().provisioned(ledger_id_) > 0;
}

// --- operations

void Function::operate(Context& ctx, const google::protobuf::Message& operation,
                       sim::DecisionId caused_by) {
  const auto& wanted = static_cast<const FunctionOperations&>(operation);
  if (wanted.has_put_function_concurrency()) {
    reserve(ctx, wanted.put_function_concurrency(), caused_by);
  } else if (wanted.delete_function_concurrency()) {
    reserve(ctx, std::nullopt, caused_by);
  }
}

// R5.1.2
void Function::reserve(Context& ctx, std::optional<std::uint32_t> wanted,
                       sim::DecisionId caused_by) {
  const bool reserved = limits_->ledger().reserved(ledger_id_).has_value();
  const Change change = limits_->ledger().reserve(ledger_id_, wanted);
  const bool done = change == Change::kDone;
  ctx.decide({.who = path(),
              .kind = "reserved concurrency",
              .outcome = done ? sim::Outcome::kDecided : sim::Outcome::kBlocked,
              .what = wanted ? fmt::format("reserve {}", *wanted) : "reserve nothing",
              .reason = done ? "asked for"
                        : change == Change::kBelowProvisioned
                            ? "it would be below the provisioned concurrency"
                            : "fewer than 100 of the account's concurrency would stay unreserved",
              .rule = "R5.1.2",
              .cause = sim::Cause::decision(caused_by),
              .repeats = false});
  if (done) {
    own_requests_.set(ctx.now(), request_rate(wanted.value_or(0)));
    limits_->reservations_changed(ctx.now());
    if (reserved != wanted.has_value()) {
      limits_->move(ctx.now(), running_.level(), wanted.has_value());
    }
  }
}

}  // namespace updraft::lambda
