#include "models/cloudwatch/actions.h"

#include <string>

#include <gtest/gtest.h>

namespace updraft::cloudwatch {
namespace {

// An alarm that enters ALARM at 60 s, leaves it at 660 s and is evaluated at an interval: the
// seconds at which an action runs.
std::string fired_at(const AlarmAction& action, sim::Duration evaluation_interval) {
  std::string text;
  std::optional<sim::Time> last;
  AlarmState before = AlarmState::kInsufficientData;
  for (sim::Time now = sim::kStart; now <= sim::kStart + 720s; now += evaluation_interval) {
    const bool in_alarm = now >= sim::kStart + 60s && now < sim::kStart + 660s;
    const AlarmState after = in_alarm ? AlarmState::kAlarm : AlarmState::kOk;
    if (fires(action, {.before = before, .after = after, .now = now, .last_fired = last})) {
      text += std::to_string(now.time_since_epoch() / 1s) + " ";
      last = now;
    }
    before = after;
  }
  return text;
}

constexpr std::string_view kEveryMinute = "60 120 180 240 300 360 420 480 540 600 ";

TEST(AlarmActions, R6_3_1_CW_15_NotificationsRunOnTheChangeOnly) {
  EXPECT_EQ(fired_at({.kind = ActionKind::kNotification}, 60s), "60 ");
  EXPECT_EQ(fired_at({.on = AlarmState::kOk}, 60s), "0 660 ");
}

TEST(AlarmActions, R6_3_1_CW_15_AutoScalingActionsRepeatEachMinute) {
  EXPECT_EQ(fired_at({.kind = ActionKind::kAutoScaling}, 60s), kEveryMinute);
}

TEST(AlarmActions, R6_3_1_RepeatEachMinuteAlsoWhenEvaluatedEveryTenSeconds) {
  EXPECT_EQ(fired_at({.kind = ActionKind::kAutoScaling}, 10s), kEveryMinute);
}

TEST(AlarmActions, R6_3_1_AChangeRunsAtOnceWhateverRanBefore) {
  const AlarmAction action{.kind = ActionKind::kAutoScaling};
  EXPECT_TRUE(fires(action, {.before = AlarmState::kOk,
                             .after = AlarmState::kAlarm,
                             .now = sim::kStart + 70s,
                             .last_fired = sim::kStart + 50s}));
  EXPECT_EQ(next_repeat(sim::kStart + 70s), sim::kStart + 130s);
}

}  // namespace
}  // namespace updraft::cloudwatch
