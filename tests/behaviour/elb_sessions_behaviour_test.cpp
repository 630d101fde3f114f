// Sessions and their cookies, slow start, target weights, connections, capacity units, zonal shift
// and access logs, with real instances behind the balancer.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/behaviour/fleet_bench.h"

namespace updraft::testing {
namespace {

using sim::Status;
using ::testing::HasSubstr;

/// Fields of an entry of an access log; quotes stay.
struct Entry {
  std::string client;  // address:port
  std::string target;  // "i-000001:80"
  std::string code;
  std::string created;                      // stamp
  [[nodiscard]] double created_s() const {  // within an hour
    return std::stod(created.substr(14, 2)) * 60 + std::stod(created.substr(17, 9));
  }
};

std::vector<Entry> entries(const std::string& log) {
  std::vector<Entry> found;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> fields{""};
    bool quoted = false;
    for (const char c : line) {
      quoted = c == '"' ? !quoted : quoted;
      if (c == ' ' && !quoted) {
        fields.emplace_back();
      } else {
        fields.back() += c;
      }
    }
    found.push_back({fields.at(3), fields.at(4), fields.at(8), fields.at(21)});
  }
  return found;
}

/// Requests by target between two moments.
std::map<std::string, int> by_target(const std::string& log, double from, double until) {
  std::map<std::string, int> counts;
  for (const Entry& entry : entries(log)) {
    if (entry.created_s() >= from && entry.created_s() < until) {
      ++counts[entry.target];
    }
  }
  return counts;
}

// --- stickiness

FleetText sticky(const std::string& stickiness) {
  return {.duration = "9m",
          .balancer = "access_logs: 1",
          .targets = "health_check_interval: 10s, stickiness: " + stickiness,
          .group = "min_size: 2, max_size: 4",
          .traffic =
              "visitors: {to: alb, rate: {constant: 20/s, arrivals: regular}, demand: "
              "{wait: 5ms}, sessions: 40}",
          .operations = "{at: 1m, fleet: {set_desired_capacity: 4}}"};
}

TEST(Stickiness, R3_4_1_SessionsStayAndNewInstancesAreIdle) {
  FleetBench bench(fleet(sticky("lb_cookie")));
  EXPECT_EQ(bench.answered("visitors", Status::kOk), bench.sent("visitors"));
  std::map<std::string, std::string> target_of;
  for (const Entry& entry : entries(bench.access_log("alb"))) {
    const auto [known, fresh] = target_of.emplace(entry.client, entry.target);
    EXPECT_EQ(known->second, entry.target) << entry.client;
  }
  EXPECT_EQ(target_of.size(), 40u);
  // The two that came later serve, and nobody goes there.
  EXPECT_EQ(by_target(bench.access_log("alb"), 300, 540).size(), 2u);
  EXPECT_EQ(bench.minutes("/web/HealthyHostCount").at(8), 4);
  EXPECT_EQ(bench.total("/web/NonStickyRequestCount"), 40);
}

TEST(Stickiness, R3_4_1_NewSessionsFindTheNewInstances) {
  FleetText text = sticky("{type: app_cookie, duration: 1h}");
  text.traffic.replace(text.traffic.find("sessions: 40"), 12, "sessions: {count: 40, requests: 5}");
  FleetBench bench(fleet(text));
  EXPECT_EQ(by_target(bench.access_log("alb"), 300, 540).size(), 4u);
}

TEST(Stickiness, R3_4_1_TheDurationRunsFromTheLastRequest) {
  FleetText text = sticky("{duration: 30s}");
  text.operations = "";
  // One session: a request every 25 s keeps it, one every 40 s does not.
  text.traffic = "visitors: {to: alb, rate: {constant: 0.04/s, arrivals: regular}, sessions: 1}";
  EXPECT_EQ(FleetBench(fleet(text)).total("/web/NonStickyRequestCount"), 1);
  text.traffic = "visitors: {to: alb, rate: {constant: 0.025/s, arrivals: regular}, sessions: 1}";
  const FleetBench bench(fleet(text));
  EXPECT_EQ(bench.total("/web/NonStickyRequestCount"), static_cast<double>(bench.sent("visitors")));
}

TEST(Stickiness, R3_4_1_SessionsOfADrainingTargetMoveAndStay) {
  FleetText text = sticky("lb_cookie");
  text.group = "min_size: 1, max_size: 2";
  text.operations =
      "{at: 1m, fleet: {set_desired_capacity: 1}}\n"
      "{at: 2m, fleet: {set_desired_capacity: 2}}";
  FleetBench bench(fleet(text));
  EXPECT_EQ(bench.answered("visitors", Status::kOk), bench.sent("visitors"));
  const auto draining = bench.decided("health", "draining");
  ASSERT_EQ(draining.size(), 1u);
  const auto before = by_target(bench.access_log("alb"), 0, draining[0].at_s);
  const auto after = by_target(bench.access_log("alb"), draining[0].at_s + 0.1, 540);
  EXPECT_EQ(before.size(), 2u);
  EXPECT_EQ(after.size(), 1u);  // also when a second instance is there again
  // Each of those who were there got a new target once.
  const double moved = bench.total("/web/NonStickyRequestCount") - 40;
  EXPECT_GT(moved, 5);
  EXPECT_LT(moved, 35);
}

// --- slow start

TEST(SlowStart, LB_12_R3_3_5_ANewTargetBesideHealthyOnesGetsItsShareSlowly) {
  FleetBench bench(
      fleet({.duration = "10m",
             .balancer = "access_logs: 1",
             .targets = "health_check_interval: 5s, health_check_timeout: 2s, slow_start: 100s",
             .group = "min_size: 2, max_size: 3",
             .traffic = "visitors: {to: alb, rate: {constant: 60/s, arrivals: regular}, demand: "
                        "{wait: 1ms}}",
             .operations = "{at: 1m, fleet: {set_desired_capacity: 3}}"}));
  const auto enters = bench.decided("slow_start", "enters");
  ASSERT_EQ(enters.size(), 2u) << bench.decisions("slow_start");  // at each node
  const double from = std::max(enters[0].at_s, enters[1].at_s);
  const double until = std::min(enters[0].at_s, enters[1].at_s) + 100;
  EXPECT_EQ(enters[0].rule, "R3.3.5");
  EXPECT_EQ(bench.decided("slow_start", "i-000001").size(), 0u);  // (a) the old ones do not
  // While its weight goes from 0 to 1 beside two full ones, its share is w / (2 + w).
  auto early = by_target(bench.access_log("alb"), from, from + 10);
  auto late = by_target(bench.access_log("alb"), until - 10, until);
  auto after = by_target(bench.access_log("alb"), until + 20, until + 30);
  EXPECT_LT(early["i-000003:80"], 0.1 * 600 / 2);
  EXPECT_NEAR(late["i-000003:80"], 0.93 / 2.93 * 600, 15);
  EXPECT_NEAR(after["i-000003:80"], 200, 3);
}

TEST(SlowStart, LB_12_R3_3_5_TargetsOfAnEmptyGroupDoNotEnter) {
  const FleetBench bench(
      fleet({.targets = "health_check_interval: 5s, health_check_timeout: 2s, slow_start: 100s",
             .group = "min_size: 3, max_size: 3",
             .in_service = "0"}));
  EXPECT_EQ(bench.decided("slow_start", "enters").size(), 0u);
  EXPECT_EQ(bench.decided("slow_start", "does not enter").size(), 6u);
}

TEST(SlowStart, LB_12_R3_3_5_ATargetThatRecoversStartsAgain) {
  const FleetBench bench(
      fleet({.duration = "15m",
             .targets = "health_check_interval: 10s, slow_start: 60s",
             .instance = "relative_speed: 1, health_check_cpu: 1ms",
             .faults = "{at: 100s, for: 100s, slow_instance: {of: fleet, speed_factor: 0}}"}));
  EXPECT_EQ(bench.decided("slow_start", "i-000001 enters").size(), 2u);
  EXPECT_EQ(bench.decided("slow_start", "i-000002").size(), 0u);
}

// --- a target that fails at once

/// Three targets; for a minute one refuses all connections, and no check has noticed yet.
std::uint64_t failed_with(const std::string& algorithm) {
  const FleetBench bench(
      fleet({.duration = "170s",
             .targets = "health_check_interval: 300s, load_balancing_algorithm_type: " + algorithm,
             .group = "min_size: 3, max_size: 3",
             .zones = "a, b, c",
             .instance = "relative_speed: 1, health_check_cpu: 0s, boot: 60s",
             .in_service = "3",
             .traffic = "visitors: {to: alb, rate: {constant: 300/s, arrivals: regular}, from: "
                        "102s, until: 162s, timeout: 2s, demand: {wait: 100ms}}",
             .faults = "{at: 100s, for: 1s, lose_availability_zone: b}"}));
  EXPECT_EQ(bench.sent("visitors"), 18000u);
  EXPECT_EQ(
      bench.answered("visitors", Status::kBadGateway) + bench.answered("visitors", Status::kOk),
      18000u);
  return bench.answered("visitors", Status::kBadGateway);
}

TEST(Routing, R3_3_2_ATargetThatFailsAtOnceAttractsLeastOutstandingRequests) {
  const std::uint64_t in_turn = failed_with("round_robin");
  const std::uint64_t least = failed_with("least_outstanding_requests");
  EXPECT_NEAR(static_cast<double>(in_turn), 18000.0 / 3, 360);  // 59 s of 60
  EXPECT_GT(least, 2 * in_turn);
}

TEST(Routing, R3_3_3_MitigationTakesRequestsAwayFromIt) {
  const std::uint64_t even = failed_with("weighted_random");
  const std::uint64_t mitigated =
      failed_with("weighted_random, load_balancing_algorithm_anomaly_mitigation: \"on\"");
  EXPECT_NEAR(static_cast<double>(even), 18000.0 / 3, 500);
  // 5 s at a third, then 0.05 of 2.05.
  EXPECT_LT(mitigated, 1500u);
  EXPECT_GT(mitigated, 500u);
}

// --- connections and units

TEST(Connections, LB_18_R3_8_1_AnIdleConnectionIsClosed) {
  const auto opened = [](const std::string& rate) {
    const FleetBench bench(fleet({.duration = "20m",
                                  .traffic = "visitors: {to: alb, rate: {constant: " + rate +
                                             ", arrivals: regular}, sessions: 1}"}));
    return std::pair{bench.total("/alb/NewConnectionCount"),
                     static_cast<double>(bench.sent("visitors"))};
  };
  EXPECT_EQ(opened("0.02/s").first, 1);                     // 50 s apart
  const auto [connections, requests] = opened("0.0125/s");  // 80 s apart
  EXPECT_EQ(connections, requests);
}

TEST(Connections, R3_1_1_ASessionStaysAtItsNode) {
  const FleetBench bench(
      fleet({.targets = "load_balancing_cross_zone_enabled: \"false\"",
             .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: regular}, sessions: "
                        "1}"}));
  // Without cross-zone balancing the node decides the zone: one session, one zone.
  const auto a = bench.of_instance(0, "NetworkIn");
  const auto b = bench.of_instance(1, "NetworkIn");
  const auto sum = [](const std::vector<double>& of) {
    double total = 0;
    for (const double value : of) {
      total += value;
    }
    return total;
  };
  EXPECT_EQ(std::min(sum(a), sum(b)), 0);
  EXPECT_GT(std::max(sum(a), sum(b)), 0);
}

