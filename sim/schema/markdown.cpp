#include "sim/schema/markdown.h"

#include <initializer_list>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/schema/words.h"

namespace updraft::sim {
namespace {

// Text in a cell: '|' would end it, a line break would end the table, '<' would begin a tag.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') {
      out += "\\|";
    } else if (c == '\n') {
      out += "<br>";
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string code(std::string_view text) {
  if (text.empty()) {
    return "";
  }
  std::string out;
  for (const char c : text) {
    if (c == '|') {
      out += '\\';
    }
    out += c;
  }
  return fmt::format("`{}`", out);
}

std::string row(std::initializer_list<std::string> cells) {
  return fmt::format("| {} |\n", fmt::join(cells, " | "));
}

std::string head(std::initializer_list<std::string> titles) {
  std::string out = row(titles) + "|";
  for (std::size_t i = 0; i < titles.size(); ++i) {
    out += "---|";
  }
  return out + "\n";
}

// "R2.6.4, [Guide, Limits](https://...)"
std::string linked(const Source& source) {
  std::string text = cell(source.rule());
  const std::string title =
      source.title().empty() && source.has_url() ? "source" : cell(source.title());
  if (!title.empty()) {
    if (!text.empty()) {
      text += ", ";
    }
    text += source.has_url() ? fmt::format("[{}]({})", title, source.url()) : title;
  }
  if (source.has_read_on()) {
    text += fmt::format(", read {}", source.read_on());
  }
  return text;
}

template <class Sources>
std::string linked_all(const Sources& sources) {
  std::vector<std::string> texts;
  for (const Source& source : sources) {
    texts.push_back(linked(source));
  }
  return fmt::format("{}", fmt::join(texts, "<br>"));
}

// The default of the rules first, then the other editions, the latest first.
std::string default_cell(const ParamInfo& param, const RulesEdition& rules) {
  if (param.required) {
    return "required";
  }
  if (!param.default_rule.empty()) {
    return "rule " + code(param.default_rule);
  }
  const DefaultInfo* now = param.default_in(rules);
  std::string out = now == nullptr ? "" : code(now->text);
  for (std::size_t i = param.defaults.size(); i > 0; --i) {
    const DefaultInfo& each = param.defaults[i - 1];
    if (&each == now) {
      continue;
    }
    if (!out.empty()) {
      out += "<br>";
    }
    out += fmt::format("{} {}", code(each.text), edition_words(param.defaults, i - 1));
  }
  return out;
}

std::string values_cell(const ParamInfo& param) {
  std::string out = cell(kind_words(param));
  const std::string range = range_words(param);
  if (!range.empty()) {
    out += ", " + cell(range);
  }
  const bool has_unit =
      !param.unit.empty() && param.unit != "1" && param.element != ParamKind::kDuration;
  if (has_unit) {
    out += fmt::format(" ({})", cell(param.unit));
  }
  return out;
}

std::string meaning_cell(const ParamInfo& param) {
  std::string out = cell(param.doc);
  for (const AllowedValue& value : param.allowed) {
    if (!value.doc.empty()) {
      out += fmt::format("<br>{}: {}", code(value.text), cell(value.doc));
    }
  }
  if (!param.cloudformation.empty()) {
    out += fmt::format("<br>CloudFormation {}", code(param.cloudformation));
  }
  return out;
}

std::string basis_cell(const ParamInfo& param) {
  std::string out(basis_words(param.basis));
  const auto add = [&](const std::string& text) {
    if (text.empty()) {
      return;
    }
    if (!out.empty()) {
      out += ": ";
    }
    out += text;
  };
  add(linked_all(param.sources));
  add(cell(param.note));
  for (const DefaultInfo& each : param.defaults) {
    if (each.from.empty() || each.sources.empty()) {
      continue;
    }
    out += fmt::format("<br>{}: {}", each.from, linked_all(each.sources));
  }
  return out;
}

}  // namespace

std::string parameter_table(const std::vector<ParamInfo>& params, const MarkdownOptions& options) {
  std::string out = head({"parameter", "meaning", "values", "default", "basis"});
  for (const ParamInfo* param : flatten(params)) {
    out += row({code(param->path), meaning_cell(*param), values_cell(*param),
                default_cell(*param, options.rules), basis_cell(*param)});
  }
  return out;
}

std::string metric_table(const ModelInfo& model) {
  std::string out = head({"metric", "meaning", "unit", "kind", "statistic", "namespace"});
  for (const Metric& metric : model.metrics) {
    std::string kind(metric_kind_words(metric.kind()));
    if (metric.per_instance()) {
      kind += ", for each instance";
    }
    out += row({code(metric.name()), cell(metric.doc()), cell(metric.unit()), kind,
                cell(metric.statistic()), code(metric.cloudwatch_namespace())});
  }
  return out;
}

std::string behaviour_table(const ModelInfo& model, const MarkdownOptions& options) {
  const bool has_tests = !options.tests.empty();
  std::string out = has_tests ? head({"id", "behaviour", "basis", "source", "tests"})
                              : head({"id", "behaviour", "basis", "source"});
  for (const Behaviour& behaviour : model.behaviours) {
    const std::string basis(basis_words(behaviour.basis()));
    const std::string sources = linked_all(behaviour.source());
    if (!has_tests) {
      out += row({cell(behaviour.id()), cell(behaviour.says()), basis, sources});
      continue;
    }
    std::vector<std::string> tests;
    if (const auto it = options.tests.find(behaviour.id()); it != options.tests.end()) {
      for (const std::string& test : it->second) {
        tests.push_back(code(test));
      }
    }
    out += row({cell(behaviour.id()), cell(behaviour.says()), basis, sources,
                fmt::format("{}", fmt::join(tests, "<br>"))});
  }
  return out;
}

std::string reference_page(const ModelInfo& model, const MarkdownOptions& options) {
  std::string out = fmt::format("# {}\n\n{}\n", model.type, cell(model.doc));
  if (!model.cloudformation.empty()) {
    out += fmt::format("CloudFormation: {}.\n", code(model.cloudformation));
  }
  out += fmt::format("Defaults are those of rules {}; other editions stand beside them.\n",
                     options.rules.text());
  const auto section = [&](std::string_view title, bool is_empty, const std::string& table) {
    if (!is_empty) {
      out += fmt::format("\n## {}\n\n{}", title, table);
    }
  };
  section("Parameters", model.params.empty(), parameter_table(model.params, options));
  section("Initial state", model.initial.empty(), parameter_table(model.initial, options));
  section("Operations", model.operations.empty(), parameter_table(model.operations, options));
  section("Metrics", model.metrics.empty(), metric_table(model));
  section("Behaviours", model.behaviours.empty(), behaviour_table(model, options));
  return out;
}

}  // namespace updraft::sim
