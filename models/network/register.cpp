// The network in the registry, and the Regions with their zones: what `region:` may say.
#include "models/common/csv_table.h"
#include "models/network/faults.h"
#include "models/network/network.h"
#include "models/network/regions_csv.h"
#include "sim/build/registry.h"

namespace updraft::network {

namespace {

// R27.1
void add_regions(sim::TypeRegistry& types) {
  const auto table = common::CsvTable::parse(data::regions::kCsv);
  SIM_CHECK(table.ok(), "{}", table.error());
  for (std::size_t row = 0; row < table->rows(); ++row) {
    sim::Region region{.name = std::string(table->text(row, "region")), .zones = {}};
    for (const char letter : table->text(row, "zones")) {
      region.zones.emplace_back(1, letter);
    }
    types.add_region(std::move(region));
  }
}

}  // namespace

namespace {

void check_degradation(const google::protobuf::Message& message, sim::Checker& checker) {
  const auto& fault = static_cast<const DegradeLink&>(message);
  if (!checker.was_written("latency") && !checker.was_written("loss")) {
    checker.error("", "latency and loss are missing; write what the link does to messages");
  }
  if (!fault.other_zone().empty() && fault.other_zone() == fault.availability_zone()) {
    checker.error("other_zone",
                  "other_zone is the zone itself; leave it out to meet every link of the zone");
  }
}

}  // namespace

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<RegionNetwork, NetworkParams>();
  registry.add_fault<DegradeLinkFault, DegradeLink>(check_degradation);
  add_regions(registry.types());
}

}  // namespace updraft::network
