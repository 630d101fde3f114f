#include "models/auto_scaling/schedule.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "models/auto_scaling/activity.h"
#include "sim/schema/quantity.h"

namespace updraft::auto_scaling {

using sim::Context;

namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

std::optional<std::uint32_t> optional_of(bool has, std::uint32_t value) {
  return has ? std::optional(value) : std::nullopt;
}

ScheduledChange change_of(const ScheduledAction& action) {
  return {.min = optional_of(action.has_min_size(), action.min_size()),
          .max = optional_of(action.has_max_size(), action.max_size()),
          .desired = optional_of(action.has_desired_capacity(), action.desired_capacity())};
}

std::string text_of(const ScheduledChange& change) {
  std::string text = "set";
  const auto add = [&](const char* name, const std::optional<std::uint32_t>& value) {
    if (value) {
      text += fmt::format("{} {} {}", text == "set" ? "" : ",", name, *value);
    }
  };
  add("min size", change.min);
  add("max size", change.max);
  add("desired capacity", change.desired);
  return text;
}

}  // namespace

sim::Result<Recurrence> recurrence_of(const ScheduledAction& action) {
  Recurrence recurrence;
  if (!action.start_time().empty()) {
    recurrence.start_s = *sim::parse_instant(action.start_time()) / kNsPerSecond;
  }
  if (!action.end_time().empty()) {
    recurrence.end_s = *sim::parse_instant(action.end_time()) / kNsPerSecond;
  }
  if (!action.recurrence().empty()) {
    auto cron = common::Cron::parse(action.recurrence());
    if (!cron.ok()) {
      return sim::Error{cron.error()};
    }
    recurrence.cron = *cron;
  }
  return recurrence;
}

std::optional<std::int64_t> next_due(const Recurrence& recurrence, const sim::TimeZone& zone,
                                     std::int64_t after_s) {
  std::optional<std::int64_t> due;
  if (recurrence.start_s && *recurrence.start_s > after_s) {
    due = recurrence.start_s;
  } else if (recurrence.cron) {
    due = recurrence.cron->next(after_s, zone);
  }
  return due && recurrence.end_s && *due >= *recurrence.end_s ? std::nullopt : due;
}

ScheduledResult apply(const ScheduledChange& change, Bounds now, std::uint32_t desired) {
  ScheduledResult result{
      .bounds = {.min = change.min.value_or(now.min), .max = change.max.value_or(now.max)},
      .desired = desired};
  const Bounds& bounds = result.bounds;
  if (bounds.min > bounds.max) {
    result.rejected = fmt::format("min size {} is above max size {}", bounds.min, bounds.max);
  } else if (change.desired && clamp(*change.desired, bounds) != *change.desired) {
    result.rejected = fmt::format("desired capacity {} is outside of {} to {}", *change.desired,
                                  bounds.min, bounds.max);
  } else {
    result.desired = change.desired.value_or(clamp(desired, bounds));
    return result;
  }
  result.bounds = now;
  return result;
}

ActionSchedule::ActionSchedule(const sim::Birth& birth, const AutoScalingGroupParams& params,
                               Scalable& group, sim::Component& owner,
                               const common::Calendar& calendar)
    : Model(birth), group_(group), owner_(owner), calendar_(calendar) {
  for (const ScheduledAction& action : params.scheduled_actions()) {
    // The loader has checked both.
    actions_.push_back({.name = action.name(),
                        .recurrence = recurrence_of(action).value(),
                        .zone = sim::TimeZone::find(action.time_zone()).value(),
                        .change = change_of(action)});
  }
}

void ActionSchedule::on_start(Context& ctx) {
  for (std::uint64_t i = 0; i < actions_.size(); ++i) {
    // The start of the run itself counts.
    plan(ctx, i, (calendar_.start_unix_ns - 1) / kNsPerSecond - (calendar_.start_unix_ns <= 0));
  }
}

void ActionSchedule::plan(Context& ctx, std::uint64_t index, std::int64_t after_s) {
  const Action& action = actions_[index];
  const auto due = next_due(action.recurrence, action.zone, after_s);
  if (!due) {
    return;
  }
  // Instants too far for the clock of the run never come.
  constexpr std::int64_t kFarthest = std::int64_t{200} * 366 * 86'400;
  const std::int64_t start_s = calendar_.start_unix_ns / kNsPerSecond;
  if (*due - start_s < kFarthest) {
    const sim::Time when = sim::time_from_ns(*due * kNsPerSecond - calendar_.start_unix_ns);
    at(ctx, std::max(when, ctx.now()), ActionDue{index});
  }
}

void ActionSchedule::on(Context& ctx, const ActionDue& message) {
  const Action& action = actions_[message.action];
  const std::int64_t now_s = (calendar_.start_unix_ns + sim::to_ns(ctx.now())) / kNsPerSecond;
  plan(ctx, message.action, now_s);

  Context theirs = ctx.as(owner_);
  const std::string who = owner_.path() + "/" + action.name;
  const std::string what = text_of(action.change);
  const Bounds before = group_.bounds();
  const std::uint32_t desired = group_.capacity(ctx.now(), {}).desired;
  const ScheduledResult result = apply(action.change, before, desired);
  const std::string blocked = group_.is_suspended(SCHEDULED_ACTIONS)  // R2.16.1, R2.7.1
                                  ? "ScheduledActions is suspended"
                                  : result.rejected;
  if (!blocked.empty()) {
    theirs.decide({.who = who,
                   .kind = "scheduled action",
                   .outcome = sim::Outcome::kBlocked,
                   .what = what,
                   .reason = blocked,
                   .rule = result.rejected.empty() ? "R2.16.1" : "R2.7.1",
                   .repeats = false});
    return;
  }
  const std::string cause = cause_of_schedule(calendar_, {.at = ctx.now(),
                                                          .min = result.bounds.min,
                                                          .max = result.bounds.max,
                                                          .from = desired,
                                                          .to = result.desired});
  const sim::DecisionId decided = theirs.decide({.who = who,
                                                 .kind = "scheduled action",
                                                 .what = what,
                                                 .reason = cause,
                                                 .rule = "R2.7.1",
                                                 .repeats = false});
  group_.set_bounds(result.bounds);
  group_.set_desired(theirs, result.desired, cause, "R2.7.1", sim::Cause::decision(decided));
}

}  // namespace updraft::auto_scaling
