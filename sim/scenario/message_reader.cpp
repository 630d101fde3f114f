#include "sim/scenario/message_reader.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "sim/core/check.h"
#include "sim/scenario/distribution_reader.h"
#include "sim/scenario/message_reader_internal.h"
#include "sim/schema/wording.h"

namespace updraft::sim {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

MessageReader::MessageReader(Environment environment)
    : env_(std::move(environment)), schema_(env_.edition) {}

bool MessageReader::read(const Subject& subject, const YamlNode& node, Message& out,
                         const FieldDescriptor* key_field) {
  const SubjectScope scope(*this, subject);
  return read_message(node, out, key_field);
}

bool MessageReader::read_known(const Subject& subject, const YamlNode& node, Message& out) {
  const SubjectScope scope(*this, subject);
  MessageInfo& info = schema_.of(out.GetDescriptor());
  out.CopyFrom(defaults_of(info));
  return read_mapping(node, info, out, nullptr, /*only_known=*/true);
}

bool MessageReader::read_one(const Subject& subject, const YamlNode& value, const FieldInfo& field,
                             Message& out) {
  const SubjectScope scope(*this, subject);
  const PathStep step(path_, field.name());
  wrote(value);
  return read_field(value, field, out);
}

void MessageReader::report(const Subject& subject, const YamlNode& node, std::string_view text) {
  const SubjectScope scope(*this, subject);
  fail(node, text);
}

std::string MessageReader::hint(std::string_view word, const std::vector<std::string>& candidates,
                                std::string_view label) const {
  constexpr std::size_t kFew = 200;
  return env_.diagnostics->size() < kFew ? suggestion(word, candidates, label) : "";
}

// --- findings ---

bool MessageReader::fail(const YamlNode& node, std::string_view sentence) {
  env_.diagnostics->add(node.start, node.width(),
                        fmt::format("{}{}{}", subject_->label, sentence, subject_->folder));
  return false;
}

bool MessageReader::bad(const YamlNode& node, std::string_view error) {
  return fail(node, fmt::format("{} is {}; {}", path_.empty() ? "the value" : path_,
                                describe_value(node), error));
}

void MessageReader::wrote(const YamlNode& node) {
  if (subject_->written != nullptr) {
    subject_->written->add(path_, node.start);
  }
}

// --- messages ---

bool MessageReader::read_message(const YamlNode& node, Message& out,
                                 const FieldDescriptor* key_field) {
  MessageInfo& info = schema_.of(out.GetDescriptor());
  out.CopyFrom(defaults_of(info));
  if (!node.is_mapping()) {
    return read_short_form(node, info, out, key_field);
  }
  return read_mapping(node, info, out, key_field, /*only_known=*/false);
}

bool MessageReader::read_short_form(const YamlNode& node, MessageInfo& info, Message& out,
                                    const FieldDescriptor* key_field) {
  const FieldInfo* main = info.main;
  const bool fits = main != nullptr && main->field != key_field && !node.is_null() &&
                    (node.is_scalar() || main->field->is_repeated());
  if (!fits) {
    const std::vector<std::string> names = info.names(key_field);
    return bad(node, names.empty() ? "it must be {}"
                                   : fmt::format("it must be a mapping of {}", listed(names)));
  }
  if (subject_->written != nullptr) {
    const PathStep step(path_, main->name());
    wrote(node);
  }
  // Messages speak of what the user wrote, `rate`; where that has no name, of the field.
  const PathStep step(path_, path_.empty() ? std::string_view(main->name()) : std::string_view());
  const bool read = read_field(node, *main, out);
  const std::vector<Seen> seen = {{main, &node}};
  return check_missing(node, info, seen, key_field) && read;
}

bool MessageReader::read_mapping(const YamlNode& node, MessageInfo& info, Message& out,
                                 const FieldDescriptor* key_field, bool only_known) {
  bool ok = true;
  std::vector<Seen> seen;
  seen.reserve(node.entries.size());
  for (const YamlNode::Entry& entry : node.entries) {
    const FieldInfo* field = info.find(entry.key->scalar);
    if (field == nullptr || field->field == key_field) {
      ok = (only_known || unknown_key(*entry.key, info, key_field)) && ok;
      continue;
    }
    // A repeated key was found by the tree; its second value would only repeat what is said of the
    // first.
    const auto again = [&](const Seen& before) { return before.field == field; };
    if (std::any_of(seen.begin(), seen.end(), again)) {
      ok = false;
      continue;
    }
    seen.push_back({field, entry.key});
    const PathStep step(path_, field->name());
    wrote(*entry.value);
    ok = read_field(*entry.value, *field, out) && ok;
  }
  ok = check_oneofs(node, info, seen) && ok;
  return check_missing(node, info, seen, key_field) && ok;
}

bool MessageReader::unknown_key(const YamlNode& key, const MessageInfo& info,
                                const FieldDescriptor* key_field) {
  const std::string in = path_.empty() ? "" : fmt::format(" in {}", path_);
  for (const FieldInfo& field : info.fields) {
    if (field.param->has_cloudformation() && field.param->cloudformation() == key.scalar) {
      return fail(key, fmt::format("no key {}{}; did you mean \"{}\"?", in_quotes(key.scalar), in,
                                   field.name()));
    }
  }
  return fail(key, fmt::format("no key {}{}{}", in_quotes(key.scalar), in,
                               hint(key.scalar, info.names(key_field), "the keys are")));
}

bool MessageReader::check_missing(const YamlNode& node, const MessageInfo& info,
                                  const std::vector<Seen>& seen, const FieldDescriptor* key_field) {
  bool ok = true;
  for (const FieldInfo& field : info.fields) {
    if (!field.param->required() || field.field == key_field ||
        std::any_of(seen.begin(), seen.end(), [&](const Seen& s) { return s.field == &field; })) {
      continue;
    }
    const PathStep step(path_, field.name());
    const std::string expected = field.field->is_repeated()
                                     ? (field.param->has_keyed_by() ? "a mapping" : "a list")
                                     : field.expected();
    ok = fail(node, fmt::format("{} is missing; it must be {}", path_, expected));
  }
  return ok;
}

bool MessageReader::check_oneofs(const YamlNode& node, const MessageInfo& info,
                                 const std::vector<Seen>& seen) {
  bool ok = true;
  const std::string of = path_.empty() ? "" : path_ + ": ";
  for (int i = 0; i < info.type->real_oneof_decl_count(); ++i) {
    const auto* oneof = info.type->oneof_decl(i);
    std::vector<std::string> names;
    for (int j = 0; j < oneof->field_count(); ++j) {
      names.push_back(oneof->field(j)->name());
    }
    const Seen* first = nullptr;
    for (const Seen& one : seen) {
      if (one.field->field->real_containing_oneof() != oneof) {
        continue;
      }
      if (first != nullptr) {
        ok = fail(*one.key, fmt::format("{}{} and {} exclude one another; give one{}", of,
                                        first->field->name(), one.field->name(),
                                        names.size() > 2 ? " of " + listed(names) : ""));
      } else {
        first = &one;
      }
    }
    if (first == nullptr && oneof->options().GetExtension(one_required)) {
      ok = fail(node, fmt::format("{} needs {}{}", path_.empty() ? "it" : path_,
                                  names.size() > 1 ? "one of " : "", listed(names)));
    }
  }
  return ok;
}

// --- fields ---

bool MessageReader::read_field(const YamlNode& node, const FieldInfo& info, Message& out) {
  if (!info.field->is_repeated()) {
    return read_value(node, {out, info, false});
  }
  out.GetReflection()->ClearField(&out, info.field);
  return info.param->has_keyed_by() ? read_keyed(node, info, out) : read_list(node, info, out);
}

bool MessageReader::read_list(const YamlNode& node, const FieldInfo& info, Message& out) {
  if (!node.is_sequence()) {
    const bool value = node.is_scalar() && !node.is_null() && !info.is_message();
    return bad(node, value ? fmt::format("it must be a list: [{}]", shown(node.scalar))
                           : std::string("it must be a list"));
  }
  if (node.items.empty() && info.param->required()) {
    return bad(node, "it must have at least one element");
  }
  // Names of resources and zones are sets: the same twice is a slip.
  const bool is_set =
      info.kind == FieldKind::kText && (info.param->zone() || info.param->refers_to_size() > 0);
  std::set<std::string> names;
  bool ok = true;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const PathStep step(path_, fmt::format("[{}]", i));
    const YamlNode& item = *node.items[i];
    const bool read = read_value(item, {out, info, true});
    ok = ok && read;
    if (!read || !is_set) {
      continue;
    }
    const Reflection& reflection = *out.GetReflection();
    const int last = reflection.FieldSize(out, info.field) - 1;
    if (!names.insert(reflection.GetRepeatedString(out, info.field, last)).second) {
      ok = bad(item, "it stands in the list already");
    }
  }
  return ok;
}

