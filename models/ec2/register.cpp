// EC2 in the registry: the launch template, its defaults by family, faults.
#include <fmt/format.h>

#include "models/ec2/faults.h"
#include "models/ec2/launch_template.h"
#include "sim/build/registry.h"

namespace updraft::ec2 {

namespace {

using google::protobuf::Message;

template <class Member>
sim::DefaultRule of_type(Member member) {
  return [types = InstanceTypes::built_in(),
          member](const Message& self) -> std::optional<std::string> {
    const InstanceType* type =
        types.find(static_cast<const LaunchTemplateParams&>(self).instance_type());
    return type == nullptr ? std::nullopt : std::optional(fmt::format("{}", type->*member));
  };
}

}  // namespace

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<LaunchTemplate, LaunchTemplateParams>();
  registry.types().add_default_rule("ec2.relative_speed_of_family",
                                    of_type(&InstanceType::relative_speed));
  registry.types().add_default_rule("ec2.smt_yield_of_family", of_type(&InstanceType::smt_yield));
  registry.add_fault<KillInstanceFault, KillInstance>();
  registry.add_fault<SlowInstanceFault, SlowInstance>();
  registry.add_fault<LoseAvailabilityZoneFault, LoseAvailabilityZone>();
}

}  // namespace updraft::ec2
