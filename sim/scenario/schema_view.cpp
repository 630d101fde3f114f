#include "sim/scenario/schema_view.h"

#include <utility>

#include <fmt/format.h>

#include "sim/core/check.h"
#include "sim/schema/quantity.pb.h"
#include "sim/schema/wording.h"

namespace updraft::sim {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

FieldKind kind_of(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return FieldKind::kBool;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return FieldKind::kSigned;
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return FieldKind::kUnsigned;
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return FieldKind::kReal;
    case FieldDescriptor::CPPTYPE_ENUM:
      return FieldKind::kEnum;
    case FieldDescriptor::CPPTYPE_STRING:
      return FieldKind::kText;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  if (field->message_type() == DurationValue::descriptor()) {
    return FieldKind::kDuration;
  }
  if (field->message_type() == DistributionValue::descriptor()) {
    return FieldKind::kDistribution;
  }
  return FieldKind::kMessage;
}

// Bounds may be bare numbers ("0"), then in the field's own unit.
Bound parse_bound(const FieldInfo& info, const std::string& text) {
  const std::string& unit = info.param->unit();
  Bound bound;
  bound.text = text;
  const auto fail = [&](const std::string& why) {
    throw_invariant("schema", "schema_view.cpp", 0,
                    fmt::format("bound \"{}\" of {}: {}", text, info.field->full_name(), why));
  };
  const bool bare = parse_number(text).ok();
  if (info.kind == FieldKind::kDuration ||
      (info.kind == FieldKind::kDistribution && info.quantity == QuantityKind::kTime)) {
    const Result<std::int64_t> ns = parse_duration(bare ? text + "s" : text);
    if (!ns) {
      fail(ns.error());
    }
    bound.whole = *ns;
    bound.real = static_cast<double>(*ns);
    return bound;
  }
  const Result<double> real = bare ? parse_number(text) : parse_quantity(text, unit);
  if (!real) {
    fail(real.error());
  }
  bound.real = *real;
  if (info.kind == FieldKind::kSigned) {
    const Result<std::int64_t> whole = bare ? parse_int(text) : parse_whole_quantity(text, unit);
    if (!whole) {
      fail(whole.error());
    }
    bound.whole = *whole;
  } else if (info.kind == FieldKind::kUnsigned) {
    const Result<std::uint64_t> natural =
        bare ? parse_uint(text) : Result<std::uint64_t>(static_cast<std::uint64_t>(*real));
    if (!natural) {
      fail(natural.error());
    }
    bound.natural = *natural;
  }
  return bound;
}

// Times, sizes and rates of the world are not negative unless the schema says so.
std::string implied_min(const FieldInfo& info) {
  const bool quantity = info.kind == FieldKind::kDuration ||
                        info.kind == FieldKind::kDistribution || info.kind == FieldKind::kReal ||
                        info.kind == FieldKind::kSigned;
  if (!quantity) {
    return "";
  }
  switch (info.quantity) {
    case QuantityKind::kTime:
      return "0s";
    case QuantityKind::kBytes:
      return "0B";
    case QuantityKind::kRate:
      return "0/s";
    case QuantityKind::kByteRate:
      return "0B/s";
    case QuantityKind::kBitRate:
      return "0bit/s";
    default:
      return "";
  }
}

}  // namespace

std::string spelling_of(const google::protobuf::EnumValueDescriptor* value) {
  const auto& options = value->options();
  if (options.HasExtension(sim::value) && options.GetExtension(sim::value).has_spelling()) {
    return options.GetExtension(sim::value).spelling();
  }
  return value->name();
}

std::string folder_note(const google::protobuf::FileDescriptor* file) {
  const std::string& path = file->name();
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
  return folder.empty() || folder == "sim/scenario" ? "" : fmt::format(" ({})", folder);
}

std::string FieldInfo::range() const {
  if (min && max) {
    return fmt::format("{} to {}", min->text, max->text);
  }
  if (min) {
    return fmt::format("at least {}", min->text);
  }
  return max ? fmt::format("at most {}", max->text) : "";
}

