// Whether a composite alarm's actions run, or are suppressed by another alarm (R6.5.1).
//
// While the suppressor is in ALARM, actions do not run. Before: the alarm waits a while for the
// suppressor to go into ALARM (the wait period). After it has left ALARM: the alarm waits a while
// too (the extension period). What was suppressed runs when nothing holds it back any more, if the
// alarm is not back in the state whose actions ran last.
//
//   ActionSuppression gate({.wait = 120s, .extension = 180s});
//   Suppressed by = gate.state_changed(now, AlarmState::kAlarm);      // kWaitPeriod
//   if (gate.due() <= now && gate.come_due(now)) ...                  // run the actions
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/cloudwatch/alarm.h"
#include "sim/core/time.h"

namespace updraft::cloudwatch {

/// CloudWatch's ActionsSuppressedBy.
enum class Suppressed : std::uint8_t { kNot, kAlarm, kWaitPeriod, kExtensionPeriod };

class ActionSuppression {
 public:
  struct Settings {
    bool has_suppressor = false;
    sim::Duration wait{};
    sim::Duration extension{};
  };
  explicit ActionSuppression(const Settings& settings) : settings_(settings) {}

  /// The alarm's state is new. kNot: its actions run now.
  Suppressed state_changed(sim::Time now, AlarmState state) {
    state_ = state;
    if (!settings_.has_suppressor) {
      ran_for_ = state;
      return Suppressed::kNot;
    }
    if (!suppressor_in_alarm_ && now >= extended_until_) {
      waits_until_ = now + settings_.wait;
    }
    return hold(now);
  }
  /// The suppressor has gone into ALARM, or out of it. kNot: what was held back runs now.
  Suppressed suppressor_changed(sim::Time now, bool in_alarm) {
    if (suppressor_in_alarm_ && !in_alarm) {
      extended_until_ = now + settings_.extension;
    }
    suppressor_in_alarm_ = in_alarm;
    return hold(now);
  }
  /// When a wait is over; kNever when nothing waits.
  [[nodiscard]] sim::Time due() const {
    return pending() && !suppressor_in_alarm_ ? std::max(waits_until_, extended_until_)
                                              : sim::kNever;
  }
  /// A wait is over: whether what was held back runs now.
  bool come_due(sim::Time now) { return pending() && hold(now) == Suppressed::kNot; }

  /// The actions of the state have not run, and are not those that ran last.
  [[nodiscard]] bool pending() const { return state_ != ran_for_; }

 private:
  Suppressed hold(sim::Time now) {
    if (suppressor_in_alarm_) {
      return Suppressed::kAlarm;
    }
    if (now < extended_until_) {
      return Suppressed::kExtensionPeriod;
    }
    if (now < waits_until_) {
      return Suppressed::kWaitPeriod;
    }
    ran_for_ = state_;
    return Suppressed::kNot;
  }

  Settings settings_;
  bool suppressor_in_alarm_ = false;
  sim::Time waits_until_ = sim::kStart;
  sim::Time extended_until_ = sim::kStart;
  AlarmState state_ = AlarmState::kInsufficientData;
  AlarmState ran_for_ = AlarmState::kInsufficientData;
};

}  // namespace updraft::cloudwatch
