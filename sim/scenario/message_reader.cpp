#include "sim/scenario/message_reader.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "sim/core/check.h"
#include "sim/scenario/distribution_reader.h"
#include "sim/scenario/message_reader_internal.h"
#include "sim/scenario/spelling.h"

namespace updraft::sim {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// A field name on the path for as long as it is read.
class MessageReader::PathStep {
 public:
  PathStep(std::string& path, std::string_view step) : path_(path), length_(path.size()) {
    if (!path_.empty() && !step.empty() && step.front() != '[' && step.front() != '.') {
      path_ += '.';
    }
    path_ += step;
  }
  ~PathStep() { path_.resize(length_); }
  PathStep(const PathStep&) = delete;
  PathStep& operator=(const PathStep&) = delete;

 private:
  std::string& path_;
  std::size_t length_;
};

// Whose fields are read, for as long as they are.
class MessageReader::SubjectScope {
 public:
  SubjectScope(MessageReader& reader, const Subject& subject)
      : reader_(reader),
        subject_(std::exchange(reader.subject_, &subject)),
        path_(std::exchange(reader.path_, {})) {}
  ~SubjectScope() {
    reader_.subject_ = subject_;
    reader_.path_ = std::move(path_);
  }
  SubjectScope(const SubjectScope&) = delete;
  SubjectScope& operator=(const SubjectScope&) = delete;

 private:
  MessageReader& reader_;
  const Subject* subject_;
  std::string path_;
};

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

// --- defaults ---

const Message& MessageReader::defaults_of(MessageInfo& info) {
  if (info.defaults == nullptr) {
    info.defaults.reset(info.prototype->New());
    for (const FieldInfo& field : info.fields) {
      // A default in a oneof would choose the shape; one with a rule comes later.
      if (field.default_text && !field.param->has_default_rule() &&
          field.field->real_containing_oneof() == nullptr) {
        set_from_text(*info.defaults, field, *field.default_text);
      }
    }
  }
  return *info.defaults;
}

std::unique_ptr<Message> MessageReader::with_defaults(const google::protobuf::Descriptor* type) {
  MessageInfo& info = schema_.of(type);
  std::unique_ptr<Message> out(info.prototype->New());
  out->CopyFrom(defaults_of(info));
  return out;
}

// A default in the user's grammar. A wrong one is a mistake of the schema, not of the user.
void MessageReader::set_from_text(Message& out, const FieldInfo& field, const std::string& text) {
  const bool list = field.field->is_repeated();
  if (field.kind == FieldKind::kText && !list && field.allowed.empty() && !field.param->zone()) {
    out.GetReflection()->SetString(&out, field.field, text);
    return;
  }
  const auto source = std::make_shared<SourceText>(text, "default of " + field.field->full_name());
  Diagnostics found(source, 10);
  Diagnostics* users = std::exchange(env_.diagnostics, &found);
  const Subject subject;
  {
    const SubjectScope scope(*this, subject);
    const PathStep step(path_, field.name());
    if (!list && !field.is_message() && (text.empty() || text.front() != '{')) {
      YamlNode node;
      node.scalar = text;
      node.start = node.end = {1, 1};
      read_field(node, field, out);
    } else if (const auto tree = YamlTree::parse(*source, {}, found); tree && tree->root()) {
      read_field(*tree->root(), field, out);
    } else {
      found.add({1, 1}, 1, "no value");
    }
  }
  env_.diagnostics = users;
  try {
    found.throw_if_any();
  } catch (const ScenarioError& error) {
    throw_invariant("default", "message_reader.cpp", 0, error.summary());
  }
}

void MessageReader::apply_rules(Message& root, std::vector<std::string>* zones) {
  visit(root, root, zones);
}

void MessageReader::visit(Message& self, const Message& root, std::vector<std::string>* zones) {
  const MessageInfo& info = schema_.of(self.GetDescriptor());
  const Reflection& reflection = *self.GetReflection();
  for (const FieldInfo* field : info.deep) {
    if (field->param->has_default_rule()) {
      apply_rule(*field, self, root);
    }
  }
  for (const FieldInfo* field : info.deep) {
    const bool list = field->field->is_repeated();
    const int count = list ? reflection.FieldSize(self, field->field)
                           : (reflection.HasField(self, field->field) ? 1 : 0);
    for (int i = 0; i < count; ++i) {
      if (field->is_message()) {
        visit(list ? *reflection.MutableRepeatedMessage(&self, field->field, i)
                   : *reflection.MutableMessage(&self, field->field),
              root, zones);
      } else if (field->param->zone() && zones != nullptr) {
        zones->push_back(list ? reflection.GetRepeatedString(self, field->field, i)
                              : reflection.GetString(self, field->field));
      }
    }
  }
}

void MessageReader::apply_rule(const FieldInfo& field, Message& self, const Message& root) {
  const Reflection& reflection = *self.GetReflection();
  const bool given = field.field->is_repeated() ? reflection.FieldSize(self, field.field) > 0
                                                : reflection.HasField(self, field.field);
  if (given || field.field->real_containing_oneof() != nullptr) {
    return;
  }
  const NestedDefaultRule* rule = env_.registry.default_rule(field.param->default_rule());
  SIM_CHECK(rule != nullptr, "default rule \"{}\" of {} is not registered",
            field.param->default_rule(), field.field->full_name());
  std::optional<std::string> text = (*rule)(self, root);
  if (!text) {
    text = field.default_text;
  }
  if (text) {
    set_from_text(self, field, *text);
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
      ok = fail(node,
                fmt::format("{} needs one of {}", path_.empty() ? "it" : path_, listed(names)));
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
    return bad(node, trim_hint(hint(node.scalar, allowed, "it must be one of")));
  }
  target.set_enum(target.info.allowed_numbers[static_cast<std::size_t>(found - allowed.begin())]);
  return true;
}

// --- text: names, zones, files, instants ---

bool MessageReader::read_text(const YamlNode& node, const Target& target) {
  const Param& param = *target.info.param;
  if (param.zone()) {
    return read_zone(node, target);
  }
  if (param.refers_to_size() > 0) {
    return read_reference(node, target);
  }
  if (param.file()) {
    const Result<std::string> file = env_.files.check(node.scalar);
    if (!file) {
      return bad(node, file.error());
    }
    target.set_text(*file);
    return true;
  }
  if (target.info.quantity == QuantityKind::kInstant) {
    const Result<std::int64_t> instant = parse_instant(node.scalar);
    if (!instant) {
      return bad(node, instant.error());
    }
  }
  const std::vector<std::string>& allowed = target.info.allowed;
  if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), node.scalar) == allowed.end()) {
    return bad(node, trim_hint(hint(node.scalar, allowed, "it must be one of")));
  }
  target.set_text(node.scalar);
  return true;
}

