#include "sim/study/catalogue.h"

#include <google/protobuf/message.h>

#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

Catalogue catalogue(const ModelRegistry& registry) {
  Catalogue::Spec spec;
  for (const auto& [name, type] : registry.types().resources()) {
    spec.models.push_back(type.params->GetDescriptor());
  }
  for (const auto& [name, type] : registry.types().faults()) {
    spec.faults.push_back(type.params->GetDescriptor());
  }
  spec.header = ScenarioHeader::descriptor();
  spec.sections = {
      {.name = "traffic",
       .doc = "Who sends requests: each entry is a traffic source.",
       .message = Traffic::descriptor(),
       .key_field = "name"},
      {.name = "slo", .doc = "Service level objectives, one line each: p(99) latency < 500ms."}};
  return Catalogue(spec);
}

}  // namespace updraft::sim
