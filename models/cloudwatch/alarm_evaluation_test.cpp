#include "models/cloudwatch/alarm_evaluation.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "sim/core/check.h"

namespace updraft::cloudwatch {
namespace {

constexpr double kThreshold = 50;

// "0 - X" as datapoints a minute apart: 0 does not breach, X does, - is missing.
std::vector<Datapoint> points(std::string_view picture) {
  std::vector<Datapoint> result;
  for (const char c : picture) {
    if (c == ' ') {
      continue;
    }
    const sim::Time start = sim::kStart + 60s * static_cast<std::int64_t>(result.size());
    result.push_back({start, c == '-' ? std::nullopt : std::optional(c == 'X' ? 60.0 : 40.0)});
  }
  return result;
}

AlarmRule rule(std::uint32_t m, TreatMissingData treatment, std::uint32_t n = 3) {
  return {.evaluation_periods = n,
          .datapoints_to_alarm = m,
          .threshold = kThreshold,
          .treat_missing_data = treatment};
}

constexpr std::array kTreatments = {TreatMissingData::kMissing, TreatMissingData::kIgnore,
                                    TreatMissingData::kBreaching, TreatMissingData::kNotBreaching};
constexpr std::array kStates = {AlarmState::kOk, AlarmState::kAlarm, AlarmState::kInsufficientData};

// The states under missing, ignore, breaching and notBreaching, in the letters of the table: O, A,
// I, and K where the state before is kept, whatever it was.
std::string row(std::string_view picture, std::uint32_t m, std::uint32_t n = 3) {
  std::string letters;
  for (const TreatMissingData treatment : kTreatments) {
    std::string by_current;
    for (const AlarmState current : kStates) {
      const AlarmState state = evaluate(rule(m, treatment, n), points(picture), current).state;
      by_current += state == AlarmState::kOk ? 'O' : state == AlarmState::kAlarm ? 'A' : 'I';
    }
    if (by_current == "OAI") {
      letters += 'K';
    } else if (by_current == std::string(3, by_current[0])) {
      letters += by_current[0];
    } else {
      letters += '?';
    }
  }
  return letters;
}

TEST(AlarmEvaluation, R6_4_T1_CW_01_TwoOfThreeRealPointsBreach) {
  EXPECT_EQ(row("0 - X - X", 3), "OOOO");
}
TEST(AlarmEvaluation, R6_4_T1_OneOldPointThatDoesNotBreach) {
  EXPECT_EQ(row("0 - - - -", 3), "OOOO");
}
TEST(AlarmEvaluation, R6_4_T1_CW_03_NoPointAtAll) {
  EXPECT_EQ(row("- - - - -", 3), "IKAO");
}
TEST(AlarmEvaluation, R6_4_T1_CW_04_ThreeRealPointsBreachAroundAGap) {
  EXPECT_EQ(row("0 X X - X", 3), "AAAA");
}
TEST(AlarmEvaluation, R6_4_T1_OneBreachThreePeriodsOld) {
  EXPECT_EQ(row("- - X - -", 3), "AKAO");
}
TEST(AlarmEvaluation, R6_4_T1_CW_06_TwoOfThreeSuffice) {
  EXPECT_EQ(row("0 - X - X", 2), "AAAA");
}
TEST(AlarmEvaluation, R6_4_2_CW_07_OlderPointsAreNotUsed) {
  EXPECT_EQ(row("0 0 X 0 X", 2), "AAAA");
  const Evaluation e =
      evaluate(rule(2, TreatMissingData::kMissing), points("0 0 X 0 X"), AlarmState::kOk);
  ASSERT_EQ(e.used.size(), 3u);
  EXPECT_EQ(e.used.front().start, sim::kStart + 120s);
}
TEST(AlarmEvaluation, R6_4_T1_ABreachBesideAPointThatDoesNot) {
  EXPECT_EQ(row("0 - X - -", 2), "OOAO");
}
TEST(AlarmEvaluation, R6_4_3_CW_09_OneNewPointThatDoesNotBreach) {
  EXPECT_EQ(row("- - - - 0", 2), "OOAO");
}
TEST(AlarmEvaluation, R6_4_T1_OneBreachTwoPeriodsOld) {
  EXPECT_EQ(row("- - - X -", 2), "AKAO");
}

TEST(AlarmEvaluation, R6_4_4_CW_11_AFreshSingleBreachDoesNotAlarm) {
  for (const std::string_view picture : {"- - - - X", "- - - X -"}) {
    EXPECT_EQ(row(picture, 3)[0], 'O') << picture;
  }
  const Evaluation aged =
      evaluate(rule(3, TreatMissingData::kMissing), points("- - X - -"), AlarmState::kOk);
  EXPECT_EQ(aged.state, AlarmState::kAlarm);
  EXPECT_EQ(aged.decided_by, DecidedBy::kPremature);
}

TEST(AlarmEvaluation, R6_4_4_StaysInAlarmWhileTheBreachesAge) {
  EXPECT_EQ(row("X X - - -", 3)[0], 'A');
  EXPECT_EQ(row("X - - - -", 3)[0], 'A');
}

TEST(AlarmEvaluation, R6_4_3_MOfTheRealPointsSufficeWhateverIsMissing) {
  EXPECT_EQ(row("- - - X X", 2), "AAAA");
  EXPECT_EQ(row("- - X X 0", 2, 5), "AAAA");
}

TEST(AlarmEvaluation, R6_4_NamesTheRuleThatDecided) {
  const auto decided = [](std::string_view picture, std::uint32_t m, TreatMissingData treatment) {
    return rule_id(evaluate(rule(m, treatment), points(picture), AlarmState::kOk).decided_by);
  };
  EXPECT_EQ(decided("0 - X - X", 3, TreatMissingData::kMissing), "R6.4.2");
  EXPECT_EQ(decided("- - - - -", 3, TreatMissingData::kMissing), "R6.4.3");
  EXPECT_EQ(decided("- - - - -", 3, TreatMissingData::kIgnore), "R6.4.3");
  EXPECT_EQ(decided("- - - - 0", 3, TreatMissingData::kBreaching), "R6.4.3");
  EXPECT_EQ(decided("- - X - -", 3, TreatMissingData::kMissing), "R6.4.4");
}

TEST(AlarmEvaluation, R6_3_4_CW_13_ThreeOfThreeOverNinePeriods) {
  const std::string_view trace = "00XXX000X";
  std::string states;
  AlarmState state = AlarmState::kInsufficientData;
  for (std::size_t end = 1; end <= trace.size(); ++end) {
    const std::string seen = "-----" + std::string(trace.substr(0, end));
    state =
        evaluate(rule(3, TreatMissingData::kMissing), points(seen.substr(seen.size() - 5)), state)
            .state;
    states += state == AlarmState::kAlarm ? 'A' : 'O';
  }
  EXPECT_EQ(states, "OOOOAOOOO");  // ALARM at the end of period 5, OK from 6 on
}

TEST(AlarmEvaluation, R6_3_4_AgreesWithCountingOverEveryPictureWithoutGaps) {
  // All 2^5 pictures and every M of N: what counting the newest N says.
  for (unsigned bits = 0; bits < 32; ++bits) {
    std::string picture;
    for (int i = 0; i < 5; ++i) {
      picture += ((bits >> i) & 1u) != 0 ? 'X' : '0';
    }
    for (std::uint32_t n = 1; n <= 5; ++n) {
      const auto newest = picture.substr(5 - n);
      const auto breaching =
          static_cast<std::uint32_t>(std::count(newest.begin(), newest.end(), 'X'));
      for (std::uint32_t m = 1; m <= n; ++m) {
        EXPECT_EQ(row(picture, m, n), std::string(4, breaching >= m ? 'A' : 'O'))
            << picture << " " << m << "/" << n;
      }
    }
  }
}

TEST(AlarmEvaluation, R6_3_6_Operators) {
  struct Case {
    ComparisonOperator comparison;
    bool below, at, above;
  };
  for (const Case& c : {Case{ComparisonOperator::kGreaterThanOrEqualToThreshold, false, true, true},
                        Case{ComparisonOperator::kGreaterThanThreshold, false, false, true},
                        Case{ComparisonOperator::kLessThanThreshold, true, false, false},
                        Case{ComparisonOperator::kLessThanOrEqualToThreshold, true, true, false}}) {
    EXPECT_EQ(breaches(49, c.comparison, 50), c.below) << spelling(c.comparison);
    EXPECT_EQ(breaches(50, c.comparison, 50), c.at) << spelling(c.comparison);
    EXPECT_EQ(breaches(51, c.comparison, 50), c.above) << spelling(c.comparison);
  }
}

TEST(AlarmEvaluation, RefusesARangeShorterThanN) {
  EXPECT_THROW(evaluate(rule(3, TreatMissingData::kMissing), points("0 X"), AlarmState::kOk),
               sim::InvariantError);
}

std::string reason(std::string_view picture, std::uint32_t m, TreatMissingData treatment) {
  const common::Calendar calendar{.start_unix_ns = 1'767'225'600'000'000'000};
  const AlarmRule r = rule(m, treatment);
  return reason_text(evaluate(r, points(picture), AlarmState::kOk), r, calendar);
}

TEST(AlarmReason, ReadsLikeCloudWatch) {
  EXPECT_EQ(reason("0 0 X X X", 3, TreatMissingData::kMissing),
            "Threshold Crossed: 3 out of the last 3 datapoints [60.0 (01/01/26 00:04:00), 60.0 "
            "(01/01/26 00:03:00), 60.0 (01/01/26 00:02:00)] were greater than the threshold (50.0) "
            "(minimum 3 datapoints for OK -> ALARM transition).");
  EXPECT_EQ(reason("0 0 X 0 X", 3, TreatMissingData::kMissing),
            "Threshold Crossed: 1 out of the last 3 datapoints [40.0 (01/01/26 00:03:00)] was not "
            "greater than the threshold (50.0) (minimum 1 datapoint for ALARM -> OK transition).");
  EXPECT_EQ(reason("- - - - -", 3, TreatMissingData::kMissing),
            "Insufficient Data: 3 datapoints were unknown.");
  EXPECT_EQ(reason("- - - - -", 3, TreatMissingData::kBreaching),
            "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints "
            "were treated as [Breaching].");
}

TEST(AlarmReason, TellsRealPointsFromFilledOnes) {
  EXPECT_EQ(reason("- - - 0 0", 1, TreatMissingData::kBreaching),
            "Threshold Crossed: 2 out of the last 3 datapoints [40.0 (01/01/26 00:04:00), 40.0 "
            "(01/01/26 00:03:00)] were not greater than the threshold (50.0) and 1 missing "
            "datapoint was treated as [Breaching] (minimum 1 datapoint for OK -> ALARM "
            "transition).");
  EXPECT_EQ(reason("- - - - X", 3, TreatMissingData::kMissing),
            "Threshold Crossed: 1 out of the last 3 datapoints [60.0 (01/01/26 00:04:00)] was "
            "greater than the threshold (50.0) (minimum 1 datapoint for ALARM -> OK transition).");
  EXPECT_EQ(reason("- - - - X", 3, TreatMissingData::kIgnore),
            "State kept: 2 of the last 3 datapoints are missing and ignored.");
}

TEST(AlarmCheck, R6_3_3_SaysWhatIsAllowed) {
  EXPECT_EQ(check({.evaluation_periods = 3, .datapoints_to_alarm = 2}, 60s), std::nullopt);
  EXPECT_EQ(check({}, 10s), std::nullopt);
  EXPECT_EQ(check({}, 45s), "period is 45 s; it must be 10, 20, 30 or a multiple of 60 s");
  EXPECT_EQ(check({.evaluation_periods = 2, .datapoints_to_alarm = 3}, 60s),
            "datapoints_to_alarm is 3; it must be 1 to 2, the evaluation_periods");
  EXPECT_EQ(check({.evaluation_periods = 1440, .datapoints_to_alarm = 1}, 60s), std::nullopt);
  EXPECT_EQ(check({.evaluation_periods = 1441, .datapoints_to_alarm = 1}, 60s),
            "evaluation_periods is 1441; 1441 periods of 60 s must not be longer than 1 d");
  EXPECT_EQ(check({.evaluation_periods = 168, .datapoints_to_alarm = 1}, 1h), std::nullopt);
  EXPECT_NE(check({.evaluation_periods = 169, .datapoints_to_alarm = 1}, 1h), std::nullopt);
}

}  // namespace
}  // namespace updraft::cloudwatch
