// A composite alarm (R6.5.1): its state follows the states of other alarms by a rule; its actions
// may be held back by a suppressor.
//
// It is judged when it begins and whenever an alarm that it names changes its state. What its
// actions would notify is recorded; it can neither act on instances nor on groups.
#pragma once

#include <string>

#include "models/cloudwatch/action_suppression.h"
#include "models/cloudwatch/alarm_rule.h"
#include "models/cloudwatch/alarm_states.h"
#include "models/cloudwatch/cloudwatch.pb.h"
#include "sim/build/resource.h"
#include "sim/engine/model.h"

namespace updraft::cloudwatch {

/// Alarms exist; the first look at them.
struct Judge {
  static constexpr sim::Phase kPhase = sim::Phase::kAlarms;
};
/// A wait or an extension of the suppressor is over.
struct HoldOver {
  static constexpr sim::Phase kPhase = sim::Phase::kAlarms;
};

class CompositeAlarm final : public sim::Model<CompositeAlarm, Judge, HoldOver>,
                             public sim::Resource,
                             public AlarmStateListener {
 public:
  CompositeAlarm(const sim::Birth& birth, const CompositeAlarmParams& params);

  void bind(sim::World& world) override;
  void operate(sim::Context& ctx, const google::protobuf::Message& operation,
               sim::DecisionId caused_by) override;
  void on_start(sim::Context& ctx) override;
  void on(sim::Context& ctx, const Judge& message);
  void on(sim::Context& ctx, const HoldOver& message);
  void alarm_changed(sim::Context& ctx, const std::string& alarm, AlarmState state,
                     sim::DecisionId decision) override;

 private:
  void judge_soon(sim::Context& ctx, sim::DecisionId caused_by);
  void judge(sim::Context& ctx, sim::DecisionId caused_by);
  void set_state(sim::Context& ctx, AlarmState state, const std::string& reason,
                 sim::DecisionId caused_by);
  /// Records whether the actions of the state run.
  void act(sim::Context& ctx, Suppressed by);
  void wait(sim::Context& ctx);

  CompositeAlarmParams params_;
  AlarmRuleTree rule_;
  AlarmStates* states_ = nullptr;
  AlarmState state_ = AlarmState::kInsufficientData;
  ActionSuppression suppression_;
  sim::EventHandle hold_;
  bool judging_ = false;
  sim::DecisionId caused_by_ = sim::DecisionId::kNone;  // of the next judgement
  sim::DecisionId decision_ = sim::DecisionId::kNone;
};

}  // namespace updraft::cloudwatch
