#include "sim/schema/grammar.h"

#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

struct Row {
  std::string unit;
  std::string text;
  double value;
};

const std::vector<Row>& quantities() {
  static const std::vector<Row> kRows = {
      {"s", "0s", 0},
      {"s", "20ms", 2e7},
      {"s", "1.5h", 5.4e12},
      {"s", "1h30m", 5.4e12},
      {"s", "1d2h3m4s5ms6us7ns", 93784005006007.0},
      {"s", "-3660d", -3.16224e17},
      {"min", "1w", 6.048e14},
      {"1/s", "100/s", 100},
      {"1/s", "6000/min", 100},
      {"1/min", "36/h", 0.01},
      {"bytes", "1B", 1},
      {"bytes", "10kB", 1e4},
      {"bytes", "1.5GiB", 1610612736},
      {"bytes/s", "10MB/s", 1e7},
      {"bits/s", "10Gbit/s", 1e10},
      {"percent", "50%", 50},
      {"share", "50%", 0.5},
      {"USD/h", "12.5 USD/h", 12.5},
      {"USD/h", "-1USD/h", -1},
  };
  return kRows;
}

TEST(Magnitude, ReadsQuantities) {
  for (const Row& row : quantities()) {
    EXPECT_EQ(magnitude(row.text, row.unit), row.value) << row.text << " in " << row.unit;
  }
}

TEST(Magnitude, ReadsPlainNumbersExceptForTimes) {
  for (const char* unit : {"", "1", "1/s", "bytes", "percent", "share", "USD/h"}) {
    EXPECT_EQ(magnitude("-2.5", unit), -2.5) << unit;
    EXPECT_EQ(magnitude("1e3", unit), 1000) << unit;
  }
  EXPECT_EQ(magnitude("0", "s"), std::nullopt);
}

const std::vector<Row>& mistakes() {
  static const std::vector<Row> kRows = {{"s", "", 0},
                                         {"s", "-", 0},
                                         {"s", "s", 0},
                                         {"s", "1 s", 0},
                                         {"s", "1S", 0},
                                         {"s", "1min", 0},
                                         {"s", "30m1h", 0},
                                         {"s", "1m1m", 0},
                                         {"s", "1.5h30m", 0},
                                         {"s", "1s ", 0},
                                         {"s", "1.s", 0},
                                         {"s", ".5s", 0},
                                         {"s", "--1s", 0},
                                         {"s", "1kB", 0},
                                         {"1/s", "100/m", 0},
                                         {"1/s", "/s", 0},
                                         {"bytes", "1KB", 0},
                                         {"bytes", "1kBs", 0},
                                         {"bytes", "1s", 0},
                                         {"percent", "%", 0},
                                         {"USD/h", "1 EUR/h", 0},
                                         {"1", "5.", 0},
                                         {"1", ".5", 0},
                                         {"1", "nan", 0},
                                         {"1", "inf", 0},
                                         {"1", "[1]", 0},
                                         {"1", "1s", 0},
                                         {"s", "{exponential: 1s}", 0}};
  return kRows;
}

TEST(Magnitude, RefusesOtherText) {
  for (const Row& row : mistakes()) {
    EXPECT_EQ(magnitude(row.text, row.unit), std::nullopt) << row.text << " in " << row.unit;
  }
}

// An editor with the JSON Schema and the loader must agree on what a quantity looks like.
TEST(QuantityPattern, MatchesExactlyWhatIsReadable) {
  for (const Row& row : quantities()) {
    EXPECT_TRUE(std::regex_match(row.text, std::regex(quantity_pattern(row.unit)))) << row.text;
  }
  for (const Row& row : mistakes()) {
    if (quantity_kind(row.unit) == QuantityKind::kNumber) {
      continue;
    }
    EXPECT_FALSE(std::regex_match(row.text, std::regex(quantity_pattern(row.unit)))) << row.text;
  }
  EXPECT_EQ(quantity_pattern("1"), "");
  const std::regex instant(quantity_pattern("instant"));
  EXPECT_TRUE(std::regex_match("1998-06-15T00:00:00Z", instant));
  EXPECT_TRUE(std::regex_match("1998-06-15T00:00:00.123456789Z", instant));
  EXPECT_FALSE(std::regex_match("1998-06-15", instant));
}

TEST(QuantityKind, KnowsTheUnitsOfTheSchema) {
  EXPECT_EQ(quantity_kind("s"), QuantityKind::kTime);
  EXPECT_EQ(quantity_kind("bytes"), QuantityKind::kBytes);
  EXPECT_EQ(quantity_kind("1/s"), QuantityKind::kRate);
  EXPECT_EQ(quantity_kind("MB/s"), QuantityKind::kByteRate);
  EXPECT_EQ(quantity_kind("Gbit/s"), QuantityKind::kBitRate);
  EXPECT_EQ(quantity_kind("vCPU"), QuantityKind::kOther);
}

}  // namespace
}  // namespace updraft::sim
