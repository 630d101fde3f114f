#include "sim/build/trigger.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/core/check.h"

namespace updraft::sim {

void Trigger::set_rate(double per_s) {
  const auto law = Distribution::exponential(1e9 / per_s);
  SIM_CHECK(law.ok(), "a rate of {}/s", per_s);
  gap_ = *law;
}

Time Trigger::first() {
  if (condition_) {
    return kNever;
  }
  return gap_ ? next(kStart) : at_;
}

Time Trigger::next(Time now) {
  return gap_ ? now + gap_->sample_duration(stream_, ordinal_, draws_++) : kNever;
}

bool Trigger::look(MetricStore& metrics, Time now) {
  const bool held = held_;
  held_ = holds(metrics, now);
  return held_ && !held;
}

bool Trigger::holds(const MetricStore& metrics, Time now) {
  const auto metric = metrics.find(condition_->resource(), condition_->metric());
  if (!metric) {
    return false;
  }
  const Duration period = metrics.declaration(*metric).period;
  const Duration length = std::max(Duration{condition_->for_ns()}, period);
  const Statistic& statistic = metrics.declaration(*metric).statistic;
  bool any = false;
  for (Time start = now - length; start < now; start += period) {
    if (start < kStart) {
      return false;  // the run is not that old
    }
    const auto value = metrics.statistic(*metric, statistic, start, start + period);
    if (!value) {
      continue;
    }
    const double bound = condition_->threshold();
    const bool fulfils = condition_->comparison() == Condition::ABOVE      ? *value > bound
                         : condition_->comparison() == Condition::AT_LEAST ? *value >= bound
                         : condition_->comparison() == Condition::BELOW    ? *value < bound
                                                                           : *value <= bound;
    if (!fulfils) {
      return false;
    }
    any = true;
    newest_ = start;
  }
  return any;
}

std::string Trigger::reason(std::string_view section) const {
  if (condition_) {
    return condition_->text();
  }
  return fmt::format("the scenario's {}{}", section, gap_ ? ", at random" : "");
}

Cause Trigger::cause() const {
  return condition_ ? Cause::metric(condition_->resource(), condition_->metric(), newest_)
                    : Cause{};
}

}  // namespace updraft::sim
