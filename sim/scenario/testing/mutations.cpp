#include "sim/scenario/testing/mutations.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "sim/core/check.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/scenario.pb.h"
#include "sim/scenario/schema_view.h"
#include "sim/scenario/testing/bad_scenarios.h"
#include "sim/scenario/yaml_tree.h"
#include "sim/schema/quantity.h"

namespace updraft::sim::testing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

struct Wrong {
  std::string value;
  std::string mention;  // beside the field's name
};

// A number in the field's unit, as it is written.
std::string with_unit(double number, const FieldInfo& field) {
  std::string text = fmt::format("{}", number);
  const std::string& unit = field.param->unit();
  switch (field.quantity) {
    case QuantityKind::kTime:
      return text + (unit == "min" ? "m" : unit.empty() ? "s" : unit);
    case QuantityKind::kBytes:
      return text + (unit == "bytes" ? "B" : unit);
    case QuantityKind::kRate:
      return text + unit.substr(1);
    case QuantityKind::kByteRate:
    case QuantityKind::kBitRate:
      return text + unit;
    default:
      return text;
  }
}

bool needs_unit(const FieldInfo& field) {
  switch (field.quantity) {
    case QuantityKind::kTime:
    case QuantityKind::kBytes:
    case QuantityKind::kRate:
    case QuantityKind::kByteRate:
    case QuantityKind::kBitRate:
      return true;
    default:
      return false;
  }
}

void add_numbers(const FieldInfo& field, std::vector<Wrong>& out) {
  out.push_back({"many", "it must be"});
  if (needs_unit(field)) {
    out.push_back({"7", "missing unit"});
  }
  if (field.kind == FieldKind::kReal) {
    if (field.min) {
      out.push_back({with_unit(field.min->real - 1, field), field.min->text});
    }
    if (field.max) {
      out.push_back({with_unit(field.max->real * 2 + 1, field), field.max->text});
    }
    return;
  }
  if (field.quantity == QuantityKind::kNumber) {
    out.push_back({"1.5", "whole number"});
    out.push_back({"\"1\"", "without quotes"});
  }
  const bool is_unsigned = field.kind == FieldKind::kUnsigned;
  if (is_unsigned) {
    out.push_back({with_unit(-1, field), "it must be"});
  }
  if (field.min && !(is_unsigned && field.min->natural == 0)) {
    const double least = is_unsigned ? static_cast<double>(field.min->natural)
                                     : static_cast<double>(field.min->whole);
    out.push_back({with_unit(least - 1, field), field.min->text});
  }
  if (field.max) {
    const double most = is_unsigned ? static_cast<double>(field.max->natural)
                                    : static_cast<double>(field.max->whole);
    out.push_back({with_unit(most + 1, field), field.max->text});
  }
}

void add_durations(const FieldInfo& field, std::vector<Wrong>& out) {
  out.push_back({"90", "write 90s"});
  out.push_back({"5parsecs", "it must be"});
  out.back().mention = "no unit of time";
  if (field.min) {
    out.push_back({format_duration(field.min->whole - 1), field.min->text});
  }
  if (field.max) {
    out.push_back({format_duration(field.max->whole + 1), field.max->text});
  }
}

void add_distributions(const FieldInfo& field, std::vector<Wrong>& out) {
  out.push_back({"{lognormall: {mean: 1}}", "lognormal"});
  out.push_back({"{lognormal: 3, exponential: 4}", "one law"});
  out.push_back({"[1]", "it must be"});
  if (needs_unit(field)) {
    out.push_back({"7", "missing unit"});
  }
  if (field.min && field.quantity == QuantityKind::kTime) {
    out.push_back({format_duration(field.min->whole - 1), field.min->text});
  } else if (field.min) {
    out.push_back({with_unit(field.min->real - 1, field), field.min->text});
  }
  if (field.max && field.quantity == QuantityKind::kTime) {
    out.push_back({format_duration(field.max->whole + 1), field.max->text});
  } else if (field.max) {
    out.push_back({with_unit(field.max->real * 2 + 1, field), field.max->text});
  }
}

