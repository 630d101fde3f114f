#include "sim/engine/component.h"

#include "sim/core/check.h"
#include "sim/engine/simulation.h"

namespace updraft::sim {

StreamKey Birth::stream(std::string_view purpose) const {
  return stream_key(simulation_.options().seed, simulation_.options().replication, path_, purpose);
}

TimerLane Birth::add_lane(Duration delay, Phase phase) const {
  return {simulation_.events().add_lane(phase), delay, true};
}

void Component::on_start(Context& /*ctx*/) {}

void Component::on_arrival(Context& /*ctx*/, FrameHandle /*frame*/) {
  SIM_CHECK(false, "{} takes no requests", path_);
}

void Component::on_reply(Context& /*ctx*/, FrameHandle /*frame*/) {
  SIM_CHECK(false, "{} makes no calls", path_);
}

void Component::on_timeout(Context& /*ctx*/, FrameHandle /*frame*/) {
  SIM_CHECK(false, "{} sets no time-outs", path_);
}

void Component::on_roll_up(Context& /*ctx*/, Time /*period_start*/, Time /*period_end*/) {
  SIM_CHECK(false, "{} has nothing to roll up", path_);
}

void Component::on_message(Context& /*ctx*/, const Event& event) {
  SIM_CHECK(false, "{} does not know message {}", path_, event.kind);
}

}  // namespace updraft::sim
