#include "sim/schema/lint.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>

#include "sim/schema/grammar.h"
#include "sim/schema/nearest.h"

namespace updraft::sim {
namespace {

using google::protobuf::FieldDescriptor;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_snake_case(std::string_view name) {
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_'; });
}

// "2026-01-05"
bool is_iso_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
    return false;
  }
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (!is_digit(text[i])) {
      return false;
    }
  }
  const int month = 10 * (text[5] - '0') + (text[6] - '0');
  const int day = 10 * (text[8] - '0') + (text[9] - '0');
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool is_quantity(ParamKind kind) {
  return kind == ParamKind::kInteger || kind == ParamKind::kNumber ||
         kind == ParamKind::kDuration || kind == ParamKind::kDistribution;
}

bool can_be_looked_up(const Source& source) {
  return !source.rule().empty() || !source.url().empty();
}

// A bound or default that is one quantity, in the unit's grain; nothing for a mapping, a list or a
// file name.
std::optional<double> plain_value(const ParamInfo& param, std::string_view text) {
  return magnitude(text, param.element == ParamKind::kDuration ? "s" : param.unit);
}

template <class Int>
bool fits(double value) {
  return value >= static_cast<double>(std::numeric_limits<Int>::min()) &&
         value <= static_cast<double>(std::numeric_limits<Int>::max());
}

// Whether an integer field holds the value without rounding.
bool fits_field(const FieldDescriptor& field, double value) {
  if (std::floor(value) != value) {
    return false;
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return fits<std::int32_t>(value);
    case FieldDescriptor::CPPTYPE_UINT32:
      return fits<std::uint32_t>(value);
    case FieldDescriptor::CPPTYPE_INT64:
      return fits<std::int64_t>(value);
    default:
      return fits<std::uint64_t>(value);
  }
}

class Linter {
 public:
  explicit Linter(const Catalogue& catalogue) : catalogue_(catalogue) {}

  std::vector<LintFinding> run() {
    for (const ModelInfo& model : catalogue_.models()) {
      check_model(model);
    }
    for (const FaultInfo& fault : catalogue_.faults()) {
      check_type(fault.type, fault.doc, fault.message);
      check_params(fault.type, fault.params, /*basis_needed=*/true);
    }
    check_params("", catalogue_.header(), /*basis_needed=*/false);
    for (const SectionInfo& section : catalogue_.sections()) {
      check_params(section.name, section.params, /*basis_needed=*/false);
    }
    return std::move(findings_);
  }

 private:
  void add(const std::string& place, std::string text) {
    findings_.push_back({.place = place, .text = std::move(text)});
  }

  void check_type(const std::string& type, const std::string& doc,
                  const google::protobuf::Descriptor* message) {
    const std::string place = type.empty() ? message->full_name() : type;
    if (!is_snake_case(type)) {
      add(place, fmt::format(R"(type "{}" is not snake_case)", type));
    }
    if (doc.empty()) {
      add(place, "doc is missing");
    }
    check_main_field(place, *message);
  }

  void check_model(const ModelInfo& model) {
    check_type(model.type, model.doc, model.message);
    const ModelOptions& options = model.message->options().GetExtension(sim::model);
    if (!options.initial().empty() && model.initial_message == nullptr) {
      add(model.type, fmt::format(R"(initial names no message "{}")", options.initial()));
    }
    if (!options.operations().empty() && model.operations_message == nullptr) {
      add(model.type, fmt::format(R"(operations names no message "{}")", options.operations()));
    }
    check_metrics(model);
    check_behaviours(model);
    check_params(model.type, model.params, /*basis_needed=*/true);
    check_params(model.type + " initial", model.initial, /*basis_needed=*/false);
    check_params(model.type + " operations", model.operations, /*basis_needed=*/false);
  }

