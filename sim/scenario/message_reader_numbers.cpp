// Numbers and the setting of fields.
#include <limits>

#include <fmt/format.h>

#include "sim/scenario/message_reader_internal.h"
#include "sim/schema/quantity.pb.h"
#include "sim/schema/wording.h"

namespace updraft::sim {
namespace {

using google::protobuf::FieldDescriptor;

bool starts_a_number(const std::string& text) {
  return !text.empty() &&
         ((text.front() >= '0' && text.front() <= '9') || (text.front() == '-' && text.size() > 1));
}

template <class Number>
bool outside(Number value, const FieldInfo& info, Number Bound::*member) {
  return (info.min && value < (*info.min).*member) || (info.max && value > (*info.max).*member);
}

std::string must_be(const FieldInfo& info) {
  const std::string range = info.range();
  return fmt::format("it must be {}", range.empty() ? "at least 0" : range);
}

}  // namespace

std::string describe_value(const YamlNode& node) {
  if (node.is_mapping()) {
    return "a mapping";
  }
  if (node.is_sequence()) {
    return "a list";
  }
  if (node.is_null()) {
    return "empty";
  }
  return !node.quoted && starts_a_number(node.scalar) ? shown(node.scalar) : in_quotes(node.scalar);
}

std::string trim_hint(std::string hint) {
  return hint.starts_with("; ") ? hint.substr(2) : "it is not known";
}

void MessageReader::Target::set_bool(bool value) const {
  const auto& reflection = *out.GetReflection();
  add ? reflection.AddBool(&out, info.field, value) : reflection.SetBool(&out, info.field, value);
}

void MessageReader::Target::set_real(double value) const {
  const auto& reflection = *out.GetReflection();
  if (info.field->cpp_type() == FieldDescriptor::CPPTYPE_FLOAT) {
    const auto narrow = static_cast<float>(value);
    add ? reflection.AddFloat(&out, info.field, narrow)
        : reflection.SetFloat(&out, info.field, narrow);
    return;
  }
  add ? reflection.AddDouble(&out, info.field, value)
      : reflection.SetDouble(&out, info.field, value);
}

void MessageReader::Target::set_enum(int number) const {
  const auto& reflection = *out.GetReflection();
  add ? reflection.AddEnumValue(&out, info.field, number)
      : reflection.SetEnumValue(&out, info.field, number);
}

void MessageReader::Target::set_text(const std::string& text) const {
  const auto& reflection = *out.GetReflection();
  add ? reflection.AddString(&out, info.field, text) : reflection.SetString(&out, info.field, text);
}

void MessageReader::Target::set_duration(std::int64_t ns) const {
  const auto& reflection = *out.GetReflection();
  auto& value = static_cast<DurationValue&>(add ? *reflection.AddMessage(&out, info.field)
                                                : *reflection.MutableMessage(&out, info.field));
  value.set_ns(ns);
}

bool MessageReader::Target::set_signed(std::int64_t value) const {
  const auto& reflection = *out.GetReflection();
  if (info.field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
    add ? reflection.AddInt64(&out, info.field, value)
        : reflection.SetInt64(&out, info.field, value);
    return true;
  }
  if (value < std::numeric_limits<std::int32_t>::min() ||
      value > std::numeric_limits<std::int32_t>::max()) {
    return false;
  }
  const auto narrow = static_cast<std::int32_t>(value);
  add ? reflection.AddInt32(&out, info.field, narrow)
      : reflection.SetInt32(&out, info.field, narrow);
  return true;
}

bool MessageReader::Target::set_unsigned(std::uint64_t value) const {
  const auto& reflection = *out.GetReflection();
  if (info.field->cpp_type() == FieldDescriptor::CPPTYPE_UINT64) {
    add ? reflection.AddUInt64(&out, info.field, value)
        : reflection.SetUInt64(&out, info.field, value);
    return true;
  }
  if (value > std::numeric_limits<std::uint32_t>::max()) {
    return false;
  }
  const auto narrow = static_cast<std::uint32_t>(value);
  add ? reflection.AddUInt32(&out, info.field, narrow)
      : reflection.SetUInt32(&out, info.field, narrow);
  return true;
}

bool MessageReader::read_number(const YamlNode& node, const Target& target) {
  const FieldInfo& info = target.info;
  const std::string& unit = info.param->unit();
  const auto wrong = [&](const std::string& error) {
    const std::string range = info.range();
    const bool room = error.starts_with("it must be a") && error.find(" of ") == std::string::npos;
    return bad(node, room && !range.empty() ? fmt::format("{}, {}", error, range) : error);
  };
  if (node.quoted && info.quantity == QuantityKind::kNumber && parse_number(node.scalar).ok()) {
    return bad(node, fmt::format("write {} without quotes", node.scalar));
  }
  if (info.kind == FieldKind::kReal) {
    const Result<double> value = parse_quantity(node.scalar, unit);
    if (!value) {
      return wrong(value.error());
    }
    if (outside(*value, info, &Bound::real)) {
      return bad(node, must_be(info));
    }
    target.set_real(*value);
    return true;
  }
  const bool is_unsigned = info.kind == FieldKind::kUnsigned;
  if (is_unsigned && info.quantity == QuantityKind::kNumber &&
      !(node.scalar.starts_with('-') && parse_int(node.scalar).ok())) {
    const Result<std::uint64_t> value = parse_uint(node.scalar);
    if (!value) {
      return wrong(value.error());
    }
    if (outside(*value, info, &Bound::natural)) {
      return bad(node, must_be(info));
    }
    return target.set_unsigned(*value) || bad(node, "it must be at most 4294967295");
  }
  const Result<std::int64_t> value = parse_whole_quantity(node.scalar, unit);
  if (!value) {
    return wrong(value.error());
  }
  if (is_unsigned) {
    if (*value < 0 || outside(static_cast<std::uint64_t>(*value), info, &Bound::natural)) {
      return bad(node, must_be(info));
    }
    return target.set_unsigned(static_cast<std::uint64_t>(*value)) ||
           bad(node, "it must be at most 4294967295");
  }
  if (outside(*value, info, &Bound::whole)) {
    return bad(node, must_be(info));
  }
  return target.set_signed(*value) || bad(node, "it must be -2147483648 to 2147483647");
}

}  // namespace updraft::sim