void add_text(const FieldInfo& field, std::vector<Wrong>& out) {
  if (field.param->zone()) {
    out.push_back({"zz9", "zone"});
  } else if (field.param->refers_to_size() > 0) {
    out.push_back({"zz-nobody", "no resource \"zz-nobody\""});
  } else if (field.param->file()) {
    out.push_back({"zz_no_such_file.csv", "there is no such file"});
    out.push_back({"../zz.csv", "leaves the scenario's folder"});
  } else if (field.quantity == QuantityKind::kInstant) {
    out.push_back({"yesterday", "instant"});
  }
}

// Wrong values of one element.
std::vector<Wrong> wrong_elements(const FieldInfo& field) {
  std::vector<Wrong> out;
  const bool takes_mapping = field.is_message() || field.kind == FieldKind::kDistribution ||
                             field.param->inline_resource();
  if (!takes_mapping) {
    out.push_back({"{zz: 1}", "it must be"});
  }
  out.push_back({"~", "empty"});
  switch (field.kind) {
    case FieldKind::kBool:
      out.push_back({"yes", "write true"});
      out.push_back({"maybe", "true or false"});
      break;
    case FieldKind::kSigned:
    case FieldKind::kUnsigned:
    case FieldKind::kReal:
      add_numbers(field, out);
      break;
    case FieldKind::kDuration:
      add_durations(field, out);
      break;
    case FieldKind::kDistribution:
      add_distributions(field, out);
      break;
    case FieldKind::kEnum:
      break;
    case FieldKind::kText:
      add_text(field, out);
      break;
    case FieldKind::kMessage:
      out.push_back({"{zz_unknown: 1}", "no key \"zz_unknown\""});
      break;
  }
  if (!field.allowed.empty()) {
    out.push_back({field.allowed.front() + "x", "did you mean"});
    out.push_back({"Zzyzzyva", field.allowed.front()});
  }
  return out;
}

std::vector<Wrong> wrong_for(const FieldInfo& field) {
  std::vector<Wrong> elements = wrong_elements(field);
  if (!field.field->is_repeated()) {
    if (!field.is_message() && field.kind != FieldKind::kDistribution) {
      elements.push_back({"[zz]", "it must be"});
    }
    return elements;
  }
  if (field.param->has_keyed_by()) {
    return {{"[zz]", "it must be a mapping"}, {"zz", "it must be a mapping"}};
  }
  std::vector<Wrong> out = {{"zz", "it must be a list"}};
  for (const Wrong& element : elements) {
    out.push_back({fmt::format("[{}]", element.value), element.mention});
  }
  return out;
}

class Mutator {
 public:
  Mutator(const std::string& text, const TypeRegistry& registry)
      : source_(std::make_shared<const SourceText>(text, "scenario")),
        registry_(registry),
        found_(source_, 10),
        schema_("9999-12") {
    tree_ = YamlTree::parse(*source_, {}, found_);
    SIM_CHECK(tree_ && tree_->root() != nullptr && tree_->root()->is_mapping(),
              "the scenario to mutate is no mapping");
  }

  std::vector<Mutation> run() {
    const YamlNode& root = *tree_->root();
    mutate(root, ScenarioHeader::descriptor(), nullptr, "");
    each(root, "resources", [&](const YamlNode::Entry& entry) {
      const YamlNode::Entry& typed = entry.value->entries.front();
      types_[entry.key->scalar] = registry_.resource(typed.key->scalar);
      mutate(*typed.value, types_[entry.key->scalar]->params->GetDescriptor(), nullptr,
             entry.key->scalar);
    });
    each(root, "initial", [&](const YamlNode::Entry& entry) {
      mutate(*entry.value, types_[entry.key->scalar]->initial->GetDescriptor(), nullptr,
             "initial." + entry.key->scalar);
    });
    each(root, "traffic", [&](const YamlNode::Entry& entry) {
      mutate(*entry.value, Traffic::descriptor(), Traffic::descriptor()->FindFieldByName("name"),
             "traffic." + entry.key->scalar);
    });
    schedule(root, "faults");
    schedule(root, "operations");
    return std::move(out_);
  }

