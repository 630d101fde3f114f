#include "sim/schema/json_schema.h"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sim/schema/quantity.pb.h"
#include "sim/schema/testing/world.h"

namespace updraft::sim {
namespace {

using nlohmann::json;
using testing::world;

json schema(const JsonSchemaOptions& options = {}) {
  return json::parse(json_schema(world(), options));
}

json definition(const std::string& name) {
  return schema().at("$defs").at(name);
}

// The definition of a message that takes no short form, or the mapping of one that does.
json mapping_of(const std::string& message) {
  const json whole = definition("updraft.sim.testing." + message);
  return whole.contains("anyOf") ? whole.at("anyOf").at(0) : whole;
}

json depot_property(const std::string& name) {
  return mapping_of("DepotParams").at("properties").at(name);
}

void collect_references(const json& node, std::set<std::string>& out) {
  if (node.is_object() && node.contains("$ref")) {
    out.insert(node.at("$ref").get<std::string>());
  }
  if (node.is_structured()) {
    for (const json& child : node) {
      collect_references(child, out);
    }
  }
}

TEST(JsonSchema, StandsOnTheDraftWithAnId) {
  const json whole = schema({.id = "https://example.com/scenario.schema.json"});
  EXPECT_EQ(whole.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(whole.at("$id"), "https://example.com/scenario.schema.json");
  EXPECT_FALSE(schema().contains("$id"));
}

TEST(JsonSchema, HoldsHeaderAndSectionsAndNothingElse) {
  const json whole = schema();
  std::vector<std::string> keys;
  for (const auto& [key, value] : whole.at("properties").items()) {
    keys.push_back(key);
  }
  EXPECT_THAT(keys,
              ::testing::UnorderedElementsAre("scenario", "rules", "duration", "seed", "resources",
                                              "initial", "operations", "faults", "traffic", "slo"));
  EXPECT_EQ(whole.at("additionalProperties"), false);
  EXPECT_EQ(whole.at("required"), json({"scenario", "duration"}));
}

TEST(JsonSchema, EveryReferenceHasItsDefinitionAndEveryDefinitionIsReferredTo) {
  const json whole = schema();
  std::set<std::string> references;
  collect_references(whole, references);
  std::set<std::string> definitions;
  for (const auto& [name, value] : whole.at("$defs").items()) {
    definitions.insert("#/$defs/" + name);
    EXPECT_FALSE(value.empty()) << name;
  }
  EXPECT_EQ(references, definitions);
}

TEST(JsonSchema, TakesOneTypeForEachResource) {
  const json resource = definition("resource");
  EXPECT_EQ(resource.at("minProperties"), 1);
  EXPECT_EQ(resource.at("maxProperties"), 1);
  EXPECT_EQ(resource.at("properties").at("shelf").at("$ref"),
            "#/$defs/updraft.sim.testing.ShelfParams");
  EXPECT_EQ(resource.at("properties").at("shelf").at("description"),
            "A shelf with places for parcels.");
}

TEST(JsonSchema, GivesBoundsDefaultsAndDocs) {
  const json clerks = depot_property("clerks");
  EXPECT_EQ(clerks.at("type"), "integer");
  EXPECT_EQ(clerks.at("minimum"), 1);
  EXPECT_EQ(clerks.at("maximum"), 1000);
  EXPECT_EQ(clerks.at("default"), 5);
  EXPECT_EQ(clerks.at("description"),
            "Parcels served at the same time.\n\ninteger, 1 to 1000\ndefault 5, since 2026-11\n"
            "default 3, 2023-11 to 2026-10\ndefault 2, before 2023-11\n"
            "CloudFormation: ClerkCount");
  EXPECT_EQ(depot_property("line_limit").at("minimum"), 0) << "an unsigned field";
  EXPECT_EQ(depot_property("night_shift").at("type"), "boolean");
  EXPECT_EQ(depot_property("night_shift").at("default"), false);
  EXPECT_EQ(depot_property("break_time").at("default"), "300s");
}

TEST(JsonSchema, DefaultsFollowTheRules) {
  const json whole = schema({.rules = RulesEdition::parse("2024-01").value()});
  const json& depot = whole.at("$defs").at("updraft.sim.testing.DepotParams").at("anyOf").at(0);
  EXPECT_EQ(depot.at("properties").at("clerks").at("default"), 3);
}

TEST(JsonSchema, WritesEveryKindOfValue) {
  EXPECT_EQ(depot_property("order").at("enum"), json({"OldestFirst", "NearestFirst"}));
  EXPECT_EQ(depot_property("language").at("enum"), json({"en", "de"}));
  EXPECT_EQ(depot_property("break_time").at("$ref"), "#/$defs/duration");
  EXPECT_EQ(depot_property("handling").at("$ref"), "#/$defs/distribution_s");
  EXPECT_EQ(depot_property("weight").at("$ref"), "#/$defs/distribution_bytes");
  EXPECT_EQ(depot_property("collection_rate").at("type"), "string");
  EXPECT_EQ(depot_property("pay").at("anyOf").at(0), json({{"type", "number"}, {"minimum", 0}}));
  EXPECT_EQ(depot_property("shelves").at("items").at("type"), "string");
  EXPECT_EQ(depot_property("opening").at("items").at("$ref"), "#/$defs/updraft.sim.testing.Window");
  EXPECT_EQ(depot_property("rules").at("additionalProperties").at("$ref"),
            "#/$defs/updraft.sim.testing.Rule:name");
  // A resource by name, or written in place.
  EXPECT_EQ(depot_property("counter").at("anyOf").at(1).at("$ref"),
            "#/$defs/updraft.sim.testing.ShelfParams");
}

TEST(JsonSchema, FieldsOfAOneofExcludeOneAnother) {
  const json rule = mapping_of("Rule:name");
  const json expected =
      json::parse(R"([{"oneOf": [{"required": ["forward"]}, {"required": ["hold"]}]}])");
  EXPECT_EQ(rule.at("allOf"), expected);
  EXPECT_FALSE(rule.at("properties").contains("name")) << "the mapping's key is the name";
}

TEST(JsonSchema, TakesTheMainFieldInPlaceOfTheMapping) {
  const json fault = definition("updraft.sim.testing.CloseZone");
  EXPECT_EQ(fault.at("anyOf").at(0).at("type"), "object");
  EXPECT_EQ(fault.at("anyOf").at(1).at("type"), "string");
}

TEST(JsonSchema, TakesOneOperationAtATime) {
  const json item = schema().at("properties").at("operations").at("items");
  EXPECT_EQ(item.at("maxProperties"), 2) << "at and one resource";
  const json any = item.at("additionalProperties").at("anyOf");
  EXPECT_EQ(any.at(0).at("enum"), json({"set_clerks", "change_opening"}));
  EXPECT_EQ(any.at(1).at("maxProperties"), 1);
  EXPECT_EQ(any.at(1).at("properties").at("set_clerks").at("minimum"), 1);
}

TEST(JsonSchema, KnowsEveryLawOfADistribution) {
  const json laws = definition("distribution_s").at("anyOf").at(1).at("properties");
  std::set<std::string> expected;
  const auto* law = DistributionValue::Law_descriptor();
  for (int i = 0; i < law->value_count(); ++i) {
    std::string name = law->value(i)->name();
    for (char& c : name) {
      c = c == '_' ? c : static_cast<char>(c - 'A' + 'a');
    }
    expected.insert(name);
  }
  std::set<std::string> names;
  for (const auto& [name, value] : laws.items()) {
    names.insert(name);
  }
  EXPECT_EQ(names, expected);
}

TEST(JsonSchema, DoesNotDependOnTheOrderOfModels) {
  const Catalogue other(
      {.models = {testing::DepotParams::descriptor(), testing::ShelfParams::descriptor()},
       .faults = {testing::CloseZone::descriptor()}});
  const Catalogue permuted(
      {.models = {testing::ShelfParams::descriptor(), testing::DepotParams::descriptor()},
       .faults = {testing::CloseZone::descriptor()}});
  EXPECT_EQ(json_schema(other, {}), json_schema(permuted, {}));
}

TEST(JsonSchema, TakesNothingWhereNoTypeTakesAnything) {
  const Catalogue empty({.models = {testing::ShelfParams::descriptor()}});
  const json whole = json::parse(json_schema(empty, {}));
  EXPECT_EQ(whole.at("properties").at("initial").at("additionalProperties"), false);
}

}  // namespace
}  // namespace updraft::sim