  void check_metrics(const ModelInfo& model) {
    std::set<std::string> names;
    for (const Metric& metric : model.metrics) {
      const std::string place = fmt::format("{} metric {}", model.type, metric.name());
      if (metric.name().empty()) {
        add(place, "name is missing");
      }
      if (!names.insert(metric.name()).second) {
        add(place, "the name is there twice");
      }
      if (metric.doc().empty()) {
        add(place, "doc is missing");
      }
      if (!is_cloudwatch_unit(metric.unit())) {
        add(place, fmt::format(R"(unit "{}" is none of CloudWatch's)", metric.unit()));
      }
      static constexpr std::array kStatistics = {"",        "SampleCount", "Sum",
                                                 "Average", "Minimum",     "Maximum"};
      if (std::find(kStatistics.begin(), kStatistics.end(), metric.statistic()) ==
          kStatistics.end()) {
        add(place, fmt::format(R"(statistic "{}" is none of CloudWatch's)", metric.statistic()));
      }
    }
  }

  void check_behaviours(const ModelInfo& model) {
    std::set<std::string> ids;
    for (const Behaviour& behaviour : model.behaviours) {
      const std::string place = fmt::format("{} behaviour {}", model.type, behaviour.id());
      if (behaviour.id().empty()) {
        add(place, "id is missing");
      }
      if (!ids.insert(behaviour.id()).second) {
        add(place, "the id is there twice");
      }
      // Two models may obey one rule, but a rule says one thing.
      const auto [said, is_new] = says_.emplace(behaviour.id(), behaviour.says());
      if (!is_new && said->second != behaviour.says()) {
        add(place, fmt::format(R"(the id says something else elsewhere: "{}")", said->second));
      }
      if (behaviour.says().empty()) {
        add(place, "says is missing");
      }
      if (behaviour.source_size() == 0) {
        add(place, "a source is missing");
      }
      for (const Source& source : behaviour.source()) {
        check_source(place, source);
      }
      if (behaviour.basis() == BASIS_UNSPECIFIED) {
        add(place, "basis is missing");
      }
      if (behaviour.basis() == DOCUMENTED || behaviour.basis() == MEASURED) {
        if (std::none_of(behaviour.source().begin(), behaviour.source().end(), can_be_looked_up)) {
          add(place,
              fmt::format("{} needs a source with a rule or a url", Basis_Name(behaviour.basis())));
        }
      }
    }
  }

  void check_source(const std::string& place, const Source& source) {
    if (source.rule().empty() && source.url().empty() && source.title().empty()) {
      add(place, "a source is empty");
    }
    if (source.has_url() && !source.url().starts_with("https://")) {
      add(place, fmt::format(R"(url "{}" does not begin with https://)", source.url()));
    }
    if (source.has_read_on() && !is_iso_date(source.read_on())) {
      add(place, fmt::format(R"(read_on "{}" is no date like 2026-01-05)", source.read_on()));
    }
  }

  void check_params(const std::string& owner, const std::vector<ParamInfo>& params,
                    bool basis_needed) {
    for (const ParamInfo* param : flatten(params)) {
      const std::string place = owner.empty() ? param->path : owner + "." + param->path;
      if (!param->declared) {
        add(place, "the option (param) is missing");
        continue;
      }
      check_words(place, *param);
      check_default(place, *param, basis_needed);
      check_bounds(place, *param);
      check_editions(place, *param);
      check_references(place, *param);
      check_keys(place, *param);
      for (const Source& source : param->sources) {
        check_source(place, source);
      }
      check_basis(place, *param);
      if (param->message() != nullptr) {
        check_main_field(place, *param->message());
      }
    }
  }

  void check_words(const std::string& place, const ParamInfo& param) {
    if (!is_snake_case(param.name)) {
      add(place, fmt::format(R"(name "{}" is not snake_case)", param.name));
    }
    if (param.doc.empty()) {
      add(place, "doc is missing");
    }
    if (is_quantity(param.element) && param.unit.empty()) {
      add(place, R"(unit is missing; a plain number has unit "1")");
    }
    if (param.element == ParamKind::kDuration && !param.unit.empty() && param.unit != "s") {
      add(place, fmt::format(R"(unit "{}" of a duration; it is "s", and values carry their own)",
                             param.unit));
    }
  }

