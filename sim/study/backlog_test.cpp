// The pace of a backlog on made-up metrics: parcels wait on a shelf, and desks hand them out.
#include "sim/study/backlog.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/metrics/memory_sink.h"
#include "sim/scenario/testing/parcel_post.pb.h"

namespace updraft::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Lines = std::vector<std::pair<std::string, std::string>>;

const std::vector<BacklogWords>& shelves() {
  static const std::vector<BacklogWords> words{{.type = "shelf",
                                                .unit = "parcel",
                                                .waiting = "Waiting",
                                                .held = {"Held", "in hand"},
                                                .later = {"Late", "on the way"},
                                                .oldest_s = "Oldest",
                                                .came = {"Came", "came"},
                                                .taken = {"Taken", "taken"},
                                                .done = {"Done", "handed out"},
                                                .returned = {"Returned", "put back"},
                                                .most_held = "line_limit",
                                                .most_held_say = "no hand is free",
                                                .groups = "Customers",
                                                .groups_say = "parcels of {} customers in hand",
                                                .window = "memory",
                                                .window_say = "only {} are in sight"}};
  return words;
}

const std::vector<ConsumerWords>& desks() {
  static const std::vector<ConsumerWords> words{{.type = "desk",
                                                 .takes_from = "depot",
                                                 .unit = "clerks",
                                                 .busy = "Busy",
                                                 .allowed = "Clerks",
                                                 .refused = "Refused",
                                                 .refused_say = "{} a minute refused",
                                                 .caps = {"clerks"},
                                                 .each = "comfort.chairs",
                                                 .each_say = "{} chairs",
                                                 .grows = "memory"}};
  return words;
}

/// Ten minutes in which the metrics have the values of a minute's number.
struct Office {
  using Values = std::map<std::string, double (*)(int)>;  // by "resource/metric"

  explicit Office(const Values& values, std::uint32_t window = 50) {
    for (const auto& [path, value] : values) {
      const std::size_t slash = path.find('/');
      sink.add_series_column(
          {.group = "/" + path.substr(0, slash), .name = path.substr(slash + 1), .cadence = 60s});
    }
    for (int minute = 0; minute < 10; ++minute) {
      std::vector<double> row;
      for (const auto& [path, value] : values) {
        row.push_back(value(minute));
      }
      sink.append_period(60s, kStart + std::chrono::minutes{minute}, row);
    }
    testing::ParcelDeskParams shelf;
    shelf.set_line_limit(40);
    shelf.set_memory(window);
    put("shelf", "shelf", shelf);
    testing::ParcelDeskParams desk;
    desk.set_depot("shelf");
    desk.set_clerks(3);
    desk.set_memory(2);
    desk.mutable_comfort()->set_chairs(4);
    put("desk", "desk", desk);
    desk.set_depot("elsewhere");
    put("other", "desk", desk);
  }

  void put(const std::string& name, const std::string& type,
           const testing::ParcelDeskParams& params) {
    ResourcePlan& resource = *plan.add_resource();
    resource.set_name(name);
    resource.set_type(type);
    resource.mutable_params()->PackFrom(params);
  }

  [[nodiscard]] std::optional<Backlog> ask(const BacklogQuestion& question) const {
    return backlog(*open_result_source(sink), plan, {shelves(), desks()}, question);
  }

  MemorySink sink;
  Plan plan;
};

/// A hundred wait at first, ten fewer after each minute; 30 come, 45 are taken, 5 of them put back.
const Office::Values& draining() {
  static const Office::Values values{
      {"shelf/Waiting", [](int minute) { return 100.0 - 10 * minute; }},
      {"shelf/Held", [](int) { return 15.0; }},
      {"shelf/Late", [](int) { return 0.0; }},
      {"shelf/Oldest", [](int) { return 90.0; }},
      {"shelf/Came", [](int) { return 30.0; }},
      {"shelf/Taken", [](int) { return 45.0; }},
      {"shelf/Done", [](int) { return 40.0; }},
      {"shelf/Returned", [](int) { return 5.0; }},
      {"desk/Busy", [](int) { return 3.0; }},
      {"desk/Clerks", [](int) { return 3.0; }},
      {"desk/Refused", [](int) { return 0.0; }}};
  return values;
}

TEST(Backlog, TellsWhatWaitsThePaceWhoIsBusyAndWhenItIsEmpty) {
  const auto found = Office(draining()).ask({.resource = "shelf", .to = kStart + 6min});
  ASSERT_TRUE(found);
  EXPECT_EQ(backlog_heading(*found), "The backlog at 6m");
  EXPECT_EQ(backlog_lines(*found),
            (Lines{{"waits", "50 parcels; 15 in hand, of 40 at most; the oldest is 1m30s old"},
                   {"a minute",
                    "30 came, 45 taken, 40 handed out, 5 put back; each in hand for 20s (from 0s "
                    "to 6m)"},
                   {"desk", "3 of 3 clerks are busy; 4 chairs; clerks is 3"},
                   {"empty", "in 5m at this pace: 10 fewer a minute"}}));
}

