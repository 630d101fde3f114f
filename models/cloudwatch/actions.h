// Which actions of an alarm run (R6.3.1): all on a change into their state, Auto Scaling actions
// also once per minute for as long as the state stays.
//
//   for (const AlarmAction& action : alarm.actions) {
//     if (fires(action, {.before = old, .after = state, .now = now, .last_fired = last}))
//     run(action);
//   }
#pragma once

#include <cstdint>
#include <optional>

#include "models/cloudwatch/alarm.h"
#include "sim/core/time.h"

namespace updraft::cloudwatch {

enum class ActionKind : std::uint8_t {
  kNotification,  // a topic, a function, an EC2 action: on the change only
  kAutoScaling,   // a scaling policy: repeated
};

struct AlarmAction {
  AlarmState on = AlarmState::kAlarm;
  ActionKind kind = ActionKind::kNotification;
};

/// R6.3.1: how often an Auto Scaling action is repeated, whatever the period of the alarm.
inline constexpr sim::Duration kActionRepeat = 60s;

/// R6.3.1: actions that one state of an alarm may have.
inline constexpr std::uint32_t kMaxActionsPerState = 5;

struct ActionQuestion {
  AlarmState before = AlarmState::kInsufficientData;
  AlarmState after = AlarmState::kInsufficientData;
  sim::Time now{};
  std::optional<sim::Time> last_fired{};  // this action; none: never
};

/// Whether the action runs now.
constexpr bool fires(const AlarmAction& action, const ActionQuestion& question) {
  if (question.after != action.on) {
    return false;
  }
  if (question.before != question.after) {
    return true;  // R6.3.1, the change
  }
  if (action.kind != ActionKind::kAutoScaling) {
    return false;  // once only
  }
  if (!question.last_fired) {
    return true;  // added while the state stands
  }
  return question.now - *question.last_fired >= kActionRepeat;  // R6.3.1, the repetition
}

/// When an Auto Scaling action that ran at `fired` is due again if the state stays: an alarm that
/// is evaluated hourly repeats it between its evaluations.
constexpr sim::Time next_repeat(sim::Time fired) {
  return fired + kActionRepeat;
}

}  // namespace updraft::cloudwatch
