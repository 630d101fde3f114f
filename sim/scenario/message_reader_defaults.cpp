// Plain defaults, and those that other fields decide.
#include <memory>
#include <optional>
#include <utility>

#include "sim/core/check.h"
#include "sim/scenario/message_reader_internal.h"

namespace updraft::sim {

using google::protobuf::Message;
using google::protobuf::Reflection;

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
  visit(root, {.root = root, .parent = root}, zones);
}

void MessageReader::visit(Message& self, const Around& around, std::vector<std::string>* zones) {
  const MessageInfo& info = schema_.of(self.GetDescriptor());
  const Reflection& reflection = *self.GetReflection();
  for (const FieldInfo* field : info.deep) {
    if (field->param->has_default_rule()) {
      apply_rule(*field, self, around);
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
              {.root = around.root, .parent = self}, zones);
      } else if (field->param->zone() && zones != nullptr) {
        zones->push_back(list ? reflection.GetRepeatedString(self, field->field, i)
                              : reflection.GetString(self, field->field));
      }
    }
  }
}

void MessageReader::apply_rule(const FieldInfo& field, Message& self, const Around& around) {
  const Reflection& reflection = *self.GetReflection();
  const bool given = field.field->is_repeated() ? reflection.FieldSize(self, field.field) > 0
                                                : reflection.HasField(self, field.field);
  if (given || field.field->real_containing_oneof() != nullptr) {
    return;
  }
  const NestedDefaultRule* rule = env_.registry.default_rule(field.param->default_rule());
  SIM_CHECK(rule != nullptr, "default rule \"{}\" of {} is not registered",
            field.param->default_rule(), field.field->full_name());
  std::optional<std::string> text = (*rule)(self, around);
  if (!text) {
    text = field.default_text;
  }
  if (text) {
    set_from_text(self, field, *text);
  }
}

}  // namespace updraft::sim