TEST(CapacityUnits, R3_11_1_AreBilledByTheLargestDimension) {
  const FleetBench fresh(fleet({.duration = "1h",
                                .traffic = "visitors: {to: alb, rate: {constant: 50/s, arrivals: "
                                           "regular}}"}));
  EXPECT_NEAR(fresh.billed("elb/application/lcu"), 2, 0.01);  // each a new connection
  EXPECT_NEAR(fresh.minutes("/alb/ConsumedLCUs").at(30), 2, 0.01);
  const FleetBench kept(fleet({.duration = "1h",
                               .traffic = "visitors: {to: alb, rate: {constant: 50/s, arrivals: "
                                          "regular}, sessions: 100, response_size: 20kB}"}));
  EXPECT_NEAR(kept.billed("elb/application/lcu"), 50 * 3600 * 21e3 / 1e9, 0.1);  // bytes
  EXPECT_EQ(kept.total("/alb/NewConnectionCount"), 100);
}

// --- zonal shift

TEST(ZonalShift, R3_12_2_NewRequestsStopAndOldOnesFinish) {
  FleetBench bench(fleet(
      {.duration = "10m",
       .balancer = "access_logs: 1, zonal_shift_enabled: true",
       .traffic = "visitors: {to: alb, rate: {constant: 5/s, arrivals: regular}, demand: {wait: "
                  "10s}}",
       .operations = "{at: 2m, alb: {start_zonal_shift: {away_from: b, expires_in: 3m}}}\n"
                     "{at: 3m, alb: {start_zonal_shift: {away_from: a}}}"}));
  EXPECT_EQ(bench.answered("visitors", Status::kOk) + 50, bench.sent("visitors"));
  EXPECT_EQ(by_target(bench.access_log("alb"), 60, 120).size(), 2u);
  EXPECT_EQ(by_target(bench.access_log("alb"), 120, 300).size(), 1u);
  EXPECT_EQ(by_target(bench.access_log("alb"), 310, 580).size(), 2u);
  EXPECT_EQ(bench.decisions("zonal_shift"),
            "120s alb: away from b [R3.12.2]\n180s alb: away from a [blocked R3.12.2]\n300s alb: "
            "ends [R3.12.2]\n");
  EXPECT_EQ(bench.decisions("dns"),
            "120s alb: the node in b leaves DNS [R3.12.2]\n300s alb: the node in b is back in DNS "
            "[R3.12.2]\n");
}

