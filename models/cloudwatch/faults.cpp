#include "models/cloudwatch/faults.h"

#include "models/cloudwatch/service.h"
#include "sim/build/world.h"

namespace updraft::cloudwatch {

void DelayMetricsFault::begin(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) {
  world.service<CloudWatch>().disturbances().begin(ordinal_,
                                                   {.resource = message_.of(),
                                                    .metric = message_.metric(),
                                                    .delay = sim::Duration{message_.by().ns()},
                                                    .caused_by = caused_by},
                                                   ctx.now());
}

void DelayMetricsFault::end(sim::Context& ctx, sim::World& world, sim::DecisionId /*caused_by*/) {
  world.service<CloudWatch>().disturbances().end(ordinal_, ctx.now());
}

void DropMetricsFault::begin(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) {
  world.service<CloudWatch>().disturbances().begin(
      ordinal_, {.resource = message_.of(), .metric = message_.metric(), .caused_by = caused_by},
      ctx.now());
}

void DropMetricsFault::end(sim::Context& ctx, sim::World& world, sim::DecisionId /*caused_by*/) {
  world.service<CloudWatch>().disturbances().end(ordinal_, ctx.now());
}

}  // namespace updraft::cloudwatch
