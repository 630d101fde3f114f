// The lint of the schema: what options.proto asks for and protobuf does not check. One test runs it
// over every registered model, so a number without a source does not reach the tree.
//
//   EXPECT_THAT(lint(catalogue), ::testing::IsEmpty());
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/schema/catalogue.h"

namespace updraft::sim {

struct LintFinding {
  std::string place;  // "parcel_depot.clerks", "parcel_depot behaviour D1.2.1"
  std::string text;   // lower case first letter, no full stop

  friend bool operator==(const LintFinding&, const LintFinding&) = default;
};

/// Findings of every model, fault and section, in the order of their names; empty when all is well.
std::vector<LintFinding> lint(const Catalogue& catalogue);

/// Whether CloudWatch knows the unit: Seconds, Bytes, Percent, Count, Count/Second, None, ...
bool is_cloudwatch_unit(std::string_view unit);

}  // namespace updraft::sim
