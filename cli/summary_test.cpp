#include "cli/summary.h"

#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace updraft::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string summary_of(const sim::RecordsReport& records) {
  std::ostringstream out;
  std::ostringstream err;
  sim::Report report;
  report.complete = true;
  report.records = records;
  return summary_text(report, sim::Plan{}, {}, Terminal{.out = out, .err = err});
}

TEST(Summary, SaysWhatIsNotInTheFile) {
  const std::string text =
      summary_of({.decisions = 12'345'678, .decisions_dropped = 345'678, .traces_dropped = 12});
  EXPECT_THAT(
      text,
      HasSubstr(
          "left out  345,678 of 12,345,678 decisions are not in the file: its budget was spent\n"));
  EXPECT_THAT(text, HasSubstr("left out  12 traces and spans are not in the file"));
}

TEST(Summary, TellsOfQueuesAndOfThoseWhoWorkOnThem) {
  std::ostringstream out;
  sim::Report report;
  report.complete = true;
  report.queues.push_back({.name = "jobs",
                           .entered = 12'345,
                           .deduplicated = 2,
                           .deleted = 12'300,
                           .expired = 1,
                           .moved = 40,
                           .visible = 3,
                           .in_flight = 1,
                           .delayed = 0});
  report.work.push_back({.name = "hands", .processed = 12'300, .failed = 9, .again = 7, .age = {}});
  report.work.back().age.record(2'000'000'000);
  const std::string text = summary_text(report, sim::Plan{}, {}, Terminal{.out = out, .err = out});
  EXPECT_THAT(text, HasSubstr("jobs  12,345 messages and 2 duplicates that were not added: 12,300 "
                              "deleted, 40 moved to another queue, 1 expired\n"
                              "  at the end 3 visible, 1 in flight, 0 delayed\n"
                              "hands  12,300 messages done; 9 failures, 7 begun on what had been "
                              "received before\n"
                              "  from sending to deletion  mean 2"));
  EXPECT_THAT(text, Not(HasSubstr("  of ")));
  report.work.back().by_source.push_back({.name = "traffic/shop", .age = {}});
  report.work.back().by_source.back().age.record(3'000'000'000);
  EXPECT_THAT(summary_text(report, sim::Plan{}, {}, Terminal{.out = out, .err = out}),
              HasSubstr("  of traffic/shop (1)  mean 3.00 s   p50 3.00 s"));
}

TEST(Summary, TellsOfFunctions) {
  std::ostringstream out;
  sim::Report report;
  report.complete = true;
  report.functions.push_back({.name = "api", .invocations = 1'500, .errors = 7, .throttles = 3});
  report.functions.push_back(
      {.name = "late", .cold_starts = 2, .spilled = 1, .events = 9, .given_up = 4});
  EXPECT_THAT(summary_text(report, sim::Plan{}, {}, Terminal{.out = out, .err = out}),
              HasSubstr("api  1,500 invocations: 7 errors, 0 cold starts; 3 throttled\n"
                        "late  0 invocations: 0 errors, 2 cold starts; 0 throttled; 1 more than "
                        "were provisioned\n"
                        "  9 events, 4 of them given up\n"));
}

TEST(Summary, TellsOfAttemptsWhereClientsRetry) {
  std::ostringstream out;
  sim::Report report;
  report.complete = true;
  report.traffic.push_back({.name = "visitors", .sent = 2'000, .latency = {}, .ok_latency = {}});
  const auto text = [&] {
    return summary_text(report, sim::Plan{}, {}, Terminal{.out = out, .err = out});
  };
  EXPECT_THAT(text(), Not(HasSubstr("attempts")));
  report.traffic.back().attempts =
      sim::AttemptsReport{.attempts = 2'500, .retries = 500, .first_attempt_errors = 1'100};
  EXPECT_THAT(text(), HasSubstr("  2,500 attempts, of which 500 retries; 1,100 first attempts did "
                                "not end ok\n"));
  EXPECT_THAT(text(), Not(HasSubstr("not retried")));
  report.traffic.back().attempts->quota_exhausted = 600;
  EXPECT_THAT(text(), HasSubstr("  not retried: 600 because the retry quota was exhausted\n"));
}

TEST(Summary, IsSilentAboutRecordsThatAreWhole) {
  EXPECT_THAT(summary_of({.decisions = 12'345'678, .traces = 9}), Not(HasSubstr("left out")));
}

}  // namespace
}  // namespace updraft::cli
