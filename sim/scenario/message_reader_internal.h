// Inside of message_reader: shared by its two source files only.
#pragma once

#include <cstdint>
#include <string>

#include "sim/scenario/message_reader.h"

namespace updraft::sim {

/// A field to set, or to add to where it is repeated.
struct MessageReader::Target {
  google::protobuf::Message& out;
  const FieldInfo& info;
  bool add = false;

  void set_bool(bool value) const;
  void set_real(double value) const;
  void set_enum(int number) const;
  void set_text(const std::string& text) const;
  void set_duration(std::int64_t ns) const;
  /// False when the value does not fit the field's type.
  [[nodiscard]] bool set_signed(std::int64_t value) const;
  [[nodiscard]] bool set_unsigned(std::uint64_t value) const;
};

/// The user's value inside a sentence: 0, "many", empty, a list.
std::string describe_value(const YamlNode& node);

/// A suggestion without its leading "; ".
std::string trim_hint(std::string hint);

}  // namespace updraft::sim