 private:
  template <class Function>
  void each(const YamlNode& root, std::string_view section, Function function) {
    if (const YamlNode::Entry* entry = root.find(section)) {
      for (const YamlNode::Entry& one : entry->value->entries) {
        function(one);
      }
    }
  }

  void schedule(const YamlNode& root, std::string_view section) {
    const YamlNode::Entry* list = root.find(section);
    if (list == nullptr) {
      return;
    }
    const MessageInfo& timing = schema_.of(Timing::descriptor());
    for (const YamlNode* item : list->value->items) {
      for (const YamlNode::Entry& entry : item->entries) {
        const std::string& key = entry.key->scalar;
        if (const FieldInfo* time = timing.find(key)) {
          value(entry, *time, std::string(section));
        }
        if (const FaultType* type = registry_.fault(key); type != nullptr && section == "faults") {
          mutate(*entry.value, type->params->GetDescriptor(), nullptr, "faults." + key);
        } else if (types_.count(key) > 0 && section == "operations" && entry.value->is_mapping()) {
          const YamlNode::Entry& operation = entry.value->entries.front();
          const Descriptor* operations = types_[key]->operations->GetDescriptor();
          value(operation, *schema_.of(operations).find(operation.key->scalar),
                "operations." + key);
        }
      }
    }
  }

  // Every field of a written message, with the key that the mapping takes left out.
  void mutate(const YamlNode& node, const Descriptor* type, const FieldDescriptor* key_field,
              const std::string& path) {
    const MessageInfo& info = schema_.of(type);
    if (!node.is_mapping()) {
      if (info.main != nullptr) {
        // Written in place of the mapping: messages speak of what the user wrote, not of the field.
        value({&node, &node}, *info.main, path, /*mention=*/"");
      }
      return;
    }
    insert(node, "zz_no_such_key", {"1", "no key \"zz_no_such_key\""}, path);
    for (const FieldInfo& field : info.fields) {
      if (field.field == key_field) {
        continue;
      }
      const YamlNode::Entry* entry = node.find(field.name());
      if (entry != nullptr) {
        value(*entry, field, path);
        if (field.param->required()) {
          replace(*entry->key, {"zz_other_key", field.name() + " is missing"}, path);
        }
        continue;
      }
      for (const Wrong& wrong : wrong_for(field)) {
        insert(node, field.name(), wrong, path, field.field->full_name());
      }
    }
  }

  // A written field: its value, and what lies below.
  void value(const YamlNode::Entry& entry, const FieldInfo& field, const std::string& path) {
    value(entry, field, path, field.name());
  }
  void value(const YamlNode::Entry& entry, const FieldInfo& field, const std::string& path,
             const std::string& mention) {
    for (const Wrong& wrong : wrong_for(field)) {
      const bool long_form = mention.empty() && wrong.value.front() == '{';  // of the message
      if (!long_form) {
        replace(*entry.value, wrong, path, mention, field.field->full_name());
      }
    }
    if (!field.is_message()) {
      return;
    }
    const Descriptor* type = field.field->message_type();
    const std::string below = path + "." + field.name();
    if (field.param->has_keyed_by()) {
      for (const YamlNode::Entry& element : entry.value->entries) {
        mutate(*element.value, type, type->FindFieldByName(field.param->keyed_by()),
               below + "." + element.key->scalar);
      }
    } else if (field.field->is_repeated()) {
      for (const YamlNode* element : entry.value->items) {
        mutate(*element, type, nullptr, below + "[]");
      }
    } else {
      mutate(*entry.value, type, nullptr, below);
    }
  }

  void add(const std::string& path, const std::string& field, const Wrong& wrong, std::string text,
           const std::string& full_name) {
    std::vector<std::string> mentions = {wrong.mention};
    if (!field.empty()) {
      mentions.push_back(field);
    }
    out_.push_back({fmt::format("{}.{} = {}", path, field, wrong.value), std::move(text),
                    std::move(mentions), full_name});
  }

