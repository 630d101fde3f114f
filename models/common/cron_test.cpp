#include "models/common/cron.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/common/calendar.h"
#include "sim/scenario/time_zone.h"

namespace updraft::common {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kThursday = 1'767'225'600;  // 2026-01-01T00:00:00Z

/// The next `count` instants from 2026-01-01T00:00:00Z on, in UTC.
std::string next(std::string_view text, int count, const char* zone = "Etc/UTC",
                 std::int64_t from = kThursday) {
  const auto cron = Cron::parse(text);
  const auto where = sim::TimeZone::find(zone);
  std::string found;
  std::int64_t at = from - 1;
  for (int i = 0; i < count; ++i) {
    const auto instant = cron->next(at, *where);
    if (!instant) {
      return found + "never";
    }
    at = *instant;
    const Calendar calendar{.start_unix_ns = at * 1'000'000'000};
    found += calendar.iso(sim::kStart).substr(0, 16) + " ";
  }
  return found;
}

TEST(Cron, R2_7_1_FindsTheNextInstants) {
  EXPECT_EQ(next("0 9 * * *", 2), "2026-01-01T09:00 2026-01-02T09:00 ");
  EXPECT_EQ(next("0 0 * * *", 2), "2026-01-01T00:00 2026-01-02T00:00 ");
  EXPECT_EQ(next("*/20 8-9 * * *", 7),
            "2026-01-01T08:00 2026-01-01T08:20 2026-01-01T08:40 2026-01-01T09:00 "
            "2026-01-01T09:20 2026-01-01T09:40 2026-01-02T08:00 ");
  EXPECT_EQ(next("30 7 * * MON-FRI", 3), "2026-01-01T07:30 2026-01-02T07:30 2026-01-05T07:30 ");
  EXPECT_EQ(next("0 12 1,15 feb *", 3), "2026-02-01T12:00 2026-02-15T12:00 2027-02-01T12:00 ");
  EXPECT_EQ(next("0 0 29 2 *", 1), "2028-02-29T00:00 ");
  EXPECT_EQ(next("0 0 * * 7", 1), "2026-01-04T00:00 ");
  EXPECT_EQ(next("0 0 30 2 *", 1), "never");
}

TEST(Cron, R2_7_1_OneOfTwoRestrictedDaysSuffices) {
  EXPECT_EQ(next("0 0 13 * FRI", 3), "2026-01-02T00:00 2026-01-09T00:00 2026-01-13T00:00 ");
}

TEST(Cron, R2_7_1_FollowsItsZone) {
  EXPECT_EQ(next("0 9 * * *", 1, "America/New_York"), "2026-01-01T14:00 ");
  // Summer time begins on 29 March: nine o'clock is an hour earlier in UTC.
  constexpr std::int64_t kMarch28 = 1'774'656'000;
  EXPECT_EQ(next("0 9 * * *", 2, "Europe/Berlin", kMarch28), "2026-03-28T08:00 2026-03-29T07:00 ");
  // 02:30 does not exist on that day: the end of the gap.
  EXPECT_EQ(next("30 2 * * *", 3, "Europe/Berlin", kMarch28),
            "2026-03-28T01:30 2026-03-29T01:00 2026-03-30T00:30 ");
  // It comes twice on 25 October, and runs once.
  constexpr std::int64_t kOctober25 = 1'792'886'400;
  EXPECT_EQ(next("30 2 * * *", 2, "Europe/Berlin", kOctober25),
            "2026-10-25T00:30 2026-10-26T01:30 ");
}

TEST(Cron, SaysWhatIsWrong) {
  const auto error = [](std::string_view text) { return Cron::parse(text).error(); };
  EXPECT_THAT(error("0 9 * *"), HasSubstr("4 fields; it must be minute, hour"));
  EXPECT_EQ(error("60 9 * * *"), "minute \"60\"; it must be 0 to 59");
  EXPECT_EQ(error("0 9 * FOO *"), "month \"FOO\"; it must be 1 to 12");
  EXPECT_EQ(error("0 9-8 * * *"), "hour \"9-8\"; it must be 0 to 23");
  EXPECT_EQ(error("*/0 9 * * *"), "minute \"*/0\"; it must be 0 to 59");
  EXPECT_EQ(error("0 9 * * 1-2-3"), "day of the week \"1-2-3\"; it must be 0 to 7");
}

}  // namespace
}  // namespace updraft::common
