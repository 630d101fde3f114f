#include "sim/schema/topic.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "sim/schema/nearest.h"

namespace updraft::sim {
namespace {

constexpr std::string_view kHeader = "scenario";
constexpr std::string_view kHeaderDoc = "The keys at the top of a scenario.";
constexpr std::string_view kMetricWord = "metric ";

// A set of parameters and the name that stands before their paths.
struct Owner {
  std::string name;
  std::string doc;
  const std::vector<ParamInfo>* params;
};

std::vector<Owner> owners(const Catalogue& catalogue) {
  std::vector<Owner> out;
  for (const ModelInfo& model : catalogue.models()) {
    out.push_back({model.type, model.doc, &model.params});
    out.push_back({model.type + ".initial",
                   fmt::format("What `initial:` may say of a {}.", model.type), &model.initial});
    out.push_back({model.type + ".operations",
                   fmt::format("What `operations:` may do to a {}.", model.type),
                   &model.operations});
  }
  for (const FaultInfo& fault : catalogue.faults()) {
    out.push_back({fault.type, fault.doc, &fault.params});
  }
  for (const SectionInfo& section : catalogue.sections()) {
    out.push_back({section.name, section.doc, &section.params});
  }
  out.push_back({std::string(kHeader), std::string(kHeaderDoc), &catalogue.header()});
  return out;
}

// Every parameter with its full name.
std::vector<ParamPlace> all_params(const Catalogue& catalogue) {
  std::vector<ParamPlace> out;
  for (const Owner& owner : owners(catalogue)) {
    for (const ParamInfo* param : flatten(*owner.params)) {
      out.push_back({owner.name + "." + param->path, param});
    }
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) {
    text.remove_prefix(1);
  }
  while (text.ends_with(' ')) {
    text.remove_suffix(1);
  }
  return text;
}

bool is_rule(std::string_view rule, std::string_view asked) {
  return rule == asked || (rule.starts_with(asked) && rule.substr(asked.size()).starts_with('.'));
}

bool cites(const std::vector<Source>& sources, std::string_view rule) {
  return std::any_of(sources.begin(), sources.end(),
                     [&](const Source& source) { return is_rule(source.rule(), rule); });
}

bool cites(const ParamInfo& param, std::string_view rule) {
  return cites(param.sources, rule) ||
         std::any_of(param.defaults.begin(), param.defaults.end(),
                     [&](const DefaultInfo& each) { return cites(each.sources, rule); });
}

RuleTopic find_rule(const Catalogue& catalogue, std::string_view rule) {
  RuleTopic topic{.rule = std::string(rule), .behaviours = {}, .params = {}};
  for (const ModelInfo& model : catalogue.models()) {
    for (const Behaviour& behaviour : model.behaviours) {
      const bool cited = cites({behaviour.source().begin(), behaviour.source().end()}, rule);
      if (is_rule(behaviour.id(), rule) || cited) {
        topic.behaviours.push_back({&model, &behaviour});
      }
    }
  }
  for (const ParamPlace& place : all_params(catalogue)) {
    if (cites(*place.param, rule)) {
      topic.params.push_back(place);
    }
  }
  return topic;
}

MetricTopic find_metric(const Catalogue& catalogue, std::string_view name) {
  MetricTopic topic{.name = std::string(name), .places = {}};
  for (const ModelInfo& model : catalogue.models()) {
    for (const Metric& metric : model.metrics) {
      if (metric.name() == name) {
        topic.places.push_back({&model, &metric});
      }
    }
  }
  return topic;
}

ParamTopic find_bare_param(const Catalogue& catalogue, std::string_view name) {
  ParamTopic topic;
  for (const ParamPlace& place : all_params(catalogue)) {
    if (place.param->name == name) {
      topic.places.push_back(place);
    }
  }
  return topic;
}

std::optional<Topic> find_by_name(const Catalogue& catalogue, std::string_view name) {
  if (const ModelInfo* model = catalogue.find_model(name)) {
    return ModelTopic{model};
  }
  if (const FaultInfo* fault = catalogue.find_fault(name)) {
    return FaultTopic{fault};
  }
  if (const SectionInfo* section = catalogue.find_section(name)) {
    return SectionTopic{section->name, section->doc,
                        section->message == nullptr ? nullptr : &section->params};
  }
  if (name == kHeader) {
    return SectionTopic{std::string(kHeader), std::string(kHeaderDoc), &catalogue.header()};
  }
  return std::nullopt;
}

// TYPE.PATH: the owner is the longest that fits, but a parameter named `initial` goes before the
// part of that name.
std::optional<Topic> find_by_path(const Catalogue& catalogue, std::string_view question) {
  for (const Owner& owner : owners(catalogue)) {
    if (question == owner.name && !owner.params->empty()) {
      return SectionTopic{owner.name, owner.doc, owner.params};
    }
    if (!question.starts_with(owner.name + ".")) {
      continue;
    }
    const std::string_view path = question.substr(owner.name.size() + 1);
    if (const ParamInfo* param = find_param(*owner.params, path)) {
      return ParamTopic{{{owner.name + "." + param->path, param}}};
    }
  }
  return std::nullopt;
}

template <class Infos>
void add_types(const Infos& infos, std::vector<std::string>& out) {
  for (const auto& info : infos) {
    out.push_back(info.type);
  }
}

std::vector<std::string> top_names(const Catalogue& catalogue) {
  std::vector<std::string> out{std::string(kHeader)};
  add_types(catalogue.models(), out);
  add_types(catalogue.faults(), out);
  for (const SectionInfo& section : catalogue.sections()) {
    out.push_back(section.name);
  }
  return out;
}

std::vector<std::string> metric_names(const Catalogue& catalogue) {
  std::vector<std::string> out;
  for (const ModelInfo& model : catalogue.models()) {
    for (const Metric& metric : model.metrics) {
      out.push_back(metric.name());
    }
  }
  return out;
}

std::vector<std::string> rule_names(const Catalogue& catalogue) {
  std::vector<std::string> out;
  for (const ModelInfo& model : catalogue.models()) {
    for (const Behaviour& behaviour : model.behaviours) {
      out.push_back(behaviour.id());
    }
  }
  for (const ParamPlace& place : all_params(catalogue)) {
    for (const Source& source : place.param->sources) {
      if (source.has_rule()) {
        out.push_back(source.rule());
      }
    }
  }
  return out;
}

Error unknown(const Catalogue& catalogue, std::string_view question) {
  const std::size_t dot = question.find('.');
  const bool has_owner =
      dot != std::string_view::npos && find_by_name(catalogue, question.substr(0, dot));
  std::vector<std::string> candidates;
  if (has_owner) {
    // The type is right; the nearest of its own parameters is meant, not one of another type.
    for (const ParamPlace& place : all_params(catalogue)) {
      if (place.name.starts_with(question.substr(0, dot + 1))) {
        candidates.push_back(place.name);
      }
    }
    return Error{fmt::format(R"({} has no parameter "{}"{})", question.substr(0, dot),
                             question.substr(dot + 1), did_you_mean(question, candidates))};
  }
  candidates = top_names(catalogue);
  for (std::string& name : metric_names(catalogue)) {
    candidates.push_back(std::move(name));
  }
  for (std::string& name : rule_names(catalogue)) {
    candidates.push_back(std::move(name));
  }
  for (const ParamPlace& place : all_params(catalogue)) {
    candidates.push_back(dot == std::string_view::npos ? place.param->name : place.name);
  }
  return Error{fmt::format(R"(no resource type, fault, parameter, metric or rule "{}"{})", question,
                           did_you_mean(question, candidates))};
}

}  // namespace

Result<Topic> find_topic(const Catalogue& catalogue, std::string_view question) {
  question = trimmed(question);
  if (question.empty()) {
    return Topic{IndexTopic{}};
  }
  if (question.starts_with(kMetricWord)) {
    const std::string_view name = trimmed(question.substr(kMetricWord.size()));
    MetricTopic topic = find_metric(catalogue, name);
    if (!topic.places.empty()) {
      return Topic{std::move(topic)};
    }
    return Error{
        fmt::format(R"(no metric "{}"{})", name, did_you_mean(name, metric_names(catalogue)))};
  }
  if (std::optional<Topic> topic = find_by_name(catalogue, question)) {
    return *std::move(topic);
  }
  if (std::optional<Topic> topic = find_by_path(catalogue, question)) {
    return *std::move(topic);
  }
  RuleTopic rule = find_rule(catalogue, question);
  if (!rule.behaviours.empty() || !rule.params.empty()) {
    return Topic{std::move(rule)};
  }
  MetricTopic metric = find_metric(catalogue, question);
  if (!metric.places.empty()) {
    return Topic{std::move(metric)};
  }
  ParamTopic bare = find_bare_param(catalogue, question);
  if (!bare.places.empty()) {
    return Topic{std::move(bare)};
  }
  return unknown(catalogue, question);
}

}  // namespace updraft::sim
