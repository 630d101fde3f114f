#include "models/cloudwatch/evaluation_schedule.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "models/cloudwatch/alarm_evaluation.h"

namespace updraft::cloudwatch {
namespace {

// "300: [0,300)": the first evaluations and the newest period of each, in seconds.
std::string transcript(const EvaluationSchedule& schedule, int evaluations) {
  std::string text;
  sim::Time now = schedule.first();
  for (int i = 0; i < evaluations; ++i) {
    const EvaluationWindow window = schedule.window(now);
    text += fmt::format("{}: [{},{})  ", sim::to_seconds(now),
                        sim::to_seconds(window.start_of(window.periods - 1)),
                        sim::to_seconds(window.end));
    now = schedule.next(now);
  }
  return text;
}

TEST(EvaluationSchedule, R6_3_2_CW_12_SlidesEveryMinute) {
  EXPECT_EQ(transcript(EvaluationSchedule({.period = 300s}), 3),
            "300: [0,300)  360: [60,360)  420: [120,420)  ");
}

TEST(EvaluationSchedule, R6_3_2_CW_12_HighResolutionEveryTenSeconds) {
  EXPECT_EQ(transcript(EvaluationSchedule({.period = 10s}), 3),
            "10: [0,10)  20: [10,20)  30: [20,30)  ");
  EXPECT_EQ(transcript(EvaluationSchedule({.period = 30s}), 3),
            "30: [0,30)  40: [10,40)  50: [20,50)  ");
}

TEST(EvaluationSchedule, R6_1_2_CW_25_AnHourIsStampedWithItsStart) {
  const EvaluationSchedule schedule({.period = 1h});
  const EvaluationWindow window = schedule.window(sim::kStart + 20h);
  EXPECT_EQ(window.start_of(0), sim::kStart + 19h);
}

TEST(EvaluationSchedule, R6_3_2_HourlyBeyondADay) {
  EXPECT_EQ(EvaluationSchedule({.period = 1h, .evaluation_periods = 24}).interval(), 60s);
  const EvaluationSchedule week({.period = 1h, .evaluation_periods = 25, .publication_delay = 60s});
  EXPECT_EQ(week.interval(), 1h);
  EXPECT_EQ(week.first(), sim::kStart + 2h);  // the first hour is out at 1 h 1 min
  EXPECT_EQ(week.window(sim::kStart + 5h).end, sim::kStart + 4h);  // whole hours only
}

TEST(EvaluationSchedule, R6_1_5_SeesAMinuteWhenItIsPublished) {
  EXPECT_EQ(transcript(EvaluationSchedule({.period = 60s, .publication_delay = 60s}), 2),
            "120: [0,60)  180: [60,120)  ");
  // A delay between the evaluations waits for the next one.
  EXPECT_EQ(transcript(EvaluationSchedule({.period = 60s, .publication_delay = 90s}), 2),
            "180: [0,60)  240: [60,120)  ");
}

TEST(EvaluationSchedule, R6_4_1_LooksAtMorePeriodsThanN) {
  const EvaluationSchedule schedule(
      {.period = 60s, .evaluation_periods = 3, .evaluation_range_extra = 2});
  const EvaluationWindow window = schedule.window(sim::kStart + 180s);
  EXPECT_EQ(window.periods, 5u);
  EXPECT_EQ(window.start_of(0), sim::kStart - 120s);
  EXPECT_FALSE(window.has_data(1));
  EXPECT_TRUE(window.has_data(2));
}

TEST(EvaluationSchedule, NextIsAlwaysLater) {
  const EvaluationSchedule schedule({.period = 60s, .publication_delay = 60s});
  EXPECT_EQ(schedule.next(sim::kStart), sim::kStart + 120s);
  EXPECT_EQ(schedule.next(sim::kStart + 120s), sim::kStart + 180s);
  EXPECT_EQ(schedule.next(sim::kStart + 121s), sim::kStart + 180s);
}

TEST(EvaluationSchedule, CW_28_TwoPeriodsOf120SecondsAlarmAt240) {
  // Average CPU >= 60, breaching from the first second on.
  const EvaluationSchedule schedule(
      {.period = 120s, .evaluation_periods = 2, .evaluation_range_extra = 2});
  const AlarmRule rule{.evaluation_periods = 2,
                       .datapoints_to_alarm = 2,
                       .threshold = 60,
                       .comparison = ComparisonOperator::kGreaterThanOrEqualToThreshold};
  std::string entered;
  AlarmState state = AlarmState::kInsufficientData;
  for (sim::Time now = schedule.first(); now <= sim::kStart + 600s; now = schedule.next(now)) {
    const EvaluationWindow window = schedule.window(now);
    std::vector<Datapoint> range;
    for (std::uint32_t i = 0; i < window.periods; ++i) {
      range.push_back(
          {window.start_of(i), window.has_data(i) ? std::optional(75.0) : std::nullopt});
    }
    const AlarmState next = evaluate(rule, range, state).state;
    if (next != state) {
      entered += fmt::format("{} {}  ", sim::to_seconds(now), spelling(next));
    }
    state = next;
  }
  EXPECT_EQ(entered, "120 OK  240 ALARM  ");
}

}  // namespace
}  // namespace updraft::cloudwatch
