#include "sim/engine/simulation.h"

#include <cfenv>
#include <cfloat>

#include <fmt/format.h>

#include "sim/core/check.h"

namespace updraft::sim {

namespace {

constexpr std::uint32_t kEngine = 0xffffffff;  // target of the engine's own events
constexpr std::uint64_t kInterruptMask = 0xfff;

Event frame_event(std::uint16_t kind, ComponentId target, FrameHandle frame) {
  return Event::of(target.index, kind, frame);
}

FrameHandle frame_of(const Event& event) {
  return event.as<FrameHandle>();
}

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

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
  return hash ^ (hash >> 29);
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
  Popped popped;
  Stop stop = Stop::kReached;
  while (events_.pop(until, popped)) {
    now_ = popped.time;
    phase_ = popped.phase;
    ++events_run_;
    const Event& event = popped.event;
    trace_hash_ = mix(trace_hash_, static_cast<std::uint64_t>(to_ns(now_)) * 31 +
                                       (static_cast<std::uint64_t>(event.target) << 20) +
                                       event.kind * 8U + static_cast<std::uint64_t>(phase_));
    try {
      run_event(event);
    } catch (const InvariantError& error) {
      fail(error, event);
    }
    if ((events_run_ & kInterruptMask) == 0 && interrupt != nullptr &&
        interrupt->load(std::memory_order_relaxed)) {
      stop = Stop::kInterrupted;  // at the end of this instant: results hold up to a whole one
      until = now_;
      interrupt = nullptr;
    }
  }
  now_ = until;
  phase_ = Phase::kOperations;
  return stop;
}

void Simulation::run_event(const Event& event) {
  switch (event.kind) {
    case kArrivalKind:
      deliver_arrival(event);
      break;
    case kReplyKind:
      deliver_reply(event);
      break;
    case kTimeoutKind:
      deliver_timeout(event);
      break;
    case kRollUpKind:
      roll_up();
      break;
    case kCommitKind:
      telemetry_.commit(now_);
      post_own(kCommitKind, options_.commit_interval, Phase::kRecorders);
      break;
    default:
      if (Component* target = components_[event.target].get()) {
        Context ctx(*this, *target);
        target->on_message(ctx, event);
      }
  }
  if (!retiring_.empty()) [[unlikely]] {
    retire_marked();
  }
}

void Simulation::deliver_arrival(const Event& event) {
  const FrameHandle handle = frame_of(event);
  Component* callee = components_[event.target].get();
  if (callee == nullptr) {  // it has gone; nobody listens there
    Frame& frame = requests_[handle];
    frame.status = Status::kRefused;
    frame.ended = now_;
    if (frame.state == Frame::State::kAbandoned) {
      requests_.end_frame(handle);
    } else {
      frame.state = Frame::State::kReplied;
      post(now_, Phase::kCompletions, frame_event(kReplyKind, frame.caller, handle));
    }
    return;
  }
  Context ctx(*this, *callee);
  callee->on_arrival(ctx, handle);
}

void Simulation::deliver_reply(const Event& event) {
  const FrameHandle handle = frame_of(event);
  Frame& frame = requests_[handle];
  Component* caller = components_[event.target].get();
  if (frame.state == Frame::State::kReplied && caller != nullptr) {
    if (frame.timer) {
      events_.cancel(frame.timer);
    }
    Context ctx(*this, *caller);
    caller->on_reply(ctx, handle);
  }
  requests_.end_frame(handle);
}

void Simulation::deliver_timeout(const Event& event) {
  const FrameHandle handle = frame_of(event);
  Frame& frame = requests_[handle];
  Component* caller = components_[event.target].get();
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

void Simulation::fail(const InvariantError& error, const Event& event) {
  failed_ = true;
  const Component* component = event.target == kEngine ? nullptr : components_[event.target].get();
  throw InvariantError(
      fmt::format("{} [at {:.9f} s, component \"{}\", event {}, seed {}, replication {}]",
                  error.what(), to_seconds(now_), component ? component->path() : "engine",
                  events_run_, options_.seed, options_.replication));
}

RequestHandle Context::open(const Request& request) {
  const RequestHandle handle = simulation_.requests_.open(request);
  simulation_.requests_[handle].born = now();
  return handle;
}

void Context::close(RequestHandle request) {
  simulation_.requests_.close(request);
}

FrameHandle Context::call(RequestHandle request, ComponentId callee, const CallOptions& options) {
  const FrameHandle handle =
      simulation_.requests_.add_frame(request, options.parent, self_.id(), callee);
  Frame& frame = simulation_.requests_[handle];
  frame.tag = options.tag;
  frame.step = options.step;
  frame.latency = options.latency;
  frame.sent = now();
  if (options.timeout.exists()) {
    frame.timer = simulation_.events_.push_lane(options.timeout.id, now() + options.timeout.delay,
                                                frame_event(kTimeoutKind, self_.id(), handle));
  }
  simulation_.post(now() + options.latency, Phase::kArrivals,
                   frame_event(kArrivalKind, callee, handle));
  return handle;
}

void Context::reply(FrameHandle handle, Status status) {
  Frame& frame = simulation_.requests_[handle];
  SIM_CHECK(frame.callee == self_.id(), "{} answers a call that was made to another", self_.path());
  frame.status = status;
  frame.ended = now();
  if (frame.state == Frame::State::kAbandoned) {
    simulation_.requests_.end_frame(handle);
    return;
  }
  SIM_CHECK(frame.state == Frame::State::kOpen, "{} answers a call twice", self_.path());
  frame.state = Frame::State::kReplied;
  simulation_.post(now() + frame.latency, Phase::kCompletions,
                   frame_event(kReplyKind, frame.caller, handle));
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

void Context::begin(FrameHandle handle) {
  simulation_.requests_[handle].begun = now();
}

Demand Context::demand(FrameHandle handle) const {
  const Request& asked = request(handle);
  SIM_CHECK(asked.source != nullptr, "request {} has no source", asked.ordinal);
  return asked.source->demand(asked, frame(handle).step);
}

void Context::retire(ComponentId component) {
  simulation_.retiring_.push_back(component);
}

}  // namespace updraft::sim