bool MessageReader::read_reference(const YamlNode& node, const Target& target) {
  references_.push_back({subject_->label, path_, subject_->folder, node.scalar, node.start,
                         node.width(), target.info.param});
  target.set_text(node.scalar);
  return true;
}

// Named after where it stands: "fleet/launch_template", "web-alb/listeners/0/forward".
bool MessageReader::read_inline(const YamlNode& node, const Target& target) {
  const Param& param = *target.info.param;
  SIM_CHECK(param.refers_to_size() > 0, "{} is inline and refers to no type",
            target.info.field->full_name());
  if (subject_->owner.empty()) {
    return bad(node, "it must be the name of a resource");
  }
  std::string name = subject_->owner + "/";
  for (const char c : path_) {
    if (c == '.' || c == '[') {
      name += '/';
    } else if (c != ']') {
      name += c;
    }
  }
  InlineResource resource{name, param.refers_to(0), &node};
  if (param.refers_to_size() > 1 && node.entries.size() == 1) {
    // Where more than one type may stand, its name may be given: {launch_template: {...}}.
    const YamlNode::Entry& only = node.entries.front();
    const auto& types = param.refers_to();
    if (only.value->is_mapping() &&
        std::find(types.begin(), types.end(), only.key->scalar) != types.end()) {
      resource.type = only.key->scalar;
      resource.node = only.value;
    }
  }
  inline_resources_.push_back(std::move(resource));
  target.set_text(name);
  return true;
}

// "a" and "us-east-1a" are the same zone; the plan has the letter.
bool MessageReader::read_zone(const YamlNode& node, const Target& target) {
  std::string zone = node.scalar;
  if (!env_.region.empty() && zone.starts_with(env_.region)) {
    zone = zone.substr(env_.region.size());
  }
  const bool letter = zone.size() == 1 && zone.front() >= 'a' && zone.front() <= 'z';
  const Region* region = env_.registry.region(env_.region);
  if (region != nullptr && !region->zones.empty()) {
    const auto& zones = region->zones;
    if (std::find(zones.begin(), zones.end(), zone) == zones.end()) {
      return bad(node, fmt::format("the zones of {} are {}", env_.region, listed(zones)));
    }
  } else if (!letter) {
    return bad(node,
               fmt::format("it must be the letter of a zone, such as a for {}a", env_.region));
  }
  zone_uses_.push_back({subject_->label, path_, zone, node.start, node.width()});
  target.set_text(zone);
  return true;
}

}  // namespace updraft::sim
