#include <nlohmann/json.hpp>

#include "sim/schema/explain.h"
#include "sim/schema/topic.h"
#include "sim/schema/words.h"

namespace updraft::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

// Absent facts are absent keys, so that a reader need not know what an empty text means.
void put(Json& object, const char* key, std::string_view text) {
  if (!text.empty()) {
    object[key] = text;
  }
}

Json to_json(const Source& source) {
  Json out = Json::object();
  put(out, "rule", source.rule());
  put(out, "title", source.title());
  put(out, "url", source.url());
  put(out, "quote", source.quote());
  put(out, "read_on", source.read_on());
  return out;
}

template <class Sources>
void put_sources(Json& object, const Sources& sources) {
  for (const Source& source : sources) {
    object["sources"].push_back(to_json(source));
  }
}

Json to_json(const DefaultInfo& info) {
  Json out = Json::object();
  put(out, "since", info.from);
  out["value"] = info.text;
  if (!info.from.empty()) {
    put_sources(out, info.sources);
  }
  return out;
}

Json to_json(const ParamInfo& param, const RulesEdition& rules) {
  Json out = Json::object();
  out["name"] = param.name;
  out["path"] = param.path;
  out["kind"] = to_string(param.kind);
  if (param.element != param.kind) {
    out["element"] = to_string(param.element);
  }
  put(out, "doc", param.doc);
  put(out, "unit", param.unit);
  out["required"] = param.required;
  if (const DefaultInfo* now = param.default_in(rules)) {
    out["default"] = now->text;
  }
  put(out, "default_rule", param.default_rule);
  for (const DefaultInfo& each : param.defaults) {
    out["editions"].push_back(to_json(each));
  }
  put(out, "min", param.min);
  put(out, "max", param.max);
  for (const AllowedValue& value : param.allowed) {
    Json allowed = Json::object();
    allowed["value"] = value.text;
    put(allowed, "doc", value.doc);
    out["allowed"].push_back(std::move(allowed));
  }
  put(out, "basis", basis_words(param.basis));
  put_sources(out, param.sources);
  put(out, "note", param.note);
  put(out, "cloudformation", param.cloudformation);
  if (!param.refers_to.empty()) {
    out["refers_to"] = param.refers_to;
  }
  if (param.inline_resource) {
    out["inline_resource"] = true;
  }
  if (param.zone) {
    out["zone"] = true;
  }
  if (param.file) {
    out["file"] = true;
  }
  put(out, "keyed_by", param.keyed_by);
  put(out, "one_of", param.one_of);
  if (param.recursive) {
    out["recursive"] = true;
  }
  for (const ParamInfo& field : param.fields) {
    out["fields"].push_back(to_json(field, rules));
  }
  return out;
}

Json to_json(const std::vector<ParamInfo>& params, const RulesEdition& rules) {
  Json out = Json::array();
  for (const ParamInfo& param : params) {
    out.push_back(to_json(param, rules));
  }
  return out;
}

Json to_json(const Metric& metric) {
  Json out = Json::object();
  out["name"] = metric.name();
  out["kind"] = metric_kind_words(metric.kind());
  put(out, "unit", metric.unit());
  put(out, "doc", metric.doc());
  put(out, "statistic", metric.statistic());
  put(out, "namespace", metric.cloudwatch_namespace());
  out["per_instance"] = metric.per_instance();
  return out;
}

Json to_json(const Behaviour& behaviour) {
  Json out = Json::object();
  out["id"] = behaviour.id();
  out["says"] = behaviour.says();
  put(out, "basis", basis_words(behaviour.basis()));
  put_sources(out, behaviour.source());
  return out;
}

Json named(std::string_view name, std::string_view doc) {
  Json out = Json::object();
  out["name"] = name;
  put(out, "doc", doc);
  return out;
}

class JsonExplainer {
 public:
  JsonExplainer(const Catalogue& catalogue, const ExplainOptions& options)
      : catalogue_(catalogue), rules_(options.rules) {}

