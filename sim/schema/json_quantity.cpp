#include "sim/schema/json_quantity.h"

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "sim/schema/grammar.h"

namespace updraft::sim {
namespace {

using Json = nlohmann::ordered_json;

// A law of sim/schema/quantity.proto and the parameters it takes in a scenario.
struct Law {
  const char* name;
  std::vector<const char*> values;   // in the field's unit
  std::vector<const char*> numbers;  // plain
};

const std::vector<Law>& laws() {
  static const std::vector<Law> kLaws = {{"constant", {"value"}, {}},
                                         {"uniform", {"low", "high"}, {}},
                                         {"exponential", {"mean"}, {}},
                                         {"lognormal", {"mean", "median", "sd"}, {"sigma", "cv"}},
                                         {"gamma", {"mean", "sd", "scale"}, {"cv", "shape"}},
                                         {"weibull", {"mean", "scale"}, {"shape"}},
                                         {"pareto", {"min", "mean"}, {"shape"}},
                                         {"truncated_normal", {"mean", "sd", "min", "max"}, {}}};
  return kLaws;
}

Json law_schema(const Law& law, const Json& value) {
  Json mapping = {{"type", "object"}, {"additionalProperties", false}, {"minProperties", 1}};
  for (const char* name : law.values) {
    mapping["properties"][name] = value;
  }
  for (const char* name : law.numbers) {
    mapping["properties"][name] = {{"type", "number"}};
  }
  // Any percentile fixes a lognormal law: p50, p99, p99.9.
  if (std::string_view(law.name) == "lognormal") {
    mapping["patternProperties"][R"(^p[0-9]{1,2}(\.[0-9]+)?$)"] = value;
  }
  const bool takes_one_value = law.values.size() == 1 && law.numbers.empty();
  if (!takes_one_value) {
    return mapping;
  }
  return {{"anyOf", Json::array({value, std::move(mapping)})}};
}

Json empirical_schema(const Json& value) {
  return {{"anyOf", Json::array({{{"type", "string"}, {"description", "File of values."}},
                                 {{"type", "array"}, {"items", value}, {"minItems", 1}}})}};
}

Json mixture_schema(const Json& self) {
  const Json weight = {
      {"anyOf", Json::array({{{"type", "number"}, {"exclusiveMinimum", 0}},
                             {{"type", "string"}, {"pattern", quantity_pattern("share")}}})}};
  return {{"type", "array"},
          {"minItems", 1},
          {"items",
           {{"type", "object"},
            {"properties", {{"weight", weight}, {"of", self}}},
            {"required", {"weight", "of"}},
            {"additionalProperties", false}}}};
}

// Whole bounds stay whole in JSON: 1000, not 1000.0.
void put_bound(Json& out, const char* key, double bound) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (std::floor(bound) == bound && std::fabs(bound) < kExact) {
    out[key] = static_cast<std::int64_t>(bound);
  } else {
    out[key] = bound;
  }
}

void put_bounds(Json& out, const ParamInfo& param) {
  const std::optional<double> min = magnitude(param.min, param.unit);
  const std::optional<double> max = magnitude(param.max, param.unit);
  if (min) {
    put_bound(out, "minimum", *min);
  } else if (param.is_unsigned) {
    out["minimum"] = 0;
  }
  if (max) {
    put_bound(out, "maximum", *max);
  }
}

bool may_be_negative(const ParamInfo& param) {
  return param.min.starts_with('-');
}

Json text_schema(const ParamInfo& param, std::string_view unit) {
  std::string pattern = quantity_pattern(unit);
  constexpr std::string_view kSign = "-?";
  if (!may_be_negative(param) && pattern.compare(1, kSign.size(), kSign) == 0) {
    pattern.erase(1, kSign.size());
  }
  return {{"type", "string"}, {"pattern", std::move(pattern)}};
}

}  // namespace

std::string distribution_name(std::string_view unit) {
  std::string name = "distribution_";
  for (const char c : unit) {
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += is_word ? c : '_';
  }
  return name;
}

Json distribution_schema(const Json& value, const Json& self) {
  Json mapping = {{"type", "object"},
                  {"minProperties", 1},
                  {"maxProperties", 1},
                  {"additionalProperties", false}};
  for (const Law& law : laws()) {
    mapping["properties"][law.name] = law_schema(law, value);
  }
  mapping["properties"]["empirical"] = empirical_schema(value);
  mapping["properties"]["mixture"] = mixture_schema(self);
  return {{"anyOf", Json::array({value, std::move(mapping)})}};
}

Json quantity_schema(const ParamInfo& param, bool is_integer) {
  const QuantityKind kind = quantity_kind(param.unit);
  Json number = {{"type", is_integer ? "integer" : "number"}};
  put_bounds(number, param);
  switch (kind) {
    case QuantityKind::kNumber:
      return number;
    case QuantityKind::kPercent:
    case QuantityKind::kShare:
    case QuantityKind::kOther:
      return {{"anyOf", Json::array({std::move(number), text_schema(param, param.unit)})}};
    default:
      return text_schema(param, param.unit);
  }
}

Json duration_schema(const ParamInfo& param) {
  return text_schema(param, "s");
}

}  // namespace updraft::sim