  void check_default(const std::string& place, const ParamInfo& param, bool basis_needed) {
    if (param.field->has_default_value()) {
      add(place, "protobuf's own default; write default_value in (param), where editions are");
    }
    if (param.required && (!param.defaults.empty() || !param.default_rule.empty())) {
      add(place, "required, yet there is a default");
    }
    if (!param.defaults.empty() && !param.default_rule.empty()) {
      add(place, "both default_value and default_rule");
    }
    // An empty text says that there is nothing, which needs no source.
    const bool has_default =
        !param.default_rule.empty() ||
        std::any_of(param.defaults.begin(), param.defaults.end(),
                    [](const DefaultInfo& each) { return !each.text.empty(); });
    if (basis_needed && has_default && param.basis == BASIS_UNSPECIFIED) {
      add(place, "basis is missing: DOCUMENTED, MEASURED or ASSUMED");
    }
    for (const DefaultInfo& each : param.defaults) {
      check_allowed(place, param, each.text);
      check_number(place, param, "default", each.text);
    }
  }

  void check_allowed(const std::string& place, const ParamInfo& param, const std::string& text) {
    if (param.element == ParamKind::kBool && text != "true" && text != "false") {
      add(place, fmt::format(R"(default "{}" is neither true nor false)", text));
    }
    if (param.allowed.empty() || param.kind != param.element) {
      return;
    }
    if (std::none_of(param.allowed.begin(), param.allowed.end(),
                     [&](const AllowedValue& value) { return value.text == text; })) {
      add(place, fmt::format(R"(default "{}" is none of the allowed values)", text));
    }
  }

  // Numbers and durations must be readable; a distribution or a list may be more than one quantity.
  void check_number(const std::string& place, const ParamInfo& param, std::string_view what,
                    const std::string& text) {
    const bool must_be_plain = param.kind == ParamKind::kInteger ||
                               param.kind == ParamKind::kNumber ||
                               param.kind == ParamKind::kDuration;
    if (!must_be_plain) {
      return;
    }
    const std::optional<double> value = plain_value(param, text);
    if (!value) {
      add(place, fmt::format(R"({} "{}" can't be read as {} in unit "{}")", what, text,
                             to_string(param.kind), param.unit));
    } else if (param.kind == ParamKind::kInteger && !fits_field(*param.field, *value)) {
      add(place, fmt::format("{} {} does not fit into {}", what, text, param.field->type_name()));
    }
  }

  void check_bounds(const std::string& place, const ParamInfo& param) {
    for (const auto& [what, text] : {std::pair("min", param.min), std::pair("max", param.max)}) {
      if (text.empty()) {
        continue;
      }
      if (!is_quantity(param.element)) {
        add(place,
            fmt::format("{} on kind {}, which has no order", what, to_string(param.element)));
      } else if (!plain_value(param, text)) {
        add(place, fmt::format(R"({} "{}" can't be read in unit "{}")", what, text, param.unit));
      }
    }
    const std::optional<double> min = plain_value(param, param.min);
    const std::optional<double> max = plain_value(param, param.max);
    if (min && max && *min > *max) {
      add(place, fmt::format("min {} is above max {}", param.min, param.max));
    }
    for (const DefaultInfo& each : param.defaults) {
      const std::optional<double> value = plain_value(param, each.text);
      if (value && min && *value < *min) {
        add(place, fmt::format("default {} is below min {}", each.text, param.min));
      }
      if (value && max && *value > *max) {
        add(place, fmt::format("default {} is above max {}", each.text, param.max));
      }
    }
  }

  void check_editions(const std::string& place, const ParamInfo& param) {
    std::optional<RulesEdition> last;
    for (const DefaultInfo& each : param.defaults) {
      const bool is_base = &each == &param.defaults.front() && each.from.empty();
      if (is_base) {
        continue;
      }
      const Result<RulesEdition> from = RulesEdition::parse(each.from);
      if (!from.ok()) {
        add(place, from.error());
        continue;
      }
      if (last && *from <= *last) {
        add(place, fmt::format("edition {} does not come after {}", from->text(), last->text()));
      }
      if (each.sources.empty() && param.basis == DOCUMENTED) {
        add(place, fmt::format("edition {} has no source", from->text()));
      }
      for (const Source& source : each.sources) {
        check_source(place, source);
      }
      last = *from;
    }
  }

