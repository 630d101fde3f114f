#include "sim/schema/grammar.h"

#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

struct Row {
  std::string text;
  double value;
  Dimension dimension;
};

const std::vector<Row>& readable() {
  static const std::vector<Row> kRows = {{"0", 0, Dimension::kNone},
                                         {"-3.5", -3.5, Dimension::kNone},
                                         {"1e3", 1000, Dimension::kNone},
                                         {"0s", 0, Dimension::kTime},
                                         {"20ms", 2e7, Dimension::kTime},
                                         {"1.5h", 5.4e12, Dimension::kTime},
                                         {"1h30m", 5.4e12, Dimension::kTime},
                                         {"1d2h3m4s5ms6us7ns", 93784005006007.0, Dimension::kTime},
                                         {"-3660d", -3.16224e17, Dimension::kTime},
                                         {"1B", 1, Dimension::kBytes},
                                         {"10kB", 1e4, Dimension::kBytes},
                                         {"1.5GiB", 1610612736, Dimension::kBytes}};
  return kRows;
}

TEST(Magnitude, ReadsNumbersTimesAndSizes) {
  for (const Row& row : readable()) {
    const std::optional<Magnitude> read = magnitude(row.text);
    ASSERT_TRUE(read.has_value()) << row.text;
    EXPECT_EQ(read->value, row.value) << row.text;
    EXPECT_EQ(read->dimension, row.dimension) << row.text;
  }
}

TEST(Magnitude, RefusesOtherText) {
  for (const char* text :
       {"", "-", "s", "1 s", "1S", "1min", "30m1h", "1m1m", "1kb", "1kBs", "1..5", ".5", "5.",
        "nan", "inf", "--1", "[1]", "{exponential: 1s}", "1s "}) {
    EXPECT_FALSE(magnitude(text).has_value()) << text;
  }
}

// Editors and loader must agree on what a duration or a size looks like.
TEST(Patterns, MatchWhatIsReadable) {
  const std::regex duration(duration_pattern());
  const std::regex bytes(bytes_pattern());
  for (const Row& row : readable()) {
    EXPECT_EQ(std::regex_match(row.text, duration), row.dimension == Dimension::kTime) << row.text;
    EXPECT_EQ(std::regex_match(row.text, bytes), row.dimension == Dimension::kBytes) << row.text;
  }
  const std::regex rate(rate_pattern());
  EXPECT_TRUE(std::regex_match("2.5/s", rate));
  EXPECT_TRUE(std::regex_match("3000/m", rate));
  EXPECT_FALSE(std::regex_match("3000", rate));
  EXPECT_FALSE(std::regex_match("-1/s", rate));
}

TEST(DimensionOfUnit, KnowsTimesAndSizes) {
  EXPECT_EQ(dimension_of_unit("s"), Dimension::kTime);
  EXPECT_EQ(dimension_of_unit("bytes"), Dimension::kBytes);
  EXPECT_EQ(dimension_of_unit("1/s"), Dimension::kNone);
}

}  // namespace
}  // namespace updraft::sim