bool MessageReader::read_keyed(const YamlNode& node, const FieldInfo& info, Message& out) {
  if (!node.is_mapping()) {
    return bad(node, "it must be a mapping from names: {name: ...}");
  }
  if (node.entries.empty() && info.param->required()) {
    return bad(node, "it must have at least one element");
  }
  const MessageInfo& element_info = schema_.of(info.field->message_type());
  const FieldInfo* key_info = element_info.find(info.param->keyed_by());
  SIM_CHECK(key_info != nullptr, "keyed_by of {} names no field", info.field->full_name());
  std::vector<YamlNode::Entry> entries = node.entries;
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.key->scalar < b.key->scalar; });
  bool ok = true;
  for (const YamlNode::Entry& entry : entries) {
    const PathStep step(path_, shown(entry.key->scalar));
    wrote(*entry.value);
    Message& element = *out.GetReflection()->AddMessage(&out, info.field);
    const bool value_ok = read_message(*entry.value, element, key_info->field);
    const bool key_ok = read_value(*entry.key, {element, *key_info, false});
    ok = ok && value_ok && key_ok;
  }
  return ok;
}

bool MessageReader::read_value(const YamlNode& node, const Target& target) {
  const FieldInfo& info = target.info;
  if (info.is_message()) {
    const Reflection& reflection = *target.out.GetReflection();
    Message& inner = target.add ? *reflection.AddMessage(&target.out, info.field)
                                : *reflection.MutableMessage(&target.out, info.field);
    return read_message(node, inner, nullptr);
  }
  if (info.kind == FieldKind::kDistribution && !node.is_null()) {
    return read_distribution(node, target);
  }
  if (node.is_mapping() && info.param->inline_resource()) {
    return read_inline(node, target);
  }
  if (!node.is_scalar() || node.is_null()) {
    return bad(node, fmt::format("it must be {}", info.expected()));
  }
  return read_scalar(node, target);
}

