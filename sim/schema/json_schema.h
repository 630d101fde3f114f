// A JSON Schema (draft 2020-12) of a whole scenario, for editors: the YAML language server
// completes names, shows docs and marks what the loader would refuse.
//
//   write_file("scenario.schema.json", json_schema(catalogue, {}));
//   # yaml-language-server: $schema=scenario.schema.json
//
// The schema accepts every scenario that the loader accepts. The loader refuses more: dangling
// references, bounds of durations, and everything that takes more than one field to see. Same
// catalogue, same bytes.
#pragma once

#include <string>

#include "sim/schema/catalogue.h"

namespace updraft::sim {

struct JsonSchemaOptions {
  RulesEdition rules = RulesEdition::latest();  // whose defaults stand as `default`
  std::string id = {};                          // $id; empty: none
};

/// Indented by two, ends in a newline.
std::string json_schema(const Catalogue& catalogue, const JsonSchemaOptions& options);

}  // namespace updraft::sim
