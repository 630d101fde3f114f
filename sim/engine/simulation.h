// One simulation: components, pending events, requests in flight. It owns everything; there are no
// globals, so many run side by side in one process.
//
//   Simulation simulation({.seed = 1});
//   auto& desk = simulation.add<Desk>("desk", 2);
//   simulation.start();
//   simulation.run_until(kStart + 1h);
#pragma once

#include <atomic>
#include <bit>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/event_list.h"
#include "sim/engine/component.h"
#include "sim/engine/context.h"
#include "sim/engine/request.h"
#include "sim/engine/telemetry.h"
#include "sim/metrics/log_sink.h"

namespace updraft::sim {

// Kinds of events that the engine itself knows; a model's own messages follow.
inline constexpr std::uint16_t kArrivalKind = 0;
inline constexpr std::uint16_t kReplyKind = 1;
inline constexpr std::uint16_t kTimeoutKind = 2;
inline constexpr std::uint16_t kRollUpKind = 3;
inline constexpr std::uint16_t kCommitKind = 4;
inline constexpr std::uint16_t kFirstMessageKind = 16;

struct SimulationOptions {
  std::uint64_t seed = 1;
  std::uint32_t replication = 0;
  Duration commit_interval = 1h;  // simulated time between commits of the results
  TelemetryOptions telemetry;
  LogSink* logs = nullptr;  // null: nobody wants logs
};

/// The period of the finest metrics (R6.1.3).
inline constexpr Duration kRollUpPeriod = 60s;

class Simulation {
 public:
  /// `sink` takes the results and outlives the simulation; null keeps only what control planes
  /// read.
  explicit Simulation(const SimulationOptions& options, ResultSink* sink = nullptr);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
  ~Simulation();

  template <class C, class... Args>
  C& add(std::string path, Args&&... args) {
    const ComponentId id{static_cast<std::uint32_t>(components_.size())};
    components_.emplace_back();
    const Birth birth(*this, id, std::move(path));
    auto component = std::make_unique<C>(birth, std::forward<Args>(args)...);
    C& reference = *component;
    components_[id.index] = std::move(component);
    return reference;
  }

  /// Names the availability zones, sorted; ZoneId is the place in this list.
  void set_zones(std::vector<std::string> sorted_names) { zones_ = std::move(sorted_names); }
  [[nodiscard]] const std::vector<std::string>& zones() const { return zones_; }

  /// Has on_roll_up called for this component at the end of each period, in order of registration.
  void roll_up_with(Component& component);

  /// Calls on_start of every component in order of creation. Checks the floating-point mode of the
  /// process.
  void start();

  enum class Stop : std::uint8_t { kReached, kInterrupted };
  /// Runs every event up to and including `until`; `interrupt` is looked at every few thousand
  /// events and stops the run at the end of an instant. Throws InvariantError with time, path,
  /// event number and seed when an invariant breaks; from then on it refuses to run.
  Stop run_until(Time until, const std::atomic<bool>* interrupt = nullptr);
  /// The run is over: what is still open goes to the sink. Nothing runs afterwards.
  void finish();
  /// The run stops early: the sink gets what is certain so far, and is not finished. Nothing runs
  /// afterwards.
  void abandon();

  [[nodiscard]] Time now() const { return now_; }
  [[nodiscard]] const SimulationOptions& options() const { return options_; }
  /// Posts an event. An effect of this very instant never runs before its cause: its phase is at
  /// least the running one.
  EventHandle post(Time at, Phase phase, const Event& event) {
    return events_.push(at, clamped(at, phase), event);
  }
  /// The same of an event made in its place.
  template <class T>
  EventHandle post_message(Time at, Phase phase, ComponentId target, std::uint16_t kind,
                           const T& data) {
    return events_.push_message(at, clamped(at, phase), target.index, kind, data);
  }
  [[nodiscard]] EventList& events() { return events_; }
  [[nodiscard]] Telemetry& telemetry() { return telemetry_; }
  [[nodiscard]] RequestPool& requests() { return requests_; }
  [[nodiscard]] const RequestPool& requests() const { return requests_; }
  /// Null when it has been retired.
  [[nodiscard]] Component* component(ComponentId id) { return components_[id.index].get(); }
  [[nodiscard]] const Component* component(ComponentId id) const {
    return components_[id.index].get();
  }
  [[nodiscard]] std::size_t component_count() const { return components_.size(); }
  [[nodiscard]] std::uint64_t events_run() const { return events_run_; }
  /// Hash of every event so far (time, phase, component, kind). Guards refactorings; not part of
  /// the results.
  [[nodiscard]] std::uint64_t trace_hash() const;

 private:
  friend class Context;