// --- access logs

TEST(AccessLog, WrittenAndReadBackItGivesTheSameArrivals) {
  FleetText text{.duration = "3m",
                 .balancer = "access_logs: 1",
                 .traffic =
                     "visitors: {to: alb, rate: {constant: 37/s, arrivals: poisson}, "
                     "demand: {wait: {exponential: 50ms}}, request_size: {exponential: "
                     "2kB}, until: 2m, requests: [{weight: 2, path: /a, query: b=c, host: "
                     "shop.example.com}, {path: /d, headers: {User-Agent: {value: 'x "
                     "\"y\"'}}}]}"};
  FleetBench written(fleet(text));
  const std::string log = written.access_log("alb");
  const auto first = entries(log);
  ASSERT_EQ(first.size(), written.sent("visitors"));
  double earliest = 1e9;
  for (const Entry& entry : first) {
    earliest = std::min(earliest, entry.created_s());
  }
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / "access_log_test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "web.log", std::ios::binary) << log;
  text.traffic = fmt::format(
      "again: {{to: alb, access_log: {{file: web.log, offset: {}us}}, demand: {{wait: "
      "{{exponential: 50ms}}}}}}",
      std::llround(earliest * 1e6));
  FleetBench read(fleet(text), folder.string());
  std::filesystem::remove_all(folder);
  ASSERT_EQ(read.sent("again"), written.sent("visitors"));
  // The same instants, sizes and kinds.
  const auto arrivals = [](const std::string& of) {
    std::vector<std::string> lines;
    std::istringstream stream(of);
    for (std::string line; std::getline(stream, line);) {
      const std::size_t request = line.find('"');
      const std::size_t agent_end = line.find("\" - - ");
      const std::size_t bytes = line.rfind(' ', line.rfind(' ', request - 2) - 1);
      lines.push_back(entries(line).at(0).created + line.substr(bytes, agent_end - bytes));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  };
  EXPECT_EQ(arrivals(read.access_log("alb")), arrivals(log));
}

TEST(AccessLog, AShareIsTheSameRequestsInEveryVariant) {
  FleetText text{.duration = "2m",
                 .balancer = "access_logs: 0.1",
                 .traffic =
                     "visitors: {to: alb, rate: {constant: 50/s, arrivals: regular}, "
                     "demand: {wait: 5ms}}"};
  FleetBench one(fleet(text));
  text.targets = "load_balancing_algorithm_type: weighted_random";
  FleetBench other(fleet(text));
  const auto created = [](const std::string& log) {
    std::vector<std::string> stamps;
    for (const Entry& entry : entries(log)) {
      stamps.push_back(entry.created);
    }
    return stamps;
  };
  EXPECT_NEAR(static_cast<double>(created(one.access_log("alb")).size()), 600, 100);
  EXPECT_EQ(created(one.access_log("alb")), created(other.access_log("alb")));
}

TEST(AccessLog, R3_9_T1_SaysWhoMadeTheCode) {
  FleetBench bench(fleet({.duration = "2m",
                          .balancer = "access_logs: 1",
                          .group = "min_size: 1, max_size: 1",
                          .group_zones = "a",
                          .in_service = "0",
                          .traffic = "visitors: {to: alb, rate: {constant: 1/s, arrivals: "
                                     "regular}, demand: {wait: 10ms}}"}));
  std::map<std::string, int> codes;
  for (const Entry& entry : entries(bench.access_log("alb"))) {
    ++codes[entry.code];
  }
  EXPECT_EQ(codes["503"], bench.total("/alb/HTTPCode_ELB_503_Count"));
  EXPECT_EQ(codes["502"], bench.total("/alb/HTTPCode_ELB_502_Count"));
  EXPECT_GT(codes["503"], 0);
  EXPECT_GT(codes["200"], 0);
  EXPECT_THAT(bench.access_log("alb"), HasSubstr(" - -1 -1 -1 503 - "));
}

}  // namespace
}  // namespace updraft::testing
