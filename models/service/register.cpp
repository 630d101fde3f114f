// The generic service in the registry, and what one field alone cannot say.
#include <algorithm>

#include <fmt/format.h>

#include "models/program/check.h"
#include "models/service/faults.h"
#include "models/service/service.h"
#include "sim/build/registry.h"
#include "sim/build/world.h"

namespace updraft::service {

namespace {

using google::protobuf::Message;

void check_service(const Message& message, sim::Checker& check) {
  const auto& params = static_cast<const ServiceParams&>(message);
  if (!params.has_concurrency()) {
    for (const char* field : {"queue_length", "queue_timeout"}) {
      if (check.was_written(field)) {
        check.error(field, fmt::format("{} has a meaning with concurrency only; without a limit "
                                       "nobody waits",
                                       field));
      }
    }
  }
  program::check_program(params.program(), "program", check);
}

void check_degradation(const Message& message, sim::Checker& check) {
  const auto& fault = static_cast<const DegradeService&>(message);
  if (!fault.unreachable() && fault.latency_factor() == 1 && fault.error_probability() == 0) {
    check.error("",
                "degrade_service says nothing that gets worse; give latency_factor, "
                "error_probability or unreachable");
  }
}

std::optional<std::string> burst_of_rate(const Message& self) {
  return fmt::format(
      "{}", static_cast<std::uint64_t>(std::max(1.0, static_cast<const RateLimit&>(self).rate())));
}

}  // namespace

void DegradeServiceFault::begin(sim::Context& ctx, sim::World& world,
                                sim::DecisionId /*caused_by*/) {
  world.role<Service>(message_.of())
      .begin_degradation(ctx, ordinal_,
                         {.latency_factor = message_.latency_factor(),
                          .error_probability = message_.error_probability(),
                          .unreachable = message_.unreachable()});
}

void DegradeServiceFault::end(sim::Context& ctx, sim::World& world, sim::DecisionId /*caused_by*/) {
  world.role<Service>(message_.of()).end_degradation(ctx, ordinal_);
}

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<Service, ServiceParams>(check_service);
  registry.types().add_default_rule("service.burst_of_rate", burst_of_rate);
  registry.add_telling({.kind = "turn away",
                        .says = "{rate_per_s} a second are taken in the long run, and {burst} at "
                                "once after a quiet time"});
  registry.add_telling({.kind = "turn away", .says = "{in_service} in service, {waiting} waiting"});
  registry.add_fault<DegradeServiceFault, DegradeService>(check_degradation);
}

}  // namespace updraft::service
