// What a scenario may name: resource types, faults, regions, and the pure functions behind default
// rules.
//
// Models register into it; the loader only knows this registry, so a new model touches no file of
// the loader.
//
//   TypeRegistry registry;
//   registry.add_resource(ParcelDeskParams::default_instance(), [](const Message& params, Checker&
//   check) {
//     const auto& desk = static_cast<const ParcelDeskParams&>(params);
//     if (desk.line_limit() < desk.clerks()) check.error("line_limit", "line_limit is smaller than
//     clerks");
//   });
//   registry.add_default_rule("ParcelDesk.patience", [](const Message& self) ->
//   std::optional<std::string> { ... });
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/message.h>

#include "sim/schema/options.pb.h"

namespace updraft::sim {

/// Given to a type's check: where an error may be placed, and what other resources say.
class Checker {
 public:
  virtual ~Checker() = default;

  /// An error at a field ("listeners[0].port", "scaling_policies.cpu.target_value"), lower case
  /// first letter, no full stop. It is placed at what was written nearest to the field: itself, its
  /// parent, the resource.
  virtual void error(std::string_view field_path, std::string_view message) = 0;
  /// Whether the user wrote the field, rather than a default.
  [[nodiscard]] virtual bool was_written(std::string_view field_path) const = 0;
  /// Parameters of a resource by name, defaults filled in; null when there is none or it has errors
  /// itself.
  [[nodiscard]] virtual const google::protobuf::Message* params_of(
      std::string_view resource) const = 0;
  /// Type of a resource by name; empty when there is none.
  [[nodiscard]] virtual std::string_view type_of(std::string_view resource) const = 0;
  /// Name of the resource that is checked; the fault's type for a fault.
  [[nodiscard]] virtual std::string_view name() const = 0;
};

/// Called when a message was read without an error and every default is filled in. What one field
/// alone can say (range, unit, spelling) was checked already.
using Check = std::function<void(const google::protobuf::Message& params, Checker& checker)>;

/// A default that depends on other fields, as the user would write it; none: no default after all.
/// `self` is the message that holds the field, with plain defaults and the rules of earlier fields
/// filled in.
using DefaultRule =
    std::function<std::optional<std::string>(const google::protobuf::Message& self)>;
/// The same for a field of a nested message whose default follows the whole resource (`root`).
using NestedDefaultRule = std::function<std::optional<std::string>(
    const google::protobuf::Message& self, const google::protobuf::Message& root)>;

struct ResourceType {
  std::string name;
  const google::protobuf::Message* params = nullptr;  // prototype
  const google::protobuf::Message* operations =
      nullptr;                                         // its fields are the operations; null: none
  const google::protobuf::Message* initial = nullptr;  // null: nothing can be said
  bool implicit = false;                               // there is one without being named
  Check check;
};

struct FaultType {
  std::string name;
  const google::protobuf::Message* params = nullptr;
  Check check;
};

struct Region {
  std::string name;                // "us-east-1"
  std::vector<std::string> zones;  // letters, "a" to "f"; empty: any letter
};

class TypeRegistry {
 public:
  /// A message with the option (model). Its operations and initial messages are found by the names
  /// in that option. Throws InvariantError on a message without the option, a type registered
  /// already or unknown names.
  void add_resource(const google::protobuf::Message& prototype, Check check = {});
  /// A message with the option (fault).
  void add_fault(const google::protobuf::Message& prototype, Check check = {});
  void add_default_rule(std::string id, DefaultRule rule);
  void add_default_rule(std::string id, NestedDefaultRule rule);
  /// Regions and their zones. With none registered any region and any zone letter is taken.
  void add_region(Region region);

  [[nodiscard]] const ResourceType* resource(std::string_view type) const;
  [[nodiscard]] const FaultType* fault(std::string_view type) const;
  [[nodiscard]] const NestedDefaultRule* default_rule(std::string_view id) const;
  [[nodiscard]] const Region* region(std::string_view name) const;

  // All of a kind, by name.
  [[nodiscard]] const std::map<std::string, ResourceType, std::less<>>& resources() const {
    return resources_;
  }
  [[nodiscard]] const std::map<std::string, FaultType, std::less<>>& faults() const {
    return faults_;
  }
  [[nodiscard]] const std::map<std::string, Region, std::less<>>& regions() const {
    return regions_;
  }

 private:
  std::map<std::string, ResourceType, std::less<>> resources_;
  std::map<std::string, FaultType, std::less<>> faults_;
  std::map<std::string, NestedDefaultRule, std::less<>> rules_;
  std::map<std::string, Region, std::less<>> regions_;
};

/// The names of a map, for suggestions.
template <class Map>
std::vector<std::string> names_of(const Map& map) {
  std::vector<std::string> names;
  names.reserve(map.size());
  for (const auto& [name, value] : map) {
    names.push_back(name);
  }
  return names;
}

}  // namespace updraft::sim
