// The walk and its words on made-up records: a post office where parcels pile up, a bell rings, and
// the office calls for clerks.
#include "sim/study/why.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/study/when.h"
#include "sim/study/why_json.h"
#include "sim/study/why_text.h"

namespace updraft::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Time at(int seconds) {
  return kStart + std::chrono::seconds{seconds};
}

struct Row {
  int first_s = 0;
  std::string who;
  std::string kind;
  std::string what;
  std::string rule = "P1";
  std::int64_t cause = 0;
  int last_s = -1;
  std::int64_t count = 1;
  bool blocked = false;
};

void add(RunRecord& record, const Row& row) {
  record.decisions.push_back({.id = static_cast<std::int64_t>(record.decisions.size()) + 1,
                              .first = at(row.first_s),
                              .last = at(row.last_s < 0 ? row.first_s : row.last_s),
                              .count = row.count,
                              .outcome = row.blocked ? Outcome::kBlocked : Outcome::kDecided,
                              .who = row.who,
                              .kind = row.kind,
                              .what = row.what,
                              .reason = row.blocked ? "nobody is free" : "so it is written",
                              .rule = row.rule,
                              .cause = row.cause,
                              .cause_resource = {},
                              .cause_metric = {},
                              .cause_period = std::nullopt,
                              .values = {}});
}

/// Ids: 1 bell, 2 office/queue policy, 3 office, 4 and 5 clerks called, 6 the annex's own, 7 and 8
/// calls that were blocked, 9 the annex greets one of the clerks.
RunRecord office() {
  RunRecord record;
  record.valid_until = at(3600);
  record.complete = true;
  record.resources = {"annex", "office", "yard"};
  add(record, {.first_s = 180, .who = "bell", .kind = "alarm", .what = "rings"});
  record.decisions[0].cause_resource = "office";
  record.decisions[0].cause_metric = "Parcels";
  record.decisions[0].cause_period = at(120);
  add(record,
      {.first_s = 180, .who = "office/queue", .kind = "policy", .what = "more", .cause = 1});
  record.decisions[1].values = {{"parcels", 90, 90}, {"clerks", 3, 3}};
  add(record, {.first_s = 180, .who = "office", .kind = "staff", .what = "3 to 5", .cause = 2});
  add(record, {.first_s = 181, .who = "office", .kind = "call", .what = "clerk-4", .cause = 3});
  add(record, {.first_s = 182, .who = "office", .kind = "call", .what = "clerk-5", .cause = 3});
  add(record, {.first_s = 600, .who = "annex", .kind = "staff", .what = "1 to 2"});
  add(record, {.first_s = 240,
               .who = "office/queue",
               .kind = "policy",
               .what = "more",
               .cause = 1,
               .last_s = 900,
               .count = 12,
               .blocked = true});
  add(record, {.first_s = 960, .who = "annex", .kind = "policy", .what = "more", .blocked = true});
  add(record, {.first_s = 280, .who = "annex", .kind = "greeting", .what = "greets clerk-4"});
  record.members = {{.id = "clerk-4",
                     .owner = "office",
                     .zone = "north",
                     .kind = "clerk",
                     .launched = at(181),
                     .in_service = at(271),
                     .ended = std::nullopt,
                     .end_reason = {}},
                    {.id = "clerk-5",
                     .owner = "office",
                     .zone = "south",
                     .kind = "clerk",
                     .launched = at(182),
                     .in_service = std::nullopt,
                     .ended = std::nullopt,
                     .end_reason = {}}};
  TraceRecord trace{.source = "traffic/people",
                    .request = 77,
                    .begin = at(280),
                    .end = at(282),
                    .status = SpanStatus::kOk,
                    .spans = {}};
  trace.spans.push_back({.parent = -1,
                         .component = "office/clerk-4",
                         .begin = at(281),
                         .end = at(282),
                         .status = SpanStatus::kOk,
                         .attributes = {}});
  record.traces.push_back(trace);
  return record;
}

std::vector<std::int64_t> ids(const RunRecord& record, const WhyChain& chain) {
  std::vector<std::int64_t> list;
  for (const WhyStep& step : chain.steps) {
    list.push_back(record.decisions[step.decision].id);
  }
  return list;
}

