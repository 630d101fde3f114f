// The reference pages (docs/reference) from the schema, so that no number is typed twice.
#pragma once

#include <map>
#include <string>

#include "sim/schema/catalogue.h"

namespace updraft::cli {

/// Every page by its file name: README.md (index, the head of a scenario, traffic), faults.md and
/// one for each resource type. Same schema, same bytes.
std::map<std::string, std::string> reference_pages(const sim::Catalogue& catalogue);

}  // namespace updraft::cli
