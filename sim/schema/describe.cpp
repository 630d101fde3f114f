#include "sim/schema/describe.h"

#include <algorithm>

#include "sim/schema/quantity.pb.h"

namespace updraft::sim {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;
using google::protobuf::RepeatedPtrField;

template <class T>
std::vector<T> copy(const RepeatedPtrField<T>& values) {
  return {values.begin(), values.end()};
}

bool is_message(ParamKind kind) {
  return kind == ParamKind::kMessage;
}

ParamKind message_kind(const Descriptor& message) {
  if (message.full_name() == DurationValue::descriptor()->full_name()) {
    return ParamKind::kDuration;
  }
  if (message.full_name() == DistributionValue::descriptor()->full_name()) {
    return ParamKind::kDistribution;
  }
  return ParamKind::kMessage;
}

// The kind of one value of the field, lists left aside.
ParamKind value_kind(const FieldDescriptor& field, const Param& param) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return ParamKind::kBool;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return ParamKind::kInteger;
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return ParamKind::kNumber;
    case FieldDescriptor::CPPTYPE_ENUM:
      return ParamKind::kEnum;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return message_kind(*field.message_type());
    case FieldDescriptor::CPPTYPE_STRING:
      break;
  }
  return param.refers_to_size() > 0 ? ParamKind::kReference : ParamKind::kString;
}

bool holds_unsigned(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32 ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
}

std::vector<DefaultInfo> read_defaults(const Param& param) {
  std::vector<DefaultInfo> out;
  if (param.has_default_value()) {
    out.push_back({.from = {}, .text = param.default_value(), .sources = copy(param.source())});
  }
  for (const Edition& edition : param.edition()) {
    DefaultInfo info{.from = edition.from(), .text = edition.default_value(), .sources = {}};
    if (edition.has_source()) {
      info.sources.push_back(edition.source());
    }
    out.push_back(std::move(info));
  }
  return out;
}

std::vector<AllowedValue> read_allowed(const FieldDescriptor& field, const Param& param) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    return describe_enum(*field.enum_type());
  }
  std::vector<AllowedValue> out;
  for (const std::string& value : param.one_of_values()) {
    out.push_back({.text = value, .doc = {}, .number = 0});
  }
  return out;
}

// Reads messages top down; `open_` holds the messages that the path is inside of, to stop at
// recursion.
class Reader {
 public:
  std::vector<ParamInfo> read(const Descriptor& message, std::string_view key_field,
                              const std::string& prefix) {
    open_.push_back(&message);
    std::vector<ParamInfo> out;
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      if (field.name() == key_field) {
        continue;
      }
      out.push_back(read_field(field, prefix));
    }
    open_.pop_back();
    return out;
  }

 private:
  ParamInfo read_field(const FieldDescriptor& field, const std::string& prefix) {
    const Param& param = field.options().GetExtension(sim::param);
    ParamInfo info;
    info.field = &field;
    info.declared = field.options().HasExtension(sim::param);
    info.name = field.name();
    info.path = prefix + field.name();
    info.element = value_kind(field, param);
    info.kind = info.element;
    if (field.is_repeated()) {
      info.kind = param.has_keyed_by() ? ParamKind::kKeyedList : ParamKind::kList;
    }
    info.is_unsigned = holds_unsigned(field);
    info.required = param.required();
    info.doc = param.doc();
    info.unit = param.unit();
    info.defaults = read_defaults(param);
    info.default_rule = param.default_rule();
    info.min = param.min();
    info.max = param.max();
    info.allowed = read_allowed(field, param);
    info.basis = param.basis();
    info.sources = copy(param.source());
    info.note = param.note();
    info.cloudformation = param.cloudformation();
    info.refers_to = copy(param.refers_to());
    info.inline_resource = param.inline_resource();
    info.zone = param.zone();
    info.file = param.file();
    info.keyed_by = param.keyed_by();
    if (const OneofDescriptor* one_of = field.real_containing_oneof()) {
      info.one_of = one_of->name();
      info.one_of_required = one_of->options().GetExtension(sim::one_required);
    }
    if (is_message(info.element)) {
      read_fields(info);
    }
    return info;
  }

  void read_fields(ParamInfo& info) {
    const Descriptor& message = *info.field->message_type();
    info.recursive = std::find(open_.begin(), open_.end(), &message) != open_.end();
    if (!info.recursive) {
      info.fields = read(message, info.keyed_by, info.path + ".");
    }
  }

  std::vector<const Descriptor*> open_;
};

void flatten_into(const std::vector<ParamInfo>& params, std::vector<const ParamInfo*>& out) {
  for (const ParamInfo& param : params) {
    out.push_back(&param);
    flatten_into(param.fields, out);
  }
}

