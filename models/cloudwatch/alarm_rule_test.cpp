#include "models/cloudwatch/alarm_rule.h"

#include <map>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "models/cloudwatch/action_suppression.h"

namespace updraft::cloudwatch {
namespace {

bool holds(std::string_view text) {
  const std::map<std::string, AlarmState> states{{"red", AlarmState::kAlarm},
                                                 {"green", AlarmState::kOk},
                                                 {"grey alarm", AlarmState::kInsufficientData}};
  const auto parsed = parse_rule(text);
  if (const auto* error = std::get_if<RuleError>(&parsed)) {
    ADD_FAILURE() << text << ": " << error->text;
    return false;
  }
  return std::get<AlarmRuleTree>(parsed).holds(
      [&](const std::string& name) { return states.at(name); });
}

std::string error_of(std::string_view text) {
  const auto parsed = parse_rule(text);
  const auto* error = std::get_if<RuleError>(&parsed);
  return error == nullptr ? "none"
                          : fmt::format("{}+{}: {}", error->offset, error->length, error->text);
}

TEST(AlarmRuleTree, R6_5_1_CombinesStatesOfAlarms) {
  for (const char* text :
       {"ALARM(red)", "OK(green)", "INSUFFICIENT_DATA('grey alarm')",
        "ALARM(\"red\") AND OK(green)", "ALARM(green) OR ALARM(red)", "NOT ALARM(green)",
        "NOT NOT ALARM(red)", "TRUE", "NOT FALSE AND TRUE", "ALARM( red )",
        "(ALARM(red) OR ALARM(green)) AND OK(green)", "ALARM(green) AND ALARM(green) OR ALARM(red)",
        "NOT ALARM(red) OR OK(green)", "TRUE OR FALSE AND FALSE"}) {
    EXPECT_TRUE(holds(text)) << text;
  }
  for (const char* text :
       {"ALARM(green)", "OK(red)", "ALARM(red) AND ALARM(green)",
        "NOT (ALARM(green) OR ALARM(red))", "FALSE", "(TRUE OR FALSE) AND FALSE",
        "NOT ALARM(red) AND OK(green)", "ALARM('grey alarm') OR OK('grey alarm')"}) {
    EXPECT_FALSE(holds(text)) << text;
  }
}

TEST(AlarmRuleTree, R6_5_1_NamesAtMostAHundredAlarms) {
  std::string text;
  for (int i = 0; i < 101; ++i) {
    text += fmt::format("{}ALARM(a{})", i == 0 ? "" : " OR ", i);
  }
  EXPECT_EQ(error_of(text).substr(0, 2), "0+");
  const auto parsed = parse_rule("ALARM(a) AND (OK(b) OR ALARM(a))");
  const auto& children = std::get<AlarmRuleTree>(parsed).children();
  ASSERT_EQ(children.size(), 2u);
  EXPECT_EQ(children[1].alarm, "b");
  EXPECT_EQ(children[1].offset, 17u);
}

TEST(AlarmRuleTree, MistakesAreTold) {
  EXPECT_EQ(error_of(""), "0+1: the rule ends too early");
  EXPECT_EQ(error_of("ALARM(a) AND"), "11+1: the rule ends too early");
  EXPECT_EQ(error_of("ALARM"), "0+5: ALARM takes an alarm, ALARM(name)");
  EXPECT_EQ(error_of("ALARM()"), "6+1: the name of an alarm is missing");
  EXPECT_EQ(error_of("ALARM(a"), "5+1: the name of an alarm is never closed");
  EXPECT_EQ(error_of("ALARM(\"a\""), "7+1: a parenthesis is missing behind the name");
  EXPECT_EQ(error_of("(ALARM(a)"), "0+1: this parenthesis is never closed");
  EXPECT_EQ(error_of("ALARM(a) ALARM(b)"),
            "9+5: \"ALARM\" is not expected here; AND, OR or the end is");
  EXPECT_EQ(error_of("busy AND ALARM(a)"),
            "0+4: \"busy\" is not expected here; ALARM(name), OK(name), INSUFFICIENT_DATA(name), "
            "NOT, TRUE, FALSE or a parenthesis is");
  EXPECT_EQ(error_of(std::string(200, '(')).substr(0, 6), "100+1:");
}

sim::Time at(int seconds) {
  return sim::kStart + std::chrono::seconds{seconds};
}

TEST(ActionSuppression, R6_5_1_WithoutASuppressorActionsRunAtOnce) {
  ActionSuppression gate({});
  EXPECT_EQ(gate.state_changed(at(0), AlarmState::kAlarm), Suppressed::kNot);
  EXPECT_FALSE(gate.pending());
}

TEST(ActionSuppression, R6_5_1_TheWaitPeriodPassesAndActionsRun) {
  ActionSuppression gate({.has_suppressor = true, .wait = 120s, .extension = 180s});
  EXPECT_EQ(gate.state_changed(at(60), AlarmState::kAlarm), Suppressed::kWaitPeriod);
  EXPECT_EQ(gate.due(), at(180));
  EXPECT_TRUE(gate.come_due(at(180)));
  EXPECT_EQ(gate.due(), sim::kNever);
}

TEST(ActionSuppression, R6_5_1_TheSuppressorHoldsThemBackAndTheExtensionFollows) {
  ActionSuppression gate({.has_suppressor = true, .wait = 120s, .extension = 180s});
  EXPECT_EQ(gate.state_changed(at(60), AlarmState::kAlarm), Suppressed::kWaitPeriod);
  EXPECT_EQ(gate.suppressor_changed(at(100), true), Suppressed::kAlarm);
  EXPECT_EQ(gate.due(), sim::kNever);
  EXPECT_FALSE(gate.come_due(at(180)));  // the wait's own timer
  EXPECT_EQ(gate.suppressor_changed(at(400), false), Suppressed::kExtensionPeriod);
  EXPECT_EQ(gate.due(), at(580));
  EXPECT_TRUE(gate.come_due(at(580)));
}

TEST(ActionSuppression, R6_5_1_WhatIsOverBeforeItRanNeverRuns) {
  ActionSuppression gate({.has_suppressor = true, .wait = 60s, .extension = 60s});
  EXPECT_EQ(gate.state_changed(at(0), AlarmState::kOk), Suppressed::kWaitPeriod);
  EXPECT_TRUE(gate.come_due(at(60)));
  EXPECT_EQ(gate.suppressor_changed(at(100), true), Suppressed::kAlarm);
  EXPECT_EQ(gate.state_changed(at(110), AlarmState::kAlarm), Suppressed::kAlarm);
  EXPECT_EQ(gate.state_changed(at(170), AlarmState::kOk), Suppressed::kAlarm);
  gate.suppressor_changed(at(200), false);
  EXPECT_FALSE(gate.pending());
  EXPECT_EQ(gate.due(), sim::kNever);
}

}  // namespace
}  // namespace updraft::cloudwatch
