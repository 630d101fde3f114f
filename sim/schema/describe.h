// Typed readers over message descriptors: what the options of options.proto say about a resource
// type, a fault or a part of the scenario. Everything that shows or checks the schema (loader,
// explain, JSON Schema, docs, lint, Python) reads it here, so they can't differ.
//
//   const ModelInfo depot = describe_model(*DepotParams::descriptor());
//   for (const ParamInfo& each : depot.params) names.push_back(each.name);
//   const ParamInfo* clerks = find_param(depot.params, "clerks");
//   const DefaultInfo* now = clerks->default_in(RulesEdition::latest());
//
// Readers never fail on a badly written schema: they read what is there, and lint.h names what is
// wrong. Fields come in the order of the .proto file. The infos point to descriptors, which live as
// long as the program.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/descriptor.h>

#include "sim/schema/edition.h"
#include "sim/schema/options.pb.h"

namespace updraft::sim {

/// How a value is written in a scenario.
enum class ParamKind {
  kBool,
  kInteger,
  kNumber,
  kString,
  kEnum,          // one of ParamInfo::allowed
  kDuration,      // 90s
  kDistribution,  // 90s, or {lognormal: {mean: 40ms, p99: 200ms}}
  kReference,     // name of a resource
  kMessage,       // a mapping of ParamInfo::fields
  kList,          // a list of ParamInfo::element
  kKeyedList,     // a mapping from names to messages of ParamInfo::fields
};

/// "duration", "keyed list", ...
std::string_view to_string(ParamKind kind);

/// A default and the first rules edition in which it holds.
struct DefaultInfo {
  std::string from;             // "2023-11"; empty: from the first edition on
  std::string text;             // in the loader's grammar
  std::vector<Source> sources;  // of this value
};

struct AllowedValue {
  std::string text;  // as AWS spells it
  std::string doc;
  int number = 0;  // of the enum value; 0 where the list is of strings
};

struct ParamInfo {
  std::string name;
  std::string path;  // from the top of the message: "scaling_policies.target_tracking.target_value"
  ParamKind kind = ParamKind::kString;
  ParamKind element = ParamKind::kString;  // of a list's elements; otherwise equal to kind
  bool is_unsigned = false;                // an integer that can't be negative
  bool required = false;
  std::string doc;
  std::string unit;                   // "1", "s", "percent", "bytes"; empty for names and enums
  std::vector<DefaultInfo> defaults;  // oldest first; empty: there is none
  std::string default_rule;           // the pure function that gives the default from other fields
  std::string min;                    // inclusive, in the loader's grammar; empty: no bound
  std::string max;
  std::vector<AllowedValue> allowed;  // of an enum, or of strings with a closed list
  Basis basis = BASIS_UNSPECIFIED;
  std::vector<Source> sources;
  std::string note;
  std::string cloudformation;
  std::vector<std::string> refers_to;  // resource types
  bool inline_resource = false;        // the resource may be written in place of its name
  bool zone = false;                   // names an availability zone
  bool file = false;                   // names a file, relative to the scenario
  std::string keyed_by;                // the field of an element that takes the mapping's key
  std::string one_of;                  // name of the oneof; its fields exclude one another
  bool one_of_required = false;        // one field of the oneof must be written
  std::vector<ParamInfo> fields;       // of a message, or of a list's elements
  bool recursive = false;  // the message stands further up the path; its fields are left out here
  bool declared = false;   // the field carries (param)
  const google::protobuf::FieldDescriptor* field = nullptr;

  /// The default under these rules; null where there is none, or a rule computes it.
  [[nodiscard]] const DefaultInfo* default_in(const RulesEdition& rules) const;
  /// The message of a message, keyed list or list of messages; otherwise null.
  [[nodiscard]] const google::protobuf::Descriptor* message() const;
};

struct ModelInfo {
  std::string type;  // key in the scenario
  std::string doc;
  std::string cloudformation;
  bool implicit = false;
  std::vector<Metric> metrics;
  std::vector<Behaviour> behaviours;
  std::vector<ParamInfo> params;
  std::vector<ParamInfo> initial;     // what may be said under `initial:`
  std::vector<ParamInfo> operations;  // what may be done under `operations:`
  const google::protobuf::Descriptor* message = nullptr;
  const google::protobuf::Descriptor* initial_message = nullptr;
  const google::protobuf::Descriptor* operations_message = nullptr;
};

struct FaultInfo {
  std::string type;
  std::string doc;
  std::vector<ParamInfo> params;
  const google::protobuf::Descriptor* message = nullptr;
};

/// The parameters of any message. `key_field` names the field that a mapping's key fills; it is
/// left out.
std::vector<ParamInfo> describe_params(const google::protobuf::Descriptor& message,
                                       std::string_view key_field = {});
/// A message with (model). Without the option type and doc are empty.
ModelInfo describe_model(const google::protobuf::Descriptor& message);
/// A message with (fault). Without the option type and doc are empty.
FaultInfo describe_fault(const google::protobuf::Descriptor& message);

/// The allowed values of an enum, in the order of the .proto file, less the one named
/// ..._UNSPECIFIED.
std::vector<AllowedValue> describe_enum(const google::protobuf::EnumDescriptor& type);
/// How an enum value is written in a scenario: its spelling, or its name.
std::string spelling(const google::protobuf::EnumValueDescriptor& value);
/// The field that takes a scalar or list written in place of the mapping: main_field, or else the
/// only field, or else the only required one. Null: a mapping it must be.
const google::protobuf::FieldDescriptor* find_main_field(
    const google::protobuf::Descriptor& message);

/// The parameter at a dotted path of names; `*`, `[]` and `[3]` may stand where a key or an index
/// would. Null: none.
const ParamInfo* find_param(const std::vector<ParamInfo>& params, std::string_view path);
/// Every parameter, depth first: a message before its fields.
std::vector<const ParamInfo*> flatten(const std::vector<ParamInfo>& params);

}  // namespace updraft::sim
