// The states of all alarms by name, for alarms that follow others.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/cloudwatch/alarm.h"
#include "sim/engine/context.h"

namespace updraft::cloudwatch {

class AlarmStateListener {
 public:
  virtual ~AlarmStateListener() = default;
  /// Called when any alarm has a new state; `decision` is its record.
  virtual void alarm_changed(sim::Context& ctx, const std::string& alarm, AlarmState state,
                             sim::DecisionId decision) = 0;
};

class AlarmStates {
 public:
  virtual ~AlarmStates() = default;

  /// An alarm that has not been heard of is what every alarm is at first (R6.3.1).
  [[nodiscard]] AlarmState state_of(const std::string& alarm) const {
    const auto found = states_.find(alarm);
    return found == states_.end() ? AlarmState::kInsufficientData : found->second;
  }
  /// Hears of every alarm but itself; listeners are told in order of their names.
  void put(const std::string& name, AlarmStateListener& listener) { listeners_[name] = &listener; }

  void changed(sim::Context& ctx, const std::string& alarm, AlarmState state,
               sim::DecisionId decision) {
    states_[alarm] = state;
    for (const auto& [name, listener] : listeners_) {
      if (name != alarm) {
        listener->alarm_changed(ctx, alarm, state, decision);
      }
    }
  }

 private:
  std::map<std::string, AlarmState> states_;
  std::map<std::string, AlarmStateListener*> listeners_;
};

}  // namespace updraft::cloudwatch
