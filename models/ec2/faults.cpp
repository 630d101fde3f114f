#include "models/ec2/faults.h"

#include "models/roles/faults.h"
#include "sim/build/world.h"

namespace updraft::ec2 {

namespace {

std::optional<sim::ZoneId> zone_of(const sim::World& world, const std::string& name) {
  return name.empty() ? std::nullopt : std::optional<sim::ZoneId>(world.zone(name));
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

void SlowInstanceFault::begin(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) {
  world.role<roles::InstanceSet>(message_.of())
      .slow_instances(ctx, ordinal_,
                      {.count = message_.count(),
                       .zone = zone_of(world, message_.availability_zone()),
                       .caused_by = caused_by},
                      message_.speed_factor());
}

void SlowInstanceFault::end(sim::Context& ctx, sim::World& world, sim::DecisionId /*caused_by*/) {
  world.role<roles::InstanceSet>(message_.of()).restore_instances(ctx, ordinal_);
}

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

void FailStatusCheckFault::begin(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) {
  world.role<roles::InstanceSet>(message_.of())
      .fail_status(ctx, ordinal_,
                   {.count = message_.count(),
                    .zone = zone_of(world, message_.availability_zone()),
                    .caused_by = caused_by},
                   message_.check() == SYSTEM_CHECK);
}

void FailStatusCheckFault::end(sim::Context& ctx, sim::World& world,
                               sim::DecisionId /*caused_by*/) {
  world.role<roles::InstanceSet>(message_.of()).restore_status(ctx, ordinal_);
}

}  // namespace updraft::ec2
