#include "sim/schema/edition.h"

#include <string>

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

RulesEdition edition(std::string_view text) {
  return RulesEdition::parse(text).value();
}

TEST(RulesEdition, ReadsAYearAndAMonth) {
  EXPECT_EQ(edition("2023-11").year(), 2023);
  EXPECT_EQ(edition("2023-11").month(), 11);
  EXPECT_EQ(edition("2026-01").text(), "2026-01");
}

TEST(RulesEdition, ComparesByMonth) {
  EXPECT_LE(edition("2023-11"), edition("2026-11"));
  EXPECT_LT(edition("2023-11"), edition("2023-12"));
  EXPECT_LT(edition("2023-12"), edition("2024-01"));
  EXPECT_EQ(edition("2024-01"), edition("2024-01"));
  EXPECT_GE(RulesEdition::latest(), edition("2026-11"));
}

TEST(RulesEdition, RefusesEverythingElse) {
  for (const std::string text : {"", "2023", "2023-1", "2023-13", "2023-00", "2023/11", "23-11-01",
                                 "2023-11-01", " 2023-11", "2O23-11", "-023-11", "2023-+1"}) {
    const Result<RulesEdition> read = RulesEdition::parse(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error(),
              "rules edition \"" + text + "\" is no year and month; write it like \"2026-11\"");
  }
  EXPECT_EQ(RulesEdition::parse("2006-02").error(),
            "rules edition 2006-02 is before 2006-03, the first");
}

}  // namespace
}  // namespace updraft::sim
