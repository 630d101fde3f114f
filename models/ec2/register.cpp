// EC2 in the registry: the launch template, its defaults by family, faults.
#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/ec2/account.h"
#include "models/ec2/faults.h"
#include "models/ec2/launch_template.h"
#include "models/program/check.h"
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

// R1.3.4; nothing for types without credits.
sim::DefaultRule credit_mode_of(const Types& types) {
  return [types](const Message& self) -> std::optional<std::string> {
    const InstanceType* type =
        types->find(static_cast<const LaunchTemplateParams&>(self).instance_type());
    if (type == nullptr || !type->baseline) {
      return std::nullopt;
    }
    return default_credit_mode(type->family) == CreditMode::kStandard ? "standard" : "unlimited";
  };
}

void check_spot(const LaunchTemplateParams& params, sim::Checker& check) {
  const std::string& prices = params.spot().prices();
  if (prices.empty()) {
    return;
  }
  const auto csv = check.read_file(prices);
  const auto read =
      csv.ok() ? SpotPrices::parse(*csv) : sim::Result<SpotPrices>(sim::Error{csv.error()});
  if (!read) {
    check.error("spot.prices", fmt::format("prices is \"{}\"; {}", prices, read.error()));
  }
}

sim::Check check_template(const Types& types) {
  return [types](const Message& message, sim::Checker& check) {
    const auto& params = static_cast<const LaunchTemplateParams&>(message);
    const InstanceType* type = types->find(params.instance_type());
    if (type != nullptr && !type->baseline) {
      for (const char* field : {"credit_specification", "initial_cpu_credits"}) {
        if (check.was_written(field)) {
          check.error(field, fmt::format("{} is for burstable types (t2, t3, t4g); {} has no CPU "
                                         "credits",
                                         field, type->name));
        }
      }
    }
    check_spot(params, check);
    program::check_program(params.program(), "program", check);
  };
}

sim::Check check_shortage(const Types& types) {
  return [types](const Message& message, sim::Checker& check) {
    const std::string& type = static_cast<const InsufficientCapacity&>(message).instance_type();
    if (!type.empty() && types->find(type) == nullptr) {
      check.error("instance_type", fmt::format("there is no instance type \"{}\"", type));
    }
  };
}

}  // namespace

void register_models(sim::ModelRegistry& registry) {
  const auto types = std::make_shared<const InstanceTypes>(InstanceTypes::built_in());
  registry.add_resource<LaunchTemplate, LaunchTemplateParams>(check_template(types), types);
  registry.add_resource<Ec2Account, Ec2AccountParams>();
  registry.types().add_default_rule("ec2.credit_mode_of_family", credit_mode_of(types));
  registry.types().add_default_rule("ec2.relative_speed_of_family",
                                    of_type(types, &InstanceType::relative_speed));
  registry.types().add_default_rule("ec2.smt_yield_of_family",
                                    of_type(types, &InstanceType::smt_yield));
  registry.add_consumer({.type = "launch_template",
                         .takes_from = "polls.queue",
                         .unit = "threads",
                         .busy = "WorkerThreadsBusy",
                         .allowed = "WorkerThreads",
                         .each = "polls.threads",
                         .each_say = "{} in each instance"});
  registry.add_fault<KillInstanceFault, KillInstance>(check_zone<KillInstance>, /*instant=*/true);
  registry.add_fault<SlowInstanceFault, SlowInstance>(check_zone<SlowInstance>);
  registry.add_fault<HangInstanceFault, HangInstance>(check_zone<HangInstance>);
  registry.add_fault<FailHealthChecksFault, FailHealthChecks>(check_zone<FailHealthChecks>);
  registry.add_fault<LoseAvailabilityZoneFault, LoseAvailabilityZone>();
  registry.add_fault<InsufficientCapacityFault, InsufficientCapacity>(check_shortage(types));
  registry.add_fault<FailStatusCheckFault, FailStatusCheck>(check_zone<FailStatusCheck>);
}

}  // namespace updraft::ec2
