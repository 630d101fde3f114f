#include "sim/traffic/count_file.h"

#include <fstream>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/traffic/csv.h"

namespace updraft::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string read_text(const std::string& path) {
  std::ifstream file(std::string(UPDRAFT_SOURCE_DIR) + "/" + path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Stamp, ReadsTheFormsThatFilesUse) {
  EXPECT_EQ(parse_stamp("1970-01-01 00:00"), 0);
  EXPECT_EQ(parse_stamp("1970-01-02 00:00:01"), 86401 * 1000000000LL);
  EXPECT_EQ(parse_stamp("1970-01-02T00:00:01Z"), 86401 * 1000000000LL);
  EXPECT_EQ(parse_stamp("2023-11-16 18:15:46.6805900"), 1700158546680590000LL);
  EXPECT_EQ(parse_stamp("2000-02-29 00:00:00.000000001"), 951782400000000001LL);
}

TEST(Stamp, RefusesWhatIsNone) {
  for (const char* text :
       {"", "1998", "1998-06-15", "1998-6-15 00:00", "1998-06-31 00:00", "2001-02-29 00:00",
        "1998-06-15 24:00", "1998-06-15 00:60", "1998-06-15 00:00:60", "1998-06-15 00:00:00.",
        "1998-06-15 00:00:00.1234567890", "1998-06-15 00:00 ", "1969-12-31 00:00",
        "2262-01-01 00:00", "1998-06-15 00:00+02:00", "12,3"}) {
    EXPECT_FALSE(parse_stamp(text).has_value()) << text;
  }
}

TEST(Stamp, ComesBackAsItWas) {
  for (const char* text :
       {"1998-06-15 00:05:00", "2023-11-16 18:15:46.68059", "2200-12-31 23:59:59.999999999"}) {
    EXPECT_EQ(format_stamp(*parse_stamp(text)), text);
  }
}

TEST(Csv, KeepsPositionsAndReadsQuotes) {
  CsvReader reader(
      "\xef\xbb\xbf"
      "a,\"b \"\"x\"\", c\",d\r\n\n  \nlast",
      "f.csv");
  ASSERT_TRUE(reader.next_line());
  ASSERT_EQ(reader.fields().size(), 3u);
  EXPECT_EQ(reader.fields()[1].text, "b \"x\", c");
  EXPECT_EQ(reader.fields()[1].column, 3u);
  EXPECT_EQ(reader.fields()[2].text, "d");
  EXPECT_EQ(reader.fields()[2].column, 16u);
  ASSERT_TRUE(reader.next_line());
  EXPECT_EQ(reader.line(), 4u);
  EXPECT_EQ(reader.fields()[0].text, "last");
  EXPECT_FALSE(reader.next_line());
}

TEST(Csv, CountsTheErrorsItDoesNotShow) {
  CsvReader reader("x", "f.csv");
  reader.next_line();
  for (int i = 0; i < 23; ++i) {
    reader.fail(1, "bad");
  }
  EXPECT_EQ(reader.errors().size(), 21u);
  EXPECT_EQ(reader.errors().front(), "f.csv:1:1: bad");
  EXPECT_EQ(reader.errors().back(), "f.csv: 3 more errors");
}

TEST(CountFile, InfersThePeriod) {
  const CountFile file =
      read_counts("period,count\n1998-06-15 00:00,3\n1998-06-15 00:05,4.5\n1998-06-15 00:10,0\n",
                  "f.csv", Rate::GAPS_ERROR);
  EXPECT_THAT(file.errors, IsEmpty());
  EXPECT_EQ(file.series.first_unix_ns, *parse_stamp("1998-06-15 00:00"));
  EXPECT_EQ(file.series.period_ns, 300 * 1000000000LL);
  EXPECT_THAT(file.series.counts, ElementsAre(3, 4.5, 0));
  EXPECT_EQ(file.series.sum(), 7.5);
}

constexpr const char* kHoley =
    "period,count\n"
    "1998-06-15 00:00,10\n"
    "1998-06-15 00:01,20\n"
    "1998-06-15 00:01,99\n"
    "1998-06-15 00:04,50\n"
    "1998-06-15 00:05,5\n";

TEST(CountFile, NamesEveryGapAndRepeatedStamp) {
  EXPECT_THAT(read_counts(kHoley, "f.csv", Rate::GAPS_ERROR).errors,
              ElementsAre("f.csv:4:1: stamp 1998-06-15 00:01:00 is repeated",
                          "f.csv:5:1: 2 periods are missing before 1998-06-15 00:04:00"));
}

TEST(CountFile, FillsGapsByTheRule) {
  const CountFile zero = read_counts(kHoley, "f.csv", Rate::GAPS_ZERO);
  EXPECT_THAT(zero.errors, IsEmpty());
  EXPECT_EQ(zero.notes.size(), 2u);
  EXPECT_THAT(zero.series.counts, ElementsAre(10, 20, 0, 0, 50, 5));
  EXPECT_THAT(read_counts(kHoley, "f.csv", Rate::GAPS_PREVIOUS).series.counts,
              ElementsAre(10, 20, 20, 20, 50, 5));
  EXPECT_THAT(read_counts(kHoley, "f.csv", Rate::GAPS_INTERPOLATE).series.counts,
              ElementsAre(10, 20, 30, 40, 50, 5));
}

TEST(CountFile, StampsOffTheGridOrBackwardsAreErrorsUnderEveryRule) {
  const char* const text =
      "period,count\n1998-06-15 00:00,1\n1998-06-15 00:01,1\n1998-06-15 00:02:30,1\n1998-06-15 "
      "00:00:30,1\n1998-06-15 00:02,1\n1998-06-15 00:03,1\n";
  EXPECT_THAT(
      read_counts(text, "f.csv", Rate::GAPS_ZERO).errors,
      ElementsAre("f.csv:4:1: stamp 1998-06-15 00:02:30 is off the grid: rows stand 60 s apart",
                  "f.csv:5:1: stamp 1998-06-15 00:00:30 is before the one above; rows must be in "
                  "order of time"));
}

TEST(CountFile, CollectsAllErrorsOfTheRows) {
  EXPECT_THAT(
      read_counts("period,count\nyesterday,3\n1998-06-15 00:00,many\n1998-06-15 00:01\n1998-06-15 "
                  "00:02,-4\n",
                  "f.csv", Rate::GAPS_ZERO)
          .errors,
      ElementsAre(
          "f.csv:2:1: \"yesterday\" is no stamp; write YYYY-MM-DD HH:MM or YYYY-MM-DD HH:MM:SS",
          "f.csv:3:18: count is \"many\"; it must be a number of 0 or more",
          "f.csv:4:1: there is no count; a line must be stamp,count",
          "f.csv:5:18: count is \"-4\"; it must be a number of 0 or more"));
  EXPECT_THAT(
      read_counts("", "f.csv", Rate::GAPS_ZERO).errors,
      ElementsAre(
          "f.csv:0:1: the file is empty; it must begin with a header such as period,count"));
  EXPECT_THAT(read_counts("1998-06-15 00:00,3\n", "f.csv", Rate::GAPS_ZERO).errors,
              ElementsAre("f.csv:1:1: the first line must be a header such as period,count"));
  EXPECT_THAT(
      read_counts("period,count\n1998-06-15 00:00,3\n", "f.csv", Rate::GAPS_ZERO).errors,
      ElementsAre("f.csv:2:1: there must be two rows with different stamps to tell the period"));
}

TEST(CountFile, WorldCupHasFourteenDaysWithoutAGap) {
  const CountFile file = read_counts(read_text("scenarios/traffic/worldcup98.csv"),
                                     "worldcup98.csv", Rate::GAPS_ERROR);
  EXPECT_THAT(file.errors, IsEmpty());
  EXPECT_EQ(file.series.counts.size(), 14u * 1440);
  EXPECT_EQ(file.series.period_ns, 60 * 1000000000LL);
  EXPECT_EQ(format_stamp(file.series.first_unix_ns), "1998-06-15 00:00:00");
  EXPECT_EQ(file.series.sum(), 534699039);
}

TEST(CountFile, IN_01_ElbSeriesHasEightGaps) {
  const std::string text = read_text("scenarios/traffic/nab/elb_request_count_8c0756.csv");
  EXPECT_EQ(read_counts(text, "elb.csv", Rate::GAPS_ERROR).errors.size(), 8u);
  const CountFile file = read_counts(text, "elb.csv", Rate::GAPS_ZERO);
  EXPECT_THAT(file.errors, IsEmpty());
  EXPECT_EQ(file.series.counts.size(), 4032u + 8);
  EXPECT_EQ(file.series.period_ns, 300 * 1000000000LL);
  EXPECT_EQ(file.series.sum(), 249327);
}

}  // namespace
}  // namespace updraft::sim
