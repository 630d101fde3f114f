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

TEST(Summary, IsSilentAboutRecordsThatAreWhole) {
  EXPECT_THAT(summary_of({.decisions = 12'345'678, .traces = 9}), Not(HasSubstr("left out")));
}

}  // namespace
}  // namespace updraft::cli
