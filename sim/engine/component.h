// What takes part in a simulation: a component has a path, an id and handlers that run to their
// end.
//
// Three handlers serve the request path (on_arrival, on_reply, on_timeout); a component's own
// messages go through Model<Self, Messages...> (model.h). Effects between components are events;
// questions are const calls.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/event_list.h"
#include "sim/core/phase.h"
#include "sim/engine/ids.h"
#include "sim/random/stream.h"

namespace updraft::sim {

class Context;
class Simulation;

/// Timers of one constant delay, kept in the order they come due (event_list.h). None by default.
struct TimerLane {
  LaneId id{};
  Duration delay{};
  bool made = false;
  [[nodiscard]] bool exists() const { return made; }
};

/// What a component is born with. Every constructor takes one first and hands it to Component.
class Birth {
 public:
  Birth(Simulation& simulation, ComponentId id, std::string path)
      : simulation_(simulation), id_(id), path_(std::move(path)) {}

  [[nodiscard]] Simulation& simulation() const { return simulation_; }
  [[nodiscard]] ComponentId id() const { return id_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Key of this component's draws for one purpose ("boot", "tie").
  [[nodiscard]] StreamKey stream(std::string_view purpose) const;
  /// A lane for timers of one constant delay.
  [[nodiscard]] TimerLane add_lane(Duration delay, Phase phase) const;

 private:
  Simulation& simulation_;
  ComponentId id_;
  std::string path_;
};

class Component {
 public:
  explicit Component(const Birth& birth) : id_(birth.id()), path_(birth.path()) {}
  Component(const Component&) = delete;
  Component& operator=(const Component&) = delete;
  virtual ~Component() = default;

  [[nodiscard]] ComponentId id() const { return id_; }
  /// The parent's path and an ordinal for a component born during the run: "fleet/3".
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Once, at time 0 or at birth. All components of the scenario exist by then.
  virtual void on_start(Context& ctx);
  /// A call has arrived. The frame is the component's until it replies.
  virtual void on_arrival(Context& ctx, FrameHandle frame);
  /// The answer to a call that this component made and has not abandoned.
  virtual void on_reply(Context& ctx, FrameHandle frame);
  /// A call that this component made got no answer in time; it is abandoned already.
  virtual void on_timeout(Context& ctx, FrameHandle frame);
  /// A period has ended, for components that asked for it (Simulation::roll_up_with).
  virtual void on_roll_up(Context& ctx, Time period_start, Time period_end);
  /// One of the component's own messages; Model dispatches it.
  virtual void on_message(Context& ctx, const Event& event);

 private:
  ComponentId id_;
  std::string path_;
};

}  // namespace updraft::sim
