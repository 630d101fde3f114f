// What a component sees of the simulation while one of its handlers runs: now, call, reply, spawn.
//
// A Context is two references; when a role's method runs inside somebody else's handler, the callee
// makes its own with as(*this).
#pragma once

#include <string>
#include <utility>

#include "sim/engine/component.h"
#include "sim/engine/request.h"
#include "sim/metrics/decisions.h"
#include "sim/metrics/series.h"
#include "sim/metrics/traces.h"

namespace updraft::sim {

struct CallOptions {
  Duration latency{};        // until the callee sees it; the answer takes as long
  FrameHandle parent{};      // the frame in which the caller makes this call
  std::uint64_t tag = 0;     // comes back in the frame
  std::uint32_t step = 0;    // the way to the callee, step_below(); part of the keys of draws
  TimerLane timeout{};       // of the time-out; none: until give_up_at
  Time give_up_at = kNever;  // likewise a time-out, where there is no lane of its delay
};

class Context {
 public:
  Context(Simulation& simulation, Component& self) : simulation_(simulation), self_(self) {}

  [[nodiscard]] Time now() const;
  [[nodiscard]] Component& self() const { return self_; }
  [[nodiscard]] Simulation& simulation() const { return simulation_; }
  [[nodiscard]] Context as(Component& other) const { return {simulation_, other}; }

  // --- telemetry
  // ------------------------------------------------------------------------------------------
  [[nodiscard]] MetricStore& metrics() const;
  [[nodiscard]] TraceLog& traces() const;
  /// Records a decision, or that one was blocked. The id is a cause for what follows from it.
  DecisionId decide(const Decision& decision) const;

  // --- events
  // ---------------------------------------------------------------------------------------------
  /// Forgets a pending event; false when it has run or was cancelled.
  bool cancel(EventHandle handle);
  /// Moves a pending event to another time, as if it were posted now.
  void move(EventHandle& handle, Time at);

  // --- requests
  // -------------------------------------------------------------------------------------------
  /// Opens a request of this component.
  RequestHandle open(const Request& request);
  /// This component's request is over (answered, or given up).
  void close(RequestHandle request);
  /// Calls a component on behalf of a request. on_reply or on_timeout follows, once, unless
  /// abandoned.
  FrameHandle call(RequestHandle request, ComponentId callee, const CallOptions& options);
  /// Answers a call that arrived here.
  void reply(FrameHandle frame, Status status);
  /// Answers a call that arrived here: all went well, and what was asked for is not there.
  void reply_missed(FrameHandle frame);
  /// Never answers a call that arrived here: the caller waits until its time-out.
  void lose(FrameHandle frame);
  /// Stops waiting for a call made here. The callee goes on; its reply meets a dead frame.
  void abandon(FrameHandle frame);
  /// Service of an arrived call begins now (a stamp for its trace).
  void begin(FrameHandle frame);

  [[nodiscard]] Frame& frame(FrameHandle handle) const;
  [[nodiscard]] Request& request(RequestHandle handle) const;
  [[nodiscard]] Request& request(FrameHandle handle) const;
  [[nodiscard]] RequestHandle request_of(FrameHandle handle) const;
  /// What the frame's request asks for in the frame's step.
  [[nodiscard]] Demand demand(FrameHandle handle) const;

  // --- births and deaths
  // ----------------------------------------------------------------------------------
  /// Creates a component below this one: path "<self>/<name>". Its on_start runs at once.
  template <class C, class... Args>
  C& spawn(const std::string& name, Args&&... args);
  /// Ends a component after the running handler. Calls that still arrive for it are refused.
  void retire(ComponentId component);

 private:
  Simulation& simulation_;
  Component& self_;
};

}  // namespace updraft::sim