  void check_references(const std::string& place, const ParamInfo& param) {
    if (param.inline_resource && param.refers_to.empty()) {
      add(place, "inline_resource without refers_to");
    }
    if (!param.refers_to.empty() && param.element != ParamKind::kReference) {
      add(place,
          fmt::format("refers_to on kind {}; a reference is a string", to_string(param.element)));
    }
    for (const std::string& type : param.refers_to) {
      if (type == "*" || catalogue_.find_model(type) != nullptr) {
        continue;  // "*" takes any type
      }
      std::vector<std::string> types;
      for (const ModelInfo& model : catalogue_.models()) {
        types.push_back(model.type);
      }
      add(place, fmt::format(R"(refers_to names no type "{}"{})", type, did_you_mean(type, types)));
    }
  }

  void check_keys(const std::string& place, const ParamInfo& param) {
    if (param.keyed_by.empty()) {
      return;
    }
    const google::protobuf::Descriptor* element = param.message();
    if (!param.field->is_repeated() || element == nullptr) {
      add(place, "keyed_by on a field that is no repeated message");
      return;
    }
    const FieldDescriptor* key = element->FindFieldByName(param.keyed_by);
    if (key == nullptr || key->cpp_type() != FieldDescriptor::CPPTYPE_STRING ||
        key->is_repeated()) {
      add(place, fmt::format(R"(keyed_by names no string field "{}" of {})", param.keyed_by,
                             element->full_name()));
    }
  }

  void check_basis(const std::string& place, const ParamInfo& param) {
    if (param.basis == ASSUMED && param.note.empty()) {
      add(place, "ASSUMED needs a note that says why");
    }
    if (param.basis != DOCUMENTED && param.basis != MEASURED) {
      return;
    }
    if (std::none_of(param.sources.begin(), param.sources.end(), can_be_looked_up)) {
      add(place, fmt::format("{} needs a source with a rule or a url", Basis_Name(param.basis)));
    }
  }

  void check_main_field(const std::string& place, const google::protobuf::Descriptor& message) {
    const std::string& name = message.options().GetExtension(sim::main_field);
    if (name.empty() || message.FindFieldByName(name) != nullptr) {
      return;
    }
    add(place, fmt::format(R"(main_field names no field "{}" of {})", name, message.full_name()));
  }

  const Catalogue& catalogue_;
  std::vector<LintFinding> findings_;
  std::map<std::string, std::string> says_;  // of each behaviour's id
};

}  // namespace

std::vector<LintFinding> lint(const Catalogue& catalogue) {
  return Linter(catalogue).run();
}

bool is_cloudwatch_unit(std::string_view unit) {
  static constexpr std::array<std::string_view, 27> kUnits = {"Seconds",
                                                              "Microseconds",
                                                              "Milliseconds",
                                                              "Bytes",
                                                              "Kilobytes",
                                                              "Megabytes",
                                                              "Gigabytes",
                                                              "Terabytes",
                                                              "Bits",
                                                              "Kilobits",
                                                              "Megabits",
                                                              "Gigabits",
                                                              "Terabits",
                                                              "Percent",
                                                              "Count",
                                                              "Bytes/Second",
                                                              "Kilobytes/Second",
                                                              "Megabytes/Second",
                                                              "Gigabytes/Second",
                                                              "Terabytes/Second",
                                                              "Bits/Second",
                                                              "Kilobits/Second",
                                                              "Megabits/Second",
                                                              "Gigabits/Second",
                                                              "Terabits/Second",
                                                              "Count/Second",
                                                              "None"};
  return std::find(kUnits.begin(), kUnits.end(), unit) != kUnits.end();
}

}  // namespace updraft::sim
