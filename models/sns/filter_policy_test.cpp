#include "models/sns/filter_policy.h"

#include <gtest/gtest.h>

namespace updraft::sns {
namespace {

using Kind = Match::Kind;

bool takes(const Match& match, const Attributes& attributes) {
  const std::vector<FilterKey> policy{{.name = "store", .any_of = {match}}};
  return matches(policy, attributes);
}

TEST(FilterPolicy, R7_3_EveryKeyAndAnyOfItsValues) {
  const std::vector<FilterKey> policy{
      {.name = "store", .any_of = {{.text = "north"}, {.text = "south"}}},
      {.name = "event", .any_of = {{.text = "order"}}}};
  EXPECT_TRUE(matches(policy, {{"store", "north"}, {"event", "order"}}));
  EXPECT_TRUE(matches(policy, {{"event", "order"}, {"other", "x"}, {"store", "south"}}));
  EXPECT_FALSE(matches(policy, {{"store", "west"}, {"event", "order"}}));
  EXPECT_FALSE(matches(policy, {{"store", "north"}}));
  EXPECT_FALSE(matches(policy, {}));
  EXPECT_TRUE(matches({}, {}));
  EXPECT_EQ(combinations(policy), 2U);
}

TEST(FilterPolicy, ComparesCaseUnlessToldOtherwise) {
  EXPECT_FALSE(takes({.text = "north"}, {{"store", "North"}}));
  EXPECT_TRUE(takes({.kind = Kind::kEqualsIgnoreCase, .text = "north"}, {{"store", "NORTH"}}));
  EXPECT_FALSE(takes({.kind = Kind::kEqualsIgnoreCase, .text = "north"}, {{"store", "NORT"}}));
}

TEST(FilterPolicy, BeginsAndEnds) {
  EXPECT_TRUE(takes({.kind = Kind::kPrefix, .text = "no"}, {{"store", "north"}}));
  EXPECT_FALSE(takes({.kind = Kind::kPrefix, .text = "th"}, {{"store", "north"}}));
  EXPECT_TRUE(takes({.kind = Kind::kSuffix, .text = "th"}, {{"store", "north"}}));
  EXPECT_FALSE(takes({.kind = Kind::kSuffix, .text = "no"}, {{"store", "north"}}));
}

TEST(FilterPolicy, AnythingButNeedsTheAttribute) {
  const Match match{.kind = Kind::kAnythingBut, .others = {"north", "south"}};
  EXPECT_TRUE(takes(match, {{"store", "west"}}));
  EXPECT_FALSE(takes(match, {{"store", "south"}}));
  EXPECT_FALSE(takes(match, {}));
}

TEST(FilterPolicy, NumbersInARange) {
  const Match range{.kind = Kind::kNumeric, .above = 0, .at_most = 150};
  EXPECT_TRUE(takes(range, {{"store", "150"}}));
  EXPECT_TRUE(takes(range, {{"store", "1.5e2"}}));
  EXPECT_FALSE(takes(range, {{"store", "0"}}));
  EXPECT_FALSE(takes(range, {{"store", "150.1"}}));
  EXPECT_FALSE(takes(range, {{"store", "many"}}));
  EXPECT_FALSE(takes(range, {{"store", "15x"}}));
  EXPECT_FALSE(takes(range, {{"store", ""}}));
  const Match other{.kind = Kind::kNumeric, .at_least = 5, .below = 6};
  EXPECT_TRUE(takes(other, {{"store", "5"}}));
  EXPECT_FALSE(takes(other, {{"store", "6"}}));
}

TEST(FilterPolicy, ThereOrNot) {
  EXPECT_TRUE(takes({.kind = Kind::kExists}, {{"store", "x"}}));
  EXPECT_FALSE(takes({.kind = Kind::kExists}, {{"shop", "x"}}));
  EXPECT_TRUE(takes({.kind = Kind::kAbsent}, {{"shop", "x"}}));
  EXPECT_FALSE(takes({.kind = Kind::kAbsent}, {{"store", "x"}}));
}

TEST(FilterPolicy, OneValueOfAnArrayIsEnough) {
  EXPECT_TRUE(takes({.text = "south"}, {{"store", "north"}, {"store", "south"}}));
}

}  // namespace
}  // namespace updraft::sns
