#include "sim/schema/json_schema.h"

#include <charconv>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/schema/grammar.h"
#include "sim/schema/json_quantity.h"
#include "sim/schema/words.h"

namespace updraft::sim {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Json = nlohmann::ordered_json;

Json reference_to(const std::string& name) {
  return {{"$ref", "#/$defs/" + name}};
}

// Doc, what may be written, and the default in every edition: what an editor shows beside the
// cursor.
std::string description(const ParamInfo& param) {
  std::string text = param.doc;
  const std::string range = range_words(param);
  text += fmt::format("\n\n{}{}", kind_words(param), range.empty() ? "" : ", " + range);
  for (const AllowedValue& value : param.allowed) {
    if (!value.doc.empty()) {
      text += fmt::format("\n{}: {}", value.text, value.doc);
    }
  }
  if (!param.default_rule.empty()) {
    text += "\ndefault by rule " + param.default_rule;
  }
  for (std::size_t i = param.defaults.size(); i > 0; --i) {
    const DefaultInfo& each = param.defaults[i - 1];
    if (each.text.empty()) {
      continue;
    }
    text += "\ndefault " + each.text;
    if (param.defaults.size() > 1) {
      text += ", " + edition_words(param.defaults, i - 1);
    }
  }
  if (!param.cloudformation.empty()) {
    text += "\nCloudFormation: " + param.cloudformation;
  }
  return text;
}

// A number as JSON, or the text as it would be written.
Json default_json(const ParamInfo& param, const std::string& text) {
  if (param.element == ParamKind::kBool) {
    return text == "true";
  }
  if (param.element == ParamKind::kInteger && quantity_kind(param.unit) == QuantityKind::kNumber) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size()) {
      return value;
    }
  }
  const bool is_number =
      param.element == ParamKind::kNumber || param.element == ParamKind::kInteger;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (is_number && error == std::errc() && end == text.data() + text.size()) {
    return value;
  }
  return text;
}

class Writer {
 public:
  Writer(const Catalogue& catalogue, const JsonSchemaOptions& options)
      : catalogue_(catalogue), options_(options) {}

  std::string text() {
    Json out = Json::object();
    out["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    if (!options_.id.empty()) {
      out["$id"] = options_.id;
    }
    out["title"] = "Updraft scenario";
    Json top = object_of(catalogue_.header());
    Json& properties = top["properties"];
    properties["resources"] = resources();
    properties["initial"] = initial();
    properties["operations"] = operations();
    properties["faults"] = faults();
    for (const SectionInfo& section : catalogue_.sections()) {
      properties[section.name] = section_schema(section);
    }
    out.update(top);
    for (auto& [name, definition] : definitions_) {
      out["$defs"][name] = std::move(definition);
    }
    return out.dump(2) + "\n";
  }

 private:
  // One key, the type, and under it the parameters.
  Json resources() {
    Json resource = {{"type", "object"},
                     {"minProperties", 1},
                     {"maxProperties", 1},
                     {"additionalProperties", false},
                     {"properties", Json::object()}};
    for (const ModelInfo& model : catalogue_.models()) {
      resource["properties"][model.type] = message(*model.message, "", model.doc);
    }
    definitions_["resource"] = std::move(resource);
    return {{"description", "Resources by name."},
            {"type", "object"},
            {"additionalProperties", reference_to("resource")}};
  }

  // The type of a named resource is not known here, so what any type takes is taken.
  Json initial() {
    Json any = Json::array();
    for (const ModelInfo& model : catalogue_.models()) {
      if (model.initial_message != nullptr) {
        any.push_back(message(*model.initial_message, "", ""));
      }
    }
    return {{"description", "What stands at the start, by name of the resource."},
            {"type", "object"},
            {"additionalProperties", any_of(std::move(any))}};
  }

  // At a time, at random or on a condition.
  Json triggers(const char* at) {
    return {{"at", instant_of_run(at)},
            {"rate",
             {{"type", "string"},
              {"pattern", quantity_pattern("1/s")},
              {"description", "How often it happens at random, such as 1/6h."}}},
            {"when",
             {{"type", "string"},
              {"description",
               "The condition on which it happens, such as fleet.CPUUtilization > "
               "80 for 5m."}}}};
  }
  static Json one_trigger() {
    return Json::array(
        {{{"required", {"at"}}}, {{"required", {"rate"}}}, {{"required", {"when"}}}});
  }

