// `updraft explain`: what the schema says about a resource type, a parameter, a metric or a rule,
// as text for a terminal or as JSON for a program. Nothing here knows a model: all words come from
// the schema.
//
//   explain(catalogue, "", {})                     every type and fault, by name
//   explain(catalogue, "parcel_depot", {})         its parameters, metrics and behaviours
//   explain(catalogue, "parcel_depot.clerks", {})  one parameter, its value in every rules edition
//   explain(catalogue, "D1.2.1", {})               behaviours and parameters that cite a rule
//   explain(catalogue, "D1.2", {})                 the same for a group of rules
//   explain(catalogue, "metric ParcelCount", {})
//
// The error of an unknown name says the nearest spelling. The same question gives the same bytes
// everywhere.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/core/result.h"
#include "sim/schema/catalogue.h"

namespace updraft::sim {

struct ExplainOptions {
  RulesEdition rules = RulesEdition::latest();  // whose defaults lists show; a parameter's own page
                                                // shows every edition
  std::size_t width = 80;
  bool ansi = false;  // headings and labels with escape codes
};

Result<std::string> explain(const Catalogue& catalogue, std::string_view question,
                            const ExplainOptions& options);

/// One JSON object, indented by two, with "version": 1 and "kind": index, resource, fault, section,
/// parameter, metric or rule. Absent facts are absent keys. `width` and `ansi` mean nothing here.
Result<std::string> explain_json(const Catalogue& catalogue, std::string_view question,
                                 const ExplainOptions& options);

}  // namespace updraft::sim
