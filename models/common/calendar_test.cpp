#include "models/common/calendar.h"

#include <gtest/gtest.h>

namespace updraft::common {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kNewYear2026 = 1'767'225'600'000'000'000;

TEST(Calendar, WritesInstantsInUtc) {
  const Calendar calendar{.start_unix_ns = kNewYear2026};
  EXPECT_EQ(calendar.iso(sim::kStart), "2026-01-01T00:00:00Z");
  EXPECT_EQ(calendar.iso(sim::kStart + 5min), "2026-01-01T00:05:00Z");
  EXPECT_EQ(calendar.alarm_stamp(sim::kStart + 31 * 24h + 61s), "01/02/26 00:01:01");
}

TEST(Calendar, KnowsLeapDaysAndYearsBefore1970) {
  // 2024-02-28T23:59:59.5Z and half a second more; 1969-12-31T23:59:59.5Z.
  const Calendar leap{.start_unix_ns = 1'709'164'799'500'000'000};
  EXPECT_EQ(leap.iso(sim::kStart + 499ms), "2024-02-28T23:59:59Z");
  EXPECT_EQ(leap.iso(sim::kStart + 500ms), "2024-02-29T00:00:00Z");
  const Calendar old{.start_unix_ns = -500'000'000};
  EXPECT_EQ(old.iso(sim::kStart), "1969-12-31T23:59:59Z");
}

TEST(Calendar, DoesNotOverflowFarOut) {
  const Calendar calendar{.start_unix_ns = INT64_MAX};
  EXPECT_EQ(calendar.iso(sim::time_from_ns(INT64_MAX)), "2554-07-21T23:34:33Z");
}

}  // namespace
}  // namespace updraft::common
