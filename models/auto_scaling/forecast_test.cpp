#include "models/auto_scaling/forecast.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace updraft::auto_scaling {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kDay = 24;

// Load is 100 times the day plus the hour of the day.
LoadHistory of_days(std::int64_t days) {
  LoadHistory history;
  for (std::int64_t day = 0; day < days; ++day) {
    for (std::int64_t hour = 0; hour < kDay; ++hour) {
      history.note(day * kDay + hour, static_cast<double>(100 * day + hour));
    }
  }
  return history;
}

TEST(Forecast, R2_8_1_NeedsADayOfHistory) {
  LoadHistory history;
  for (std::int64_t hour = 0; hour < 23; ++hour) {
    history.note(hour, 5);
  }
  EXPECT_FALSE(forecast_load(history, 24, ForecastAlgorithm::kHourOfDay));
  history.note(23, 5);
  EXPECT_EQ(forecast_load(history, 24, ForecastAlgorithm::kHourOfDay), 5);
}

TEST(Forecast, R2_8_1_LooksAtFourteenDays) {
  const LoadHistory history = of_days(20);
  EXPECT_EQ(history.hours(), 14U * 24);
  EXPECT_FALSE(history.at(6 * kDay - 1));
  EXPECT_EQ(history.at(6 * kDay), 600);
}

TEST(Forecast, ByHourOfTheWeekDayOrTheLatestDay) {
  const LoadHistory history = of_days(14);
  const std::int64_t hour = 14 * kDay + 5;  // like days 0 and 7
  EXPECT_EQ(forecast_load(history, hour, ForecastAlgorithm::kHourOfWeek), (5 + 705) / 2.0);
  EXPECT_EQ(forecast_load(history, hour, ForecastAlgorithm::kHourOfDay), 650 + 5);
  EXPECT_EQ(forecast_load(history, hour, ForecastAlgorithm::kLatestDay), 1305);
  // Two days know no week; and tomorrow's tomorrow has no day before it yet.
  EXPECT_EQ(forecast_load(of_days(2), 2 * kDay, ForecastAlgorithm::kHourOfWeek), 50);
  EXPECT_EQ(forecast_load(of_days(2), 3 * kDay, ForecastAlgorithm::kLatestDay), 100);
}

TEST(Forecast, SeveralOfAnHourAreAveraged) {
  LoadHistory history;
  history.note(3, 10);
  history.note(3, 20);
  EXPECT_EQ(history.at(3), 15);
}

TEST(Forecast, InstancesThatKeepTheTarget) {
  EXPECT_EQ(capacity_for(0, 50), 0U);
  EXPECT_EQ(capacity_for(400, 50), 8U);
  EXPECT_EQ(capacity_for(400.0000001, 50), 8U);
  EXPECT_EQ(capacity_for(401, 50), 9U);
}

TEST(Forecast, R2_8_3_TheMaximumGrowsByTheBufferOfTheForecast) {
  EXPECT_EQ(raised_maximum(50, 40, 10), 55U);
  EXPECT_EQ(raised_maximum(50, 40, 0), 50U);
  EXPECT_EQ(raised_maximum(38, 40, 10), 42U);  // close to the maximum
  EXPECT_EQ(raised_maximum(30, 40, 10), 40U);
  EXPECT_EQ(raised_maximum(50, 40, 100), 100U);
}

TEST(ForecastHistory, IsReadByHours) {
  const auto history = read_history("seconds,load\n-3600,10\n-1,30\n-7200,4\n", 7200);
  ASSERT_TRUE(history.ok()) << history.error();
  EXPECT_EQ(history->at(1), 20);
  EXPECT_EQ(history->at(0), 4);
}

TEST(ForecastHistory, SaysWhatIsWrong) {
  const auto error = [](const std::string& csv) { return read_history(csv, 0).error(); };
  EXPECT_EQ(error("seconds\n-1\n"), "a history has the columns seconds and load; load is missing");
  EXPECT_EQ(error("seconds,load\n"), "there is no load in it");
  EXPECT_THAT(error("seconds,load\n0,1\n"), HasSubstr("line 2: 0 s with load 1; seconds are"));
  EXPECT_THAT(error("seconds,load\n-1,x\n"), HasSubstr("x"));
}

}  // namespace
}  // namespace updraft::auto_scaling
