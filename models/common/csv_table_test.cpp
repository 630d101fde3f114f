#include "models/common/csv_table.h"

#include <gtest/gtest.h>

namespace updraft::common {
namespace {

TEST(CsvTable, ReadsColumnsByName) {
  const auto table = CsvTable::parse("# why\nname,size,note\na,1.5,\"x, y\"\r\n\nb,2,\n");
  ASSERT_TRUE(table.ok());
  ASSERT_EQ(table->rows(), 2u);
  EXPECT_EQ(table->text(0, "name"), "a");
  EXPECT_EQ(table->text(0, "note"), "x, y");
  EXPECT_EQ(table->text(1, "note"), "");
  EXPECT_DOUBLE_EQ(table->number(0, "size").value(), 1.5);
  EXPECT_TRUE(table->has("size"));
  EXPECT_FALSE(table->has("colour"));
}

TEST(CsvTable, NamesTheLine) {
  EXPECT_EQ(CsvTable::parse("a,b\n1,2\n3\n").error(), "line 3 has 1 cells; there are 2 columns");
  EXPECT_EQ(CsvTable::parse("a\n\"x\n").error(), "line 2 has a quoted cell that does not end");
  const auto table = CsvTable::parse("a,b\n1,2x\n");
  EXPECT_EQ(table->number(0, "b").error(), "line 2: b is \"2x\"; it must be a number");
  EXPECT_FALSE(table->number(0, "c").ok());
}

}  // namespace
}  // namespace updraft::common
