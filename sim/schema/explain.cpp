#include "sim/schema/explain.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/schema/text_page.h"
#include "sim/schema/topic.h"
#include "sim/schema/words.h"

namespace updraft::sim {
namespace {

// Columns in which texts beside labels begin.
constexpr std::size_t kListColumn = 26;
constexpr std::size_t kFactColumn = 18;

// "integer, 1 to 1000"; "number in USD/h". Durations carry their unit in the value.
std::string value_words(const ParamInfo& param) {
  const std::string range = range_words(param);
  std::string words = kind_words(param);
  const bool has_unit = !param.unit.empty() && param.unit != "1";
  if (has_unit && param.element != ParamKind::kDuration) {
    words += " in " + param.unit;
  }
  if (!range.empty()) {
    words += ", " + range;
  }
  return words;
}

class Explainer {
 public:
  explicit Explainer(const Catalogue& catalogue, const ExplainOptions& options)
      : catalogue_(catalogue),
        options_(options),
        page_({.width = options.width, .ansi = options.ansi}) {}

  std::string text(const Topic& topic) {
    std::visit([this](const auto& each) { write(each); }, topic);
    return page_.text();
  }

 private:
  void write(const IndexTopic&) {
    page_.title("What a scenario may name");
    list_types("Resource types", catalogue_.models());
    list_types("Faults", catalogue_.faults());
    page_.heading("Other keys");
    for (const ParamInfo& param : catalogue_.header()) {
      page_.row(param.name, param.doc, kListColumn);
    }
    for (const SectionInfo& section : catalogue_.sections()) {
      page_.row(section.name, section.doc, kListColumn);
    }
  }

  template <class Infos>
  void list_types(std::string_view heading, const Infos& infos) {
    if (infos.empty()) {
      return;
    }
    page_.heading(heading);
    for (const auto& info : infos) {
      page_.row(info.type, info.doc, kListColumn);
    }
  }

  void write(const ModelTopic& topic) {
    const ModelInfo& model = *topic.model;
    page_.title(model.type);
    page_.paragraph(model.doc);
    if (!model.cloudformation.empty()) {
      page_.paragraph("CloudFormation: " + model.cloudformation);
    }
    list_params(fmt::format("Parameters (defaults of rules {})", options_.rules.text()),
                model.params);
    list_params("Initial state", model.initial);
    list_params("Operations", model.operations);
    list_metrics(model);
    list_behaviours(model);
  }

  void write(const FaultTopic& topic) {
    page_.title(topic.fault->type);
    page_.paragraph(topic.fault->doc);
    list_params("Parameters", topic.fault->params);
  }

  void write(const SectionTopic& topic) {
    page_.title(topic.name);
    page_.paragraph(topic.doc);
    if (topic.params != nullptr) {
      list_params("Parameters", *topic.params);
    }
  }

  void write(const ParamTopic& topic) {
    for (std::size_t i = 0; i < topic.places.size(); ++i) {
      if (i > 0) {
        page_.blank();
      }
      write_param(topic.places[i]);
    }
  }

  void write(const MetricTopic& topic) {
    page_.title("metric " + topic.name);
    for (const MetricPlace& place : topic.places) {
      const Metric& metric = *place.metric;
      page_.heading(place.model->type);
      page_.paragraph(metric.doc());
      fact("kind", fmt::format("{}{}", metric_kind_words(metric.kind()),
                               metric.per_instance() ? ", for each instance" : ""));
      fact("unit", metric.unit());
      fact("statistic", metric.statistic());
      fact("namespace", metric.cloudwatch_namespace());
    }
  }

  void write(const RuleTopic& topic) {
    page_.title("rule " + topic.rule);
    if (!topic.behaviours.empty()) {
      page_.heading("Behaviours");
    }
    for (const BehaviourPlace& place : topic.behaviours) {
      page_.row(place.behaviour->id(),
                fmt::format("{} ({})", place.behaviour->says(), place.model->type), kFactColumn);
      list_sources(place.behaviour->source(), kFactColumn);
    }
    if (!topic.params.empty()) {
      page_.heading("Parameters that cite it");
    }
    for (const ParamPlace& place : topic.params) {
      page_.row(fmt::format("{} = {}", place.name, default_words(*place.param, options_.rules)), "",
                kFactColumn);
      page_.paragraph(place.param->doc, kFactColumn);
    }
  }

