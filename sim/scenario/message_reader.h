// Walks YAML against protobuf descriptors, not through JSON, so that every finding has a place.
//
// Messages come out with every plain default filled in. Default rules, zones and references wait
// until all is read: a reference may point forward, a rule may look at the resource around its
// field.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <google/protobuf/message.h>

#include "sim/scenario/diagnostic.h"
#include "sim/scenario/file_access.h"
#include "sim/scenario/schema_view.h"
#include "sim/scenario/source_map.h"
#include "sim/scenario/type_registry.h"
#include "sim/scenario/yaml_tree.h"

namespace updraft::sim {

/// Whose fields are read.
struct Subject {
  std::string label;   // `resource "desk": `; empty for the scenario's own keys
  std::string owner;   // resource that inline resources belong to; empty: none are allowed
  std::string folder;  // " (models/parcel_desk)"
  WrittenFields* written = nullptr;  // may be null
};

/// A resource named by a field, to be looked up when all are known.
struct Reference {
  std::string label;
  std::string owner;  // resource whose field it is; empty: none
  std::string path;
  std::string folder;
  std::string name;
  Mark mark;
  std::size_t width = 1;
  const Param* param = nullptr;
};

/// A zone named by a field.
struct ZoneUse {
  std::string label;
  std::string owner;  // resource whose field it is; empty: none
  std::string path;
  std::string zone;
  Mark mark;
  std::size_t width = 1;
};

/// A resource written in place of its name.
struct InlineResource {
  std::string name;  // "fleet/launch_template"
  std::string type;
  const YamlNode* node = nullptr;
};

class MessageReader {
 public:
  struct Environment {
    const TypeRegistry& registry;
    FileAccess& files;
    Diagnostics* diagnostics;
    std::string edition;  // "2026-11"
    std::string region;
  };

  explicit MessageReader(Environment environment);

  /// Reads a mapping (or the short form of one) into a message of its type and fills in plain
  /// defaults. `key_field` is taken by the mapping's key and cannot be written inside. True without
  /// a finding.
  bool read(const Subject& subject, const YamlNode& node, google::protobuf::Message& out,
            const google::protobuf::FieldDescriptor* key_field = nullptr);
  /// The same from some entries of a mapping: those of `node` that are fields of the message, the
  /// others are left to the caller (`at`, `for` and the fault itself share one mapping).
  bool read_known(const Subject& subject, const YamlNode& node, google::protobuf::Message& out);
  /// One field of a message, from its value.
  bool read_one(const Subject& subject, const YamlNode& value, const FieldInfo& field,
                google::protobuf::Message& out);
  /// Fills in default rules, outer messages first. Names of zones come out in `zones` when given.
  void apply_rules(google::protobuf::Message& root, std::vector<std::string>* zones = nullptr);
  /// A message with its plain defaults.
  std::unique_ptr<google::protobuf::Message> with_defaults(
      const google::protobuf::Descriptor* type);

  /// A finding about the subject itself.
  void report(const Subject& subject, const YamlNode& node, std::string_view text);

  [[nodiscard]] std::vector<Reference>& references() { return references_; }
  [[nodiscard]] std::vector<ZoneUse>& zone_uses() { return zone_uses_; }
  /// Takes the inline resources found since the last call.
  std::vector<InlineResource> take_inline_resources() {
    return std::exchange(inline_resources_, {});
  }
  [[nodiscard]] SchemaView& schema() { return schema_; }
  /// did_you_mean, as long as there are few findings: with thousands it would cost seconds.
  [[nodiscard]] std::string hint(std::string_view word, const std::vector<std::string>& candidates,
                                 std::string_view label) const;

 private:
  class PathStep;
  class SubjectScope;
  struct Target;  // a message and the field to set
  struct Seen {
    const FieldInfo* field;
    const YamlNode* key;
  };

  const google::protobuf::Message& defaults_of(MessageInfo& info);
  void set_from_text(google::protobuf::Message& out, const FieldInfo& field,
                     const std::string& text);
  bool read_message(const YamlNode& node, google::protobuf::Message& out,
                    const google::protobuf::FieldDescriptor* key_field);
  bool read_short_form(const YamlNode& node, MessageInfo& info, google::protobuf::Message& out,
                       const google::protobuf::FieldDescriptor* key_field);
  bool read_mapping(const YamlNode& node, MessageInfo& info, google::protobuf::Message& out,
                    const google::protobuf::FieldDescriptor* key_field, bool only_known);
  bool unknown_key(const YamlNode& key, const MessageInfo& info,
                   const google::protobuf::FieldDescriptor* key_field);
  bool check_missing(const YamlNode& node, const MessageInfo& info, const std::vector<Seen>& seen,
                     const google::protobuf::FieldDescriptor* key_field);
  bool check_oneofs(const YamlNode& node, const MessageInfo& info, const std::vector<Seen>& seen);
  bool read_field(const YamlNode& node, const FieldInfo& info, google::protobuf::Message& out);
  bool read_list(const YamlNode& node, const FieldInfo& info, google::protobuf::Message& out);
  bool read_keyed(const YamlNode& node, const FieldInfo& info, google::protobuf::Message& out);
  bool read_value(const YamlNode& node, const Target& target);
  bool read_scalar(const YamlNode& node, const Target& target);
  bool read_number(const YamlNode& node, const Target& target);
  bool read_duration(const YamlNode& node, const Target& target);
  bool read_distribution(const YamlNode& node, const Target& target);
  bool read_enum(const YamlNode& node, const Target& target);
  bool read_text(const YamlNode& node, const Target& target);
  bool read_reference(const YamlNode& node, const Target& target);
  bool read_inline(const YamlNode& node, const Target& target);
  bool read_zone(const YamlNode& node, const Target& target);
  bool bad(const YamlNode& node, std::string_view error);
  bool fail(const YamlNode& node, std::string_view sentence);
  void wrote(const YamlNode& node);
  void apply_rule(const FieldInfo& field, google::protobuf::Message& self, const Around& around);
  void visit(google::protobuf::Message& self, const Around& around,
             std::vector<std::string>* zones);

  Environment env_;
  SchemaView schema_;
  const Subject* subject_ = nullptr;
  std::string path_;
  std::vector<Reference> references_;
  std::vector<ZoneUse> zone_uses_;
  std::vector<InlineResource> inline_resources_;
};

}  // namespace updraft::sim