  std::string text(const Topic& topic) {
    out_["version"] = kVersion;
    std::visit([this](const auto& each) { write(each); }, topic);
    return out_.dump(2) + "\n";
  }

 private:
  void write(const IndexTopic&) {
    begin("index");
    out_["resources"] = Json::array();
    for (const ModelInfo& model : catalogue_.models()) {
      out_["resources"].push_back(named(model.type, model.doc));
    }
    out_["faults"] = Json::array();
    for (const FaultInfo& fault : catalogue_.faults()) {
      out_["faults"].push_back(named(fault.type, fault.doc));
    }
    out_["sections"] = Json::array();
    for (const SectionInfo& section : catalogue_.sections()) {
      out_["sections"].push_back(named(section.name, section.doc));
    }
    out_["header"] = to_json(catalogue_.header(), rules_);
  }

  void write(const ModelTopic& topic) {
    const ModelInfo& model = *topic.model;
    begin("resource");
    out_["type"] = model.type;
    put(out_, "doc", model.doc);
    put(out_, "cloudformation", model.cloudformation);
    out_["parameters"] = to_json(model.params, rules_);
    out_["initial"] = to_json(model.initial, rules_);
    out_["operations"] = to_json(model.operations, rules_);
    out_["metrics"] = Json::array();
    for (const Metric& metric : model.metrics) {
      out_["metrics"].push_back(to_json(metric));
    }
    out_["behaviours"] = Json::array();
    for (const Behaviour& each : model.behaviours) {
      out_["behaviours"].push_back(to_json(each));
    }
  }

  void write(const FaultTopic& topic) {
    begin("fault");
    out_["type"] = topic.fault->type;
    put(out_, "doc", topic.fault->doc);
    out_["parameters"] = to_json(topic.fault->params, rules_);
  }

  void write(const SectionTopic& topic) {
    begin("section");
    out_["name"] = topic.name;
    put(out_, "doc", topic.doc);
    if (topic.params != nullptr) {
      out_["parameters"] = to_json(*topic.params, rules_);
    }
  }

  void write(const ParamTopic& topic) {
    begin("parameter");
    for (const ParamPlace& place : topic.places) {
      Json each = Json::object();
      each["at"] = place.name;
      each.update(to_json(*place.param, rules_));
      out_["places"].push_back(std::move(each));
    }
  }

  void write(const MetricTopic& topic) {
    begin("metric");
    out_["name"] = topic.name;
    for (const MetricPlace& place : topic.places) {
      Json each = Json::object();
      each["type"] = place.model->type;
      each.update(to_json(*place.metric));
      out_["places"].push_back(std::move(each));
    }
  }

  void write(const RuleTopic& topic) {
    begin("rule");
    out_["rule"] = topic.rule;
    out_["behaviours"] = Json::array();
    for (const BehaviourPlace& place : topic.behaviours) {
      Json each = Json::object();
      each["type"] = place.model->type;
      each.update(to_json(*place.behaviour));
      out_["behaviours"].push_back(std::move(each));
    }
    out_["parameters"] = Json::array();
    for (const ParamPlace& place : topic.params) {
      Json each = Json::object();
      each["at"] = place.name;
      each.update(to_json(*place.param, rules_));
      out_["parameters"].push_back(std::move(each));
    }
  }

  void begin(const char* kind) {
    out_["kind"] = kind;
    out_["rules"] = rules_.text();
  }

  const Catalogue& catalogue_;
  RulesEdition rules_;
  Json out_ = Json::object();
};

}  // namespace

Result<std::string> explain_json(const Catalogue& catalogue, std::string_view question,
                                 const ExplainOptions& options) {
  const Result<Topic> topic = find_topic(catalogue, question);
  if (!topic) {
    return Error{topic.error()};
  }
  return JsonExplainer(catalogue, options).text(*topic);
}

}  // namespace updraft::sim