  void replace(const YamlNode& node, const Wrong& wrong, const std::string& path,
               const std::string& field = "", const std::string& full_name = "") {
    const std::size_t begin = source_->offset(node.start);
    const std::size_t end = source_->offset(node.end);
    std::string text = source_->text();
    const std::string_view tagged = "&*|>";
    if (begin < text.size() && tagged.find(text[begin]) != std::string_view::npos) {
      return;
    }
    const bool after_colon = begin > 0 && text[begin - 1] == ':';
    text.replace(begin, end - begin, (after_colon ? " " : "") + wrong.value);
    add(path, field, wrong, std::move(text), full_name);
  }

  void insert(const YamlNode& node, const std::string& field, const Wrong& wrong,
              const std::string& path, const std::string& full_name = "") {
    const std::size_t begin = source_->offset(node.start);
    std::string text = source_->text();
    const std::string pair = fmt::format("{}: {}", field, wrong.value);
    if (node.flow && text[begin] == '{') {
      text.insert(begin + 1, pair + (node.entries.empty() ? "" : ", "));
    } else if (!node.flow && text[begin] != '&') {
      text.insert(begin, pair + "\n" + std::string(node.start.column - 1, ' '));
    } else {
      return;
    }
    add(path, field == "zz_no_such_key" ? "" : field, wrong, std::move(text), full_name);
  }

  std::shared_ptr<const SourceText> source_;
  const TypeRegistry& registry_;
  Diagnostics found_;
  SchemaView schema_;
  std::optional<YamlTree> tree_;
  std::map<std::string, const ResourceType*> types_;
  std::vector<Mutation> out_;
};

}  // namespace

std::vector<Mutation> wrong_values(const std::string& text, const TypeRegistry& registry) {
  return Mutator(text, registry).run();
}

std::vector<std::string> surviving(const std::vector<Mutation>& mutations,
                                   const TypeRegistry& registry, const std::string& folder) {
  std::vector<std::string> lines;
  for (const Mutation& mutation : mutations) {
    const std::string found = findings_of(mutation.text, "scenario", folder, registry);
    for (const std::string& mention : mutation.mentions) {
      if (found.ends_with("loads\n") || found.find(mention) == std::string::npos) {
        lines.push_back(
            fmt::format("{} should say \"{}\" and says: {}", mutation.what, mention, found));
        break;
      }
    }
  }
  return lines;
}

namespace {

void add_parameters(SchemaView& schema, const Descriptor* type, std::set<const Descriptor*>& seen,
                    std::set<std::string>& names) {
  if (!seen.insert(type).second) {
    return;
  }
  for (const FieldInfo& field : schema.of(type).fields) {
    if (field.field->options().HasExtension(param)) {
      names.insert(field.field->full_name());
    }
    if (field.is_message()) {
      add_parameters(schema, field.field->message_type(), seen, names);
    }
  }
}

}  // namespace

std::set<std::string> all_parameters(const TypeRegistry& registry) {
  std::vector<const Descriptor*> roots = {ScenarioHeader::descriptor(), Traffic::descriptor(),
                                          Timing::descriptor()};
  for (const auto& [name, type] : registry.resources()) {
    for (const google::protobuf::Message* one : {type.params, type.initial, type.operations}) {
      if (one != nullptr) {
        roots.push_back(one->GetDescriptor());
      }
    }
  }
  for (const auto& [name, type] : registry.faults()) {
    roots.push_back(type.params->GetDescriptor());
  }
  SchemaView schema("9999-12");
  std::set<const Descriptor*> seen;
  std::set<std::string> names;
  for (const Descriptor* root : roots) {
    add_parameters(schema, root, seen, names);
  }
  return names;
}

std::set<std::string> untouched(const std::vector<Mutation>& mutations,
                                const TypeRegistry& registry) {
  std::set<std::string> names = all_parameters(registry);
  for (const Mutation& mutation : mutations) {
    names.erase(mutation.field);
  }
  return names;
}

}  // namespace updraft::sim::testing
