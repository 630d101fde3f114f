#include "sim/scenario/testing/parcel_post.h"

#include <optional>
#include <string>

#include <fmt/format.h>

#include "sim/scenario/testing/parcel_post.pb.h"
#include "sim/schema/quantity.h"

namespace updraft::sim::testing {
namespace {

using google::protobuf::Message;

void check_desk(const Message& params, Checker& checker) {
  const auto& desk = static_cast<const ParcelDeskParams&>(params);
  if (desk.warning().ns() > desk.patience().ns()) {
    checker.error(
        "warning",
        fmt::format("warning is {}; it must not come after patience, which is {}",
                    format_duration(desk.warning().ns()), format_duration(desk.patience().ns())));
  }
  for (int i = 0; i < desk.windows_size(); ++i) {
    if (desk.windows(i).number() > desk.clerks()) {
      checker.error(fmt::format("windows[{}].number", i),
                    fmt::format("window {} has no clerk; there are {}", desk.windows(i).number(),
                                desk.clerks()));
    }
  }
}

void check_strike(const Message& params, Checker& checker) {
  const auto& strike = static_cast<const Strike&>(params);
  const Message* desk = checker.params_of(strike.desk());
  if (desk != nullptr && static_cast<const ParcelDeskParams&>(*desk).clerks() == 1) {
    checker.error("share", fmt::format("desk \"{}\" has one clerk, who does not strike alone",
                                       strike.desk()));
  }
}

}  // namespace

TypeRegistry parcel_post_registry(bool regions) {
  TypeRegistry registry;
  registry.add_resource(ParcelDeskParams::default_instance(), check_desk);
  registry.add_resource(VanParams::default_instance());
  registry.add_resource(DepotParams::default_instance());
  registry.add_resource(LedgerParams::default_instance());
  registry.add_fault(Flood::default_instance());
  registry.add_fault(Strike::default_instance(), check_strike);
  // Half of the patience.
  registry.add_default_rule(
      "parcel_desk.warning", [](const Message& self) -> std::optional<std::string> {
        return format_duration(static_cast<const ParcelDeskParams&>(self).patience().ns() / 2);
      });
  // The desk's, but not more than the time that the parcel is held.
  registry.add_default_rule(
      "hold.warning", [](const Message& self, const Around& around) -> std::optional<std::string> {
        const auto& hold = static_cast<const Hold&>(self);
        const auto& desk = static_cast<const ParcelDeskParams&>(around.root);
        return format_duration(std::min(hold.time().ns(), desk.warning().ns()));
      });
  if (regions) {
    registry.add_region({"us-east-1", {"a", "b", "c", "d", "e", "f"}});
    registry.add_region({"eu-central-1", {"a", "b", "c"}});
  }
  return registry;
}

}  // namespace updraft::sim::testing
