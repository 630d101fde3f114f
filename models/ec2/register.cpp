// EC2 in the registry: the launch template, its defaults by family, faults.
#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/ec2/faults.h"
#include "models/ec2/launch_template.h"
#include "sim/build/registry.h"

namespace updraft::ec2 {

namespace {

using google::protobuf::Message;

using Types = std::shared_ptr<const InstanceTypes>;

template <class Member>
sim::DefaultRule of_type(const Types& types, Member member) {
  return [types, member](const Message& self) -> std::optional<std::string> {
    const InstanceType* type =
        types->find(static_cast<const LaunchTemplateParams&>(self).instance_type());
    return type == nullptr ? std::nullopt : std::optional(fmt::format("{}", type->*member));
  };
}

// Instances of a zone where the group launches none are never there to be met.
template <class F>
void check_zone(const Message& message, sim::Checker& check) {
  const auto& fault = static_cast<const F&>(message);
  const std::vector<std::string> zones = check.zones_of(fault.of());
  if (fault.availability_zone().empty() || zones.empty() ||
      std::binary_search(zones.begin(), zones.end(), fault.availability_zone())) {
    return;
  }
  check.error("availability_zone",
              fmt::format("availability_zone is \"{}\"; \"{}\" has instances in {} only",
                          fault.availability_zone(), fault.of(), fmt::join(zones, ", ")));
}

}  // namespace

void register_models(sim::ModelRegistry& registry) {
  const auto types = std::make_shared<const InstanceTypes>(InstanceTypes::built_in());
  registry.add_resource<LaunchTemplate, LaunchTemplateParams>({}, types);
  registry.types().add_default_rule("ec2.relative_speed_of_family",
                                    of_type(types, &InstanceType::relative_speed));
  registry.types().add_default_rule("ec2.smt_yield_of_family",
                                    of_type(types, &InstanceType::smt_yield));
  registry.add_fault<KillInstanceFault, KillInstance>(check_zone<KillInstance>, /*instant=*/true);
  registry.add_fault<SlowInstanceFault, SlowInstance>(check_zone<SlowInstance>);
  registry.add_fault<LoseAvailabilityZoneFault, LoseAvailabilityZone>();
}

}  // namespace updraft::ec2
