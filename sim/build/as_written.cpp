#include "sim/build/as_written.h"

#include <vector>

#include <fmt/format.h>

#include "sim/schema/options.pb.h"
#include "sim/schema/quantity.h"
#include "sim/schema/quantity.pb.h"

namespace updraft::sim {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string spelled(const google::protobuf::EnumValueDescriptor& value) {
  const std::string& spelling = value.options().GetExtension(sim::value).spelling();
  return spelling.empty() ? value.name() : spelling;
}

std::string inside(const Message& message);

// Of a field, or of element i of a repeated one.
std::string text_of(const Message& message, const FieldDescriptor& field, int i) {
  const auto* of = message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& inner =
          many ? of->GetRepeatedMessage(message, &field, i) : of->GetMessage(message, &field);
      if (const auto* duration = dynamic_cast<const DurationValue*>(&inner)) {
        return format_duration(duration->ns());
      }
      return inside(inner);
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return spelled(many ? *of->GetRepeatedEnum(message, &field, i)
                          : *of->GetEnum(message, &field));
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? of->GetRepeatedString(message, &field, i) : of->GetString(message, &field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return (many ? of->GetRepeatedBool(message, &field, i) : of->GetBool(message, &field))
                 ? "true"
                 : "false";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return fmt::format(
          "{}", many ? of->GetRepeatedDouble(message, &field, i) : of->GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return fmt::format(
          "{}", many ? of->GetRepeatedUInt32(message, &field, i) : of->GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT32:
      return fmt::format(
          "{}", many ? of->GetRepeatedInt32(message, &field, i) : of->GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return fmt::format(
          "{}", many ? of->GetRepeatedUInt64(message, &field, i) : of->GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return fmt::format(
          "{}", many ? of->GetRepeatedInt64(message, &field, i) : of->GetInt64(message, &field));
    default:
      return "?";
  }
}

std::string text_of(const Message& message, const FieldDescriptor& field) {
  if (!field.is_repeated()) {
    return text_of(message, field, 0);
  }
  std::string text;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    text += (i == 0 ? "" : ", ") + text_of(message, field, i);
  }
  return "[" + text + "]";
}

struct Part {
  std::string name;
  std::string value;
};

std::vector<Part> parts_of(const Message& message) {
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  std::vector<Part> parts;
  for (const FieldDescriptor* field : set) {
    std::string value = text_of(message, *field);
    if (value != field->options().GetExtension(sim::param).default_value()) {
      parts.push_back({field->name(), std::move(value)});
    }
  }
  return parts;
}

std::string joined(const std::vector<Part>& parts) {
  std::string text;
  for (const Part& part : parts) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", part.name, part.value);
  }
  return text;
}

std::string inside(const Message& message) {
  const std::vector<Part> parts = parts_of(message);
  return parts.size() == 1 ? parts.front().value : "{" + joined(parts) + "}";
}

}  // namespace

std::string as_written(const Message& message) {
  return joined(parts_of(message));
}

}  // namespace updraft::sim