  // One operation: `fleet: {resize: 8}`, or its name alone where it takes nothing, `fleet: stop`.
  Json operations() {
    Json any = Json::array();
    for (const ModelInfo& model : catalogue_.models()) {
      if (model.operations.empty()) {
        continue;
      }
      Json names = Json::array();
      for (const ParamInfo& operation : model.operations) {
        names.push_back(operation.name);
      }
      Json one = object_of(model.operations);
      one["minProperties"] = 1;
      one["maxProperties"] = 1;
      any.push_back({{"enum", std::move(names)}});
      any.push_back(std::move(one));
    }
    Json item = {{"type", "object"},       {"properties", triggers("When it is done.")},
                 {"oneOf", one_trigger()}, {"minProperties", 2},
                 {"maxProperties", 2},     {"additionalProperties", any_of(std::move(any))}};
    return {{"description", "What operators do, and when."},
            {"type", "array"},
            {"items", std::move(item)}};
  }

  Json faults() {
    Json item = {{"type", "object"},
                 {"properties", triggers("When it begins.")},
                 {"minProperties", 2},
                 {"additionalProperties", false}};
    item["properties"]["for"] = instant_of_run("How long it lasts; without it, for good.");
    Json one = Json::array();
    for (const FaultInfo& fault : catalogue_.faults()) {
      item["properties"][fault.type] = message(*fault.message, "", fault.doc);
      one.push_back({{"required", {fault.type}}});
    }
    if (!one.empty()) {
      item["allOf"] = Json::array({{{"oneOf", std::move(one)}}, {{"oneOf", one_trigger()}}});
    }
    return {{"description", "What goes wrong, and when."},
            {"type", "array"},
            {"items", std::move(item)}};
  }

  Json section_schema(const SectionInfo& section) {
    Json out = {{"description", section.doc}};
    if (section.message == nullptr) {
      out["type"] = "array";
      out["items"] = {{"type", "string"}};
    } else {
      out["type"] = "object";
      out["additionalProperties"] = message(*section.message, section.key_field, "");
    }
    return out;
  }

  Json instant_of_run(const char* doc) {
    Json out = duration(ParamInfo{});
    out["description"] = doc;
    return out;
  }

  // Nothing may be written where no type takes anything.
  static Json any_of(Json any) {
    if (any.empty()) {
      return false;
    }
    return {{"anyOf", std::move(any)}};
  }

  // A reference to the message's definition, which is written the first time it is asked for.
  Json message(const Descriptor& type, std::string_view key_field, std::string_view doc) {
    std::string name = type.full_name();
    if (!key_field.empty()) {
      name += fmt::format(":{}", key_field);
    }
    if (definitions_.find(name) == definitions_.end()) {
      definitions_[name] = Json::object();  // stands while fields are read, so that recursion ends
      Json definition = definition_of(type, key_field);
      definitions_[name] = std::move(definition);
    }
    Json out = reference_to(name);
    if (!doc.empty()) {
      out["description"] = doc;
    }
    return out;
  }

  Json definition_of(const Descriptor& type, std::string_view key_field) {
    const std::vector<ParamInfo> params = describe_params(type, key_field);
    Json object = object_of(params);
    add_one_ofs(object, params);
    // A scalar or a list in place of the mapping is the value of the main field.
    const FieldDescriptor* main = find_main_field(type);
    const ParamInfo* param = main == nullptr ? nullptr : find_param(params, main->name());
    if (param == nullptr || param->kind == ParamKind::kMessage ||
        param->kind == ParamKind::kKeyedList) {
      return object;
    }
    return {{"anyOf", Json::array({std::move(object), value(*param)})}};
  }

  Json object_of(const std::vector<ParamInfo>& params) {
    Json out = {{"type", "object"}, {"properties", Json::object()}};
    for (const ParamInfo& param : params) {
      if (!param.declared) {
        continue;
      }
      out["properties"][param.name] = property(param);
      if (param.required) {
        out["required"].push_back(param.name);
      }
    }
    out["additionalProperties"] = false;
    return out;
  }

