// What the loader needs of the schema's options, read once for each message type and load: names,
// kinds, bounds as numbers, the default that holds in the scenario's rules edition.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "sim/schema/options.pb.h"
#include "sim/schema/quantity.h"

namespace updraft::sim {

enum class FieldKind : std::uint8_t {
  kBool,
  kSigned,
  kUnsigned,
  kReal,
  kText,
  kEnum,
  kDuration,
  kDistribution,
  kMessage,
};

/// A bound as written in the schema, and as numbers in the field's unit (times of DurationValue and
/// DistributionValue in nanoseconds).
struct Bound {
  std::string text;
  double real = 0;
  std::int64_t whole = 0;
  std::uint64_t natural = 0;
};

struct FieldInfo {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const Param* param = nullptr;  // never null
  FieldKind kind = FieldKind::kText;
  QuantityKind quantity = QuantityKind::kNumber;
  std::optional<Bound> min;
  std::optional<Bound> max;
  std::optional<std::string> default_text;  // in this edition
  std::vector<std::string> allowed;         // spellings of an enum, or one_of_values
  std::vector<int> allowed_numbers;         // enum: numbers beside the spellings

  [[nodiscard]] const std::string& name() const { return field->name(); }
  [[nodiscard]] bool is_message() const { return kind == FieldKind::kMessage; }
  /// "1 to 1000", "at least 1", or empty.
  [[nodiscard]] std::string range() const;
  /// What may be written: "a whole number, 1 to 1000", "one of a, b".
  [[nodiscard]] std::string expected() const;
};

struct MessageInfo {
  const google::protobuf::Descriptor* type = nullptr;
  const google::protobuf::Message* prototype = nullptr;
  std::vector<FieldInfo> fields;  // as declared
  std::vector<const FieldInfo*>
      deep;  // those that the second pass visits: rules, zones, nested messages
  const FieldInfo* main = nullptr;  // takes a scalar or list in place of the mapping
  std::unique_ptr<google::protobuf::Message> defaults;  // null until first used

  [[nodiscard]] const FieldInfo* find(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> names(
      const google::protobuf::FieldDescriptor* without = nullptr) const;
};

class SchemaView {
 public:
  /// `edition` is "2026-11".
  explicit SchemaView(std::string edition) : edition_(std::move(edition)) {}

  /// Throws InvariantError when the schema itself is wrong: an unreadable bound or main field.
  MessageInfo& of(const google::protobuf::Descriptor* type);

 private:
  FieldInfo describe(const google::protobuf::FieldDescriptor* field) const;

  std::string edition_;
  std::map<const google::protobuf::Descriptor*, std::unique_ptr<MessageInfo>>
      infos_;  // looked up, never walked
};

/// As the scenario spells an enum value: the option (value).spelling, or its name.
std::string spelling_of(const google::protobuf::EnumValueDescriptor* value);

/// A field's folder, for the end of a message: " (models/parcel_desk)"; empty for the scenario's
/// own fields.
std::string folder_note(const google::protobuf::FileDescriptor* file);

}  // namespace updraft::sim
