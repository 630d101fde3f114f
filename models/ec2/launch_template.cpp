#include "models/ec2/launch_template.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "models/ec2/monitoring.h"
#include "sim/build/sampler.h"
#include "sim/build/world.h"
#include "sim/core/check.h"
#include "sim/engine/simulation.h"

namespace updraft::ec2 {

using roles::InstanceState;
using sim::Context;
using sim::Time;

namespace {

constexpr double kBytesPerGib = 1024.0 * 1024.0 * 1024.0;

InstanceType type_of(const LaunchTemplateParams& params, const InstanceTypes& types) {
  const InstanceType* type = types.find(params.instance_type());
  SIM_CHECK(type != nullptr, "no instance type {}", params.instance_type());
  InstanceType found = *type;
  found.relative_speed = params.relative_speed();
  found.smt_yield = params.smt_yield();
  return found;
}

CreditMode mode_of(CpuCreditsMode mode) {
  return mode == STANDARD ? CreditMode::kStandard : CreditMode::kUnlimited;
}

}  // namespace

LaunchTemplate::LaunchTemplate(const sim::Birth& birth, const LaunchTemplateParams& params,
                               const std::shared_ptr<const InstanceTypes>& types)
    : Model(birth),
      type_(type_of(params, *types)),
      monitoring_(params.monitoring()),
      spot_by_default_(params.market_type() == SPOT),
      public_ipv4_(params.associate_public_ip_address()),
      spot_(params.spot()),
      rebalance_lead_(sim::make_sampler(params.spot().rebalance_lead())),
      rebalance_stream_(birth.stream("rebalance_lead")),
      interruption_stream_(birth.stream("interruption")),
      failure_stream_(birth.stream("message_failure")),
      simulation_(birth.simulation()) {
  if (params.has_polls()) {
    polling_ = params.polls();
  }
  if (params.has_program()) {
    settings_.program = &program_.emplace(params.program(), birth);
  }
  const auto drawn = [&](const sim::DistributionValue& law, std::string_view purpose) {
    return DrawnDuration{sim::make_sampler(law), birth.stream(purpose)};
  };
  settings_.instance_type = type_.name;
  settings_.law = type_.law();
  settings_.speed = type_.relative_speed;
  settings_.memory_bytes = static_cast<std::int64_t>(type_.memory_gib * kBytesPerGib);
  settings_.workers = params.workers();
  settings_.backlog = params.backlog();
  settings_.first_come_first_served = params.scheduling() == FIFO;
  settings_.warm_up_speed_factor = params.warm_up().speed_factor();
  settings_.pending = drawn(params.pending(), "pending");
  settings_.boot = drawn(params.boot(), "boot");
  if (params.has_restart()) {
    settings_.restart = drawn(params.restart(), "restart");
  }
  settings_.warm_up = drawn(params.warm_up().period(), "warm_up");
  settings_.stopping = drawn(params.stopping(), "stopping");
  settings_.shutting_down = drawn(params.shutting_down(), "shutting_down");
  settings_.reboot = drawn(params.reboot(), "reboot");
  settings_.probe_cpu = drawn(params.health_check_cpu(), "health_check_cpu");
  if (type_.baseline) {
    settings_.credits = credit_terms(type_, mode_of(params.credit_specification()));
    settings_.standing_credits = params.initial_cpu_credits();
  }
}

void LaunchTemplate::bind(sim::World& world) {
  if (program_) {
    program_->bind(world);
  }
  if (polling_) {
    queue_ = &world.role<roles::MessageQueue>(polling_->queue());
  }
  price_list_ =
      world.all<roles::PriceList>().empty() ? nullptr : world.all<roles::PriceList>().front();
  if (!world.all<roles::VcpuQuota>().empty()) {
    quota_ = world.all<roles::VcpuQuota>().front();
  }
  if (!spot_.prices().empty()) {
    const auto csv = world.read_file(spot_.prices());
    auto prices =
        csv.ok() ? SpotPrices::parse(*csv) : sim::Result<SpotPrices>(sim::Error{csv.error()});
    if (!prices) {  // the loader has read it; it has changed since
      throw sim::FileError(fmt::format("{}: {}", spot_.prices(), prices.error()));
    }
    spot_prices_ = std::move(prices).value();
  }
}

void LaunchTemplate::on_start(Context& ctx) {
  declare(ctx);
  declare_work(ctx);
  lost_zones_.resize(ctx.simulation().zones().size());
  start_spot(ctx);
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

roles::LaunchAnswer LaunchTemplate::launch(Context& ctx, const roles::LaunchOptions& options) {
  Context own = ctx.as(*this);
  const bool spot = options.spot.value_or(spot_by_default_);
  const std::string& zone = simulation_.zones()[options.zone.index];
  if (!options.standing || lost_zones_[options.zone.index].lost) {
    if (const auto why = refusal(options.zone, spot, own.now())) {
      return refuse(own, *why, fmt::format("launch an instance in {}", zone), options.caused_by);
    }
  }
  const std::uint64_t ordinal = launches_++;
  const std::string name = fmt::format("i-{:06}", ordinal + 1);
  const sim::ComponentId id{static_cast<std::uint32_t>(simulation_.component_count())};
  Living& entry = living_[id.index];
  entry.name = name;
  entry.zone = options.zone;
  entry.spot = spot;
  entry.counted = take_quota(spot);
  entry.row = simulation_.telemetry()
                  .members("/instances", "instance")
                  .add({.id = name,
                        .owner = path(),
                        .zone = zone,
                        .kind = type_.name,
                        .version = "1",
                        .launched = own.now()});
  own.spawn<Instance>(name, settings_, options, *this, ordinal, brings_launch_credits(own.now()));
  return {.instance = id};
}

// R1.3.5: the account's limit; here one for each template.
bool LaunchTemplate::brings_launch_credits(Time now) {
  return settings_.credits && launch_credits(*settings_.credits) > 0 &&
         launch_credit_limit_.take(now);
}

void LaunchTemplate::state_changed(Context& ctx, Instance& instance, InstanceState state) {
  Living& entry = living(instance.id());
  entry.instance = &instance;
  const Time now = ctx.now();
  switch (state) {
    case InstanceState::kRunning:
      entry.meter.begin(now);  // R1.1.2
      if (public_ipv4_) {
        entry.address.begin(now);
      }
      start_periods(entry, now);
      if (instance.stands()) {
        begin_work(ctx, entry);
      }
      if (entry.spot && instance.starts() == 0) {
        Context own = ctx.as(*this);
        live_as_spot(own, entry, instance.ordinal());
      }
      break;
    case InstanceState::kStopping:
    case InstanceState::kShuttingDown:
      halt_work(ctx, entry);
      end_billing(entry, now);
      give_back_quota(entry);
      break;
    case InstanceState::kTerminated:
      halt_work(ctx, entry);
      end_billing(entry, now);
      give_back_quota(entry);
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

// What it did while it did not run belongs to no period.
void LaunchTemplate::start_periods(Living& entry, Time now) {
  const Instance& instance = *entry.instance;
  entry.busy_at_period_start = instance.busy_vcpu_ns(now);
}

void LaunchTemplate::booted(Context& ctx, Instance& instance) {
  begin_work(ctx, living(instance.id()));
  if (instance.owner() != nullptr) {
    instance.owner()->instance_booted(ctx, instance.id());
  }
}

void LaunchTemplate::throttled(Context& ctx, Instance& instance, bool on) {
  Context own = ctx.as(*this);
  const std::array<sim::NamedValue, 1> values{{{"baseline", settings_.credits->baseline}}};
  own.decide({.who = path(),
              .kind = "cpu credits",
              .what = fmt::format("{} {}", living(instance.id()).name,
                                  on ? "falls to its baseline" : "leaves its baseline"),
              .reason = on ? "its CPU credits have run out" : "it has earned CPU credits again",
              .rule = "R1.3.6",
              .values = values,
              .cause = {}});
}

void LaunchTemplate::on(Context& ctx, const Forget& message) {
  const auto found = living_.find(static_cast<std::uint32_t>(message.component));
  SIM_CHECK(found != living_.end());
  ended_ += consumption(found->second, ctx.now());
  ctx.retire({found->first});
  if (found->second.worker != nullptr) {
    ctx.retire(found->second.worker->id());
  }
  living_.erase(found);
}

void LaunchTemplate::terminate(Context& ctx, sim::ComponentId instance) {
  living(instance).instance->terminate(ctx);
}

bool LaunchTemplate::stop(Context& ctx, sim::ComponentId instance, sim::DecisionId caused_by) {
  Living& entry = living(instance);
  entry.changed_by = caused_by;
  return entry.instance->stop(ctx);
}

roles::LaunchAnswer LaunchTemplate::start(Context& ctx, sim::ComponentId instance,
                                          sim::DecisionId caused_by) {
  Living& entry = living(instance);
  if (entry.instance->state() != InstanceState::kStopped) {
    return {};
  }
  Context own = ctx.as(*this);
  if (const auto why = refusal(entry.zone, entry.spot, own.now())) {
    return refuse(own, *why, fmt::format("start {}", entry.name), caused_by);
  }
  entry.changed_by = caused_by;
  entry.counted = take_quota(entry.spot);
  entry.instance->start(ctx, brings_launch_credits(own.now()));
  note_status(own, entry, caused_by);
  return {.instance = instance};
}

bool LaunchTemplate::reboot(Context& ctx, sim::ComponentId instance, sim::DecisionId caused_by) {
  Living& entry = living(instance);
  Context own = ctx.as(*this);
  const bool done = entry.instance->reboot(ctx);
  note_status(own, entry, caused_by);
  return done;
}

bool LaunchTemplate::crash(Context& ctx, sim::ComponentId instance, sim::DecisionId caused_by) {
  Living& entry = living(instance);
  if (entry.instance->state() != InstanceState::kRunning) {
    return false;
  }
  entry.end_reason = "its host failed";
  entry.changed_by = caused_by;
  entry.instance->crash(ctx);
  return true;
}

bool LaunchTemplate::begin_impairment(Context& ctx, sim::ComponentId instance, std::uint64_t fault,
                                      const roles::Impairment& impairment,
                                      sim::DecisionId caused_by) {
  const auto found = living_.find(instance.index);
  if (found == living_.end()) {
    return false;
  }
  Living& entry = found->second;
  entry.instance->impair(ctx, [&](Impairments& all) { all.begin(fault, impairment); });
  Context own = ctx.as(*this);
  note_status(own, entry, caused_by);
  return true;
}

void LaunchTemplate::end_impairment(Context& ctx, sim::ComponentId instance, std::uint64_t fault) {
  const auto found = living_.find(instance.index);
  if (found == living_.end()) {
    return;
  }
  found->second.instance->impair(ctx, [&](Impairments& all) { all.end(fault); });
  Context own = ctx.as(*this);
  note_status(own, found->second, sim::DecisionId::kNone);
}

// R1.2.1: what the next check of the minute finds is known already; the decision says why.
void LaunchTemplate::note_status(Context& ctx, Living& entry, sim::DecisionId caused_by) {
  const Instance& instance = *entry.instance;
  const bool system = instance.system_check_ok();
  if (system && instance.instance_check_ok()) {
    entry.impaired_by = sim::DecisionId::kNone;
  } else if (entry.impaired_by == sim::DecisionId::kNone) {
    entry.impaired_by = ctx.decide(
        {.who = path(),
         .kind = "status check",
         .what = fmt::format("{} fails its {} check", entry.name, system ? "instance" : "system"),
         .reason = instance.powered() ? "a fault of the scenario" : "its zone does not answer",
         .rule = "R1.2.1",
         .cause = sim::Cause::decision(caused_by),
         .repeats = false});
  }
}

void LaunchTemplate::lose_zone(Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) {
  lost_zones_[zone.index] = {.lost = true, .caused_by = caused_by};
  Context own = ctx.as(*this);
  for (auto& [id, entry] : living_) {
    if (entry.instance->zone() == zone) {
      entry.instance->lose_power(ctx);
      halt_work(ctx, entry);
      note_status(own, entry, caused_by);
    }
  }
}

void LaunchTemplate::restore_zone(Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) {
  lost_zones_[zone.index] = {.lost = false, .caused_by = caused_by};
  Context own = ctx.as(*this);
  for (auto& [id, entry] : living_) {
    if (entry.instance->zone() == zone) {
      entry.instance->regain_power(ctx);
      note_status(own, entry, caused_by);
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
          .listening = instance.listening(),
          .impaired = !instance.system_check_ok() || !instance.instance_check_ok(),
          .spot = entry.spot,
          .changed_by = entry.changed_by,
          .impaired_by = entry.impaired_by};
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

sim::Duration LaunchTemplate::metric_period() const {  // R1.7.1
  return ec2::metric_period(monitoring_ == DETAILED ? Monitoring::kDetailed : Monitoring::kBasic);
}

void LaunchTemplate::in_service(sim::ComponentId id, Time now) {
  Living& entry = living(id);
  if (!entry.has_served) {  // not when it comes back from standby
    entry.has_served = true;
    simulation_.telemetry().members("/instances", "instance").in_service(entry.row, now);
  }
}

void LaunchTemplate::set_end_reason(sim::ComponentId id, const std::string& reason) {
  living(id).end_reason = reason;
}

}  // namespace updraft::ec2