TEST(Why, WalksBackToTheFirstCauseAndForwardToWhatCameOfIt) {
  const RunRecord record = office();
  const auto answer = why(record, {.resource = "office", .from = at(170), .to = at(200)});
  ASSERT_TRUE(answer.ok());
  ASSERT_THAT(answer->done, SizeIs(1));
  EXPECT_THAT(ids(record, answer->done[0]), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(answer->done[0].steps[0].depth, 0u);
  EXPECT_EQ(answer->done[0].steps[3].depth, 3u);
  EXPECT_EQ(answer->done[0].steps[4].depth, 3u);
  EXPECT_THAT(answer->blocked, IsEmpty());
}

TEST(Why, EffectsAfterTheWindowAreToldAndMarked) {
  const RunRecord record = office();
  const auto answer = why(record, {.resource = "office/queue", .from = at(180), .to = at(180)});
  ASSERT_TRUE(answer.ok());
  ASSERT_THAT(answer->done, SizeIs(1));
  EXPECT_THAT(ids(record, answer->done[0]), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_TRUE(answer->done[0].steps[1].asked);
  EXPECT_FALSE(answer->done[0].steps[0].asked);
  EXPECT_FALSE(answer->done[0].steps[3].asked);
}

TEST(Why, WhatWasBlockedStandsWithWhatAskedForIt) {
  const RunRecord record = office();
  const auto answer = why(record, {.resource = "office", .from = at(500), .to = at(560)});
  ASSERT_TRUE(answer.ok());
  EXPECT_THAT(answer->done, IsEmpty());
  ASSERT_THAT(answer->blocked, SizeIs(1));
  EXPECT_THAT(ids(record, answer->blocked[0]), ElementsAre(1, 7));
}

TEST(Why, AMemberIsAskedAboutByItsId) {
  const RunRecord record = office();
  const auto answer = why(record, {.resource = "clerk-4"});
  ASSERT_TRUE(answer.ok());
  ASSERT_THAT(answer->done, SizeIs(2));
  EXPECT_THAT(ids(record, answer->done[0]), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(ids(record, answer->done[1]), ElementsAre(9));
}

TEST(Why, AnIdThatTwoHaveIsAskedForWithItsOwner) {
  RunRecord record = office();
  record.members.push_back({.id = "clerk-4",
                            .owner = "annex/desk",
                            .zone = "south",
                            .kind = "clerk",
                            .launched = at(10),
                            .in_service = std::nullopt,
                            .ended = std::nullopt,
                            .end_reason = {}});
  const auto answer = why(record, {.resource = "clerk-4"});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error(), "there is a clerk-4 of each of annex, office; ask about annex/clerk-4");
  const auto of_office = why(record, {.resource = "office/clerk-4"});
  ASSERT_TRUE(of_office.ok());
  ASSERT_THAT(of_office->done, SizeIs(1));
  EXPECT_THAT(ids(record, of_office->done[0]), ElementsAre(1, 2, 3, 4));
}

TEST(Why, AQuietTimeNamesTheNearestDecisions) {
  const RunRecord record = office();
  const auto answer = why(record, {.resource = "annex", .from = at(700), .to = at(800)});
  ASSERT_TRUE(answer.ok());
  EXPECT_THAT(answer->done, IsEmpty());
  ASSERT_TRUE(answer->before && answer->after);
  EXPECT_EQ(record.decisions[*answer->before].id, 6);
  EXPECT_EQ(record.decisions[*answer->after].id, 8);
}

TEST(Why, AResourceWithoutDecisionsIsKnown) {
  const RunRecord record = office();
  const auto answer = why(record, {.resource = "yard"});
  ASSERT_TRUE(answer.ok());
  EXPECT_FALSE(answer->before || answer->after);
}

TEST(Why, AnUnknownNameIsToldTheNearest) {
  const auto answer = why(office(), {.resource = "ofice"});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error(), "nothing is recorded about \"ofice\"; did you mean \"office\"?");
}

TEST(Why, WithoutAResourceEveryTopicIsListed) {
  const auto answer = why(office(), {});
  ASSERT_TRUE(answer.ok());
  std::vector<std::string> lines;
  for (const WhyTopic& topic : answer->topics) {
    lines.push_back(fmt::format("{} {} {}", topic.name, topic.decided, topic.blocked));
  }
  EXPECT_THAT(lines, ElementsAre("annex 2 1", "bell 1 0", "office 4 1", "yard 0 0"));
}

TEST(Why, EffectsPastTheLimitAreCounted) {
  RunRecord record = office();
  for (int i = 0; i < 50; ++i) {
    add(record, {.first_s = 300 + i, .who = "office", .kind = "call", .what = "help", .cause = 3});
  }
  const auto answer =
      why(record, {.resource = "office/queue", .from = at(180), .to = at(180)}, {.effects = 10});
  ASSERT_TRUE(answer.ok());
  EXPECT_THAT(answer->done[0].steps, SizeIs(10));
  EXPECT_EQ(answer->done[0].left_out, 45u);
}

TEST(Why, ARecordThatWasCutOffSaysSo) {
  RunRecord record = office();
  record.complete = false;
  EXPECT_TRUE(why(record, {.resource = "office", .to = at(4000)})->beyond_record);
  EXPECT_FALSE(why(record, {.resource = "office", .to = at(3000)})->beyond_record);
}

TEST(Why, PartsBelongToTheirResourceAndWordsAreWhole) {
  DecisionRecord decision;
  decision.who = "office/queue";
  decision.what = "calls clerk-40";
  EXPECT_TRUE(concerns(decision, "office"));
  EXPECT_TRUE(concerns(decision, "clerk-40"));
  EXPECT_FALSE(concerns(decision, "off"));
  EXPECT_FALSE(concerns(decision, "clerk-4"));
  EXPECT_FALSE(concerns(decision, "40"));
}

const Catalogue& no_schema() {
  static const Catalogue catalogue(Catalogue::Spec{});
  return catalogue;
}

TEST(WhyText, TellsEachLinkWithItsTimeItsReasonAndItsRule) {
  const RunRecord record = office();
  const std::vector<Telling> tellings{
      {.kind = "policy", .what = "less", .says = "never"},
      {.kind = "policy", .says = "{parcels} for {nobody}"},
      {.kind = "policy", .says = "{parcels} parcels, {clerks} clerks"}};
  const WhyWords words(no_schema(), tellings);
  const auto answer = why(record, {.resource = "office", .from = at(170), .to = at(200)});
  EXPECT_EQ(why_text(*answer, record, words, {.width = 76}),
            "office from 2m50s to 3m20s (1970-01-01T00:02:50Z to 1970-01-01T00:03:20Z)\n"
            "\n"
            "What was done\n"
            "\n"
            "  2m          office Parcels: the newest period that was looked at begins\n"
            "  3m          alarm bell: rings (+1m)\n"
            "              so it is written\n"
            "              P1\n"
            "  3m            policy office/queue: more\n"
            "                90 parcels, 3 clerks\n"
            "                P1 (above)\n"
            "  3m              staff office: 3 to 5\n"
            "                  P1 (above)\n"
            "  3m1s              call office: clerk-4 (+1s)\n"
            "                    P1 (above)\n"
            "                    clerk-4 in north: in service at 4m31s (+1m30s)\n"
            "                    annex: greets clerk-4 at 4m40s (+9s)\n"
            "                    first traced request: 77 of traffic/people at 4m41s\n"
            "                    (+1s)\n"
            "  3m2s              call office: clerk-5 (+1s)\n"
            "                    P1 (above)\n"
            "                    clerk-5 in south: not in service by the end of the\n"
            "                    record\n");
}

TEST(WhyText, ABlockedIntervalSaysHowOften) {
  const RunRecord record = office();
  const std::vector<Telling> none;
  const auto answer = why(record, {.resource = "office", .from = at(500), .to = at(560)});
  EXPECT_THAT(why_text(*answer, record, WhyWords(no_schema(), none), {}),
              HasSubstr("policy office/queue: more (+1m)\n"
                        "                12 times until 15m\n"
                        "                blocked: nobody is free\n"));
}

TEST(WhyText, ManyChainsAreCounted) {
  RunRecord record = office();
  for (int i = 0; i < 20; ++i) {
    add(record, {.first_s = 1000 + i, .who = "yard", .kind = "sweep", .what = "a corner"});
  }
  const std::vector<Telling> none;
  const auto answer = why(record, {.resource = "yard"});
  EXPECT_THAT(why_text(*answer, record, WhyWords(no_schema(), none), {.chains = 4}),
              HasSubstr("... and 16 more; ask for a narrower time to see them."));
}

TEST(WhyJson, HoldsWhatTheTextSays) {
  const RunRecord record = office();
  const std::vector<Telling> none;
  const auto answer = why(record, {.resource = "office", .from = at(170), .to = at(200)});
  const auto json = why_json(*answer, record, WhyWords(no_schema(), none));
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["done"].size(), 1u);
  const auto& steps = json["done"][0]["steps"];
  EXPECT_EQ(steps[0]["cause"]["metric"], "Parcels");
  EXPECT_EQ(steps[1]["values"]["parcels"]["first"], 90);
  EXPECT_EQ(steps[1]["told"], "parcels 90, clerks 3");
  EXPECT_EQ(steps[3]["members"][0]["first_traced_request"]["request"], 77);
  EXPECT_EQ(steps[3]["rule"]["id"], "P1");
}

