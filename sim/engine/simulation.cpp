#include "sim/engine/simulation.h"

#include <cfenv>
#include <cfloat>

#include <fmt/format.h>

#include "sim/core/check.h"

namespace updraft::sim {

namespace {

constexpr std::uint32_t kEngine = 0xffffffff;  // target of the engine's own events
constexpr std::uint64_t kInterruptMask = 0xfff;
constexpr std::uint64_t kMostChecksOfInstant = 1 << 12;  // 17 million events

// Another library in the same process may have changed rounding or switched denormals off; results
// would differ.
void check_floating_point() {
  SIM_CHECK(
      std::fegetround() == FE_TONEAREST,
      "the process does not round to nearest; another library has changed the floating-point mode");
  volatile double smallest = DBL_MIN;
  const double half = smallest / 2;
  SIM_CHECK(half > 0 && half * 2 == smallest,
            "the process flushes denormal numbers to zero; another library has changed the "
            "floating-point mode");
}

/// What an event adds to the trace hash, beside its time.
std::uint64_t trace_of(const Event& event, Phase phase) {
  return event.target + (static_cast<std::uint64_t>(event.kind) << 32) +
         (static_cast<std::uint64_t>(phase) << 56);
}

}  // namespace

Simulation::Simulation(const SimulationOptions& options, ResultSink* sink)
    : options_(options), telemetry_(sink, options.telemetry) {}

Simulation::~Simulation() = default;

void Simulation::roll_up_with(Component& component) {
  rolled_up_.push_back(component.id());
}

void Simulation::start() {
  SIM_CHECK(!started_, "a simulation starts once");
  check_floating_point();
  started_ = true;
  post_own(kRollUpKind, kRollUpPeriod, Phase::kRollUp);
  post_own(kCommitKind, options_.commit_interval, Phase::kRecorders);
  const std::size_t count =
      components_.size();  // those spawned meanwhile are started as they are born
  for (std::size_t i = 0; i < count; ++i) {
    Context ctx(*this, *components_[i]);
    components_[i]->on_start(ctx);
  }
}

Simulation::Stop Simulation::run_until(Time until, const std::atomic<bool>* interrupt) {
  SIM_CHECK(started_, "start() comes before run_until()");
  SIM_CHECK(!failed_, "an invariant broke before; this simulation does not go on");
  check_floating_point();
  try {
    return run_events(until, interrupt);
  } catch (const InvariantError& error) {
    fail(error);
  }
}

// The event stands in the list: whoever handles it reads it before anything is pushed.
inline void Simulation::run_event(const Event& event) {
  if (event.kind == kArrivalKind) {
    deliver_arrival(event.target, event.as<FrameHandle>());
  } else if (event.kind == kReplyKind) {
    deliver_reply(event.target, event.as<FrameHandle>());
  } else if (event.kind >= kFirstMessageKind) {
    if (Component* target = components_[event.target].get()) {
      Context ctx(*this, *target);
      target->on_message(ctx, event);
    }
  } else {
    run_own_event(event);
  }
  if (!retiring_.empty()) [[unlikely]] {
    retire_marked();
  }
}

void Simulation::run_own_event(const Event& event) {
  switch (event.kind) {
    case kTimeoutKind:
      deliver_timeout(event.target, event.as<FrameHandle>());
      break;
    case kRollUpKind:
      roll_up();
      break;
    case kCommitKind:
      telemetry_.commit(now_);
      post_own(kCommitKind, options_.commit_interval, Phase::kRecorders);
      break;
    default:
      SIM_CHECK(false, "no event is of kind {}", event.kind);
  }
}

inline void Simulation::deliver_arrival(std::uint32_t target, FrameHandle handle) {
  Component* callee = components_[target].get();
  if (callee == nullptr) [[unlikely]] {  // it has gone; nobody listens there
    Frame& frame = requests_[handle];
    frame.status = Status::kRefused;
    frame.ended = now_;
    if (frame.state == Frame::State::kAbandoned) {
      requests_.end_frame(handle);
    } else {
      frame.state = Frame::State::kReplied;
      post_frame({}, Phase::kCompletions, kReplyKind, frame.caller, handle);
    }
    return;
  }
  Context ctx(*this, *callee);
  callee->on_arrival(ctx, handle);
}

inline void Simulation::deliver_reply(std::uint32_t target, FrameHandle handle) {
  Frame& frame = requests_[handle];
  Component* caller = components_[target].get();
  if (frame.state == Frame::State::kReplied && caller != nullptr) {
    if (frame.timer) {
      events_.cancel(frame.timer);
    }
    Context ctx(*this, *caller);
    caller->on_reply(ctx, handle);
  }
  requests_.end_frame(handle);
}

Simulation::Stop Simulation::run_events(Time until, const std::atomic<bool>* interrupt) {
  Taken next;
  Stop stop = Stop::kReached;
  while (events_.take(until, next)) {
    now_ = next.time;
    phase_ = next.phase;
    ++events_run_;
    const Event& event = *next.event;
    running_ = event.target;
    trace_hash_ = ((trace_hash_ ^ static_cast<std::uint64_t>(to_ns(now_))) * 0x9e3779b97f4a7c15) ^
                  trace_of(event, phase_);
    run_event(event);
    if ((events_run_ & kInterruptMask) == 0) [[unlikely]] {
      checked_at_ == now_ ? ++checks_of_instant_ : checks_of_instant_ = 0;
      checked_at_ = now_;
      SIM_CHECK(checks_of_instant_ < kMostChecksOfInstant,
                "time stands still: {} events in one instant; somebody asks, is answered and asks "
                "again in no time",
                kMostChecksOfInstant * (kInterruptMask + 1));
      if (interrupt != nullptr && interrupt->load(std::memory_order_relaxed)) {
        stop = Stop::kInterrupted;  // at the end of this instant: results hold up to a whole one
        until = now_;
        interrupt = nullptr;
      }
    }
  }
  events_.advance_to(until);
  now_ = until;
  phase_ = Phase::kOperations;
  return stop;
}

void Simulation::deliver_timeout(std::uint32_t target, FrameHandle handle) {
  Frame& frame = requests_[handle];
  Component* caller = components_[target].get();
  frame.timer = {};
  const bool lost = frame.state == Frame::State::kLost;
  frame.state = Frame::State::kAbandoned;
  if (caller != nullptr) {
    Context ctx(*this, *caller);
    caller->on_timeout(ctx, handle);
  }
  if (lost) {
    requests_.end_frame(handle);
  }
}

// The products carry upwards only: a last round brings the high bits down.
std::uint64_t Simulation::trace_hash() const {
  const std::uint64_t hash = (trace_hash_ ^ (trace_hash_ >> 32)) * 0xd6e8feb86659fd93;
  return hash ^ (hash >> 32);
}

void Simulation::roll_up() {
  const Time period_start = now_ - kRollUpPeriod;
  for (std::size_t i = 0; i < rolled_up_.size(); ++i) {  // a handler may register another
    if (Component* component = components_[rolled_up_[i].index].get()) {
      Context ctx(*this, *component);
      component->on_roll_up(ctx, period_start, now_);
    }
  }
  telemetry_.close_period(period_start, now_);
  post_own(kRollUpKind, kRollUpPeriod, Phase::kRollUp);
}

void Simulation::post_own(std::uint16_t kind, Duration delay, Phase phase) {
  Event event{};
  event.target = kEngine;
  event.kind = kind;
  events_.push(now_ + delay, phase, event);
}

void Simulation::finish() {
  telemetry_.finish(now_);
}

void Simulation::abandon() {
  telemetry_.commit(now_);
}

void Simulation::retire_marked() {
  for (const ComponentId id : retiring_) {
    components_[id.index].reset();
    std::erase(rolled_up_, id);
  }
  retiring_.clear();
}

void Simulation::fail(const InvariantError& error) {
  failed_ = true;
  const Component* component = running_ == kEngine ? nullptr : components_[running_].get();
  throw InvariantError(
      fmt::format("{} [at {:.9f} s, component \"{}\", event {}, seed {}, replication {}]",
                  error.what(), to_seconds(now_), component ? component->path() : "engine",
                  events_run_, options_.seed, options_.replication));
}

void Context::abandon(FrameHandle handle) {
  Frame& frame = simulation_.requests_[handle];
  SIM_CHECK(frame.caller == self_.id(), "{} abandons a call that another made", self_.path());
  if (frame.state == Frame::State::kAbandoned || frame.state == Frame::State::kEnded) {
    return;
  }
  if (frame.timer) {
    simulation_.events_.cancel(frame.timer);
    frame.timer = {};
  }
  if (frame.state == Frame::State::kLost) {
    simulation_.requests_.end_frame(handle);
  } else {
    frame.state = Frame::State::kAbandoned;
  }
}

void Context::reply_missed(FrameHandle handle) {
  simulation_.requests_[handle].missed = true;
  reply(handle, Status::kOk);
}

void Context::lose(FrameHandle handle) {
  Frame& frame = simulation_.requests_[handle];
  SIM_CHECK(frame.callee == self_.id(), "{} loses a call that was made to another", self_.path());
  if (frame.state == Frame::State::kAbandoned) {
    simulation_.requests_.end_frame(handle);
    return;
  }
  SIM_CHECK(frame.state == Frame::State::kOpen, "{} loses a call that it has answered",
            self_.path());
  frame.state = Frame::State::kLost;
}

void Context::retire(ComponentId component) {
  simulation_.retiring_.push_back(component);
}

}  // namespace updraft::sim
