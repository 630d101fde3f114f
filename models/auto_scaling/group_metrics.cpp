// What a group publishes each minute, and what it reports at the end of a run.
#include <algorithm>
#include <array>

#include "models/auto_scaling/group.h"
#include "models/auto_scaling/warmup.h"
#include "sim/build/metric_schema.h"

namespace updraft::auto_scaling {

using sim::Context;
using sim::Time;

namespace {

constexpr std::array<const char*, 8> kLevels{"GroupMinSize",          "GroupMaxSize",
                                             "GroupDesiredCapacity",  "GroupInServiceInstances",
                                             "GroupPendingInstances", "GroupTerminatingInstances",
                                             "GroupStandbyInstances", "GroupTotalInstances"};

}  // namespace

void AutoScalingGroup::declare_metrics(Context& ctx) {
  cpu_metric_ = sim::declare_metric<AutoScalingGroupParams>(ctx, "CPUUtilization");
  network_in_metric_ = sim::declare_metric<AutoScalingGroupParams>(ctx, "NetworkIn");
  network_out_metric_ = sim::declare_metric<AutoScalingGroupParams>(ctx, "NetworkOut");
  needed_metric_ = sim::declare_metric<AutoScalingGroupParams>(ctx, "needed_instances");
  for (const char* name : kLevels) {
    level_metrics_.push_back(sim::declare_metric<AutoScalingGroupParams>(ctx, name));
  }
  if (params_.has_warm_pool()) {
    declare_pool_metrics(ctx);
  }
  declare_forecast_metrics(ctx);
}

void AutoScalingGroup::note_levels(Context& ctx) {
  in_service_.set(ctx.now(), count(Lifecycle::kInService));
}

void AutoScalingGroup::on_roll_up(Context& ctx, Time period_start, Time period_end) {
  publish_means(ctx, period_start, period_end);
  const std::array<double, kLevels.size()> levels{
      static_cast<double>(min_size_),
      static_cast<double>(max_size_),
      static_cast<double>(desired_),
      static_cast<double>(count(Lifecycle::kInService)),
      static_cast<double>(count(Lifecycle::kPending)),
      static_cast<double>(count(Lifecycle::kTerminating)),
      static_cast<double>(count(Lifecycle::kStandby)),
      static_cast<double>(members_.size() - count(Lifecycle::kWarmed) -
                          count(Lifecycle::kWarmedPending))};  // R2.1.4
  for (std::size_t i = 0; i < levels.size(); ++i) {
    ctx.metrics().publish(level_metrics_[i], period_start, sim::StatisticSet::one(levels[i]));
  }
  if (params_.has_warm_pool()) {
    publish_pool(ctx, period_start);
  }
  publish_forecast(ctx, period_start);
  const double needed = measure_need(period_start, period_end);
  ctx.metrics().publish(needed_metric_, period_start, sim::StatisticSet::one(needed));
}

// What arrived, at the instances or where it found none, against what stood there.
double AutoScalingGroup::measure_need(Time start, Time end) {
  double work = 0;
  for (auto& [id, member] : members_) {
    const double arrived = member.made_by->work_arrived_s(member.instance);
    work += arrived - member.work_at_period_start;
    member.work_at_period_start = arrived;
  }
  double turned_away = 0;
  for (const roles::TargetRegistry* group : target_groups_) {
    turned_away += group->work_turned_away_s();
  }
  work += turned_away - turned_away_before_;
  turned_away_before_ = turned_away;
  const double seconds = sim::to_seconds(end - start);
  const double needed = work / (template_->work_per_second(policies_.target_share()) * seconds);
  const sim::StatisticSet provided = in_service_.close_period(start, end);
  note_need(needed, provided, seconds / 60.0);
  need_measured_ = end;
  return needed;
}

// R1.7.2, ASG-40: the mean over the instances in service and past their warm-up. With basic
// monitoring the instances report every five minutes; the group's datapoint then stands in the last
// of the five.
void AutoScalingGroup::publish_means(Context& ctx, Time period_start, Time period_end) {
  const sim::Duration period = template_->metric_period();
  if (sim::to_ns(period_end) % sim::to_ns(period) != 0) {
    return;
  }
  const Time long_ago =
      sim::kStart -
      policies_.longest_warmup();  // those that stood at the start are past their warm-up
  std::vector<InstanceMetric> cpu;
  std::vector<InstanceMetric> in;
  std::vector<InstanceMetric> out;
  for (auto& [id, member] : members_) {
    if (member.state != Lifecycle::kInService) {
      continue;
    }
    const std::uint64_t busy = member.made_by->busy_vcpu_ns(member.instance, period_end);
    const auto bytes = member.made_by->network_bytes(member.instance);
    const Time from = std::max(period_end - period, member.in_service_at);
    if (from < period_end) {
      const double share =
          static_cast<double>(busy - member.busy_at_period_start) /
          (static_cast<double>(sim::to_ns(period_end - from)) * member.made_by->vcpus());
      const Time since = member.standing ? long_ago : member.in_service_at;
      cpu.push_back({.in_service_at = since, .value = share * 100.0});
      const auto& before = member.bytes_at_period_start;
      in.push_back({.in_service_at = since, .value = static_cast<double>(bytes.in - before.in)});
      out.push_back({.in_service_at = since, .value = static_cast<double>(bytes.out - before.out)});
    }
    member.bytes_at_period_start = bytes;
    member.busy_at_period_start = busy;
  }
  const auto publish = [&](sim::MetricId metric, const std::vector<InstanceMetric>& values) {
    if (const auto mean = group_mean(values, policies_.longest_warmup(), period_end)) {
      ctx.metrics().publish(metric, period_start, sim::StatisticSet::one(*mean));
    }
  };
  publish(cpu_metric_, cpu);  // R2.6.8
  publish(network_in_metric_, in);
  publish(network_out_metric_, out);
}

void AutoScalingGroup::note_need(double needed, const sim::StatisticSet& provided, double minutes) {
  const double mean = provided.sum;
  minutes_ += minutes;
  needed_sum_ += needed * minutes;
  needed_peak_ = std::max(needed_peak_, needed);
  provided_sum_ += mean * minutes;
  provided_max_ = std::max(provided_max_, provided.max);
  provided_min_ = provided_min_ < 0 ? provided.min : std::min(provided_min_, provided.min);
  minutes_short_ += needed > mean ? minutes : 0;
  beyond_hours_ += mean > needed ? (mean - needed) * minutes / 60.0 : 0.0;
}

void AutoScalingGroup::report(Context& ctx, sim::Report& report) {
  if (ctx.now() > need_measured_) {  // the run ends within a minute
    measure_need(need_measured_, ctx.now());
  }
  report.capacity.push_back({.name = path(),
                             .needed_mean = minutes_ > 0 ? needed_sum_ / minutes_ : 0,
                             .needed_peak = needed_peak_,
                             .provided_min = std::max(provided_min_, 0.0),
                             .provided_mean = minutes_ > 0 ? provided_sum_ / minutes_ : 0,
                             .provided_max = provided_max_,
                             .minutes_short = minutes_short_,
                             .instance_hours = provided_sum_ / 60.0,
                             .instance_hours_beyond = beyond_hours_,
                             .launches = launches_,
                             .terminations = terminations_,
                             .activities = activities_});
}

std::optional<sim::MetricId> AutoScalingGroup::metric(std::string_view name) const {
  if (name == "CPUUtilization" || name == "ASGAverageCPUUtilization") {
    return cpu_metric_;
  }
  if (name == "NetworkIn") {
    return network_in_metric_;
  }
  if (name == "NetworkOut") {
    return network_out_metric_;
  }
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (name == kLevels[i]) {
      return level_metrics_[i];
    }
  }
  return std::nullopt;
}

}  // namespace updraft::auto_scaling
