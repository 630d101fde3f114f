#include "sim/scenario/condition.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

std::string told(std::string_view text) {
  const auto parsed = parse_condition(text);
  if (const auto* fault = std::get_if<ConditionFault>(&parsed)) {
    return fmt::format("{}+{}: {}", fault->offset, fault->length,
                       fault->message.substr(0, fault->message.find(';')));
  }
  const auto& c = std::get<Condition>(parsed);
  return fmt::format("{} {} {} {} {}", c.resource(), c.metric(),
                     Condition::Comparison_Name(c.comparison()), c.threshold(),
                     c.for_ns() / 1'000'000'000);
}

TEST(Condition, SaysMetricComparisonBoundAndLength) {
  EXPECT_EQ(told("fleet.CPUUtilization > 80 for 5m"), "fleet CPUUtilization ABOVE 80 300");
  EXPECT_EQ(told("web-alb.TargetResponseTime>=0.5"), "web-alb TargetResponseTime AT_LEAST 0.5 0");
  EXPECT_EQ(told("a.b.Metric < -2"), "a.b Metric BELOW -2 0");
  EXPECT_EQ(told(" fleet.M   <= 1e3  for 1h "), "fleet M AT_MOST 1000 3600");
}

TEST(Condition, ItsTextHasOneSpelling) {
  EXPECT_EQ(std::get<Condition>(parse_condition("fleet.M>80   for 300s")).text(),
            "fleet.M > 80 for 5m");
}

TEST(Condition, MistakesAreTold) {
  EXPECT_EQ(told(""), "0+1: a condition is missing");
  EXPECT_EQ(told("CPUUtilization > 80"), "0+14: \"CPUUtilization\" is no RESOURCE.METRIC");
  EXPECT_EQ(told("fleet. > 80"), "0+6: \"fleet.\" is no RESOURCE.METRIC");
  EXPECT_EQ(told("fleet.M"), "6+1: a comparison is missing, one of > >= < <=");
  EXPECT_EQ(told("fleet.M == 80"), "8+2: a comparison is missing, one of > >= < <=");
  EXPECT_EQ(told("fleet.M > 80%"), "10+3: a number is missing, in the metric's unit");
  EXPECT_EQ(told("fleet.M >"), "8+1: a number is missing, in the metric's unit");
  EXPECT_EQ(told("fleet.M > 80 during 5m"), "13+6: \"during\" is not expected here");
  EXPECT_EQ(told("fleet.M > 80 for 90s"), "17+3: a length in whole minutes is missing");
  EXPECT_EQ(told("fleet.M > 80 for"), "15+1: a length in whole minutes is missing");
  EXPECT_EQ(told("fleet.M > 80 for 5m now"), "20+3: \"now\" is not expected here");
}

}  // namespace
}  // namespace updraft::sim
