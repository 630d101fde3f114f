#include "sim/schema/lint.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/schema/testing/broken.pb.h"
#include "sim/schema/testing/world.h"

namespace updraft::sim {
namespace {

std::string lines(const Catalogue& catalogue) {
  std::string out;
  for (const LintFinding& finding : lint(catalogue)) {
    out += fmt::format("{}: {}\n", finding.place, finding.text);
  }
  return out;
}

TEST(Lint, FindsNothingInAWellWrittenSchema) {
  EXPECT_EQ(lines(testing::world()), "");
}

TEST(Lint, NamesEveryMistake) {
  const Catalogue catalogue({.models = {testing::BrokenParams::descriptor()}});
  EXPECT_EQ(lines(catalogue), R"(Broken: type "Broken" is not snake_case
Broken: doc is missing
Broken: initial names no message "updraft.sim.testing.Nowhere"
Broken metric Speed: unit "Knots" is none of CloudWatch's
Broken metric Speed: the name is there twice
Broken metric Speed: doc is missing
Broken behaviour B1: the id is there twice
Broken behaviour B1: the id says something else elsewhere: "It does."
Broken behaviour B2: says is missing
Broken behaviour B2: a source is missing
Broken behaviour B2: basis is missing
Broken.bare: the option (param) is missing
Broken.no_doc: doc is missing
Broken.no_doc: basis is missing: DOCUMENTED, MEASURED or ASSUMED
Broken.no_basis: basis is missing: DOCUMENTED, MEASURED or ASSUMED
Broken.no_source: DOCUMENTED needs a source with a rule or a url
Broken.empty_source: MEASURED needs a source with a rule or a url
Broken.no_note: ASSUMED needs a note that says why
Broken.too_large: default 11 is above max 10
Broken.too_short: default 30s is below min 1m
Broken.crossed: min 10 is above max 9
Broken.keyed: keyed_by names no string field "number" of updraft.sim.testing.Colourful
Broken.not_repeated: keyed_by on a field that is no repeated message
Broken.unsorted: default 99999999999 does not fit into uint32
Broken.unsorted: edition 2024-01 does not come after 2025-01
Broken.unsorted: rules edition "2024-13" is no year and month; write it like "2026-11"
Broken.colour: default "BLUE" is none of the allowed values
Broken.no_unit: unit is missing; a plain number has unit "1"
Broken.required_default: required, yet there is a default
Broken.own_default: protobuf's own default; write default_value in (param), where editions are
Broken.bad_date: read_on "5.1.2026" is no date like 2026-01-05
Broken.bad_number: default "many" can't be read as integer in unit "1"
Broken.refers: refers_to on kind integer; a reference is a string
Broken.refers: refers_to names no type "shelf"
Broken.dangling: refers_to names no type "nowhere"
Broken.perhaps: default "maybe" is neither true nor false
Broken.closed: basis is missing: DOCUMENTED, MEASURED or ASSUMED
Broken.closed: default "c" is none of the allowed values
Broken.plain_time: unit "ms" of a duration; it is "s", and values carry their own
Broken.plain_time: default "30" can't be read as duration in unit "ms"
Broken.in_place: inline_resource without refers_to
Broken.main: main_field names no field "missing" of updraft.sim.testing.BadMain
Broken.BadName: name "BadName" is not snake_case
Broken.half: default 1.5 does not fit into uint32
Broken.ordered: min on kind bool, which has no order
Broken.ordered: url "http://example.com" does not begin with https://
Broken.ordered: a source is empty
Broken.two_defaults: both default_value and default_rule
)");
}

TEST(Lint, KnowsTheUnitsOfCloudWatch) {
  for (const char* unit : {"Count", "Percent", "Seconds", "Bytes", "Count/Second", "None"}) {
    EXPECT_TRUE(is_cloudwatch_unit(unit)) << unit;
  }
  for (const char* unit : {"", "1", "count", "Minutes", "Knots"}) {
    EXPECT_FALSE(is_cloudwatch_unit(unit)) << unit;
  }
}

}  // namespace
}  // namespace updraft::sim
