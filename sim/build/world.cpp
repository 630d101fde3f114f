#include "sim/build/world.h"

#include <algorithm>
#include <utility>

#include "sim/build/resource.h"
#include "sim/scenario/file_access.h"

namespace updraft::sim {

World::World(Simulation& simulation, std::vector<std::string> zones, std::int64_t start_unix_ns,
             std::string directory)
    : simulation_(simulation), start_unix_ns_(start_unix_ns), directory_(std::move(directory)) {
  std::sort(zones.begin(), zones.end());
  zones.erase(std::unique(zones.begin(), zones.end()), zones.end());
  simulation_.set_zones(std::move(zones));
}

Result<std::string> World::read_file(const std::string& name) const {
  constexpr std::size_t kMaxBytes = std::size_t{1} << 30U;
  return FileAccess(directory_, FilePolicy::kAnywhere).read(name, kMaxBytes);
}

void World::put(const std::string& name, Component& component) {
  const bool added = components_.emplace(name, &component).second;
  SIM_CHECK(added, "two components are called \"{}\"", name);
  players_.clear();
}

Component& World::component(const std::string& name) const {
  const auto found = components_.find(name);
  SIM_CHECK(found != components_.end(), "no component is called \"{}\"", name);
  return *found->second;
}

ZoneId World::zone(std::string_view name) const {
  const std::vector<std::string>& zones = simulation_.zones();
  const auto found = std::lower_bound(zones.begin(), zones.end(), name);
  SIM_CHECK(found != zones.end() && *found == name, "no zone is called \"{}\"", name);
  return {static_cast<std::uint32_t>(found - zones.begin())};
}

void Resource::bind(World& /*world*/) {}

void Resource::operate(Context& ctx, const google::protobuf::Message& operation,
                       DecisionId /*caused_by*/) {
  SIM_CHECK(false, "{} does not know operation {}", ctx.self().path(), operation.GetTypeName());
}

void Resource::report(Context& /*ctx*/, Report& /*report*/) {}

}  // namespace updraft::sim
