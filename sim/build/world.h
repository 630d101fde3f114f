// The names of a scenario while it is built: who is called what, and who can play which role.
//
//   auto& registry = world.role<roles::TargetRegistry>("web");
//   for (auto* bound : world.all<roles::ZoneBound>()) ...
#pragma once

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeindex>
#include <utility>
#include <vector>

#include "sim/core/check.h"
#include "sim/core/result.h"
#include "sim/engine/simulation.h"

namespace updraft::sim {

/// A file that the scenario names can't be read any more, or says something else than when it was
/// loaded.
class FileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class World {
 public:
  /// `directory` is the folder of the files that the scenario names.
  World(Simulation& simulation, std::vector<std::string> zones, std::int64_t start_unix_ns,
        std::string directory = "");

  [[nodiscard]] Simulation& simulation() const { return simulation_; }
  /// The scenario's Region.
  [[nodiscard]] const std::string& region() const { return region_; }
  void set_region(std::string region) { region_ = std::move(region); }
  /// Where simulated time 0 stands, for texts.
  [[nodiscard]] std::int64_t start_unix_ns() const { return start_unix_ns_; }
  /// The content of a file that the scenario names. The loader has applied the policy.
  [[nodiscard]] Result<std::string> read_file(const std::string& name) const;
  void put(const std::string& name, Component& component);
  [[nodiscard]] Component& component(const std::string& name) const;
  [[nodiscard]] const std::map<std::string, Component*>& components() const { return components_; }

  /// The component of that name in one of its roles. The loader has checked the type, so a miss is
  /// our own fault.
  template <class Role>
  [[nodiscard]] Role& role(const std::string& name) const {
    auto* role = dynamic_cast<Role*>(&component(name));
    SIM_CHECK(role != nullptr, "\"{}\" does not play the role that is asked of it", name);
    return *role;
  }
  /// Everybody who plays a role, in order of names. Everybody is asked once; the list stands until
  /// the next put().
  template <class Role>
  [[nodiscard]] const std::vector<Role*>& all() const {
    std::shared_ptr<void>& known = players_[typeid(Role)];
    if (known == nullptr) {
      auto found = std::make_shared<std::vector<Role*>>();
      for (const auto& [name, component] : components_) {
        if (auto* role = dynamic_cast<Role*>(component)) {
          found->push_back(role);
        }
      }
      known = std::move(found);
    }
    return *static_cast<const std::vector<Role*>*>(known.get());
  }
  /// The one who plays a role (an implicit service).
  template <class Role>
  [[nodiscard]] Role& service() const {
    const std::vector<Role*>& found = all<Role>();
    SIM_CHECK(found.size() == 1, "{} components play a role meant for one", found.size());
    return *found.front();
  }

  /// The number of a zone that the scenario names.
  [[nodiscard]] ZoneId zone(std::string_view name) const;

 private:
  Simulation& simulation_;
  std::int64_t start_unix_ns_;
  std::string directory_;
  std::string region_;
  std::map<std::string, Component*> components_;
  mutable std::map<std::type_index, std::shared_ptr<void>> players_;  // all(), by role
};

}  // namespace updraft::sim