TEST(WhyWords, NumbersAreShort) {
  EXPECT_EQ(number_words(5.28799), "5.288");
  EXPECT_EQ(number_words(66.100), "66.1");
  EXPECT_EQ(number_words(20), "20");
  EXPECT_EQ(number_words(0.70001), "0.7");
  EXPECT_EQ(number_words(123456.7), "123457");
  EXPECT_EQ(number_words(-0.00001), "0");
}

TEST(When, TimesAreReadSinceTheStartAndInUtc) {
  constexpr std::int64_t kStartNs = 897'868'800'000'000'000;  // 1998-06-15T00:00:00Z
  EXPECT_EQ(*parse_when("3d2h", kStartNs), kStart + 74h);
  EXPECT_EQ(*parse_when("1998-06-18T02:00:00Z", kStartNs), kStart + 74h);
  EXPECT_EQ(*parse_when("1998-06-18T02:00", kStartNs), kStart + 74h);
  EXPECT_EQ(*parse_when("1998-06-18", kStartNs), kStart + 72h);
  EXPECT_EQ(parse_when("1998-06-01", kStartNs).error(),
            "1998-06-01 is before the start of the run");
  EXPECT_THAT(parse_when("soon", kStartNs).error(), HasSubstr("write it since the start, 3d2h"));
  EXPECT_THAT(parse_when("1998-13-18", kStartNs).error(), HasSubstr("is no instant"));
  EXPECT_FALSE(parse_when("", kStartNs).ok());
}

}  // namespace
}  // namespace updraft::sim
