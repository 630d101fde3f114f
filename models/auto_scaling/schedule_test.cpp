#include "models/auto_scaling/schedule.h"

#include <gtest/gtest.h>

namespace updraft::auto_scaling {
namespace {

constexpr std::int64_t kStart = 1'617'148'800;  // 2021-03-31T00:00:00Z
constexpr std::int64_t kHour = 3'600;

ScheduledAction action(const std::string& recurrence, const std::string& start = "",
                       const std::string& end = "") {
  ScheduledAction made;
  made.set_recurrence(recurrence);
  made.set_start_time(start);
  made.set_end_time(end);
  return made;
}

std::vector<std::int64_t> hours(const ScheduledAction& action, int count) {
  const sim::TimeZone utc = sim::TimeZone::find("Etc/UTC").value();
  const Recurrence recurrence = recurrence_of(action).value();
  std::vector<std::int64_t> found;
  std::int64_t at = kStart - 1;
  for (int i = 0; i < count; ++i) {
    const auto due = next_due(recurrence, utc, at);
    if (!due) {
      break;
    }
    at = *due;
    found.push_back((at - kStart) / kHour);
  }
  return found;
}

using Hours = std::vector<std::int64_t>;

TEST(Schedule, R2_7_1_ActsOnceAtItsStart) {
  EXPECT_EQ(hours(action("", "2021-03-31T08:00:00Z"), 3), Hours{8});
  EXPECT_EQ(hours(action("", "2021-03-30T08:00:00Z"), 3), Hours{});  // past
}

TEST(Schedule, R2_7_1_ActsAtItsStartAndThenByItsFields) {
  EXPECT_EQ(hours(action("0 9 * * *"), 3), (Hours{9, 33, 57}));
  EXPECT_EQ(hours(action("0 9 * * *", "2021-03-31T12:00:00Z"), 3), (Hours{12, 33, 57}));
  EXPECT_EQ(hours(action("0 9 * * *", "", "2021-04-02T09:00:00Z"), 9), (Hours{9, 33}));
}

TEST(Schedule, R2_7_1_SetsWhatItSaysAndDesiredFollowsTheBounds) {
  const Bounds now{.min = 2, .max = 8};
  const ScheduledResult more = apply({.desired = 5}, now, 3);
  EXPECT_EQ(more.desired, 5u);
  EXPECT_EQ(more.bounds.max, 8u);
  EXPECT_EQ(apply({.min = 4}, now, 3).desired, 4u);
  EXPECT_EQ(apply({.max = 2}, now, 3).desired, 2u);
  EXPECT_EQ(apply({.min = 4, .max = 10, .desired = 9}, now, 3).desired, 9u);
}

TEST(Schedule, R2_7_1_RejectsWhatCrosses) {
  const Bounds now{.min = 2, .max = 8};
  const ScheduledResult crossed = apply({.min = 9}, now, 3);
  EXPECT_EQ(crossed.rejected, "min size 9 is above max size 8");
  EXPECT_EQ(crossed.bounds.min, 2u);
  EXPECT_EQ(crossed.desired, 3u);
  EXPECT_EQ(apply({.desired = 9}, now, 3).rejected, "desired capacity 9 is outside of 2 to 8");
}

}  // namespace
}  // namespace updraft::auto_scaling
