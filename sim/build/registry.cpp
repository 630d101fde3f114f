#include "sim/build/registry.h"

#include <google/protobuf/any.pb.h>

namespace updraft::sim {

namespace {

std::string type_of(const google::protobuf::Any& any) {
  const std::string& url = any.type_url();
  return url.substr(url.rfind('/') + 1);
}

}  // namespace

std::unique_ptr<google::protobuf::Message> unpack(const google::protobuf::Any& any) {
  const std::string type = type_of(any);
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  SIM_CHECK(descriptor != nullptr, "no message type {}", type);
  const auto* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor);
  std::unique_ptr<google::protobuf::Message> message(prototype->New());
  SIM_CHECK(any.UnpackTo(message.get()), "a message of type {} cannot be read", type);
  return message;
}

Component& ModelRegistry::make(Simulation& simulation, const ResourcePlan& plan) const {
  const auto found = make_.find(type_of(plan.params()));
  SIM_CHECK(found != make_.end(), "no model makes a {}", plan.type());
  return found->second(simulation, plan);
}

std::unique_ptr<Fault> ModelRegistry::make_fault(const google::protobuf::Message& message,
                                                 std::uint64_t ordinal) const {
  const auto found = faults_.find(message.GetDescriptor()->full_name());
  SIM_CHECK(found != faults_.end(), "no model makes the fault {}", message.GetTypeName());
  return found->second(message, ordinal);
}

}  // namespace updraft::sim
