// What a launch template's instances show of themselves, and what they cost.
#include <algorithm>
#include <array>

#include "models/ec2/launch_template.h"
#include "models/ec2/monitoring.h"
#include "sim/build/metric_schema.h"
#include "sim/core/check.h"
#include "sim/engine/simulation.h"

namespace updraft::ec2 {

using roles::InstanceState;
using sim::Context;
using sim::Time;

namespace {

constexpr std::array<const char*, 7> kMetrics{"CPUUtilization",
                                              "NetworkIn",
                                              "NetworkOut",
                                              "StatusCheckFailed",
                                              "StatusCheckFailed_System",
                                              "StatusCheckFailed_Instance",
                                              "connections_refused"};

constexpr std::array<const char*, 4> kCreditMetrics{
    "CPUCreditUsage", "CPUCreditBalance", "CPUSurplusCreditBalance", "CPUSurplusCreditsCharged"};

constexpr double kCreditsPerVcpuHour = 60.0;  // R1.3.1

bool ends(Time period_end, sim::Duration period) {
  return sim::to_ns(period_end) % sim::to_ns(period) == 0;
}

}  // namespace

void LaunchTemplate::declare(Context& ctx) {
  const auto family = [&](const std::string& group, sim::Duration period, const auto& names) {
    sim::FamilyDeclaration declaration{.group = group,
                                       .member_table = "/instances",
                                       .member = "instance",
                                       .period = period,
                                       .metrics = {}};
    for (const char* name : names) {
      declaration.metrics.push_back(
          sim::metric_declaration(*LaunchTemplateParams::descriptor(), path(), name));
    }
    return ctx.simulation().telemetry().family(declaration);
  };
  family_ = family(monitoring_ == BASIC ? "/instance_metrics_300s" : "/instance_metrics",
                   metric_period(), kMetrics);
  if (settings_.credits) {
    credit_family_ = family("/instance_credits", kCreditPeriod, kCreditMetrics);
  }
  status_metric_ = ctx.metrics().declare(
      sim::metric_declaration(*LaunchTemplateParams::descriptor(), path(), "StatusCheckFailed"));
}

std::optional<sim::MetricId> LaunchTemplate::metric(std::string_view name) const {
  if (const auto found = work_metrics_.find(name); found != work_metrics_.end()) {
    return found->second;
  }
  return name == "StatusCheckFailed" ? std::optional(status_metric_) : std::nullopt;
}

void LaunchTemplate::on_roll_up(Context& ctx, Time period_start, Time period_end) {
  if (settings_.credits) {
    settle_credits(period_end);
  }
  publish_status(ctx, period_start);
  publish_work(ctx, period_start, period_end);
  const sim::Duration period = metric_period();
  for (auto& [id, entry] : living_) {
    if (entry.instance->state() != InstanceState::kRunning) {
      continue;
    }
    if (ends(period_end, period)) {
      publish(ctx, entry, period_end - period, period_end);
    }
    if (credit_family_ && ends(period_end, kCreditPeriod)) {
      publish_credits(ctx, entry, period_end - kCreditPeriod);
    }
  }
}

// R1.2.1: every minute, of instances that have booted, whatever the monitoring.
void LaunchTemplate::publish_status(Context& ctx, Time period_start) {
  sim::StatisticSet failed;
  for (const auto& [id, entry] : living_) {
    const Instance& instance = *entry.instance;
    if (instance.state() == InstanceState::kRunning && instance.initialized()) {
      const bool ok = instance.system_check_ok() && instance.instance_check_ok();
      failed.merge(sim::StatisticSet::one(ok ? 0.0 : 1.0));
    }
  }
  ctx.metrics().publish(status_metric_, period_start, failed);
}

void LaunchTemplate::publish(Context& ctx, Living& entry, Time period_start, Time period_end) {
  const Instance& instance = *entry.instance;
  const std::uint64_t busy = instance.busy_vcpu_ns(period_end);
  const Time from = std::max(period_start, instance.running_since());
  const double system = instance.system_check_ok() ? 0 : 1;  // R1.2.1
  const double of_instance = instance.instance_check_ok() ? 0 : 1;
  if (from < period_end) {
    const std::array<sim::StatisticSet, kMetrics.size()> sets{
        sim::StatisticSet::one(
            cpu_utilization(busy - entry.busy_at_period_start, type_.vcpu, period_end - from)),
        sim::StatisticSet::one(static_cast<double>(instance.bytes_in() - entry.in_at_period_start)),
        sim::StatisticSet::one(
            static_cast<double>(instance.bytes_out() - entry.out_at_period_start)),
        sim::StatisticSet::one(std::max(system, of_instance)),
        sim::StatisticSet::one(system),
        sim::StatisticSet::one(of_instance),
        sim::StatisticSet::one(
            static_cast<double>(instance.refused() - entry.refused_at_period_start))};
    ctx.metrics().publish_member(family_, entry.row, period_start, sets);
  }
  entry.busy_at_period_start = busy;
  entry.in_at_period_start = instance.bytes_in();
  entry.out_at_period_start = instance.bytes_out();
  entry.refused_at_period_start = instance.refused();
}

// Once a minute, so that what is earned above the cap is lost when it is earned (R1.3.2).
void LaunchTemplate::settle_credits(Time now) {
  const bool hour_ends = ends(now, std::chrono::hours{1});
  for (auto& [id, entry] : living_) {
    entry.instance->settle_credits(now);
    if (hour_ends) {
      entry.instance->end_credit_hour();  // R1.3.7
    }
  }
}

void LaunchTemplate::publish_credits(Context& ctx, Living& entry, Time period_start) {  // R1.3.10
  const CpuCredits& credits = *entry.instance->credits();
  const std::array<sim::StatisticSet, kCreditMetrics.size()> sets{
      sim::StatisticSet::one(credits.used() - entry.credits_used_at_period_start),
      sim::StatisticSet::one(credits.balance()), sim::StatisticSet::one(credits.surplus()),
      sim::StatisticSet::one(credits.charged() - entry.credits_charged_at_period_start)};
  ctx.metrics().publish_member(*credit_family_, entry.row, period_start, sets);
  entry.credits_used_at_period_start = credits.used();
  entry.credits_charged_at_period_start = credits.charged();
}

Consumption LaunchTemplate::consumption(const Living& entry, Time now) const {
  Consumption used;
  const std::int64_t seconds = entry.meter.seconds(now);
  (entry.spot ? used.spot_s : used.on_demand_s) = seconds;
  used.public_ipv4_s = entry.address.seconds(now);
  if (entry.spot && spot_prices_) {
    used.spot_usd = entry.spot_usd;
    if (entry.meter.running()) {
      used.spot_usd += spot_cost(entry, now);
    }
  }
  if (entry.instance->credits() != nullptr) {
    used.surplus_credits = entry.instance->credits()->charged();
  }
  return used;
}

std::vector<roles::Usage> LaunchTemplate::usage(Time now) const {
  Consumption used = ended_;
  for (const auto& [id, entry] : living_) {
    used += consumption(entry, now);
  }
  const auto hours = [](std::int64_t seconds) { return static_cast<double>(seconds) / 3600.0; };
  std::vector<roles::Usage> usages;
  if (used.on_demand_s > 0 || !spot_by_default_) {
    usages.push_back({path(), "ec2/" + type_.name, hours(used.on_demand_s), "h", {}});
  }
  if (used.spot_s > 0 || spot_by_default_) {
    usages.push_back({path(), "ec2/spot/" + type_.name, hours(used.spot_s), "h",
                      spot_prices_ ? std::optional(used.spot_usd) : std::nullopt});
  }
  if (used.surplus_credits > 0) {  // R1.3.8
    usages.push_back({path(),
                      "ec2/surplus/" + type_.family,
                      used.surplus_credits / kCreditsPerVcpuHour,
                      "vCPU-h",
                      {}});
  }
  if (public_ipv4_) {
    usages.push_back({path(), "vpc/public_ipv4", hours(used.public_ipv4_s), "h", {}});
  }
  return usages;
}

}  // namespace updraft::ec2
