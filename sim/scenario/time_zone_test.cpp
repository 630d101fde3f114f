#include "sim/scenario/time_zone.h"

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kMarch29 = 1'774'742'400;    // 2026-03-29T00:00:00Z, Europe goes to summer
constexpr std::int64_t kOctober25 = 1'792'886'400;  // 2026-10-25T00:00:00Z, and back

TEST(TimeZone, FollowsDaylightSaving) {
  const auto berlin = TimeZone::find("Europe/Berlin");
  ASSERT_TRUE(berlin.ok());
  EXPECT_EQ(berlin->local(kMarch29), kMarch29 + kHour);
  EXPECT_EQ(berlin->local(kMarch29 + kHour), kMarch29 + 3 * kHour);
  EXPECT_EQ(berlin->unix(kMarch29 + 9 * kHour), kMarch29 + 7 * kHour);
  EXPECT_EQ(berlin->unix(kMarch29 - kDay + 9 * kHour), kMarch29 - kDay + 8 * kHour);
}

TEST(TimeZone, ASkippedTimeIsTheEndOfTheGapAndARepeatedOneTheFirst) {
  const auto berlin = TimeZone::find("Europe/Berlin");
  EXPECT_EQ(berlin->unix(kMarch29 + 2 * kHour + 1800), kMarch29 + kHour);
  EXPECT_EQ(berlin->unix(kOctober25 + 2 * kHour + 1800), kOctober25 + 1800);
}

TEST(TimeZone, KnowsUtcAndSaysWhatIsNear) {
  EXPECT_EQ(TimeZone::find("Etc/UTC")->local(kMarch29), kMarch29);
  EXPECT_EQ(TimeZone::find("Europe/Berlni").error(),
            "no time zone \"Europe/Berlni\"; did you mean \"Europe/Berlin\"?");
}

TEST(TimeZone, ListsTheOffsetsOfAWindow) {
  const auto berlin = TimeZone::find("Europe/Berlin");
  EXPECT_EQ(berlin->offsets(kMarch29, kMarch29 + kDay),
            (std::vector<TimeZone::Offset>{{kMarch29, kHour}, {kMarch29 + kHour, 2 * kHour}}));
  EXPECT_EQ(berlin->offsets(kMarch29 + kDay, kMarch29 + 2 * kDay).size(), 1u);
}

}  // namespace
}  // namespace updraft::sim
