#include "models/cloudwatch/composite_alarm.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/build/world.h"

namespace updraft::cloudwatch {

namespace {

AlarmRuleTree rule_of(const CompositeAlarmParams& params) {
  auto parsed = parse_rule(params.alarm_rule());
  SIM_CHECK(std::holds_alternative<AlarmRuleTree>(parsed), "{}: {}", params.alarm_rule(),
            std::get<RuleError>(parsed).text);
  return std::get<AlarmRuleTree>(std::move(parsed));
}

std::string_view reason_of(Suppressed by) {
  switch (by) {
    case Suppressed::kAlarm:
      return "Actions suppressed by ALARM";
    case Suppressed::kWaitPeriod:
      return "Actions suppressed by WaitPeriod";
    case Suppressed::kExtensionPeriod:
      return "Actions suppressed by ExtensionPeriod";
    case Suppressed::kNot:
      return "nothing holds them back";
  }
  return {};
}

}  // namespace

CompositeAlarm::CompositeAlarm(const sim::Birth& birth, const CompositeAlarmParams& params)
    : Model(birth),
      params_(params),
      rule_(rule_of(params)),
      suppression_(
          {.has_suppressor = !params.actions_suppressor().empty(),
           .wait = sim::Duration{params.actions_suppressor_wait_period().ns()},
           .extension = sim::Duration{params.actions_suppressor_extension_period().ns()}}) {}

void CompositeAlarm::bind(sim::World& world) {
  states_ = &world.service<AlarmStates>();
  states_->put(path(), *this);
}

void CompositeAlarm::on_start(sim::Context& ctx) {
  judge_soon(ctx, sim::DecisionId::kNone);
}

// Alarms of one instant may change together; the rule is judged once, when all have.
void CompositeAlarm::judge_soon(sim::Context& ctx, sim::DecisionId caused_by) {
  caused_by_ = caused_by;
  if (!judging_) {
    judging_ = true;
    after(ctx, sim::Duration{}, Judge{});
  }
}

void CompositeAlarm::on(sim::Context& ctx, const Judge& /*message*/) {
  judging_ = false;
  judge(ctx, caused_by_);
}

void CompositeAlarm::alarm_changed(sim::Context& ctx, const std::string& alarm, AlarmState state,
                                   sim::DecisionId decision) {
  sim::Context own = ctx.as(*this);
  if (alarm == params_.actions_suppressor()) {
    const bool pending = suppression_.pending();
    const Suppressed by = suppression_.suppressor_changed(own.now(), state == AlarmState::kAlarm);
    if (pending) {
      act(own, by);
    }
    wait(own);
  }
  const auto& children = rule_.children();
  if (std::any_of(children.begin(), children.end(),
                  [&](const AlarmRuleTree::Child& child) { return child.alarm == alarm; })) {
    judge_soon(own, decision);
  }
}

void CompositeAlarm::judge(sim::Context& ctx, sim::DecisionId caused_by) {
  const bool holds =
      rule_.holds([&](const std::string& alarm) { return states_->state_of(alarm); });
  const AlarmState state = holds ? AlarmState::kAlarm : AlarmState::kOk;  // R6.5.1
  if (state != state_) {
    set_state(ctx, state, fmt::format("{} is {}", params_.alarm_rule(), holds ? "true" : "false"),
              caused_by);
  }
}

void CompositeAlarm::set_state(sim::Context& ctx, AlarmState state, const std::string& reason,
                               sim::DecisionId caused_by) {
  state_ = state;
  decision_ = ctx.decide({.who = path(),
                          .kind = "alarm state",
                          .what = spelling(state),
                          .reason = reason,
                          .rule = "R6.5.1",
                          .cause = sim::Cause::decision(caused_by),
                          .repeats = false});
  const Suppressed by = suppression_.state_changed(ctx.now(), state);
  if (by == Suppressed::kNot || suppression_.pending()) {
    act(ctx, by);
  }
  wait(ctx);
  states_->changed(ctx, path(), state, decision_);
}

void CompositeAlarm::act(sim::Context& ctx, Suppressed by) {
  const auto& actions = state_ == AlarmState::kAlarm ? params_.alarm_actions()
                        : state_ == AlarmState::kOk  ? params_.ok_actions()
                                                     : params_.insufficient_data_actions();
  if (actions.empty()) {
    return;
  }
  const std::string what = fmt::format("notify {}", fmt::join(actions, ", "));
  ctx.decide({.who = path(),
              .kind = "alarm action",
              .outcome = by == Suppressed::kNot ? sim::Outcome::kDecided : sim::Outcome::kBlocked,
              .what = what,
              .reason = reason_of(by),
              .rule = "R6.5.1",
              .cause = sim::Cause::decision(decision_),
              .repeats = false});
}

void CompositeAlarm::wait(sim::Context& ctx) {
  ctx.cancel(hold_);
  hold_ = {};
  if (const sim::Time due = suppression_.due(); due != sim::kNever) {
    hold_ = at(ctx, std::max(due, ctx.now()), HoldOver{});
  }
}

void CompositeAlarm::on(sim::Context& ctx, const HoldOver& /*message*/) {
  hold_ = {};
  if (suppression_.come_due(ctx.now())) {
    act(ctx, Suppressed::kNot);
  }
}

// R6.3.8: the state stands until an alarm that the rule names changes its own.
void CompositeAlarm::operate(sim::Context& ctx, const google::protobuf::Message& operation,
                             sim::DecisionId caused_by) {
  const SetAlarmState& wanted = static_cast<const AlarmOperations&>(operation).set_alarm_state();
  const auto state = static_cast<AlarmState>(wanted.state_value());
  if (state != state_) {
    set_state(ctx, state, wanted.state_reason(), caused_by);
  }
}

}  // namespace updraft::cloudwatch
