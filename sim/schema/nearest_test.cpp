#include "sim/schema/nearest.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

TEST(SpellingDistance, CountsLettersThatDiffer) {
  struct Row {
    std::string_view a, b;
    std::size_t distance;
  };
  for (const Row& row : std::vector<Row>{{"", "", 0},
                                         {"", "abc", 3},
                                         {"desk", "desk", 0},
                                         {"parcel_dsk", "parcel_desk", 1},
                                         {"deks", "desk", 1},
                                         {"kitten", "sitting", 3},
                                         {"MinSize", "min_size", 0},
                                         {"min-size", "min_size", 0},
                                         {"ca", "abc", 3}}) {
    EXPECT_EQ(spelling_distance(row.a, row.b), row.distance) << row.a << ' ' << row.b;
    EXPECT_EQ(spelling_distance(row.b, row.a), row.distance) << row.b << ' ' << row.a;
  }
}

TEST(Nearest, FindsWhatWasMeant) {
  const std::vector<std::string> names = {"min_size", "max_size", "desired_capacity", "at"};
  EXPECT_EQ(nearest_name("MinSise", names), "min_size");
  EXPECT_EQ(nearest_name("desired_capcity", names), "desired_capacity");
  EXPECT_EQ(nearest_name("cooldown", names), std::nullopt);
  EXPECT_EQ(nearest_name("xy", names), std::nullopt);
  EXPECT_EQ(nearest_name("anything", {}), std::nullopt);
}

TEST(Nearest, TakesAPartOfOneNameForIt) {
  const std::vector<std::string> names = {"set_desired_capacity", "set_min_size", "set_max_size"};
  EXPECT_EQ(nearest_name("set_desired", names), "set_desired_capacity");
  EXPECT_EQ(nearest_name("Capacity", names), "set_desired_capacity");
  EXPECT_EQ(nearest_name("size", names), std::nullopt);  // two have it
  EXPECT_EQ(nearest_name("se", names), std::nullopt);    // too short to say
  EXPECT_EQ(nearest_name("alb", {"web-alb", "web-alb"}), "web-alb");
}

TEST(Nearest, DoesNotDependOnTheOrderGiven) {
  EXPECT_EQ(nearest_name("axb", {"acb", "abb"}), "abb");
  EXPECT_EQ(nearest_name("axb", {"abb", "acb"}), "abb");
}

TEST(DidYouMean, IsAClauseOrNothing) {
  EXPECT_EQ(did_you_mean("shelv", {"shelf"}), R"(; did you mean "shelf"?)");
  EXPECT_EQ(did_you_mean("elephant", {"shelf"}), "");
}

}  // namespace
}  // namespace updraft::sim