const Descriptor* find_message(const Descriptor& from, const std::string& full_name) {
  return full_name.empty() ? nullptr : from.file()->pool()->FindMessageTypeByName(full_name);
}

}  // namespace

std::string_view to_string(ParamKind kind) {
  switch (kind) {
    case ParamKind::kBool:
      return "bool";
    case ParamKind::kInteger:
      return "integer";
    case ParamKind::kNumber:
      return "number";
    case ParamKind::kString:
      return "string";
    case ParamKind::kEnum:
      return "enum";
    case ParamKind::kDuration:
      return "duration";
    case ParamKind::kDistribution:
      return "distribution";
    case ParamKind::kReference:
      return "reference";
    case ParamKind::kMessage:
      return "message";
    case ParamKind::kList:
      return "list";
    case ParamKind::kKeyedList:
      return "keyed list";
  }
  return "";
}

const DefaultInfo* ParamInfo::default_in(const RulesEdition& rules) const {
  const DefaultInfo* best = nullptr;
  std::optional<RulesEdition> best_from;
  for (const DefaultInfo& candidate : defaults) {
    if (candidate.from.empty()) {
      if (!best_from) {
        best = &candidate;
      }
      continue;
    }
    const Result<RulesEdition> from = RulesEdition::parse(candidate.from);
    if (!from.ok() || *from > rules || (best_from && *from < *best_from)) {
      continue;
    }
    best = &candidate;
    best_from = *from;
  }
  return best;
}

const Descriptor* ParamInfo::message() const {
  return is_message(element) ? field->message_type() : nullptr;
}

std::vector<ParamInfo> describe_params(const Descriptor& message, std::string_view key_field) {
  return Reader().read(message, key_field, "");
}

ModelInfo describe_model(const Descriptor& message) {
  const ModelOptions& options = message.options().GetExtension(sim::model);
  ModelInfo info;
  info.message = &message;
  info.type = options.type();
  info.doc = options.doc();
  info.cloudformation = options.cloudformation();
  info.implicit = options.implicit();
  info.metrics = copy(options.metric());
  info.behaviours = copy(options.behaviour());
  info.params = describe_params(message);
  info.initial_message = find_message(message, options.initial());
  info.operations_message = find_message(message, options.operations());
  if (info.initial_message != nullptr) {
    info.initial = describe_params(*info.initial_message);
  }
  if (info.operations_message != nullptr) {
    info.operations = describe_params(*info.operations_message);
  }
  return info;
}

FaultInfo describe_fault(const Descriptor& message) {
  const FaultOptions& options = message.options().GetExtension(sim::fault);
  return {.type = options.type(),
          .doc = options.doc(),
          .params = describe_params(message),
          .message = &message};
}

std::vector<AllowedValue> describe_enum(const EnumDescriptor& type) {
  std::vector<AllowedValue> out;
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor& each = *type.value(i);
    if (each.name().ends_with("_UNSPECIFIED")) {
      continue;  // says "not set"; nobody writes it
    }
    out.push_back({.text = spelling(each),
                   .doc = each.options().GetExtension(sim::value).doc(),
                   .number = each.number()});
  }
  return out;
}

std::string spelling(const EnumValueDescriptor& value) {
  const EnumValueOptionsExt& options = value.options().GetExtension(sim::value);
  return options.has_spelling() ? options.spelling() : value.name();
}

const FieldDescriptor* find_main_field(const Descriptor& message) {
  const std::string& name = message.options().GetExtension(sim::main_field);
  if (!name.empty()) {
    return message.FindFieldByName(name);
  }
  if (message.field_count() == 1) {
    return message.field(0);
  }
  const FieldDescriptor* only = nullptr;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (!field.options().GetExtension(sim::param).required()) {
      continue;
    }
    if (only != nullptr) {
      return nullptr;
    }
    only = &field;
  }
  return only;
}

const ParamInfo* find_param(const std::vector<ParamInfo>& params, std::string_view path) {
  const std::vector<ParamInfo>* level = &params;
  const ParamInfo* found = nullptr;
  while (true) {
    const std::size_t dot = path.find('.');
    std::string_view name = path.substr(0, dot);
    const bool any_key = found != nullptr && name == "*";
    name = name.substr(0, name.find('['));
    if (!any_key) {
      const auto it = std::find_if(level->begin(), level->end(),
                                   [&](const ParamInfo& param) { return param.name == name; });
      if (it == level->end()) {
        return nullptr;
      }
      found = &*it;
      level = &found->fields;
    }
    if (dot == std::string_view::npos) {
      return found;
    }
    path.remove_prefix(dot + 1);
  }
}

std::vector<const ParamInfo*> flatten(const std::vector<ParamInfo>& params) {
  std::vector<const ParamInfo*> out;
  flatten_into(params, out);
  return out;
}

}  // namespace updraft::sim
