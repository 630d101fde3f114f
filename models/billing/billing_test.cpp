#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/billing/bill.h"
#include "models/billing/price_book.h"
#include "models/common/csv_table.h"
#include "sim/core/check.h"

namespace updraft::billing {
namespace {

TEST(PriceBook, R1_6_T1_R28_1_HasThePublishedPrices) {
  const PriceBook book = PriceBook::built_in();
  EXPECT_DOUBLE_EQ(book.find("ec2/m5.large")->usd_per_unit, 0.096);
  EXPECT_DOUBLE_EQ(book.find("ec2/m8g.large")->usd_per_unit, 0.08976);
  EXPECT_EQ(book.find("ec2/m5.large")->unit, "h");
  EXPECT_DOUBLE_EQ(book.find("elb/application")->usd_per_unit, 0.0225);
  EXPECT_EQ(book.find("ec2/m5.huge"), nullptr);
  for (const Price& price : book.all()) {
    EXPECT_FALSE(price.rule.empty()) << price.item;
    EXPECT_FALSE(price.source.empty()) << price.item;
  }
}

// R1.6.1: within a family prices double with each size from large on.
TEST(PriceBook, R1_6_1_PricesScaleWithSize) {
  const PriceBook book = PriceBook::built_in();
  for (const char* family : {"t3", "m5", "m6i", "m7g", "c5", "c6i", "c7g", "r5", "r6i"}) {
    const double large = book.find(std::string("ec2/") + family + ".large")->usd_per_unit;
    const double xlarge = book.find(std::string("ec2/") + family + ".xlarge")->usd_per_unit;
    const double xxlarge = book.find(std::string("ec2/") + family + ".2xlarge")->usd_per_unit;
    EXPECT_NEAR(xlarge, 2 * large, 1e-9) << family;
    EXPECT_NEAR(xxlarge, 4 * large, 1e-9) << family;
  }
}

TEST(PriceBook, EveryInstanceTypeHasAPrice) {
  std::ifstream file(UPDRAFT_SOURCE_DIR "/models/ec2/instance_types.csv");
  std::stringstream text;
  text << file.rdbuf();
  const auto types = common::CsvTable::parse(text.str());
  ASSERT_TRUE(types.ok());
  ASSERT_GT(types->rows(), 40u);
  const PriceBook book = PriceBook::built_in();
  for (std::size_t row = 0; row < types->rows(); ++row) {
    const std::string type(types->text(row, "type"));
    ASSERT_NE(book.find("ec2/" + type), nullptr) << type;
    ASSERT_NE(book.find("ec2/spot/" + type), nullptr) << type;
    EXPECT_LT(book.find("ec2/spot/" + type)->usd_per_unit, book.find("ec2/" + type)->usd_per_unit);
  }
}

TEST(PriceBook, AUsersBookReplacesLineByLine) {
  const auto own =
      PriceBook::parse("item,unit,usd_per_unit\nec2/m5.large,h,0.06\nown/thing,GB,2\n");
  ASSERT_TRUE(own.ok());
  const auto book = PriceBook::built_in().replaced_by(*own);
  ASSERT_TRUE(book.ok());
  EXPECT_DOUBLE_EQ(book->find("ec2/m5.large")->usd_per_unit, 0.06);
  EXPECT_DOUBLE_EQ(book->find("ec2/m5.xlarge")->usd_per_unit, 0.192);
  EXPECT_DOUBLE_EQ(book->find("own/thing")->usd_per_unit, 2);
}

TEST(PriceBook, SaysWhatIsWrong) {
  const auto error = [](const char* csv) { return PriceBook::parse(csv).error(); };
  EXPECT_EQ(error("item,unit\na,h\n"),
            "a price book has the columns item, unit and usd_per_unit; usd_per_unit is missing");
  EXPECT_EQ(error("item,unit,usd_per_unit\na,h,-1\n"),
            "line 2: usd_per_unit is -1; it must be 0 to 1e9");
  EXPECT_EQ(error("item,unit,usd_per_unit\na,h,1\na,h,2\n"), "item \"a\" has two prices");
  const auto own = PriceBook::parse("item,unit,usd_per_unit\nec2/m5.large,s,0.06\n");
  EXPECT_EQ(PriceBook::built_in().replaced_by(*own).error(),
            "item \"ec2/m5.large\" is counted in h; its price is for s");
}

TEST(Bill, AddsUpByResourceAndItem) {
  const std::vector<Usage> usages = {{"web-alb", "elb/application", 24, "h"},
                                     {"fleet", "ec2/m5.large", 10, "h"},
                                     {"fleet", "ec2/m5.large", 2.5, "h"},
                                     {"fleet", "ec2/unknown", 1, "h"}};
  const Bill bill = make_bill(usages, PriceBook::built_in());
  ASSERT_EQ(bill.lines.size(), 3u);
  EXPECT_EQ(bill.lines[0].item, "ec2/m5.large");
  EXPECT_DOUBLE_EQ(bill.lines[0].quantity, 12.5);
  EXPECT_DOUBLE_EQ(bill.lines[0].usd, 1.2);
  EXPECT_EQ(bill.lines[0].rule, "R1.6.T1");
  EXPECT_FALSE(bill.lines[1].priced);
  EXPECT_EQ(bill.unpriced, 1u);
  EXPECT_DOUBLE_EQ(bill.lines[2].usd, 0.54);
  EXPECT_DOUBLE_EQ(bill.total_usd, 1.74);
}

TEST(PriceBook, R1_3_8_SurplusCredits) {
  const PriceBook book = PriceBook::built_in();
  EXPECT_DOUBLE_EQ(book.find("ec2/surplus/t2")->usd_per_unit, 0.05);
  EXPECT_DOUBLE_EQ(book.find("ec2/surplus/t3")->usd_per_unit, 0.05);
  EXPECT_DOUBLE_EQ(book.find("ec2/surplus/t4g")->usd_per_unit, 0.04);
}

TEST(Bill, AMovingPriceStandsAsItsMean) {
  const std::vector<Usage> usages = {{"fleet", "ec2/spot/m5.large", 1, "h", 0.03},
                                     {"fleet", "ec2/spot/m5.large", 3, "h", 0.15}};
  const Bill bill = make_bill(usages, PriceBook::built_in());
  ASSERT_EQ(bill.lines.size(), 1u);
  EXPECT_DOUBLE_EQ(bill.lines[0].usd, 0.18);
  EXPECT_DOUBLE_EQ(bill.lines[0].usd_per_unit, 0.045);
  EXPECT_DOUBLE_EQ(bill.total_usd, 0.18);
  EXPECT_EQ(bill.unpriced, 0u);
}

TEST(Bill, UnitsMustAgree) {
  const std::vector<Usage> seconds = {{"fleet", "ec2/m5.large", 3600, "s"}};
  EXPECT_THROW((void)make_bill(seconds, PriceBook::built_in()), sim::InvariantError);
  const std::vector<Usage> negative = {{"fleet", "ec2/m5.large", -1, "h"}};
  EXPECT_THROW((void)make_bill(negative, PriceBook::built_in()), sim::InvariantError);
}

}  // namespace
}  // namespace updraft::billing
