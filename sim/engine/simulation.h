// One simulation: components, pending events, requests in flight. It owns everything; there are no
// globals, so many run side by side in one process.
//
//   Simulation simulation({.seed = 1});
//   auto& desk = simulation.add<Desk>("desk", 2);
//   simulation.start();
//   simulation.run_until(kStart + 1h);
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/event_list.h"
#include "sim/engine/component.h"
#include "sim/engine/context.h"
#include "sim/engine/request.h"
#include "sim/engine/telemetry.h"

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
    return events_.push(at, at == now_ && phase < phase_ ? phase_ : phase, event);
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
  [[nodiscard]] std::uint64_t trace_hash() const { return trace_hash_; }

 private:
  friend class Context;

  void run_event(const Event& event);
  void deliver_arrival(const Event& event);
  void deliver_reply(const Event& event);
  void deliver_timeout(const Event& event);
  void roll_up();
  void post_own(std::uint16_t kind, Duration delay, Phase phase);
  void retire_marked();
  [[noreturn]] void fail(const InvariantError& error, const Event& event);

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

template <class C, class... Args>
C& Context::spawn(const std::string& name, Args&&... args) {
  C& child = simulation_.add<C>(self_.path() + "/" + name, std::forward<Args>(args)...);
  Context child_context = as(child);
  child.on_start(child_context);
  return child;
}

}  // namespace updraft::sim
