#include "models/ec2/states.h"

namespace updraft::ec2 {

std::string_view spelling(InstanceState state) {
  switch (state) {
    case InstanceState::kPending:
      return "pending";
    case InstanceState::kRunning:
      return "running";
    case InstanceState::kStopping:
      return "stopping";
    case InstanceState::kStopped:
      return "stopped";
    case InstanceState::kShuttingDown:
      return "shutting-down";
    case InstanceState::kTerminated:
      return "terminated";
  }
  return "";
}

std::optional<InstanceState> after(InstanceState state, InstanceChange change) {
  using State = InstanceState;
  const auto from = [state](State wanted, State to) {
    return state == wanted ? std::optional(to) : std::nullopt;
  };
  switch (change) {  // R1.1.1
    case InstanceChange::kStop:
      return from(State::kRunning, State::kStopping);
    case InstanceChange::kStart:
      return from(State::kStopped, State::kPending);
    case InstanceChange::kReboot:
      return from(State::kRunning, State::kRunning);
    case InstanceChange::kTerminate:
      return state == State::kRunning || state == State::kStopped || state == State::kPending
                 ? std::optional(State::kShuttingDown)
                 : std::nullopt;
    case InstanceChange::kPendingOver:
      return from(State::kPending, State::kRunning);
    case InstanceChange::kStoppingOver:
      return from(State::kStopping, State::kStopped);
    case InstanceChange::kShuttingDownOver:
      return from(State::kShuttingDown, State::kTerminated);
  }
  return std::nullopt;
}

bool billed(InstanceState state, bool hibernating) {
  return state == InstanceState::kRunning || (state == InstanceState::kStopping && hibernating);
}

}  // namespace updraft::ec2