  [[nodiscard]] Phase clamped(Time at, Phase phase) const {
    return at == now_ && phase < phase_ ? phase_ : phase;
  }
  /// Posts an event about a frame that nobody will cancel.
  void post_frame(Duration latency, Phase phase, std::uint16_t kind, ComponentId target,
                  FrameHandle frame) {
    if (latency == Duration{}) {
      events_.push_now(phase < phase_ ? phase_ : phase, target.index, kind,
                       std::bit_cast<std::uint64_t>(frame));
    } else {
      events_.push_message(now_ + latency, phase, target.index, kind, frame);
    }
  }
  Stop run_events(Time until, const std::atomic<bool>* interrupt);
  void run_event(const Event& event);
  void run_own_event(const Event& event);
  void deliver_arrival(std::uint32_t target, FrameHandle handle);
  void deliver_reply(std::uint32_t target, FrameHandle handle);
  void deliver_timeout(std::uint32_t target, FrameHandle handle);
  void roll_up();
  void post_own(std::uint16_t kind, Duration delay, Phase phase);
  void retire_marked();
  [[noreturn]] void fail(const InvariantError& error);

  SimulationOptions options_;
  Time now_ = kStart;
  Phase phase_ = Phase::kOperations;
  EventList events_;
  Telemetry telemetry_;
  RequestPool requests_;
  std::vector<std::unique_ptr<Component>> components_;
  std::vector<ComponentId> rolled_up_;
  std::vector<ComponentId> retiring_;
  std::vector<std::string> zones_;
  std::uint64_t events_run_ = 0;
  std::uint64_t trace_hash_ = 0;
  Time checked_at_ = kNever;             // of the last look at the interrupt
  std::uint64_t checks_of_instant_ = 0;  // looks at the same time in a row
  std::uint32_t running_ = 0;            // index of the component whose handler runs
  bool started_ = false;
  bool failed_ = false;
};

// --- Context, inline where it is on the hot path
// -----------------------------------------------------------

inline Time Context::now() const {
  return simulation_.now_;
}
inline MetricStore& Context::metrics() const {
  return simulation_.telemetry_.metrics();
}
inline TraceLog& Context::traces() const {
  return simulation_.telemetry_.traces();
}
inline DecisionId Context::decide(const Decision& decision) const {
  return simulation_.telemetry_.decisions().record(now(), decision);
}
inline bool Context::cancel(EventHandle handle) {
  return simulation_.events_.cancel(handle);
}
inline void Context::move(EventHandle& handle, Time at) {
  simulation_.events_.move(handle, at);
}
inline Frame& Context::frame(FrameHandle handle) const {
  return simulation_.requests_[handle];
}
inline Request& Context::request(RequestHandle handle) const {
  return simulation_.requests_[handle];
}
inline RequestHandle Context::request_of(FrameHandle handle) const {
  return simulation_.requests_.request_of(handle);
}
inline Request& Context::request(FrameHandle handle) const {
  return request(request_of(handle));
}

inline RequestHandle Context::open(const Request& request) {
  const RequestHandle handle = simulation_.requests_.open(request);
  simulation_.requests_[handle].born = now();
  return handle;
}

inline void Context::close(RequestHandle request) {
  simulation_.requests_.close(request);
}

inline FrameHandle Context::call(RequestHandle request, ComponentId callee,
                                 const CallOptions& options) {
  const auto [handle, made] =
      simulation_.requests_.add_frame(request, options.parent, self_.id(), callee);
  Frame& frame = *made;
  frame.tag = options.tag;
  frame.step = options.step;
  frame.latency = options.latency;
  frame.sent = now();
  if (options.timeout.exists()) {
    Event event;
    event.assign(self_.id().index, kTimeoutKind, handle);
    frame.timer =
        simulation_.events_.push_lane(options.timeout.id, now() + options.timeout.delay, event);
  } else if (options.give_up_at != kNever) {
    frame.timer = simulation_.events_.push_message(options.give_up_at, Phase::kControllers,
                                                   self_.id().index, kTimeoutKind, handle);
  }
  simulation_.post_frame(options.latency, Phase::kArrivals, kArrivalKind, callee, handle);
  return handle;
}

inline void Context::reply(FrameHandle handle, Status status) {
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
  simulation_.post_frame(frame.latency, Phase::kCompletions, kReplyKind, frame.caller, handle);
}

inline void Context::begin(FrameHandle handle) {
  simulation_.requests_[handle].begun = now();
}

inline Demand Context::demand(FrameHandle handle) const {
  const Request& asked = request(handle);
  SIM_CHECK(asked.source != nullptr, "request {} has no source", asked.ordinal);
  return asked.source->demand(asked, frame(handle).step);
}

template <class C, class... Args>
C& Context::spawn(const std::string& name, Args&&... args) {
  C& child = simulation_.add<C>(self_.path() + "/" + name, std::forward<Args>(args)...);
  Context child_context = as(child);
  child.on_start(child_context);
  return child;
}

}  // namespace updraft::sim