bool MessageReader::read_scalar(const YamlNode& node, const Target& target) {
  switch (target.info.kind) {
    case FieldKind::kBool: {
      const Result<bool> value = parse_bool(node.scalar);
      if (!value || node.quoted) {
        return bad(
            node, value.ok() ? fmt::format("write {} without quotes", node.scalar) : value.error());
      }
      target.set_bool(*value);
      return true;
    }
    case FieldKind::kSigned:
    case FieldKind::kUnsigned:
    case FieldKind::kReal:
      return read_number(node, target);
    case FieldKind::kDuration:
      return read_duration(node, target);
    case FieldKind::kEnum:
      return read_enum(node, target);
    default:
      return read_text(node, target);
  }
}

bool MessageReader::read_duration(const YamlNode& node, const Target& target) {
  const Result<std::int64_t> ns = parse_duration(node.scalar);
  if (!ns) {
    return bad(node, ns.error());
  }
  const FieldInfo& info = target.info;
  if ((info.min && *ns < info.min->whole) || (info.max && *ns > info.max->whole)) {
    return bad(node, fmt::format("it must be {}", info.range()));
  }
  target.set_duration(*ns);
  return true;
}

bool MessageReader::read_distribution(const YamlNode& node, const Target& target) {
  const auto report = [this](const DistributionReader::Finding& finding) {
    const PathStep step(path_, finding.path);
    if (finding.about_value) {
      bad(finding.node, finding.text);
    } else {
      fail(finding.node, fmt::format("{}: {}", path_, finding.text));
    }
  };
  const Reflection& reflection = *target.out.GetReflection();
  auto& value = static_cast<DistributionValue&>(
      target.add ? *reflection.AddMessage(&target.out, target.info.field)
                 : *reflection.MutableMessage(&target.out, target.info.field));
  return DistributionReader(target.info, env_.files, report).read(node, value);
}

bool MessageReader::read_enum(const YamlNode& node, const Target& target) {
  const std::vector<std::string>& allowed = target.info.allowed;
  const auto found = std::find(allowed.begin(), allowed.end(), node.scalar);
  if (found == allowed.end()) {
    return bad(node, trim_hint(hint(node.scalar, allowed,
                                    allowed.size() > 1 ? "it must be one of" : "it must be")));
  }
  target.set_enum(target.info.allowed_numbers[static_cast<std::size_t>(found - allowed.begin())]);
  return true;
}

}  // namespace updraft::sim