TEST(Backlog, LooksAtTheMinutesInsideTheWindowAndFiveAtLeast) {
  const Office office(draining());
  const auto since = [&](Duration from, Duration to) {
    const auto found = office.ask({.resource = "shelf", .from = kStart + from, .to = kStart + to});
    return std::pair{found->since - kStart, found->at - kStart};
  };
  EXPECT_EQ(since(6min, 8min), (std::pair<Duration, Duration>{3min, 8min}));
  EXPECT_EQ(since(90s, 9min), (std::pair<Duration, Duration>{2min, 9min}));
  EXPECT_EQ(since(1min, 2min + 59s), (std::pair<Duration, Duration>{0min, 2min}));
  EXPECT_EQ(since(1min, 1h), (std::pair<Duration, Duration>{1min, 10min}));
  EXPECT_FALSE(office.ask({.resource = "shelf", .to = kStart + 59s}));  // no minute is over
}

TEST(Backlog, OfTheWholeRunTheMomentAtWhichMostWaited) {
  Office::Values values = draining();
  values["shelf/Waiting"] = [](int minute) { return minute == 6 ? 80.0 : 10.0; };
  const auto found = Office(values).ask({.resource = "shelf"});
  ASSERT_TRUE(found);
  EXPECT_EQ(backlog_heading(*found), "The backlog was largest at 7m");
  EXPECT_EQ(found->waiting, 80);
  EXPECT_EQ(found->since, kStart + 2min);
  values["shelf/Waiting"] = [](int) { return 0.0; };
  EXPECT_FALSE(Office(values).ask({.resource = "shelf"}));
}

TEST(Backlog, WhatDoesNotDrainIsNeverEmpty) {
  Office::Values values = draining();
  values["shelf/Waiting"] = [](int minute) { return 10.0 * minute; };
  EXPECT_EQ(backlog_lines(*Office(values).ask({.resource = "shelf", .from = kStart + 1s})).back(),
            (std::pair<std::string, std::string>{"empty", "never at this pace: 10 more a minute"}));
  values["shelf/Waiting"] = [](int) { return 10.0; };
  EXPECT_EQ(
      backlog_lines(*Office(values).ask({.resource = "shelf", .from = kStart + 1s})).back(),
      (std::pair<std::string, std::string>{"empty", "never at this pace: as many come as go"}));
}

TEST(Backlog, SaysWhatLimitsThoseWhoTake) {
  Office::Values values = draining();
  values["shelf/Held"] = [](int) { return 40.0; };
  values["shelf/Customers"] = [](int) { return 7.0; };
  values["shelf/Late"] = [](int) { return 1.0; };
  values["desk/Busy"] = [](int) { return 1.92; };
  values["desk/Clerks"] = [](int) { return 2.0; };
  values["desk/Refused"] = [](int minute) { return minute < 5 ? 0.0 : 4.0; };
  EXPECT_EQ(backlog_lines(*Office(values).ask({.resource = "shelf", .to = kStart + 10min})),
            (Lines{{"waits",
                    "10 parcels; 40 in hand, of 40 at most; 1 on the way; the oldest is 1m30s old"},
                   {"", "no hand is free"},
                   {"", "parcels of 7 customers in hand"},
                   {"a minute",
                    "30 came, 45 taken, 40 handed out, 5 put back; each in hand for 53s (from 0s "
                    "to 10m)"},
                   {"desk",
                    "1.92 of 2 clerks are busy; 4 chairs; up to 2 more after each minute; 2 a "
                    "minute refused"},
                   {"empty", "in 1m6s at this pace: 10 fewer a minute"}}));
}

TEST(Backlog, WhatIsOutOfSightIsSaidWhereThereAreGroups) {
  Office::Values values = draining();
  const BacklogQuestion question{.resource = "shelf", .to = kStart + 10min};
  EXPECT_THAT(Office(values, 24).ask(question)->notes, IsEmpty());
  values["shelf/Customers"] = [](int) { return 7.0; };
  EXPECT_THAT(Office(values, 24).ask(question)->notes,
              ElementsAre("parcels of 7 customers in hand", "only 24 are in sight"));
  EXPECT_THAT(Office(values, 25).ask(question)->notes,
              ElementsAre("parcels of 7 customers in hand"));
}

TEST(Backlog, WhereNobodyTakesAnythingItSaysSo) {
  Office office(draining());
  office.plan.mutable_resource()->DeleteSubrange(1, 1);
  const auto lines = backlog_lines(*office.ask({.resource = "shelf"}));
  EXPECT_EQ(lines[2], (std::pair<std::string, std::string>{"nobody", "takes parcels out of it"}));
}

TEST(Backlog, IsOfResourcesInWhichWorkWaits) {
  const Office office(draining());
  EXPECT_FALSE(office.ask({.resource = "desk"}));
  EXPECT_FALSE(office.ask({.resource = "nowhere"}));
  EXPECT_FALSE(Office({{"desk/Busy", [](int) { return 1.0; }}}).ask({.resource = "shelf"}));
}

TEST(Backlog, ItsJsonHoldsTheNumbers) {
  const auto json =
      backlog_json(*Office(draining()).ask({.resource = "shelf", .to = kStart + 6min}));
  EXPECT_EQ(json["at_s"], 360);
  EXPECT_EQ(json["waiting"], 50);
  EXPECT_EQ(json["per_minute"]["returned"], 5);
  EXPECT_EQ(json["per_minute"]["growth"], -10);
  EXPECT_EQ(json["held_for_s"], 20);
  EXPECT_EQ(json["empty_in_s"], 300);
  EXPECT_EQ(json["most_held"], 40);
  EXPECT_EQ(json["consumers"][0]["name"], "desk");
  EXPECT_THAT(json["consumers"][0]["notes"], ElementsAre("4 chairs", "clerks is 3"));
  EXPECT_THAT(json["notes"], IsEmpty());
}

}  // namespace
}  // namespace updraft::sim