  void write_param(const ParamPlace& place) {
    const ParamInfo& param = *place.param;
    page_.title(place.name);
    page_.paragraph(param.doc);
    page_.blank();
    fact("value", value_words(param));
    write_default(param);
    write_allowed(param);
    if (!param.one_of.empty()) {
      fact("excludes", fmt::format("the other fields of {}{}", param.one_of,
                                   param.one_of_required ? "; one must be given" : ""));
    }
    fact("basis", std::string(basis_words(param.basis)));
    for (const Source& source : param.sources) {
      fact("source", source_words(source));
    }
    fact("note", param.note);
    fact("CloudFormation", param.cloudformation);
    if (param.recursive) {
      fact("fields", "the same as further up the path");
    }
    list_params("Fields", param.fields);
  }

  // One row for each edition, the latest first: that is the one that holds for most scenarios.
  void write_default(const ParamInfo& param) {
    if (param.defaults.empty() || param.required || !param.default_rule.empty()) {
      const bool is_message = param.kind == ParamKind::kMessage && !param.required;
      if (!is_message) {
        fact("default", default_words(param, options_.rules));
      }
      return;
    }
    for (std::size_t i = param.defaults.size(); i > 0; --i) {
      const DefaultInfo& each = param.defaults[i - 1];
      const bool of_the_rules = &each == param.default_in(options_.rules);
      std::string text = each.text.empty() ? "none" : each.text;
      if (param.defaults.size() > 1) {
        text += fmt::format(", {}", edition_words(param.defaults, i - 1));
        if (of_the_rules) {
          text += fmt::format(" (holds in rules {})", options_.rules.text());
        }
      }
      page_.row(i == param.defaults.size() ? "default" : "", text, kFactColumn);
      const bool has_own_source = !each.from.empty();
      if (has_own_source) {
        for (const Source& source : each.sources) {
          page_.row("", source_words(source), kFactColumn + 2);
        }
      }
    }
  }

  void write_allowed(const ParamInfo& param) {
    if (std::all_of(param.allowed.begin(), param.allowed.end(),
                    [](const AllowedValue& value) { return value.doc.empty(); })) {
      return;
    }
    page_.row("values", "", kFactColumn);
    for (const AllowedValue& value : param.allowed) {
      page_.row("  " + value.text, value.doc, kListColumn);
    }
  }

  void fact(std::string_view label, const std::string& text) {
    if (!text.empty()) {
      page_.row(label, text, kFactColumn);
    }
  }

  void list_params(std::string_view heading, const std::vector<ParamInfo>& params) {
    if (params.empty()) {
      return;
    }
    page_.heading(heading);
    for (const ParamInfo& param : params) {
      const std::string value = default_words(param, options_.rules);
      const bool has_default = value != "none" || param.fields.empty();
      page_.row(
          param.name,
          fmt::format("{}{}", has_default ? value + "  " : "", "(" + value_words(param) + ")"),
          kListColumn);
      page_.paragraph(param.doc, kListColumn);
    }
  }

  void list_metrics(const ModelInfo& model) {
    if (model.metrics.empty()) {
      return;
    }
    page_.heading("Metrics");
    for (const Metric& metric : model.metrics) {
      page_.row(
          metric.name(),
          fmt::format("{} ({}, {})", metric.doc(), metric.unit(), metric_kind_words(metric.kind())),
          kListColumn);
    }
  }

  void list_behaviours(const ModelInfo& model) {
    if (model.behaviours.empty()) {
      return;
    }
    page_.heading("Behaviours");
    for (const Behaviour& behaviour : model.behaviours) {
      const std::string_view basis = basis_words(behaviour.basis());
      page_.row(behaviour.id(),
                fmt::format("{}{}", behaviour.says(),
                            behaviour.basis() == ASSUMED ? fmt::format(" ({})", basis) : ""),
                kFactColumn);
    }
  }

  template <class Sources>
  void list_sources(const Sources& sources, std::size_t column) {
    for (const Source& source : sources) {
      page_.row("", source_words(source), column);
    }
  }

  const Catalogue& catalogue_;
  const ExplainOptions& options_;
  TextPage page_;
};

}  // namespace

Result<std::string> explain(const Catalogue& catalogue, std::string_view question,
                            const ExplainOptions& options) {
  const Result<Topic> topic = find_topic(catalogue, question);
  if (!topic) {
    return Error{topic.error()};
  }
  return Explainer(catalogue, options).text(*topic);
}

}  // namespace updraft::sim
