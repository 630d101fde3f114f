#include "models/auto_scaling/interventions.h"

#include <string_view>

#include <gtest/gtest.h>

namespace updraft::auto_scaling {
namespace {

struct Row {
  const char* field;
  std::uint32_t value;
  Bounds after;
  const char* rejected;
};

TEST(RuleOn, R2_1_5_RejectsWhatLeavesTheBoundsOrCrossesThem) {
  const Bounds now{.min = 2, .max = 8};
  const Row rows[] = {
      {"set_desired_capacity", 2, {2, 8}, ""},
      {"set_desired_capacity", 8, {2, 8}, ""},
      {"set_desired_capacity", 1, {2, 8}, "outside of 2 to 8"},
      {"set_desired_capacity", 9, {2, 8}, "outside of 2 to 8"},
      {"set_min_size", 0, {0, 8}, ""},
      {"set_min_size", 8, {8, 8}, ""},
      {"set_min_size", 9, {2, 8}, "above the max size, 8"},
      {"set_max_size", 2, {2, 2}, ""},
      {"set_max_size", 100, {2, 100}, ""},
      {"set_max_size", 1, {2, 8}, "below the min size, 2"},
  };
  for (const Row& row : rows) {
    AutoScalingGroupOperations operation;
    if (std::string_view(row.field) == "set_desired_capacity") {
      operation.mutable_set_desired_capacity()->set_desired_capacity(row.value);
    } else {
      operation.GetReflection()->SetUInt32(
          &operation, operation.GetDescriptor()->FindFieldByName(row.field), row.value);
    }
    const Ruling ruling = rule_on(operation, now);
    EXPECT_EQ(ruling.rejected, row.rejected) << row.field << " " << row.value;
    EXPECT_EQ(ruling.bounds.min, row.after.min) << row.field << " " << row.value;
    EXPECT_EQ(ruling.bounds.max, row.after.max) << row.field << " " << row.value;
  }
}

}  // namespace
}  // namespace updraft::auto_scaling
