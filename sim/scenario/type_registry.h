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

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <google/protobuf/message.h>

#include "sim/core/result.h"
#include "sim/scenario/scenario.pb.h"
#include "sim/schema/options.pb.h"

namespace updraft::sim {

/// What an operator does with the resource that is checked.
struct CheckedOperation {
  std::int64_t at_ns = 0;
  const google::protobuf::Message* message = nullptr;  // the type's operations, one field set
};

/// Given to a type's check: where an error may be placed, and what the rest of the scenario says.
class Checker {
 public:
  virtual ~Checker() = default;

  /// An error at a field ("listeners[0].port", "scaling_policies.cpu.target_value"), lower case
  /// first letter, no full stop. It is placed at what was written nearest to the field: itself, its
  /// parent, the resource. "/region" is a field of the scenario's header.
  virtual void error(std::string_view field_path, std::string_view message) = 0;
  /// An error inside of a text that has a grammar of its own: `written` is the field's value, the
  /// error stands at that byte of it.
  virtual void error_within(std::string_view field_path, std::string_view written,
                            std::size_t offset, std::size_t length, std::string_view message) = 0;
  /// The same as error() for what can be run, but is hardly meant.
  virtual void warn(std::string_view field_path, std::string_view message) = 0;
  /// An error in what the scenario says of the resource's beginning, at a field of that message.
  virtual void initial_error(std::string_view field_path, std::string_view message) = 0;
  /// A warning about operations()[index].
  virtual void operation_warn(std::size_t index, std::string_view message) = 0;

  /// Whether the user wrote the field, rather than a default.
  [[nodiscard]] virtual bool was_written(std::string_view field_path) const = 0;
  /// Name of the resource or traffic source that is checked; the fault's type for a fault.
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// What the scenario says of the resource's beginning; null when it says nothing.
  [[nodiscard]] virtual const google::protobuf::Message* initial() const = 0;
  /// What operators do with the resource at set times, by time, then as written.
  [[nodiscard]] virtual const std::vector<CheckedOperation>& operations() const = 0;

  /// Parameters of a resource by name, defaults filled in; null when there is none or it has errors
  /// itself.
  [[nodiscard]] virtual const google::protobuf::Message* params_of(
      std::string_view resource) const = 0;
  /// Type of a resource by name; empty when there is none.
  [[nodiscard]] virtual std::string_view type_of(std::string_view resource) const = 0;
  /// Names of all resources that the scenario names, for suggestions.
  [[nodiscard]] virtual std::vector<std::string> resource_names() const = 0;
  /// Zones that a resource's own parameters name, sorted.
  [[nodiscard]] virtual std::vector<std::string> zones_of(std::string_view resource) const = 0;
  /// The scenario's header, defaults filled in.
  [[nodiscard]] virtual const ScenarioHeader& header() const = 0;
  /// The content of a file that a field with the option `file` names. An error continues a sentence
  /// "csv is X; ...".
  [[nodiscard]] virtual Result<std::string> read_file(const std::string& name) const = 0;
};

/// Called when a message was read without an error and every default is filled in. What one field
/// alone can say (range, unit, spelling) was checked already.
using Check = std::function<void(const google::protobuf::Message& params, Checker& checker)>;

/// A default that depends on other fields, as the user would write it; none: no default after all.
/// `self` is the message that holds the field, with plain defaults and the rules of earlier fields
/// filled in.
using DefaultRule =
    std::function<std::optional<std::string>(const google::protobuf::Message& self)>;
/// What stands around a message: the one that holds it, and the outermost of all (the resource, the
/// traffic). The outermost message stands in itself.
struct Around {
  const google::protobuf::Message& root;
  const google::protobuf::Message& parent;
};
/// The same for a field of a nested message whose default follows what stands around it.
using NestedDefaultRule = std::function<std::optional<std::string>(
    const google::protobuf::Message& self, const Around& around)>;

struct ResourceType {
  std::string name;
  const google::protobuf::Message* params = nullptr;  // prototype
  const google::protobuf::Message* operations =
      nullptr;                                         // its fields are the operations; null: none
  const google::protobuf::Message* initial = nullptr;  // null: nothing can be said
  bool implicit = false;                               // there is one without being named
  Check check;

  [[nodiscard]] const ModelOptions& options() const {
    return params->GetDescriptor()->options().GetExtension(model);
  }
  /// Traffic may be sent to it.
  [[nodiscard]] bool takes_requests() const { return options().takes_requests(); }
  /// Whoever gets requests through it has to stand in its zones.
  [[nodiscard]] bool bounds_zones() const { return options().bounds_zones(); }
};

struct FaultType {
  std::string name;
  const google::protobuf::Message* params = nullptr;
  Check check;
  bool instant = false;  // nothing of it lasts: it needs no end
};

/// The same for a traffic source: what its shape and its files say.
using TrafficCheck = std::function<void(const Traffic& traffic, Checker& checker)>;

struct Region {
  std::string name;                // "us-east-1"
  std::vector<std::string> zones;  // letters, "a" to "f"; empty: any letter
};

class TypeRegistry {
 public:
  /// With the rules of what the scenario itself declares (section_rules.h).
  TypeRegistry();
  /// A message with the option (model). Its operations and initial messages are found by the names
  /// in that option. Throws InvariantError on a message without the option, a type registered
  /// already or unknown names.
  void add_resource(const google::protobuf::Message& prototype, Check check = {});
  /// A message with the option (fault).
  void add_fault(const google::protobuf::Message& prototype, Check check = {},
                 bool instant = false);
  /// Beside what single fields say; there is one.
  void set_traffic_check(TrafficCheck check) { traffic_check_ = std::move(check); }
  void add_default_rule(std::string id, DefaultRule rule);
  void add_default_rule(std::string id, NestedDefaultRule rule);
  /// Regions and their zones. With none registered any region and any zone letter is taken.
  void add_region(Region region);

  [[nodiscard]] const ResourceType* resource(std::string_view type) const;
  [[nodiscard]] const FaultType* fault(std::string_view type) const;
  [[nodiscard]] const NestedDefaultRule* default_rule(std::string_view id) const;
  [[nodiscard]] const Region* region(std::string_view name) const;
  [[nodiscard]] const TrafficCheck& traffic_check() const { return traffic_check_; }

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
  TrafficCheck traffic_check_;
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
