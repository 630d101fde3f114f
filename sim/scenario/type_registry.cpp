#include "sim/scenario/type_registry.h"

#include <utility>

#include <google/protobuf/descriptor.h>

#include "sim/core/check.h"
#include "sim/scenario/section_rules.h"

namespace updraft::sim {
namespace {

using google::protobuf::Message;

const Message* find_prototype(const Message& beside, const std::string& full_name) {
  if (full_name.empty()) {
    return nullptr;
  }
  const auto* type = beside.GetDescriptor()->file()->pool()->FindMessageTypeByName(full_name);
  SIM_CHECK(type != nullptr, "{} names the message {}, which is not linked",
            beside.GetDescriptor()->full_name(), full_name);
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  SIM_CHECK(prototype != nullptr, "no prototype of {}", full_name);
  return prototype;
}

template <class Map>
auto* find_in(Map& map, std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

TypeRegistry::TypeRegistry() {
  add_section_rules(*this);
}

void TypeRegistry::add_resource(const Message& prototype, Check check) {
  const auto& options = prototype.GetDescriptor()->options();
  SIM_CHECK(options.HasExtension(model), "{} lacks the option (model)",
            prototype.GetDescriptor()->full_name());
  const ModelOptions& model_options = options.GetExtension(model);
  ResourceType type;
  type.name = model_options.type();
  type.params = &prototype;
  type.operations = find_prototype(prototype, model_options.operations());
  type.initial = find_prototype(prototype, model_options.initial());
  type.implicit = model_options.implicit();
  type.check = std::move(check);
  const std::string name = type.name;
  const bool fresh = resources_.emplace(name, std::move(type)).second;
  SIM_CHECK(fresh && !name.empty(), "resource type \"{}\" is registered twice", name);
}

void TypeRegistry::add_fault(const Message& prototype, Check check, bool instant) {
  const auto& options = prototype.GetDescriptor()->options();
  SIM_CHECK(options.HasExtension(sim::fault), "{} lacks the option (fault)",
            prototype.GetDescriptor()->full_name());
  const std::string name = options.GetExtension(sim::fault).type();
  const bool fresh =
      faults_.emplace(name, FaultType{name, &prototype, std::move(check), instant}).second;
  SIM_CHECK(fresh && !name.empty(), "fault \"{}\" is registered twice", name);
}

void TypeRegistry::add_default_rule(std::string id, DefaultRule rule) {
  add_default_rule(std::move(id),
                   NestedDefaultRule([rule = std::move(rule)](const Message& self, const Around&) {
                     return rule(self);
                   }));
}

void TypeRegistry::add_default_rule(std::string id, NestedDefaultRule rule) {
  const bool fresh = rules_.emplace(id, std::move(rule)).second;
  SIM_CHECK(fresh, "default rule \"{}\" is registered twice", id);
}

void TypeRegistry::add_region(Region region) {
  const std::string name = region.name;
  const bool fresh = regions_.emplace(name, std::move(region)).second;
  SIM_CHECK(fresh, "region \"{}\" is registered twice", name);
}

const ResourceType* TypeRegistry::resource(std::string_view type) const {
  return find_in(resources_, type);
}
const FaultType* TypeRegistry::fault(std::string_view type) const {
  return find_in(faults_, type);
}
const NestedDefaultRule* TypeRegistry::default_rule(std::string_view id) const {
  return find_in(rules_, id);
}
const Region* TypeRegistry::region(std::string_view name) const {
  return find_in(regions_, name);
}

}  // namespace updraft::sim
