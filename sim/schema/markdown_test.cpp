#include "sim/schema/markdown.h"

#include <algorithm>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "sim/schema/testing/world.h"

namespace updraft::sim {
namespace {

using testing::world;

const MarkdownOptions& options() {
  static const MarkdownOptions kOptions;
  return kOptions;
}

TEST(ReferencePage, HoldsEveryTableOfASmallModel) {
  EXPECT_EQ(reference_page(*world().find_model("shelf"), options()), R"(# shelf

A shelf with places for parcels.
Defaults are those of rules 2026-11; other editions stand beside them.

## Parameters

| parameter | meaning | values | default | basis |
|---|---|---|---|---|
| `places` | Places on the shelf. | integer, at least 1 | `100` | documented: D1.1.1, [Post guide, Shelves](https://example.com/shelf#places) |

## Metrics

| metric | meaning | unit | kind | statistic | namespace |
|---|---|---|---|---|---|
| `PlacesUsed` | Places taken. | Count | gauge | Average |  |

## Behaviours

| id | behaviour | basis | source |
|---|---|---|---|
| D2.1.1 | A parcel that finds no place is laid on the floor. | documented | D2.1.1, [source](https://example.com/shelf) |
)");
}

TEST(ParameterTable, ShowsEveryEditionWithItsSource) {
  const Catalogue catalogue = world();
  const std::vector<ParamInfo> clerks = {catalogue.find_model("parcel_depot")->params.front()};
  EXPECT_EQ(parameter_table(clerks, options()),
            R"(| parameter | meaning | values | default | basis |
|---|---|---|---|---|
| `clerks` | Parcels served at the same time.<br>CloudFormation `ClerkCount` | integer, 1 to 1000 | `5`<br>`3` 2023-11 to 2026-10<br>`2` before 2023-11 | documented: D1.1.1, [Post guide, Clerks](https://example.com/depot#clerks), read 2026-01-05<br>2023-11: D1.1.1, [Post news, November 2023](https://example.com/news/2023)<br>2026-11: D1.1.2, [Post news, November 2026](https://example.com/news/2026) |
)");
  MarkdownOptions older;
  older.rules = RulesEdition::parse("2020-01").value();
  EXPECT_NE(parameter_table(clerks, older).find("| `2`<br>`5` since 2026-11<br>`3` 2023-11 to"),
            std::string::npos);
}

TEST(BehaviourTable, ShowsTheTestsBesideTheClaim) {
  MarkdownOptions with_tests;
  with_tests.tests["D2.1.1"] = {"Shelf.D2_1_1_LaysOnTheFloor", "Shelf.D2_1_1_KeepsTheOrder"};
  EXPECT_NE(behaviour_table(*world().find_model("shelf"), with_tests)
                .find("| `Shelf.D2_1_1_LaysOnTheFloor`<br>`Shelf.D2_1_1_KeepsTheOrder` |\n"),
            std::string::npos);
}

TEST(ParameterTable, KeepsMarkupOfTheTextsOutOfTheTable) {
  ParamInfo param;
  param.path = "x";
  param.doc = "a|b\nc <d>";
  param.defaults = {{.from = {}, .text = "a|b", .sources = {}}};
  EXPECT_EQ(parameter_table({param}, options()),
            "| parameter | meaning | values | default | basis |\n|---|---|---|---|---|\n"
            "| `x` | a\\|b<br>c &lt;d> | text | `a\\|b` |  |\n");
}

TEST(ReferencePage, HasAsManyCellsInEveryRowAsInItsHead) {
  const Catalogue catalogue = world();
  for (const ModelInfo& model : catalogue.models()) {
    std::istringstream lines(reference_page(model, options()));
    std::ptrdiff_t expected = 0;
    for (std::string line; std::getline(lines, line);) {
      const std::ptrdiff_t bars = std::count(line.begin(), line.end(), '|');
      if (expected == 0) {
        expected = bars;
      }
      if (bars > 0) {
        EXPECT_EQ(bars, expected) << line;
      }
      if (bars == 0) {
        expected = 0;
      }
    }
  }
}

}  // namespace
}  // namespace updraft::sim
