#include "models/ec2/faults.h"

#include "models/roles/faults.h"
#include "sim/build/world.h"

namespace updraft::ec2 {

namespace {

std::optional<sim::ZoneId> zone_of(const sim::World& world, const std::string& name) {
  return name.empty() ? std::nullopt : std::optional<sim::ZoneId>(world.zone(name));
}

using Kind = roles::Impairment::Kind;

roles::Impairment impairment_of(const SlowInstance& message) {
  return {.kind = Kind::kSlow, .speed_factor = message.speed_factor()};
}
roles::Impairment impairment_of(const HangInstance& /*message*/) {
  return {.kind = Kind::kHang};
}
roles::Impairment impairment_of(const FailStatusCheck& message) {
  return {.kind = message.check() == SYSTEM_CHECK ? Kind::kSystemCheck : Kind::kInstanceCheck};
}
roles::Impairment impairment_of(const FailHealthChecks& /*message*/) {
  return {.kind = Kind::kHealthCheck};
}

}  // namespace

void KillInstanceFault::begin(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) {
  world.role<roles::InstanceSet>(message_.of())
      .crash_instances(ctx, {.count = message_.count(),
                             .zone = zone_of(world, message_.availability_zone()),
                             .caused_by = caused_by});
}

void KillInstanceFault::end(sim::Context& /*ctx*/, sim::World& /*world*/,
                            sim::DecisionId /*caused_by*/) {}  // what was killed stays so

template <class Message>
void ImpairmentFault<Message>::begin(sim::Context& ctx, sim::World& world,
                                     sim::DecisionId caused_by) {
  world.role<roles::InstanceSet>(message_.of())
      .impair_instances(ctx, ordinal_,
                        {.count = message_.count(),
                         .zone = zone_of(world, message_.availability_zone()),
                         .caused_by = caused_by},
                        impairment_of(message_));
}

template <class Message>
void ImpairmentFault<Message>::end(sim::Context& ctx, sim::World& world,
                                   sim::DecisionId /*caused_by*/) {
  world.role<roles::InstanceSet>(message_.of()).restore_instances(ctx, ordinal_);
}

template class ImpairmentFault<SlowInstance>;
template class ImpairmentFault<HangInstance>;
template class ImpairmentFault<FailStatusCheck>;
template class ImpairmentFault<FailHealthChecks>;

void LoseAvailabilityZoneFault::begin(sim::Context& ctx, sim::World& world,
                                      sim::DecisionId caused_by) {
  for (roles::ZoneBound* bound : world.all<roles::ZoneBound>()) {
    bound->begin_loss(ctx, world.zone(message_.availability_zone()), caused_by);
  }
}

void LoseAvailabilityZoneFault::end(sim::Context& ctx, sim::World& world,
                                    sim::DecisionId caused_by) {
  for (roles::ZoneBound* bound : world.all<roles::ZoneBound>()) {
    bound->end_loss(ctx, world.zone(message_.availability_zone()), caused_by);
  }
}

void InsufficientCapacityFault::begin(sim::Context& ctx, sim::World& world,
                                      sim::DecisionId caused_by) {
  for (roles::CapacityBound* bound : world.all<roles::CapacityBound>()) {
    bound->begin_shortage(ctx, ordinal_,
                          {.instance_type = message_.instance_type(),
                           .zone = zone_of(world, message_.availability_zone()),
                           .caused_by = caused_by});
  }
}

void InsufficientCapacityFault::end(sim::Context& ctx, sim::World& world,
                                    sim::DecisionId /*caused_by*/) {
  for (roles::CapacityBound* bound : world.all<roles::CapacityBound>()) {
    bound->end_shortage(ctx, ordinal_);
  }
}

}  // namespace updraft::ec2
