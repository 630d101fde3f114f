#include "sim/scenario/loader.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "sim/core/check.h"
#include "sim/scenario/trigger.h"
#include "sim/schema/quantity.h"
#include "sim/schema/wording.h"

namespace updraft::sim {
namespace {

using google::protobuf::Message;

const std::vector<std::string>& sections() {
  static const std::vector<std::string> known = {"resources",  "initial", "traffic",
                                                 "operations", "faults",  "slo"};
  return known;
}

std::string_view kind_name(YamlNode::Kind kind) {
  return kind == YamlNode::Kind::kSequence ? "a list" : "a mapping";
}

// Names appear in paths, files and messages: letters, digits, '-', '_' and '.', a letter first.
std::string name_fault(std::string_view name) {
  constexpr std::size_t kLongest = 128;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto inner = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  if (name == "at" || name == "for" || name == "rate" || name == "when") {
    return "operations use the word; take another name";
  }
  if (name.empty() || !letter(name.front()) || !std::all_of(name.begin(), name.end(), inner)) {
    return "a name has letters, digits, '-', '_' and '.', a letter first";
  }
  return name.size() > kLongest ? fmt::format("a name has at most {} characters", kLongest) : "";
}

}  // namespace

Loader::Loader(std::shared_ptr<const SourceText> source, const TypeRegistry& registry,
               const LoadOptions& options)
    : source_(std::move(source)),
      registry_(registry),
      options_(options),
      found_(source_, options.max_findings),
      directory_(!options.directory.empty()
                     ? options.directory
                     : std::filesystem::path(source_->filename()).parent_path().string()),
      files_(directory_, options.files) {}

LoadResult Loader::run() {
  tree_ = YamlTree::parse(*source_, options_.limits, found_);
  if (!tree_) {
    found_.throw_if_any();
  }
  const YamlNode* root = tree_->root();
  if (root == nullptr || root->is_null()) {
    found_.add({1, 1}, 1, "the scenario is empty");
    found_.throw_if_any();
  }
  if (!root->is_mapping()) {
    add(*root, "a scenario is a mapping: scenario, duration, resources, ...");
    found_.throw_if_any();
  }
  read_rules(*root);
  read_header(*root);
  check_top_level(*root);
  if (const YamlNode* node = section(*root, "resources", YamlNode::Kind::kMapping)) {
    collect_resources(*node);
  } else if (root->find("resources") == nullptr) {
    add(*root, "resources is missing; it must be a mapping from names to resources");
  }
  add_implicit();
  read_resources();
  const std::size_t placed_zones = reader_->zone_uses().size();
  if (const YamlNode* node = section(*root, "traffic", YamlNode::Kind::kMapping)) {
    read_traffic(*node);
  }
  if (const YamlNode* node = section(*root, "initial", YamlNode::Kind::kMapping)) {
    read_initial(*node);
  }
  if (const YamlNode* node = section(*root, "operations", YamlNode::Kind::kSequence)) {
    read_operations(*node);
  }
  if (const YamlNode* node = section(*root, "faults", YamlNode::Kind::kSequence)) {
    read_faults(*node);
  }
  if (const YamlNode* node = section(*root, "slo", YamlNode::Kind::kSequence)) {
    read_slo(*node);
  }
  check_references();
  check_topology();
  std::vector<std::string> zones;
  for (auto& [name, resource] : resources_) {
    if (resource.ok && resource.message != nullptr) {
      reader_->apply_rules(*resource.message, &zones);
    }
  }
  const std::vector<ZoneUse>& uses = reader_->zone_uses();
  check_zones({uses.begin() + static_cast<std::ptrdiff_t>(placed_zones), uses.end()}, zones);
  apply_rules();
  check_resources();
  check_traffic();
  check_faults();
  found_.throw_if_any();
  LoadResult result;
  build(result.plan);
  result.sources = std::move(sources_);
  result.files = files_.files();
  result.warnings = found_.take_warnings();
  return result;
}

void Loader::add(const YamlNode& node, std::string message) {
  found_.add(node.start, node.width(), std::move(message));
}

Place Loader::place(Mark mark) const {
  Place place;
  place.set_file(source_->filename());
  place.set_line(mark.line);
  place.set_column(mark.column);
  return place;
}

// The edition picks defaults, those of the header too, so it is read before any message.
void Loader::read_rules(const YamlNode& root) {
  const auto* field = ScenarioHeader::descriptor()->FindFieldByName("rules");
  const std::string latest = field->options().GetExtension(param).default_value();
  edition_ = latest;
  const YamlNode::Entry* entry = root.find("rules");
  if (entry == nullptr || !entry->value->is_scalar() || entry->value->is_null()) {
    return;  // read_header() says what is wrong
  }
  const std::string& text = entry->value->scalar;
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  const bool shaped = text.size() == 7 && text[4] == '-' && digit(0) && digit(1) && digit(2) &&
                      digit(3) && digit(5) && digit(6) && text.substr(5) >= "01" &&
                      text.substr(5) <= "12";
  if (!shaped) {
    add(*entry->value, fmt::format("rules is {}; it must be a year and a month, such as {}",
                                   in_quotes(text), latest));
  } else if (text > latest) {
    add(*entry->value, fmt::format("rules is {}; the latest edition is {}", text, latest));
  } else {
    edition_ = text;
  }
}

void Loader::read_header(const YamlNode& root) {
  std::string region;
  if (const YamlNode::Entry* entry = root.find("region"); entry != nullptr) {
    region = entry->value->scalar;
  } else {
    const auto* field = ScenarioHeader::descriptor()->FindFieldByName("region");
    region = field->options().GetExtension(param).default_value();
  }
  reader_.emplace(MessageReader::Environment{registry_, files_, &found_, edition_, region});
  const Subject subject{"", "", "", &sources_.mutable_header()};
  reader_->read_known(subject, root, header_);
  check_region(root);
}

void Loader::check_region(const YamlNode& root) {
  const YamlNode::Entry* entry = root.find("region");
  if (entry == nullptr || !entry->value->is_scalar() || registry_.regions().empty() ||
      registry_.region(entry->value->scalar) != nullptr) {
    return;
  }
  add(*entry->value, fmt::format("no region {}{}", in_quotes(entry->value->scalar),
                                 suggestion(entry->value->scalar, names_of(registry_.regions()),
                                            "the regions are")));
}

void Loader::check_top_level(const YamlNode& root) {
  std::vector<std::string> known = reader_->schema().of(ScenarioHeader::descriptor()).names();
  known.insert(known.end(), sections().begin(), sections().end());
  for (const YamlNode::Entry& entry : root.entries) {
    if (std::find(known.begin(), known.end(), entry.key->scalar) == known.end()) {
      add(*entry.key, fmt::format("no key {}{}", in_quotes(entry.key->scalar),
                                  reader_->hint(entry.key->scalar, known, "the keys are")));
    }
  }
}

const YamlNode* Loader::section(const YamlNode& root, std::string_view name, YamlNode::Kind kind) {
  const YamlNode::Entry* entry = root.find(name);
  if (entry == nullptr) {
    return nullptr;
  }
  if (entry->value->kind != kind) {
    add(*entry->value,
        fmt::format("{} is {}; it must be {}", name,
                    entry->value->is_null()     ? "empty"
                    : entry->value->is_scalar() ? in_quotes(entry->value->scalar)
                                                : std::string(kind_name(entry->value->kind)),
                    kind_name(kind)));
    return nullptr;
  }
  return entry->value;
}

// --- resources ---

void Loader::collect_resources(const YamlNode& node) {
  if (node.entries.empty()) {
    add(node, "resources is empty; it must name at least one resource");
  }
  for (const YamlNode::Entry& entry : node.entries) {
    collect_resource(entry);
  }
}

void Loader::collect_resource(const YamlNode::Entry& entry) {
  const std::string& name = entry.key->scalar;
  if (const std::string fault = name_fault(name); !fault.empty()) {
    add(*entry.key, fmt::format("resource {}: {}", in_quotes(name), fault));
  }
  const auto [slot, fresh] = resources_.try_emplace(name);
  if (!fresh) {
    return;  // a repeated key, found by the tree
  }
  Resource& resource = slot->second;
  resource.name = name;
  resource.key = entry.key;
  resource.ok = false;
  if (!entry.value->is_mapping() || entry.value->entries.size() != 1) {
    const std::size_t count = entry.value->entries.size();
    const YamlNode& at = entry.value->is_mapping() && count > 1 ? *entry.value->entries[1].key
                         : entry.value->is_null()               ? *entry.key
                                                                : *entry.value;
    add(at, fmt::format("resource {}: it must have one type and its parameters: {{type: {{...}}}}",
                        in_quotes(name)));
    return;
  }
  const YamlNode::Entry& typed = entry.value->entries.front();
  resource.type = registry_.resource(typed.key->scalar);
  if (resource.type == nullptr) {
    add(*typed.key, fmt::format("no resource type {}{}", in_quotes(typed.key->scalar),
                                reader_->hint(typed.key->scalar, names_of(registry_.resources()),
                                              "the types are")));
    return;
  }
  resource.params = typed.value;
  resource.ok = true;
}

void Loader::check_only_one(const ResourceType& type) {
  const Resource* first = nullptr;
  for (const auto& [name, resource] : resources_) {
    if (resource.type != &type) {
      continue;
    }
    if (first != nullptr) {
      add(*resource.key,
          fmt::format("resource {}: there is one {} in a scenario, and it is {} here",
                      in_quotes(name), type.name, in_quotes(first->name)));
    } else {
      first = &resource;
    }
  }
}

void Loader::add_implicit() {
  for (const auto& [type_name, type] : registry_.resources()) {
    const ResourceType* wanted = &type;
    if (type.implicit) {
      check_only_one(type);
    }
    const bool named = std::any_of(resources_.begin(), resources_.end(),
                                   [&](const auto& entry) { return entry.second.type == wanted; });
    if (!type.implicit || named) {
      continue;
    }
    const auto [slot, fresh] = resources_.try_emplace(type_name);
    if (!fresh) {
      add(*slot->second.key, fmt::format("resource {}: the name belongs to the {} that is there "
                                         "unnamed; take another one",
                                         in_quotes(type_name), type_name));
      continue;
    }
    slot->second.name = type_name;
    slot->second.type = wanted;
  }
}

void Loader::read_resources() {
  for (auto& [name, resource] : resources_) {
    if (resource.ok) {
      read_resource(resource);
    }
  }
  add_inline_resources();
}

Subject Loader::subject_of(const Resource& resource) {
  return {fmt::format("resource \"{}\": ", shown(resource.name)), resource.name,
          folder_note(resource.type->params->GetDescriptor()->file()),
          &sources_.mutable_resource(resource.name)};
}

void Loader::read_resource(Resource& resource) {
  const auto* descriptor = resource.type->params->GetDescriptor();
  if (resource.params == nullptr) {
    resource.message = reader_->with_defaults(descriptor);
    return;
  }
  resource.message.reset(resource.type->params->New());
  resource.ok = reader_->read(subject_of(resource), *resource.params, *resource.message);
}

// Inline resources may hold inline resources.
void Loader::add_inline_resources() {
  for (auto found = reader_->take_inline_resources(); !found.empty();
       found = reader_->take_inline_resources()) {
    for (InlineResource& written : found) {
      const auto [slot, fresh] = resources_.try_emplace(written.name);
      if (!fresh) {
        continue;  // the owner's key is repeated
      }
      Resource& resource = slot->second;
      resource.name = written.name;
      resource.type = registry_.resource(written.type);
      SIM_CHECK(resource.type != nullptr, "a field takes a {} in place, which is not registered",
                written.type);
      resource.key = written.node;
      resource.params = written.node;
      read_resource(resource);
    }
  }
}

std::vector<std::string> Loader::resource_names() const {
  std::vector<std::string> names;
  for (const auto& [name, resource] : resources_) {
    if (resource.key != nullptr && name.find('/') == std::string::npos) {
      names.push_back(name);
    }
  }
  return names;
}

void Loader::build(Plan& plan) {
  *plan.mutable_header() = header_;
  plan.set_start_unix_ns(*parse_instant(header_.start()));
  plan.set_duration_ns(header_.duration().ns());
  for (const auto& [name, resource] : resources_) {
    ResourcePlan& out = *plan.add_resource();
    out.set_name(name);
    out.set_type(resource.type->name);
    out.mutable_params()->PackFrom(*resource.message);
    if (const auto found = initial_.find(name); found != initial_.end()) {
      out.mutable_initial()->PackFrom(*found->second);
    }
    if (resource.key != nullptr) {
      *out.mutable_place() = place(resource.key->start);
    }
  }
  for (const auto& [name, traffic] : traffic_) {
    *plan.add_traffic() = traffic;
  }
  for (const PendingOperation& operation : operations_) {
    OperationPlan& out = *plan.add_operation();
    set_trigger(operation.timing, operation.condition, out);
    out.set_resource(operation.resource);
    out.mutable_operation()->PackFrom(*operation.message);
    *out.mutable_place() = place(operation.place);
  }
  std::stable_sort(faults_.begin(), faults_.end(), [](const auto& a, const auto& b) {
    return order_of_plan(*a) < order_of_plan(*b);
  });
  for (const auto& fault : faults_) {
    *plan.add_fault() = *fault;
  }
  for (Slo& slo : slos_) {
    *plan.add_slo() = std::move(slo);
  }
  plan.set_text(source_->text());
  plan.set_directory(directory_);
  for (const std::string& file : files_.files()) {
    plan.add_file(file);
  }
}

}  // namespace updraft::sim
