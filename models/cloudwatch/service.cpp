#include "models/cloudwatch/service.h"

#include <algorithm>
#include <array>
#include <limits>

#include "sim/build/world.h"

namespace updraft::cloudwatch {

using sim::Context;
using sim::Time;

CloudWatch::CloudWatch(const sim::Birth& birth, const CloudWatchParams& params)
    : Model(birth),
      publication_delay_(params.publication_delay().ns()),
      custom_publication_delay_(params.custom_publication_delay().ns()),
      evaluation_range_extra_(params.evaluation_range_extra()) {}

void CloudWatch::bind(sim::World& world) {
  calendar_.start_unix_ns = world.start_unix_ns();
  for (const RawMetric* raw : world.all<RawMetric>()) {
    raw_sources_.push_back(raw);
  }
}

void CloudWatch::put_alarm(Context& ctx, const roles::AlarmDefinition& definition) {
  Context own = ctx.as(*this);
  if (raw_.empty()) {  // their metrics are declared by now
    for (const RawMetric* raw : raw_sources_) {
      raw_.emplace(static_cast<std::uint32_t>(raw->id()), raw);
    }
  }
  const sim::Duration delay =
      AlarmData::is_custom(definition, raw_) ? custom_publication_delay_ : publication_delay_;
  auto alarm = std::make_unique<Alarm>(
      Alarm{.definition = definition,
            .rule = {.evaluation_periods = definition.evaluation_periods,
                     .datapoints_to_alarm = definition.datapoints_to_alarm,
                     .threshold = definition.threshold,
                     .comparison = definition.comparison,
                     .treat_missing_data = definition.treat_missing_data},
            .schedule = EvaluationSchedule({.period = definition.period,
                                            .evaluation_periods = definition.evaluation_periods,
                                            .evaluation_range_extra = evaluation_range_extra_,
                                            .publication_delay = delay}),
            .data = AlarmData(definition, own.metrics(), raw_,
                              {.periods = definition.evaluation_periods + evaluation_range_extra_,
                               .publication_delay = delay,
                               .start_unix_ns = calendar_.start_unix_ns})});
  for (const roles::AlarmActionOn& on : definition.actions) {
    alarm->actions.push_back(
        {.called = on.action,
         .when = {.on = on.state,
                  .kind = on.action->is_auto_scaling() ? ActionKind::kAutoScaling
                                                       : ActionKind::kNotification},
         .last_fired = {}});
  }
  const Time first = std::max(alarm->schedule.first(), alarm->schedule.next(own.now()));
  alarms_.push_back(std::move(alarm));
  at(own, first, Evaluate{alarms_.size() - 1});
}

void CloudWatch::on(Context& ctx, const Evaluate& message) {
  Alarm& alarm = *alarms_[message.alarm];
  at(ctx, alarm.schedule.next(ctx.now()), message);

  const EvaluationWindow window = alarm.schedule.window(ctx.now());
  const sim::DecisionId kept_back_by =
      alarm.data.read(ctx.metrics(), disturbances_, window, ctx.now(), range_);
  Evaluation evaluation = evaluate(alarm.rule, range_, alarm.state);
  const AlarmState before = alarm.state;
  if (evaluation.state != before && too_few_samples(ctx, alarm, evaluation)) {
    ctx.decide({.who = alarm.definition.name,
                .kind = "alarm state",
                .outcome = sim::Outcome::kBlocked,
                .what = spelling(evaluation.state),
                .reason = "the percentile has too few samples",
                .rule = "R6.3.7"});
    evaluation.state = before;
  }
  if (evaluation.state != before) {
    change_state(ctx, alarm, evaluation, kept_back_by);
  }
  notify(ctx, alarm, before, evaluation);
}

bool CloudWatch::too_few_samples(const Context& ctx, const Alarm& alarm,
                                 const Evaluation& evaluation) {
  return alarm.definition.ignore_low_sample_percentile && !evaluation.used.empty() &&
         alarm.data.has_few_samples(ctx.metrics(), evaluation.used.back().start);
}

void CloudWatch::change_state(Context& ctx, Alarm& alarm, const Evaluation& evaluation,
                              sim::DecisionId kept_back_by) {
  const std::string reason = reason_text(evaluation, alarm.rule, calendar_);
  std::vector<sim::NamedValue> values{
      {"threshold", alarm.definition.threshold},
      {"datapoints_breaching", static_cast<double>(evaluation.breaching)}};
  Time period_start = ctx.now();
  if (!evaluation.used.empty()) {
    values.push_back({"newest_datapoint", *evaluation.used.back().value});
    period_start = evaluation.used.back().start;
  }
  sim::Cause cause = sim::Cause::metric(alarm.data.resource(), alarm.data.metric(), period_start);
  cause.decision_id = kept_back_by;
  enter(
      ctx, alarm, evaluation.state,
      {.reason = reason, .rule = rule_id(evaluation.decided_by), .values = values, .cause = cause});
}

void CloudWatch::enter(Context& ctx, Alarm& alarm, AlarmState state,
                       const sim::Decision& decision) {
  alarm.state = state;
  for (Action& action : alarm.actions) {
    action.last_fired.reset();
  }
  sim::Decision record = decision;
  record.who = alarm.definition.name;
  record.kind = "alarm state";
  record.what = spelling(state);
  record.repeats = false;
  alarm.decision = ctx.decide(record);
  changed(ctx, alarm.definition.name, state, alarm.decision);
}

void CloudWatch::set_alarm_state(Context& ctx, const std::string& name, AlarmState state,
                                 const std::string& reason, sim::DecisionId caused_by) {
  Context own = ctx.as(*this);
  for (const auto& alarm : alarms_) {
    if (alarm->definition.name != name || alarm->state == state) {
      continue;
    }
    const AlarmState before = alarm->state;
    enter(own, *alarm, state,
          {.reason = reason, .rule = "R6.3.8", .cause = sim::Cause::decision(caused_by)});
    notify(own, *alarm, before, {.state = state});
  }
}

// R6.3.1: actions run on a change of state; Auto Scaling actions once a minute while it lasts.
void CloudWatch::notify(Context& ctx, Alarm& alarm, AlarmState before,
                        const Evaluation& evaluation) {
  judged_.clear();
  for (const Datapoint& point : evaluation.used) {
    judged_.push_back(*point.value);
  }
  const bool data = !judged_.empty();
  const roles::AlarmNotice notice{
      .alarm = alarm.definition.name,
      .state = alarm.state,
      .before = before,
      .repeated = before == alarm.state,
      .value = data ? judged_.back() : std::numeric_limits<double>::quiet_NaN(),
      .period_start = data ? evaluation.used.back().start : ctx.now(),
      .decision = alarm.decision,
      .threshold = alarm.definition.threshold,
      .comparison = alarm.definition.comparison,
      .datapoints = judged_};
  for (Action& action : alarm.actions) {
    if (fires(action.when, {.before = before,
                            .after = alarm.state,
                            .now = ctx.now(),
                            .last_fired = action.last_fired})) {
      action.last_fired = ctx.now();
      action.called->alarm_notified(ctx, notice);
    }
  }
}

}  // namespace updraft::cloudwatch