std::string FieldInfo::expected() const {
  std::string what;
  const bool plain = quantity == QuantityKind::kNumber;
  switch (kind) {
    case FieldKind::kBool:
      return "true or false";
    case FieldKind::kSigned:
    case FieldKind::kUnsigned:
      what = plain ? "a whole number" : std::string(expected_of(quantity));
      break;
    case FieldKind::kReal:
      what = expected_of(quantity);
      break;
    case FieldKind::kDuration:
      what = expected_of(QuantityKind::kTime);
      break;
    case FieldKind::kDistribution:
      what = fmt::format("{} or a distribution such as {{exponential: {}}}", expected_of(quantity),
                         quantity == QuantityKind::kTime ? "90s" : "...");
      break;
    case FieldKind::kMessage:
      return "a mapping";
    case FieldKind::kText:
      if (param->zone()) {
        return "a zone such as a";
      }
      if (param->refers_to_size() > 0) {
        return "the name of a resource";
      }
      if (param->file()) {
        return "the name of a file";
      }
      if (quantity == QuantityKind::kInstant) {
        return std::string(expected_of(quantity));
      }
      [[fallthrough]];
    case FieldKind::kEnum:
      return allowed.empty() ? "text" : "one of " + listed(allowed);
  }
  const std::string bounds = range();
  return bounds.empty() ? what : what + ", " + bounds;
}

const FieldInfo* MessageInfo::find(std::string_view name) const {
  const FieldDescriptor* field = type->FindFieldByName(std::string(name));
  return field == nullptr ? nullptr : &fields[static_cast<std::size_t>(field->index())];
}

std::vector<std::string> MessageInfo::names(const FieldDescriptor* without) const {
  std::vector<std::string> out;
  for (const FieldInfo& info : fields) {
    if (info.field != without) {
      out.push_back(info.field->name());
    }
  }
  return out;
}

FieldInfo SchemaView::describe(const FieldDescriptor* field) const {
  FieldInfo info;
  info.field = field;
  info.param = &field->options().GetExtension(sim::param);
  info.kind = kind_of(field);
  info.quantity = quantity_kind(info.param->unit());
  if (info.kind == FieldKind::kDuration) {
    info.quantity = QuantityKind::kTime;
  }
  if (info.kind == FieldKind::kEnum) {
    for (int i = 0; i < field->enum_type()->value_count(); ++i) {
      const auto* value = field->enum_type()->value(i);
      if (!value->name().ends_with("_UNSPECIFIED")) {
        info.allowed.push_back(spelling_of(value));
        info.allowed_numbers.push_back(value->number());
      }
    }
  }
  info.allowed.insert(info.allowed.end(), info.param->one_of_values().begin(),
                      info.param->one_of_values().end());
  const std::string min = info.param->has_min() ? info.param->min() : implied_min(info);
  if (!min.empty()) {
    info.min = parse_bound(info, min);
  }
  if (info.param->has_max()) {
    info.max = parse_bound(info, info.param->max());
  }
  if (info.param->has_default_value()) {
    info.default_text = info.param->default_value();
  }
  // The latest edition not after the scenario's; "2023-11" compares as text.
  std::string latest;
  for (const Edition& edition : info.param->edition()) {
    if (edition.from() <= edition_ && edition.from() >= latest && edition.has_default_value()) {
      latest = edition.from();
      info.default_text = edition.default_value();
    }
  }
  return info;
}

MessageInfo& SchemaView::of(const Descriptor* type) {
  std::unique_ptr<MessageInfo>& slot = infos_[type];
  if (slot != nullptr) {
    return *slot;
  }
  slot = std::make_unique<MessageInfo>();
  MessageInfo& info = *slot;
  info.type = type;
  info.prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  SIM_CHECK(info.prototype != nullptr, "no prototype of {}", type->full_name());
  info.fields.reserve(static_cast<std::size_t>(type->field_count()));
  for (int i = 0; i < type->field_count(); ++i) {
    info.fields.push_back(describe(type->field(i)));
  }
  const FieldInfo* only_required = nullptr;
  int required = 0;
  for (const FieldInfo& field : info.fields) {
    if (field.is_message() || field.param->zone() || field.param->has_default_rule()) {
      info.deep.push_back(&field);
    }
    if (field.param->required()) {
      ++required;
      only_required = &field;
    }
  }
  if (type->options().HasExtension(sim::main_field)) {
    info.main = info.find(type->options().GetExtension(sim::main_field));
    SIM_CHECK(info.main != nullptr, "main_field of {} names no field", type->full_name());
  } else if (info.fields.size() == 1) {
    info.main = &info.fields.front();
  } else if (required == 1) {
    info.main = only_required;
  }
  return info;
}

}  // namespace updraft::sim
