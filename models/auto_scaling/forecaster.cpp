#include "models/auto_scaling/forecaster.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "models/auto_scaling/activity.h"

namespace updraft::auto_scaling {

using sim::Context;
using sim::Time;

namespace {

constexpr std::int64_t kNsPerHour = 3'600'000'000'000;
constexpr std::int64_t kHoursBetweenForecasts = 6;  // R2.8.1
constexpr std::uint32_t kMinutes = 60;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

ForecastAlgorithm algorithm_of(ForecastBy by) {
  switch (by) {
    case HOUR_OF_DAY:
      return ForecastAlgorithm::kHourOfDay;
    case LATEST_DAY:
      return ForecastAlgorithm::kLatestDay;
    default:
      return ForecastAlgorithm::kHourOfWeek;
  }
}

}  // namespace

Forecaster::Forecaster(const sim::Birth& birth, std::vector<ScalingPolicy> policies,
                       Sources sources, Scalable& group, sim::Component& owner,
                       const common::Calendar& calendar)
    : Model(birth),
      instances_(sources.instances),
      group_(group),
      owner_(owner),
      calendar_(calendar) {
  for (std::size_t i = 0; i < policies.size(); ++i) {
    policies_.push_back({.name = policies[i].name(),
                         .settings = policies[i].predictive_scaling(),
                         .per_instance = sources.per_instance[i],
                         .history = std::move(sources.histories[i])});
  }
}

std::int64_t Forecaster::hour_of(Time now) const {
  return floor_div(calendar_.start_unix_ns + sim::to_ns(now), kNsPerHour);
}

Time Forecaster::begin_of(std::int64_t hour) const {
  return sim::time_from_ns(hour * kNsPerHour - calendar_.start_unix_ns);
}

std::string Forecaster::who(const Policy& policy) const {
  return owner_.path() + "/" + policy.name;
}

// R2.8.1: the first forecast comes with the policy.
void Forecaster::on_start(Context& ctx) {
  ctx.metrics().require_history(instances_, kMinutes);
  at(ctx, begin_of(hour_of(ctx.now()) + 1), HourBegins{});  // before a policy without a buffer
  for (std::uint64_t i = 0; i < policies_.size(); ++i) {
    ctx.metrics().require_history(policies_[i].per_instance, kMinutes);
    make_forecast(ctx, policies_[i]);
    const sim::Duration buffer{policies_[i].settings.scheduling_buffer_time().ns()};
    plan(ctx, i, hour_of(ctx.now() + buffer));  // the hour that is on, or about to be
  }
}

void Forecaster::on(Context& ctx, const HourBegins& /*message*/) {
  const std::int64_t hour = hour_of(ctx.now());
  at(ctx, begin_of(hour + 1), HourBegins{});
  for (Policy& policy : policies_) {
    collect(ctx, policy, hour - 1);
    if (hour % kHoursBetweenForecasts == 0) {
      make_forecast(ctx, policy);
    }
  }
}

void Forecaster::plan(Context& ctx, std::uint64_t index, std::int64_t hour) {
  const sim::Duration buffer{policies_[index].settings.scheduling_buffer_time().ns()};
  at(ctx, std::max(begin_of(hour) - buffer, ctx.now()), ForecastDue{index});
}

void Forecaster::on(Context& ctx, const ForecastDue& message) {
  Policy& policy = policies_[message.policy];
  const sim::Duration buffer{policy.settings.scheduling_buffer_time().ns()};
  const std::int64_t hour = hour_of(ctx.now() + buffer);
  plan(ctx, message.policy, hour + 1);
  act(ctx, policy, hour);
}

// The metric of an instance times the instances, minute by minute.
void Forecaster::collect(Context& ctx, Policy& policy, std::int64_t hour) const {
  const Time from = std::max(begin_of(hour), sim::kStart);
  const Time to = begin_of(hour + 1);
  const sim::Statistic statistic = ctx.metrics().declaration(policy.per_instance).statistic;
  double sum = 0;
  std::uint32_t n = 0;
  for (Time minute = from; minute < to; minute += sim::kRollUpPeriod) {
    const auto metric = ctx.metrics().statistic(policy.per_instance, statistic, minute,
                                                minute + sim::kRollUpPeriod);
    const auto instances = ctx.metrics().statistic(instances_, sim::Statistic::average(), minute,
                                                   minute + sim::kRollUpPeriod);
    if (metric && instances) {
      sum += *metric * *instances;
      ++n;
    }
  }
  if (n > 0) {
    policy.history.note(hour, sum / n);
  }
}

void Forecaster::make_forecast(Context& ctx, Policy& policy) {
  Context theirs = ctx.as(owner_);
  const std::int64_t first = hour_of(ctx.now());
  std::map<std::int64_t, Forecast> hours;
  const Forecast* peak = nullptr;
  for (std::int64_t hour = first; hour < first + kHoursOfForecast; ++hour) {
    const auto load =
        forecast_load(policy.history, hour, algorithm_of(policy.settings.forecast_by()));
    if (load) {
      const Forecast& one =
          hours[hour] = {*load, capacity_for(*load, policy.settings.target_value())};
      peak = peak == nullptr || one.load > peak->load ? &one : peak;
    }
  }
  if (peak == nullptr) {
    theirs.decide({.who = who(policy),
                   .kind = "forecast",
                   .outcome = sim::Outcome::kBlocked,
                   .what = "forecast 48 hours",
                   .reason = fmt::format("{} hours of history; it needs {}", policy.history.hours(),
                                         kHoursForForecast),
                   .rule = "R2.8.1",
                   .cause = {}});
    return;
  }
  const std::array<sim::NamedValue, 3> values{
      {{"peak_load", peak->load},
       {"target", policy.settings.target_value()},
       {"peak_capacity", static_cast<double>(peak->capacity)}}};
  policy.made_by =
      theirs.decide({.who = who(policy),
                     .kind = "forecast",
                     .what = "forecast 48 hours",
                     .reason = fmt::format("from {} hours of history", policy.history.hours()),
                     .rule = "R2.8.1",
                     .values = values,
                     .cause = {},
                     .repeats = false});
  policy.hours = std::move(hours);
}

void Forecaster::act(Context& ctx, Policy& policy, std::int64_t hour) {
  const auto found = policy.hours.find(hour);
  if (found == policy.hours.end()) {
    return;  // that there is no forecast is a record already
  }
  const Forecast& forecast = found->second;
  Context theirs = ctx.as(owner_);
  const std::uint32_t desired = group_.capacity(ctx.now(), {}).desired;
  Bounds bounds = group_.bounds();
  const bool scales = policy.settings.mode() == FORECAST_AND_SCALE;
  if (scales && policy.settings.max_capacity_breach_behavior() == INCREASE_MAX_CAPACITY) {
    const std::uint32_t raised =
        raised_maximum(forecast.capacity, bounds.max, policy.settings.max_capacity_buffer());
    if (raised > bounds.max) {  // R2.8.3: and it stays
      theirs.decide({.who = who(policy),
                     .kind = "forecast",
                     .what = fmt::format("raise max size from {} to {}", bounds.max, raised),
                     .reason = fmt::format("{} instances are forecast for the hour from {}",
                                           forecast.capacity, calendar_.iso(begin_of(hour))),
                     .rule = "R2.8.3",
                     .cause = sim::Cause::decision(policy.made_by),
                     .repeats = false});
      bounds.max = raised;
      group_.set_bounds(bounds);
    }
  }
  const std::uint32_t wanted = clamp(forecast.capacity, bounds);
  std::string blocked;
  std::string_view rule = "R2.8.2";
  if (!scales) {
    blocked = "the mode is ForecastOnly";
    rule = "R2.8.3";
  } else if (wanted <= desired) {
    blocked = fmt::format("desired capacity is {}; a forecast never scales in", desired);
  }
  const std::string what = fmt::format("scale to {} instances", wanted);
  const std::vector<sim::NamedValue> values{{"load", forecast.load},
                                            {"target", policy.settings.target_value()},
                                            {"capacity", static_cast<double>(forecast.capacity)},
                                            {"desired", static_cast<double>(desired)}};
  if (!blocked.empty()) {
    theirs.decide({.who = who(policy),
                   .kind = "forecast",
                   .outcome = sim::Outcome::kBlocked,
                   .what = what,
                   .reason = blocked,
                   .rule = rule,
                   .values = values,
                   .cause = sim::Cause::decision(policy.made_by)});
    return;
  }
  const std::string cause = cause_of_forecast(
      calendar_, {.at = ctx.now(), .policy = policy.name, .from = desired, .to = wanted});
  const sim::DecisionId decided = theirs.decide({.who = who(policy),
                                                 .kind = "forecast",
                                                 .what = what,
                                                 .reason = cause,
                                                 .rule = rule,
                                                 .values = values,
                                                 .cause = sim::Cause::decision(policy.made_by),
                                                 .repeats = false});
  group_.set_desired(theirs, wanted, cause, rule, sim::Cause::decision(decided));
}

std::uint32_t Forecaster::floor(Time now) const {
  std::uint32_t most = 0;
  for (const Policy& policy : policies_) {
    if (policy.settings.mode() != FORECAST_AND_SCALE) {
      continue;
    }
    const sim::Duration buffer{policy.settings.scheduling_buffer_time().ns()};
    for (const std::int64_t hour : {hour_of(now), hour_of(now + buffer)}) {
      const auto found = policy.hours.find(hour);
      most = found == policy.hours.end() ? most : std::max(most, found->second.capacity);
    }
  }
  return most;
}

std::optional<Forecaster::Forecast> Forecaster::forecast(Time now) const {
  std::optional<Forecast> largest;
  for (const Policy& policy : policies_) {
    const auto found = policy.hours.find(hour_of(now));
    if (found != policy.hours.end() && (!largest || found->second.capacity > largest->capacity)) {
      largest = found->second;
    }
  }
  return largest;
}

}  // namespace updraft::auto_scaling