  // Fields of a oneof exclude one another: exactly one is written, or at most one.
  static void add_one_ofs(Json& object, const std::vector<ParamInfo>& params) {
    std::map<std::string, Json> required_one;
    std::map<std::string, bool> is_required;
    for (const ParamInfo& param : params) {
      if (param.one_of.empty()) {
        continue;
      }
      Json& alternatives = required_one.try_emplace(param.one_of, Json::array()).first->second;
      alternatives.push_back({{"required", {param.name}}});
      is_required[param.one_of] = param.one_of_required;
    }
    for (auto& [name, alternatives] : required_one) {
      if (!is_required[name]) {
        Json none = {{"not", {{"anyOf", alternatives}}}};
        alternatives.push_back(std::move(none));
      }
      object["allOf"].push_back({{"oneOf", std::move(alternatives)}});
    }
  }

  Json property(const ParamInfo& param) {
    Json out = value(param);
    out["description"] = description(param);
    if (const DefaultInfo* now = param.default_in(options_.rules)) {
      const bool is_one_value = param.kind == param.element;
      if (is_one_value && !now->text.empty()) {
        out["default"] = default_json(param, now->text);
      }
    }
    return out;
  }

  Json value(const ParamInfo& param) {
    switch (param.kind) {
      case ParamKind::kList:
        return {{"type", "array"}, {"items", element(param)}};
      case ParamKind::kKeyedList:
        return {{"type", "object"}, {"additionalProperties", element(param)}};
      default:
        return element(param);
    }
  }

  Json element(const ParamInfo& param) {
    if (!param.allowed.empty()) {
      Json out = {{"enum", Json::array()}};
      for (const AllowedValue& each : param.allowed) {
        out["enum"].push_back(each.text);
      }
      return out;
    }
    switch (param.element) {
      case ParamKind::kBool:
        return {{"type", "boolean"}};
      case ParamKind::kInteger:
        return quantity_schema(param, /*is_integer=*/true);
      case ParamKind::kNumber:
        return quantity_schema(param, /*is_integer=*/false);
      case ParamKind::kDuration:
        return duration(param);
      case ParamKind::kDistribution:
        return distribution(param);
      case ParamKind::kMessage:
        return message(*param.message(), param.keyed_by, "");
      case ParamKind::kReference:
        return reference(param);
      default:
        return {{"type", "string"}};
    }
  }

  Json reference(const ParamInfo& param) {
    Json name = {{"type", "string"}, {"minLength", 1}};
    if (!param.inline_resource) {
      return name;
    }
    Json any = Json::array({std::move(name)});
    for (const std::string& type : param.refers_to) {
      if (const ModelInfo* model = catalogue_.find_model(type)) {
        any.push_back(message(*model->message, "", ""));
      }
    }
    return {{"anyOf", std::move(any)}};
  }

  // Two definitions, because the pattern is long; bounds are the loader's.
  Json duration(const ParamInfo& param) {
    const std::string name = param.min.starts_with('-') ? "signed_duration" : "duration";
    definitions_.try_emplace(name, duration_schema(param));
    return reference_to(name);
  }

  // One definition for each unit.
  Json distribution(const ParamInfo& param) {
    std::string name = distribution_name(param.unit);
    if (definitions_.find(name) == definitions_.end()) {
      ParamInfo one;
      one.unit = param.unit;
      const bool is_time = quantity_kind(param.unit) == QuantityKind::kTime;
      const Json value = is_time ? duration(one) : quantity_schema(one, /*is_integer=*/false);
      definitions_[name] = distribution_schema(value, reference_to(name));
    }
    return reference_to(name);
  }

  const Catalogue& catalogue_;
  const JsonSchemaOptions& options_;
  std::map<std::string, Json> definitions_;  // sorted, so that the order of models changes nothing
};

}  // namespace

std::string json_schema(const Catalogue& catalogue, const JsonSchemaOptions& options) {
  return Writer(catalogue, options).text();
}

}  // namespace updraft::sim
