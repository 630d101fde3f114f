#include "sim/schema/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace updraft::sim {
namespace {

std::string allowed_list(const ParamInfo& param) {
  std::vector<std::string_view> texts;
  for (const AllowedValue& value : param.allowed) {
    texts.push_back(value.text);
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

// One value of the parameter; `plural` where it stands in a list.
std::string element_words(const ParamInfo& param, bool plural) {
  const std::string_view s = plural ? "s" : "";
  if (!param.allowed.empty()) {
    return "one of " + allowed_list(param);
  }
  switch (param.element) {
    case ParamKind::kReference:
      return fmt::format("name{} of a {}", s, fmt::join(param.refers_to, " or a "));
    case ParamKind::kMessage:
      return plural ? "mappings" : "mapping";
    case ParamKind::kString:
      if (param.zone) {
        return plural ? "availability zones" : "availability zone";
      }
      if (param.file) {
        return plural ? "files" : "file";
      }
      return plural ? "texts" : "text";
    case ParamKind::kBool:
      return "true or false";
    default:
      return fmt::format("{}{}", to_string(param.element), s);
  }
}

// The month before the edition, as text.
std::string month_before(const RulesEdition& edition) {
  const bool january = edition.month() == 1;
  return fmt::format("{:04}-{:02}", edition.year() - (january ? 1 : 0),
                     january ? 12 : edition.month() - 1);
}

}  // namespace

std::string kind_words(const ParamInfo& param) {
  if (param.kind == ParamKind::kKeyedList) {
    return "mapping by name";
  }
  if (param.kind == ParamKind::kList) {
    return "list of " + element_words(param, true);
  }
  std::string words = element_words(param, false);
  if (param.inline_resource) {
    words += ", or the resource itself";
  }
  return words;
}

std::string range_words(const ParamInfo& param) {
  if (!param.min.empty() && !param.max.empty()) {
    return fmt::format("{} to {}", param.min, param.max);
  }
  if (!param.min.empty()) {
    return "at least " + param.min;
  }
  if (!param.max.empty()) {
    return "at most " + param.max;
  }
  return "";
}

std::string edition_words(const std::vector<DefaultInfo>& defaults, std::size_t index) {
  const std::string& from = defaults.at(index).from;
  const bool is_last = index + 1 == defaults.size();
  if (is_last) {
    return from.empty() ? "in every edition" : "since " + from;
  }
  const std::string& next = defaults[index + 1].from;
  if (from.empty()) {
    return "before " + next;
  }
  const Result<RulesEdition> end = RulesEdition::parse(next);
  return fmt::format("{} to {}", from, end.ok() ? month_before(*end) : next);
}

std::string default_words(const ParamInfo& param, const RulesEdition& rules) {
  if (param.required) {
    return "required";
  }
  if (!param.default_rule.empty()) {
    return "by rule " + param.default_rule;
  }
  const DefaultInfo* found = param.default_in(rules);
  if (found == nullptr || found->text.empty()) {
    return "none";
  }
  return found->text;
}

std::string source_words(const Source& source) {
  std::string out;
  const auto add = [&](std::string_view text) {
    if (text.empty()) {
      return;
    }
    if (!out.empty()) {
      out += ", ";
    }
    out += text;
  };
  add(source.rule());
  add(source.title());
  if (source.has_url()) {
    out += out.empty() ? source.url() : fmt::format(" ({})", source.url());
  }
  if (source.has_quote()) {
    add(fmt::format("\"{}\"", source.quote()));
  }
  if (source.has_read_on()) {
    add("read " + source.read_on());
  }
  return out;
}

std::string_view basis_words(Basis basis) {
  switch (basis) {
    case DOCUMENTED:
      return "documented";
    case MEASURED:
      return "measured";
    case ASSUMED:
      return "assumed";
    case BASIS_UNSPECIFIED:
      break;
  }
  return "";
}

std::string_view metric_kind_words(MetricKind kind) {
  switch (kind) {
    case COUNTER:
      return "counter";
    case GAUGE:
      return "gauge";
    case DISTRIBUTION:
      return "distribution";
    case RATIO:
      return "ratio";
  }
  return "";
}

}  // namespace updraft::sim
