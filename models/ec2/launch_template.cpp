#include "models/ec2/launch_template.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "models/ec2/monitoring.h"
#include "sim/build/metric_schema.h"
#include "sim/build/sampler.h"
#include "sim/core/check.h"
#include "sim/engine/simulation.h"

namespace updraft::ec2 {

using roles::InstanceState;
using sim::Context;
using sim::Time;

namespace {

constexpr double kBytesPerGib = 1024.0 * 1024.0 * 1024.0;

constexpr std::array<const char*, 7> kMetrics{"CPUUtilization",
                                              "NetworkIn",
                                              "NetworkOut",
                                              "StatusCheckFailed",
                                              "StatusCheckFailed_System",
                                              "StatusCheckFailed_Instance",
                                              "connections_refused"};

InstanceType type_of(const LaunchTemplateParams& params, const InstanceTypes& types) {
  const InstanceType* type = types.find(params.instance_type());
  SIM_CHECK(type != nullptr, "no instance type {}", params.instance_type());
  InstanceType found = *type;
  found.relative_speed = params.relative_speed();
  found.smt_yield = params.smt_yield();
  return found;
}

Monitoring monitoring_of(MonitoringLevel level) {
  return level == DETAILED ? Monitoring::kDetailed : Monitoring::kBasic;
}

}  // namespace

LaunchTemplate::LaunchTemplate(const sim::Birth& birth, const LaunchTemplateParams& params,
                               const std::shared_ptr<const InstanceTypes>& types)
    : Model(birth),
      type_(type_of(params, *types)),
      monitoring_(params.monitoring()),
      pending_(sim::make_sampler(params.pending())),
      boot_(sim::make_sampler(params.boot())),
      shutting_down_(sim::make_sampler(params.shutting_down())),
      pending_stream_(birth.stream("pending")),
      boot_stream_(birth.stream("boot")),
      shutting_down_stream_(birth.stream("shutting_down")),
      simulation_(birth.simulation()) {
  settings_.instance_type = type_.name;
  settings_.law = type_.law();
  settings_.speed = type_.relative_speed;
  settings_.memory_bytes = static_cast<std::int64_t>(type_.memory_gib * kBytesPerGib);
  settings_.workers = params.workers();
  settings_.backlog = params.backlog();
  settings_.first_come_first_served = params.scheduling() == FIFO;
  settings_.warm_up_speed_factor = params.warm_up().speed_factor();
  settings_.warm_up = sim::make_sampler(params.warm_up().period());
  settings_.warm_up_stream = birth.stream("warm_up");
  settings_.probe_cpu = sim::make_sampler(params.health_check_cpu());
  settings_.probe_stream = birth.stream("health_check_cpu");
}

void LaunchTemplate::on_start(Context& ctx) {
  sim::FamilyDeclaration family{.group = "/instance_metrics",
                                .member_table = "/instances",
                                .member = "instance",
                                .period = metric_period(),
                                .metrics = {}};
  for (const char* name : kMetrics) {
    family.metrics.push_back(
        sim::metric_declaration(*LaunchTemplateParams::descriptor(), path(), name));
  }
  if (monitoring_ == BASIC) {
    family.group = "/instance_metrics_300s";
  }
  family_ = ctx.simulation().telemetry().family(family);
  lost_zones_.resize(ctx.simulation().zones().size());
  ctx.simulation().roll_up_with(*this);
}

LaunchTemplate::Living& LaunchTemplate::living(sim::ComponentId id) {
  const auto found = living_.find(id.index);
  SIM_CHECK(found != living_.end(), "{} has no instance {}", path(), id.index);
  return found->second;
}

const LaunchTemplate::Living& LaunchTemplate::living(sim::ComponentId id) const {
  return const_cast<LaunchTemplate&>(*this).living(id);
}

// --- lives
// -----------------------------------------------------------------------------------------------------

sim::ComponentId LaunchTemplate::launch(Context& ctx, const roles::LaunchOptions& options) {
  if (lost_zones_[options.zone.index].lost) {
    return {};
  }
  Context own = ctx.as(*this);
  const std::uint64_t ordinal = launches_++;
  const InstanceDraws draws{
      .pending = pending_.sample_duration(pending_stream_, ordinal),
      .boot = boot_.sample_duration(boot_stream_, ordinal),
      .shutting_down = shutting_down_.sample_duration(shutting_down_stream_, ordinal)};
  const std::string name = fmt::format("i-{:06}", ordinal + 1);
  const sim::ComponentId id{static_cast<std::uint32_t>(simulation_.component_count())};
  Living& entry = living_[id.index];
  entry.name = name;
  entry.row = simulation_.telemetry()
                  .members("/instances", "instance")
                  .add({.id = name,
                        .owner = path(),
                        .zone = simulation_.zones()[options.zone.index],
                        .kind = type_.name,
                        .version = "1",
                        .launched = own.now()});
  own.spawn<Instance>(name, settings_, draws, options, *this, ordinal);
  return id;
}

void LaunchTemplate::state_changed(Context& ctx, Instance& instance, InstanceState state) {
  Living& entry = living(instance.id());
  entry.instance = &instance;
  const Time now = ctx.now();
  switch (state) {
    case InstanceState::kRunning:
      entry.meter.begin(now);  // R1.1.2
      break;
    case InstanceState::kShuttingDown:
      if (entry.meter.running()) {
        entry.meter.end(now);
      }
      break;
    case InstanceState::kTerminated:
      if (entry.meter.running()) {
        entry.meter.end(now);
      }
      simulation_.telemetry()
          .members("/instances", "instance")
          .ended(entry.row, now, entry.end_reason.empty() ? "failed" : entry.end_reason);
      break;
    default:
      break;
  }
  if (instance.owner() != nullptr) {
    instance.owner()->instance_changed(ctx, instance.id(), state);
  }
  if (state == InstanceState::kTerminated) {  // after the owner has heard of it
    after(ctx, sim::Duration{}, Forget{instance.id().index});
  }
}

void LaunchTemplate::on(Context& ctx, const Forget& message) {
  const auto found = living_.find(static_cast<std::uint32_t>(message.component));
  SIM_CHECK(found != living_.end());
  ended_seconds_ += found->second.meter.seconds(ctx.now());
  ctx.retire({found->first});
  living_.erase(found);
}

void LaunchTemplate::terminate(Context& ctx, sim::ComponentId instance) {
  living(instance).instance->terminate(ctx);
}

bool LaunchTemplate::crash(Context& ctx, sim::ComponentId instance) {
  Living& entry = living(instance);
  if (entry.instance->state() != InstanceState::kRunning) {
    return false;
  }
  entry.end_reason = "its host failed";
  entry.instance->crash(ctx);
  return true;
}

bool LaunchTemplate::set_speed_factor(Context& ctx, sim::ComponentId instance, double factor) {
  const auto found = living_.find(instance.index);
  if (found == living_.end()) {
    return false;
  }
  Context theirs = ctx.as(*found->second.instance);
  found->second.instance->set_fault_factor(theirs, factor);
  return true;
}

void LaunchTemplate::lose_zone(Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) {
  lost_zones_[zone.index] = {.lost = true, .caused_by = caused_by};
  for (auto& [id, entry] : living_) {
    if (entry.instance->zone() == zone) {
      entry.instance->lose_power(ctx);
    }
  }
}

void LaunchTemplate::restore_zone(Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) {
  lost_zones_[zone.index] = {.lost = false, .caused_by = caused_by};
  for (auto& [id, entry] : living_) {
    if (entry.instance->zone() == zone) {
      entry.instance->regain_power(ctx);
    }
  }
}

// --- questions
// ---------------------------------------------------------------------------------------------------

roles::InstanceView LaunchTemplate::view(sim::ComponentId id) const {
  const Living& entry = living(id);
  const Instance& instance = *entry.instance;
  return {.name = entry.name,
          .launch_ordinal = instance.ordinal(),
          .zone = instance.zone(),
          .state = instance.state(),
          .template_version = 1,
          .launched = instance.launched(),
          .running_since = instance.running_since(),
          .impaired = !instance.powered(),
          .impaired_by = lost_zones_[instance.zone().index].caused_by};
}

roles::Launchable::NetworkBytes LaunchTemplate::network_bytes(sim::ComponentId id) const {
  const Instance& instance = *living(id).instance;
  return {.in = instance.bytes_in(), .out = instance.bytes_out()};
}

std::uint64_t LaunchTemplate::busy_vcpu_ns(sim::ComponentId id, Time now) const {
  return living(id).instance->busy_vcpu_ns(now);
}

double LaunchTemplate::work_arrived_s(sim::ComponentId id) const {
  return living(id).instance->work_arrived_s();
}

// Busy vCPUs are jobs in service; between two whole numbers of them the law is taken to be
// straight, as it is for a station that has one for a part of the time and the other for the rest.
double LaunchTemplate::work_per_second(double utilization) const {
  const double busy = std::clamp(utilization, 0.0, 1.0) * type_.vcpu;
  const auto whole = static_cast<std::uint32_t>(busy);
  const double below = settings_.law.total(whole);
  const double above = settings_.law.total(whole + 1);
  return (below + (above - below) * (busy - whole)) * settings_.speed;
}

sim::Duration LaunchTemplate::metric_period() const {
  return ec2::metric_period(monitoring_of(monitoring_));  // R1.7.1
}

void LaunchTemplate::in_service(sim::ComponentId id, Time now) {
  simulation_.telemetry().members("/instances", "instance").in_service(living(id).row, now);
}

void LaunchTemplate::set_end_reason(sim::ComponentId id, const std::string& reason) {
  living(id).end_reason = reason;
}

// --- metrics and bill
// --------------------------------------------------------------------------------------------

void LaunchTemplate::on_roll_up(Context& ctx, Time /*period_start*/, Time period_end) {
  const sim::Duration period = metric_period();
  if (sim::to_ns(period_end) % sim::to_ns(period) != 0) {
    return;
  }
  for (auto& [id, entry] : living_) {
    if (entry.instance->state() == InstanceState::kRunning) {
      publish(ctx, entry, period_end - period, period_end);
    }
  }
}

void LaunchTemplate::publish(Context& ctx, Living& entry, Time period_start, Time period_end) {
  const Instance& instance = *entry.instance;
  const std::uint64_t busy = instance.busy_vcpu_ns(period_end);
  const Time from = std::max(period_start, instance.running_since());
  const double failed = instance.powered() ? 0 : 1;  // R1.2.1
  if (from < period_end) {
    const std::array<sim::StatisticSet, kMetrics.size()> sets{
        sim::StatisticSet::one(
            cpu_utilization(busy - entry.busy_at_period_start, type_.vcpu, period_end - from)),
        sim::StatisticSet::one(static_cast<double>(instance.bytes_in() - entry.in_at_period_start)),
        sim::StatisticSet::one(
            static_cast<double>(instance.bytes_out() - entry.out_at_period_start)),
        sim::StatisticSet::one(failed),
        sim::StatisticSet::one(failed),  // without power both checks fail
        sim::StatisticSet::one(failed),
        sim::StatisticSet::one(
            static_cast<double>(instance.refused() - entry.refused_at_period_start))};
    ctx.metrics().publish_member(family_, entry.row, period_start, sets);
  }
  entry.busy_at_period_start = busy;
  entry.in_at_period_start = instance.bytes_in();
  entry.out_at_period_start = instance.bytes_out();
  entry.refused_at_period_start = instance.refused();
}

std::vector<roles::Usage> LaunchTemplate::usage(Time now) const {
  std::int64_t seconds = ended_seconds_;
  for (const auto& [id, entry] : living_) {
    seconds += entry.meter.seconds(now);
  }
  return {{.resource = path(),
           .item = "ec2/" + type_.name,
           .quantity = static_cast<double>(seconds) / 3600.0,
           .unit = "h"}};
}

}  // namespace updraft::ec2
