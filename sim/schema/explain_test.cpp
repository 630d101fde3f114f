#include "sim/schema/explain.h"

#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sim/schema/testing/world.h"

namespace updraft::sim {
namespace {

using testing::world;

std::string ask(std::string_view question, const ExplainOptions& options = {}) {
  const Result<std::string> answer = explain(world(), question, options);
  return answer.ok() ? *answer : "error: " + answer.error();
}

nlohmann::json ask_json(std::string_view question) {
  return nlohmann::json::parse(explain_json(world(), question, {}).value());
}

// One question for every kind of topic.
const std::vector<std::string>& questions() {
  static const std::vector<std::string> kQuestions = {"",
                                                      "parcel_depot",
                                                      "shelf",
                                                      "close_zone",
                                                      "traffic",
                                                      "slo",
                                                      "scenario",
                                                      "parcel_depot.initial",
                                                      "parcel_depot.clerks",
                                                      "parcel_depot.rules.hold.then",
                                                      "parcel_depot.operations.set_clerks",
                                                      "scenario.seed",
                                                      "places",
                                                      "D1.1.1",
                                                      "D1",
                                                      "metric ParcelCount",
                                                      "PlacesUsed"};
  return kQuestions;
}

TEST(Explain, ShowsTheValueOfEveryEdition) {
  EXPECT_EQ(ask("parcel_depot.clerks"), R"(parcel_depot.clerks
Parcels served at the same time.

  value           integer, 1 to 1000
  default         5, since 2026-11 (holds in rules 2026-11)
                    D1.1.2, Post news, November 2026
                    (https://example.com/news/2026)
                  3, 2023-11 to 2026-10
                    D1.1.1, Post news, November 2023
                    (https://example.com/news/2023)
                  2, before 2023-11
  basis           documented
  source          D1.1.1, Post guide, Clerks (https://example.com/depot#clerks),
                  "two clerks by default", read 2026-01-05
  CloudFormation  ClerkCount
)");
}

TEST(Explain, MarksTheEditionThatTheRulesPick) {
  const std::string answer =
      ask("parcel_depot.clerks", {.rules = RulesEdition::parse("2024-05").value()});
  EXPECT_NE(answer.find("3, 2023-11 to 2026-10 (holds in rules 2024-05)\n"), std::string::npos);
  EXPECT_NE(answer.find("5, since 2026-11\n"), std::string::npos);
}

TEST(Explain, ListsWhatAResourceTypeHas) {
  EXPECT_EQ(ask("shelf"), R"(shelf
A shelf with places for parcels.

Parameters (defaults of rules 2026-11)
  places                  100 (integer, at least 1)
                          Places on the shelf.

Metrics
  PlacesUsed              Places taken. (Count, gauge)

Behaviours
  D2.1.1          A parcel that finds no place is laid on the floor.
)");
}

TEST(Explain, ShowsTheFieldsOfAMapping) {
  EXPECT_EQ(ask("parcel_depot.rules.*.hold"), R"(parcel_depot.rules.hold
Keep it.

  value           mapping
  excludes        the other fields of action; one must be given

Fields
  time                    required (duration)
                          Time on the shelf.
  then                    none (mapping by name)
                          Rules afterwards.
)");
}

TEST(Explain, FindsWhatCitesARule) {
  EXPECT_EQ(ask("D1.1.1"), R"(rule D1.1.1

Parameters that cite it
  parcel_depot.clerks = 5
                  Parcels served at the same time.
  shelf.places = 100
                  Places on the shelf.
)");
  EXPECT_NE(ask("D1.1.2").find("parcel_depot.clerks = 5\n"), std::string::npos)
      << "an edition's source counts too";
  EXPECT_NE(ask("D2").find("D2.1.1"), std::string::npos) << "a group of rules";
}

TEST(Explain, FindsAMetricInEveryType) {
  EXPECT_EQ(ask("metric ClerkUtilization"), R"(metric ClerkUtilization

parcel_depot
Share of the clerks' time spent with a parcel.
  kind            ratio, for each instance
  unit            Percent
  statistic       Average
)");
  EXPECT_EQ(ask("ClerkUtilization"), ask("metric ClerkUtilization"));
}

TEST(Explain, ListsEverythingWhenNothingIsAsked) {
  EXPECT_EQ(ask(""), R"(What a scenario may name

Resource types
  parcel_depot            A depot where clerks hand out parcels.
  shelf                   A shelf with places for parcels.

Faults
  close_zone              Every counter of a zone closes.

Other keys
  scenario                Name of the scenario.
  rules                   Rules edition.
  duration                Simulated time to run.
  seed                    Seed of every draw.
  traffic                 Who sends parcels.
  slo                     What must hold.
)");
}

TEST(Explain, NamesTheNearestSpelling) {
  struct Row {
    std::string question, error;
  };
  for (
      const Row& row : std::vector<Row>{
          {"shelv",
           R"(no resource type, fault, parameter, metric or rule "shelv"; did you mean "shelf"?)"},
          {"ParcelDepot",
           R"(no resource type, fault, parameter, metric or rule "ParcelDepot"; did you mean "parcel_depot"?)"},
          {"parcel_depot.clercks",
           R"(parcel_depot has no parameter "clercks"; did you mean "parcel_depot.clerks"?)"},
          {"parcel_depot.rules.hold.tme",
           R"(parcel_depot has no parameter "rules.hold.tme"; did you mean "parcel_depot.rules.hold.time"?)"},
          {"parcel_depto.clerks",
           R"(no resource type, fault, parameter, metric or rule "parcel_depto.clerks"; did you mean "parcel_depot.clerks"?)"},
          {"metric PlaceUsed", R"(no metric "PlaceUsed"; did you mean "PlacesUsed"?)"},
          {"metric Elephants", R"(no metric "Elephants")"},
          {"elephants", R"(no resource type, fault, parameter, metric or rule "elephants")"}}) {
    EXPECT_EQ(ask(row.question), "error: " + row.error);
  }
}

TEST(Explain, KeepsWithinTheWidth) {
  for (const std::size_t width : {60u, 80u}) {
    for (const std::string& question : questions()) {
      std::istringstream lines(ask(question, {.width = width}));
      for (std::string line; std::getline(lines, line);) {
        const bool is_one_word = line.find(' ', line.find_first_not_of(' ')) == std::string::npos;
        EXPECT_TRUE(line.size() <= width || is_one_word) << question << ": " << line;
        EXPECT_FALSE(line.ends_with(' ')) << question << ": " << line;
      }
    }
  }
}

TEST(Explain, SaysTheSameWithEscapeCodes) {
  for (const std::string& question : questions()) {
    const std::string styled = ask(question, {.ansi = true});
    EXPECT_NE(styled.find("\x1b["), std::string::npos) << question;
    EXPECT_EQ(std::regex_replace(styled, std::regex("\x1b\\[[0-9]+m"), ""), ask(question));
  }
}

TEST(ExplainJson, AnswersEveryQuestionOfTheText) {
  for (const std::string& question : questions()) {
    const nlohmann::json answer = ask_json(question);
    EXPECT_EQ(answer.at("version"), 1) << question;
    EXPECT_TRUE(answer.at("kind").is_string()) << question;
    EXPECT_EQ(answer.at("rules"), "2026-11") << question;
  }
  EXPECT_EQ(explain_json(world(), "shelv", {}).error(), explain(world(), "shelv", {}).error());
}

TEST(ExplainJson, HoldsWhatTheSchemaSays) {
  const nlohmann::json answer = ask_json("parcel_depot.clerks");
  EXPECT_EQ(answer.at("kind"), "parameter");
  const nlohmann::json& clerks = answer.at("places").at(0);
  EXPECT_EQ(clerks.at("at"), "parcel_depot.clerks");
  EXPECT_EQ(clerks.at("kind"), "integer");
  EXPECT_EQ(clerks.at("default"), "5");
  EXPECT_EQ(clerks.at("editions").size(), 3u);
  EXPECT_EQ(clerks.at("editions").at(1).at("since"), "2023-11");
  EXPECT_EQ(clerks.at("editions").at(1).at("value"), "3");
  EXPECT_EQ(clerks.at("sources").at(0).at("rule"), "D1.1.1");
  EXPECT_FALSE(clerks.contains("note"));

  const nlohmann::json depot = ask_json("parcel_depot");
  EXPECT_EQ(depot.at("parameters").size(), 16u);
  EXPECT_EQ(depot.at("metrics").at(1).at("per_instance"), true);
  EXPECT_EQ(depot.at("behaviours").at(0).at("id"), "D1.2.1");
  EXPECT_EQ(ask_json("D1.1.1").at("parameters").size(), 2u);
}

}  // namespace
}  // namespace updraft::sim
