#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/scenario/scenario.h"
#include "sim/scenario/testing/parcel_post.h"
#include "sim/scenario/testing/parcel_post.pb.h"
#include "sim/scenario/testing/post_office.h"

namespace updraft::sim {
namespace {

using testing::ParcelDeskParams;

constexpr const char* kOffice = testing::kPostOffice;

LoadResult load(const std::string& text) {
  return Scenario::load(text, "office.yaml", testing::parcel_post_registry());
}

// The text of the error, or "" where there is none.
std::string error_of(const std::string& text) {
  try {
    load(text);
    return "";
  } catch (const ScenarioError& error) {
    return error.summary();
  }
}

const ResourcePlan& resource(const Plan& plan, const std::string& name) {
  for (const ResourcePlan& one : plan.resource()) {
    if (one.name() == name) {
      return one;
    }
  }
  throw std::runtime_error("no resource " + name);
}

ParcelDeskParams counter(const Plan& plan) {
  ParcelDeskParams params;
  EXPECT_TRUE(resource(plan, "counter").params().UnpackTo(&params));
  return params;
}

std::string desk_with(const std::string& params) {
  return fmt::format(
      "scenario: s\nduration: 1d\nresources:\n  counter: {{parcel_desk: {{clerks: 2, {}}}}}\n",
      params);
}

TEST(Loader, ReadsWhatIsWritten) {
  const Plan plan = load(kOffice).plan;
  const ParcelDeskParams desk = counter(plan);
  EXPECT_EQ(desk.clerks(), 2);
  EXPECT_EQ(desk.patience().ns(), 5'400'000'000'000);
  EXPECT_EQ(desk.order(), testing::SHORTEST_FIRST);
  EXPECT_EQ(desk.service().law(), DistributionValue::LOGNORMAL);
  EXPECT_EQ(desk.comfort().chairs(), 9);
  EXPECT_TRUE(desk.comfort().music());
  EXPECT_EQ(plan.start_unix_ns(), 897'868'800'000'000'000);
  EXPECT_EQ(plan.duration_ns(), 14 * 86'400'000'000'000);
  EXPECT_EQ(plan.header().seed(), 7);
}

TEST(Loader, ZonesComeAsLettersHoweverWritten) {
  const ParcelDeskParams desk = counter(load(kOffice).plan);
  ASSERT_EQ(desk.availability_zones_size(), 2);
  EXPECT_EQ(desk.availability_zones(1), "b");
}

TEST(Loader, SortsResourcesAndNamesThoseWrittenInPlace) {
  const Plan plan = load(kOffice).plan;
  std::string names;
  for (const ResourcePlan& one : plan.resource()) {
    names += one.name() + ":" + one.type() + " ";
  }
  EXPECT_EQ(names,
            "blue:van counter:parcel_desk counter/depot:depot counter/depot/overflow:depot "
            "counter/rules/abroad/forward/to:depot counter/windows/1/depot:depot ledger:ledger "
            "red:van ");
  const ParcelDeskParams desk = counter(plan);
  EXPECT_EQ(desk.depot(), "counter/depot");
  EXPECT_EQ(desk.windows(1).depot(), "counter/windows/1/depot");
}

TEST(Loader, KeyedListsAreSortedByKey) {
  const ParcelDeskParams desk = counter(load(kOffice).plan);
  ASSERT_EQ(desk.rules_size(), 2);
  EXPECT_EQ(desk.rules(0).name(), "abroad");
  EXPECT_EQ(desk.rules(0).priority(), 5);
  EXPECT_EQ(desk.rules(1).name(), "fragile");
  EXPECT_EQ(desk.rules(1).hold().time().ns(), 600'000'000'000);
  EXPECT_EQ(desk.rules(1).priority(), 100);
}

TEST(Loader, FillsInEveryDefault) {
  const ParcelDeskParams desk = counter(load(kOffice).plan);
  EXPECT_EQ(desk.line_limit(), 10);
  EXPECT_EQ(desk.shelf_size(), 65'536);
  EXPECT_EQ(desk.arrival_limit(), 100);
  EXPECT_EQ(desk.lost_share(), 0.001);
  EXPECT_EQ(desk.memory(), 128);
  EXPECT_EQ(desk.language(), "en");
  EXPECT_EQ(desk.parcel_size().parameter(0).value(), 1000);
  EXPECT_FALSE(desk.has_timetable());
  EXPECT_FALSE(desk.has_close_after());
}

TEST(Loader, DefaultRulesSeeOtherFieldsAndTheResourceAround) {
  const ParcelDeskParams desk = counter(load(kOffice).plan);
  EXPECT_EQ(desk.warning().ns(), desk.patience().ns() / 2);
  // The nested one: the desk's 45m, at most the 10m of holding.
  EXPECT_EQ(desk.rules(1).hold().warning().ns(), 600'000'000'000);
}

TEST(Loader, DefaultsFollowTheRulesEdition) {
  const auto patience = [](const char* rules) {
    const Plan plan = load(fmt::format("scenario: s\nduration: 1d\nrules: {}\n"
                                       "resources: {{counter: {{parcel_desk: {{clerks: 1}}}}}}\n",
                                       rules))
                          .plan;
    return counter(plan).patience().ns() / 1'000'000'000;
  };
  EXPECT_EQ(patience("2019-12"), 300);
  EXPECT_EQ(patience("2020-01"), 240);
  EXPECT_EQ(patience("2024-05"), 240);
  EXPECT_EQ(patience("2026-11"), 120);
}

TEST(Loader, KnowsWhatWasWrittenAndWhere) {
  const SourceMap sources = load(kOffice).sources;
  const WrittenFields& desk = sources.resource("counter");
  EXPECT_TRUE(desk.was_written("patience"));
  EXPECT_TRUE(desk.was_written("comfort.chairs"));
  EXPECT_TRUE(desk.was_written("rules.fragile.hold.time"));
  EXPECT_TRUE(desk.was_written("windows[1].number"));
  EXPECT_FALSE(desk.was_written("line_limit"));
  EXPECT_FALSE(desk.was_written("comfort.music"));
  EXPECT_EQ(desk.place("patience"), (Mark{11, 17}));
  EXPECT_TRUE(sources.resource("counter/depot").was_written("shelves"));
  EXPECT_TRUE(sources.traffic("visitors").was_written("rate.constant"));
  EXPECT_FALSE(sources.resource("nobody").was_written("clerks"));
}

TEST(Loader, ReadsTrafficInShortAndLongForm) {
  const Plan plan = load(kOffice).plan;
  ASSERT_EQ(plan.traffic_size(), 2);
  EXPECT_EQ(plan.traffic(0).name(), "tour");
  EXPECT_EQ(plan.traffic(0).rate().steps().step(0).rate(), 100);
  EXPECT_EQ(plan.traffic(0).rate().scale(), 0.5);
  EXPECT_EQ(plan.traffic(1).rate().constant(), 100);
  EXPECT_EQ(plan.traffic(1).demand().wait().parameter(0).value(), 2e7);
  EXPECT_EQ(plan.traffic(0).demand().cpu().parameter(0).value(), 0);
}

TEST(Loader, OrdersOperationsAndFaultsByTime) {
  const Plan plan = load(kOffice).plan;
  ASSERT_EQ(plan.operation_size(), 4);
  testing::ParcelDeskOperations first;
  testing::ParcelDeskOperations second;
  ASSERT_TRUE(plan.operation(0).operation().UnpackTo(&first));
  ASSERT_TRUE(plan.operation(1).operation().UnpackTo(&second));
  EXPECT_EQ(first.sweep().time().ns(), 300'000'000'000);
  EXPECT_EQ(second.set_clerks(), 8);
  ASSERT_EQ(plan.fault_size(), 4);
  EXPECT_EQ(plan.fault(0).type(), "strike");
  EXPECT_EQ(plan.fault(0).for_ns(), 0);
  EXPECT_EQ(plan.fault(1).for_ns(), 1'800'000'000'000);
  testing::Flood flood;
  ASSERT_TRUE(plan.fault(1).fault().UnpackTo(&flood));
  EXPECT_EQ(flood.zone(), "b");
  EXPECT_EQ(flood.depth(), 1);

  // At random and on a condition: behind all that have a time.
  EXPECT_DOUBLE_EQ(plan.operation(2).rate_per_s() * 6 * 3600, 1);
  EXPECT_EQ(plan.operation(3).condition().text(), "counter.Waiting > 20 for 5m");
  EXPECT_DOUBLE_EQ(plan.fault(2).rate_per_s() * 7 * 86400, 2);
  EXPECT_FALSE(plan.fault(2).has_at_ns());
  EXPECT_EQ(plan.fault(3).condition().resource(), "counter");
  EXPECT_EQ(plan.fault(3).condition().metric(), "Waiting");
  EXPECT_EQ(plan.fault(3).condition().threshold(), 30);
}

TEST(Loader, ReadsObjectives) {
  const Plan plan = load(kOffice).plan;
  ASSERT_EQ(plan.slo_size(), 2);
  EXPECT_EQ(plan.slo(0).bound(), 5e8);
  EXPECT_EQ(plan.slo(1).traffic(), "visitors");
  EXPECT_EQ(plan.slo(1).bound(), 0.001);
  EXPECT_EQ(plan.slo(1).text(), "error_rate of visitors < 0.1%");
}

TEST(Loader, JsonIsYaml) {
  const Plan plan = load(R"({"scenario": "s", "duration": "1d", "resources": {
      "counter": {"parcel_desk": {"clerks": 3, "patience": "90s", "open_at_night": true}}}})")
                        .plan;
  EXPECT_EQ(counter(plan).clerks(), 3);
  EXPECT_EQ(counter(plan).patience().ns(), 90'000'000'000);
  EXPECT_TRUE(counter(plan).open_at_night());
}

TEST(Loader, MergeKeysFillInWhatAMappingDoesNotSay) {
  const Plan plan = load(
                        "scenario: s\nduration: 1d\nresources:\n"
                        "  other: {parcel_desk: &desk {clerks: 5, line_limit: 6}}\n"
                        "  counter: {parcel_desk: {<<: *desk, line_limit: 7}}\n")
                        .plan;
  EXPECT_EQ(counter(plan).clerks(), 5);
  EXPECT_EQ(counter(plan).line_limit(), 7);
}

TEST(Loader, APermutedFileGivesTheSamePlan) {
  const std::string permuted = R"(slo: [p(99)   latency < 500ms, error_rate of visitors < 0.1%]
faults:
  - {strike: {share: 0.5, desk: counter}, at: 48h}
  - {rate: 1/3.5d, for: 600s, flood: us-east-1a}
  - {for: 60m, when: "counter.Waiting>=30", flood: b}
  - {for: 1800s, flood: us-east-1b, at: 7d}
operations:
  - {counter: {set_clerks: 3}, rate: 4/d}
  - {when: "counter.Waiting>20 for 300s", counter: {set_clerks: 9}}
  - {at: 1d, counter: {sweep: {time: 300s}}}
  - {counter: {set_clerks: 8}, at: 72h}
traffic:
  tour: {rate: {scale: 0.5, steps: [{rate: 100/s, at: 0s}, {rate: 0/h, at: 60m}]}, to: counter}
  visitors:
    demand: {wait: 0.02s, cpu: {lognormal: {p99: 0.2s, mean: 40000us}}}
    rate: {constant: 6000/min}
    to: counter
initial: {counter: {waiting: 4}}
resources:
  red: {van: {}}
  counter:
    parcel_desk:
      comfort: {music: true, chairs: 9}
      windows: [{number: 1}, {depot: {}, number: 2}]
      rules: {abroad: {priority: 5, forward: {depot: {shelves: 3}}}, fragile: {hold: {time: 600s}}}
      depot: {overflow: {shelves: 9}, shelves: 7}
      vans: [blue, red]
      availability_zones: [us-east-1a, b]
      order: ShortestFirst
      service: {lognormal: {p99: 200ms, mean: 40ms}}
      patience: 90m
      clerks: 2
  blue: {van: {seats: 3}}
seed: 7
duration: 2w
start: 1998-06-15T00:00:00Z
scenario: post-office
)";
  std::string text = permuted;
  text.replace(text.find("forward: {depot: {shelves: 3}}"), 30,
               "forward: {to: {depot: {shelves: 3}}}");
  EXPECT_EQ(canonical(load(kOffice).plan), canonical(load(text).plan));
  std::string other = text;
  other.replace(other.find("seats: 3"), 8, "seats: 4");
  EXPECT_NE(canonical(load(kOffice).plan), canonical(load(other).plan));
}

TEST(Loader, TwoLoadsGiveTheSameBytes) {
  EXPECT_EQ(load(kOffice).plan.SerializeAsString(), load(kOffice).plan.SerializeAsString());
}

TEST(Loader, ReportsEverythingAtOnceByPlace) {
  EXPECT_EQ(error_of("scenario: s\nduration: 90\nresources:\n"
                     "  counter: {parcel_desk: {clerks: 0, lnie_limit: 4}}\n"
                     "  red: {vann: {}}\n"),
            "office.yaml:2:11: duration is 90; missing unit: write 90s\n"
            "office.yaml:4:35: resource \"counter\": clerks is 0; it must be 1 to 1000 "
            "(sim/scenario/testing)\n"
            "office.yaml:4:38: resource \"counter\": no key \"lnie_limit\"; did you mean "
            "\"line_limit\"? (sim/scenario/testing)\n"
            "office.yaml:5:9: no resource type \"vann\"; did you mean \"van\"?\n");
}

TEST(Loader, ShowsTheLineWithACaretUnderTheValue) {
  try {
    load(desk_with("order: firstcome"));
    FAIL();
  } catch (const ScenarioError& error) {
    EXPECT_STREQ(error.what(),
                 "office.yaml:4:45: resource \"counter\": order is \"firstcome\"; did you mean "
                 "\"FirstCome\"? (sim/scenario/testing)\n"
                 "  4 |   counter: {parcel_desk: {clerks: 2, order: firstcome}}\n"
                 "    |                                             ^^^^^^^^^\n");
    EXPECT_NE(error.render(true).find("\x1b[31;1m^^^^^^^^^\x1b[0m"), std::string::npos);
  }
}

TEST(Loader, CountsTheFindingsItDoesNotShow) {
  std::string text = "scenario: s\nduration: 1d\nresources:\n";
  for (int i = 0; i < 130; ++i) {
    text += fmt::format("  v{}: {{van: {{seats: 0}}}}\n", i);
  }
  const std::string summary = error_of(text);
  EXPECT_EQ(std::count(summary.begin(), summary.end(), '\n'), 101);
  EXPECT_NE(summary.find("\nand 30 more\n"), std::string::npos);
}

TEST(Loader, ChecksOfTypesArePlacedAtTheirField) {
  EXPECT_EQ(error_of(desk_with("patience: 60s, warning: 90s")),
            "office.yaml:4:62: resource \"counter\": warning is 1m30s; it must not come after "
            "patience, which is 1m (sim/scenario/testing)\n");
}

TEST(Loader, RefusesNamesOfFilesThatLeaveTheFolder) {
  EXPECT_NE(error_of(desk_with("timetable: ../secret.csv")).find("it leaves the scenario's folder"),
            std::string::npos);
  EXPECT_NE(error_of(desk_with("timetable: /etc/passwd")).find("it must be relative"),
            std::string::npos);
  EXPECT_NE(error_of(desk_with("timetable: gone.csv")).find("there is no such file"),
            std::string::npos);
}

}  // namespace
}  // namespace updraft::sim
