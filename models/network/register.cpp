// The network in the registry, and the Regions with their zones: what `region:` may say.
#include "models/common/csv_table.h"
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

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<RegionNetwork, NetworkParams>();
  add_regions(registry.types());
}

}  // namespace updraft::network
