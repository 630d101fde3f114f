#include "sim/schema/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/core/check.h"
#include "sim/schema/catalogue.h"
#include "sim/schema/testing/world.h"

namespace updraft::sim {
namespace {

using testing::DepotParams;
using ::testing::ElementsAre;
using testing::world;

ModelInfo depot() {
  return describe_model(*DepotParams::descriptor());
}

const ParamInfo& param_at(const ModelInfo& model, std::string_view path) {
  const ParamInfo* found = find_param(model.params, path);
  SIM_CHECK(found != nullptr, "{}", path);
  return *found;
}

TEST(DescribeModel, ReadsTheModelItself) {
  const ModelInfo model = depot();
  EXPECT_EQ(model.type, "parcel_depot");
  EXPECT_EQ(model.doc, "A depot where clerks hand out parcels.");
  EXPECT_EQ(model.cloudformation, "Example::Post::Depot");
  EXPECT_FALSE(model.implicit);
  ASSERT_EQ(model.metrics.size(), 2u);
  EXPECT_EQ(model.metrics[1].name(), "ClerkUtilization");
  ASSERT_EQ(model.behaviours.size(), 2u);
  EXPECT_EQ(model.behaviours[0].id(), "D1.2.1");
  EXPECT_EQ(model.initial.front().name, "waiting");
  EXPECT_EQ(model.operations.front().name, "set_clerks");
}

TEST(DescribeModel, TellsTheKindOfEveryParameter) {
  const ModelInfo model = depot();
  std::vector<std::string> kinds;
  for (const ParamInfo& param : model.params) {
    std::string line = param.name + ": " + std::string(to_string(param.kind));
    if (param.kind != param.element) {
      line += " of " + std::string(to_string(param.element));
    }
    kinds.push_back(line);
  }
  EXPECT_THAT(kinds,
              ElementsAre("clerks: integer", "line_limit: integer", "break_time: duration",
                          "handling: distribution", "weight: distribution", "order: enum",
                          "night_shift: bool", "pay: number", "collection_rate: number",
                          "warm_up: duration", "shelves: list of reference", "counter: reference",
                          "availability_zones: list of string", "rules: keyed list of message",
                          "language: string", "opening: list of message"));
}

TEST(DescribeModel, ReadsWhatAParameterSaysOfItself) {
  const ModelInfo model = depot();
  const ParamInfo& clerks = param_at(model, "clerks");
  EXPECT_EQ(clerks.doc, "Parcels served at the same time.");
  EXPECT_EQ(clerks.unit, "1");
  EXPECT_EQ(clerks.min, "1");
  EXPECT_EQ(clerks.max, "1000");
  EXPECT_TRUE(clerks.is_unsigned);
  EXPECT_EQ(clerks.basis, DOCUMENTED);
  EXPECT_EQ(clerks.sources.front().rule(), "D1.1.1");
  EXPECT_EQ(clerks.cloudformation, "ClerkCount");
  EXPECT_EQ(param_at(model, "warm_up").default_rule, "warm_up_or_break");
  EXPECT_EQ(param_at(model, "line_limit").note, "no public figure");
  EXPECT_TRUE(param_at(model, "shelves").required);
  EXPECT_THAT(param_at(model, "shelves").refers_to, ElementsAre("shelf"));
  EXPECT_TRUE(param_at(model, "counter").inline_resource);
  EXPECT_TRUE(param_at(model, "availability_zones").zone);
}

TEST(DescribeModel, ReadsEnumsAsTheyAreSpelled) {
  const ModelInfo model = depot();
  std::vector<std::string> texts;
  for (const AllowedValue& value : param_at(model, "order").allowed) {
    texts.push_back(value.text);
  }
  EXPECT_THAT(texts, ElementsAre("OldestFirst", "NearestFirst"));  // less ORDER_UNSPECIFIED
  EXPECT_EQ(param_at(model, "order").allowed[1].number, 2);
  EXPECT_EQ(param_at(model, "order").allowed[1].doc, "The parcel on the nearest shelf.");
  EXPECT_EQ(param_at(model, "language").allowed.size(), 2u);
}

TEST(DescribeModel, LeavesOutTheKeyAndStopsAtRecursion) {
  const ModelInfo model = depot();
  const ParamInfo& rules = param_at(model, "rules");
  EXPECT_EQ(rules.keyed_by, "name");
  ASSERT_EQ(rules.fields.size(), 3u);
  EXPECT_EQ(rules.fields[0].name, "forward");
  EXPECT_EQ(rules.fields[0].one_of, "action");
  EXPECT_TRUE(rules.fields[0].one_of_required);
  EXPECT_EQ(rules.fields[2].one_of, "");
  const ParamInfo& then = param_at(model, "rules.hold.then");
  EXPECT_TRUE(then.recursive);
  EXPECT_TRUE(then.fields.empty());
  EXPECT_EQ(then.message()->name(), "Rule");
}

TEST(DefaultIn, IsTheLatestEditionNotAfterTheRules) {
  const ModelInfo model = depot();
  const ParamInfo& clerks = param_at(model, "clerks");
  const auto text = [&](std::string_view rules) {
    return clerks.default_in(RulesEdition::parse(rules).value())->text;
  };
  EXPECT_EQ(text("2020-01"), "2");
  EXPECT_EQ(text("2023-10"), "2");
  EXPECT_EQ(text("2023-11"), "3");
  EXPECT_EQ(text("2026-10"), "3");
  EXPECT_EQ(text("2026-11"), "5");
  EXPECT_EQ(text("2030-01"), "5");
  EXPECT_EQ(clerks.default_in(RulesEdition::parse("2026-11").value())->sources.front().rule(),
            "D1.1.2");
  EXPECT_EQ(param_at(model, "warm_up").default_in(RulesEdition::latest()), nullptr);
}

TEST(DefaultIn, DoesNotDependOnTheOrderOfEditions) {
  ParamInfo param;
  param.defaults = {{.from = "2024-01", .text = "b", .sources = {}},
                    {.from = "2022-01", .text = "a", .sources = {}},
                    {.from = "", .text = "0", .sources = {}}};
  EXPECT_EQ(param.default_in(RulesEdition::parse("2021-01").value())->text, "0");
  EXPECT_EQ(param.default_in(RulesEdition::parse("2023-01").value())->text, "a");
  EXPECT_EQ(param.default_in(RulesEdition::parse("2025-01").value())->text, "b");
}

TEST(FindParam, WalksPathsWithKeysAndIndices) {
  const ModelInfo model = depot();
  EXPECT_EQ(param_at(model, "rules.hold.time").path, "rules.hold.time");
  EXPECT_EQ(param_at(model, "rules.*.hold.time").path, "rules.hold.time");
  EXPECT_EQ(param_at(model, "opening[0].opens").path, "opening.opens");
  EXPECT_EQ(param_at(model, "opening[].opens").path, "opening.opens");
  for (const char* path : {"", ".", "rules.", "*", "rules.hold.tim", "clerks.x", "name"}) {
    EXPECT_EQ(find_param(model.params, path), nullptr) << path;
  }
}

TEST(Flatten, PutsAMessageBeforeItsFields) {
  const ModelInfo model = depot();
  std::vector<std::string> paths;
  for (const ParamInfo* param : flatten(model.params)) {
    paths.push_back(param->path);
  }
  EXPECT_THAT(paths, ::testing::IsSupersetOf({"rules", "rules.forward", "rules.forward.to",
                                              "rules.hold.then", "opening.closes"}));
  EXPECT_LT(std::find(paths.begin(), paths.end(), "rules"),
            std::find(paths.begin(), paths.end(), "rules.forward"));
}

TEST(FindMainField, IsTheNamedOrTheOnlyOrTheOnlyRequiredOne) {
  EXPECT_EQ(find_main_field(*testing::Rule::Hold::descriptor())->name(), "time");
  EXPECT_EQ(find_main_field(*testing::CloseZone::descriptor())->name(), "zone");
  EXPECT_EQ(find_main_field(*testing::DepotParams::descriptor())->name(), "shelves");
  EXPECT_EQ(find_main_field(*testing::Window::descriptor()), nullptr);  // two are required
  EXPECT_EQ(find_main_field(*testing::DepotOperations::descriptor()), nullptr);
}

TEST(Catalogue, IsSortedWhateverTheOrderGiven) {
  const Catalogue catalogue = world();  // given with the shelf first
  EXPECT_EQ(catalogue.models()[0].type, "parcel_depot");
  EXPECT_EQ(catalogue.models()[1].type, "shelf");
  EXPECT_EQ(catalogue.find_model("shelf"), &catalogue.models()[1]);
  EXPECT_EQ(catalogue.find_model("shelv"), nullptr);
  EXPECT_EQ(catalogue.find_fault("close_zone")->params.front().name, "zone");
  EXPECT_EQ(catalogue.find_section("traffic")->params.front().name, "to");
  EXPECT_EQ(catalogue.find_section("traffik"), nullptr);
  EXPECT_EQ(catalogue.header().front().name, "scenario");
}

TEST(Catalogue, RefusesTwoModelsOfOneType) {
  EXPECT_THROW(Catalogue({.models = {DepotParams::descriptor(), DepotParams::descriptor()}}),
               InvariantError);
}

}  // namespace
}  // namespace updraft::sim
