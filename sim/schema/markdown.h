// The tables of a model's reference page (docs/reference/TYPE.md): parameters, metrics and
// behaviours, straight from the schema, so that no number is typed twice. Same schema, same bytes;
// a test compares the page in the tree.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/schema/describe.h"

namespace updraft::sim {

struct MarkdownOptions {
  RulesEdition rules =
      RulesEdition::latest();  // whose defaults come first; other editions stand beside them
  // Names of the tests that prove a behaviour, by its id; shown beside it. Empty: no such column.
  std::map<std::string, std::vector<std::string>> tests = {};
};

/// Parameters with their fields, depth first: path, meaning, default, values, basis and source.
std::string parameter_table(const std::vector<ParamInfo>& params, const MarkdownOptions& options);
std::string metric_table(const ModelInfo& model);
std::string behaviour_table(const ModelInfo& model, const MarkdownOptions& options);
/// The whole page with its headings; a table without rows is left out.
std::string reference_page(const ModelInfo& model, const MarkdownOptions& options);

}  // namespace updraft::sim
