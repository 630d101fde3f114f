#include "models/elb/codes.h"

#include <gtest/gtest.h>

#include "models/elb/deregistration.h"

namespace updraft::elb {
namespace {

using namespace std::chrono_literals;

TEST(Codes, R3_9_T1_EachEndingHasItsCode) {
  struct Row {
    std::string_view class_metric;
    std::string_view code_metric;
    std::uint32_t code;
    Ending ending;
    bool target_chosen;
    bool connected;
  };
  const Row rows[] = {
      {"HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_503_Count", 503, Ending::kNoTargets, false, true},
      {"HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_502_Count", 502, Ending::kConnectionRefused, true,
       false},
      {"HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_504_Count", 504, Ending::kConnectTimedOut, true,
       false},
      {"HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_502_Count", 502, Ending::kTargetClosed, true, true},
      {"HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_502_Count", 502, Ending::kFunctionFailed, true,
       true},
      {"HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_504_Count", 504, Ending::kTargetSilent, true, true},
      {"HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_502_Count", 502, Ending::kDrainingEnded, true, true},
      {"HTTPCode_ELB_4XX_Count", "", 408, Ending::kClientSilent, false, true},
      {"HTTPCode_ELB_4XX_Count", "", 460, Ending::kClientLeft, true, true},
  };
  for (const Row& row : rows) {
    const Answer got = answer(row.ending);
    EXPECT_EQ(got.code, row.code);
    EXPECT_FALSE(got.by_target);
    EXPECT_EQ(got.target_chosen, row.target_chosen) << row.code;
    EXPECT_EQ(got.connected, row.connected) << row.code;
    EXPECT_EQ(class_metric(got), row.class_metric);
    EXPECT_EQ(code_metric(got), row.code_metric);
  }
}

TEST(Codes, R3_8_1_ATargetThatDoesNotConnectInTenSecondsIsA504) {
  EXPECT_EQ(kConnectTimeout, sim::Duration{10s});
  EXPECT_EQ(answer(Ending::kConnectTimedOut).code, 504u);
  EXPECT_EQ(answer(Ending::kTargetSilent).code, 504u);
}

TEST(Codes, R3_10_2_ATargetsOwnCodeIsBlamedOnTheTarget) {
  EXPECT_EQ(class_metric(answer(Ending::kAnswered, 200)), "HTTPCode_Target_2XX_Count");
  EXPECT_EQ(class_metric(answer(Ending::kAnswered, 304)), "HTTPCode_Target_3XX_Count");
  EXPECT_EQ(class_metric(answer(Ending::kAnswered, 404)), "HTTPCode_Target_4XX_Count");
  EXPECT_EQ(class_metric(answer(Ending::kAnswered, 503)), "HTTPCode_Target_5XX_Count");
  EXPECT_EQ(code_metric(answer(Ending::kAnswered, 503)), "");
}

TEST(Codes, LB_14_R3_10_1_RequestCountPerTargetIsAnAverage) {
  EXPECT_DOUBLE_EQ(request_count_per_target(1000, 5), 200.0);
  EXPECT_DOUBLE_EQ(request_count_per_target(1000, 2.5), 400.0);
  EXPECT_DOUBLE_EQ(request_count_per_target(0, 0), 0.0);
}

TEST(Draining, LB_10_R3_7_1_ShownForTheFullDelayButCompleteWhenNothingIsInProgress) {
  const Draining draining(sim::kStart + 100s, 300s);
  EXPECT_FALSE(draining.complete(sim::kStart + 100s, 3));
  EXPECT_TRUE(draining.complete(sim::kStart + 101s, 0));
  EXPECT_TRUE(draining.shown(sim::kStart + 100s));
  EXPECT_TRUE(draining.shown(sim::kStart + 400s - 1ns));
  EXPECT_FALSE(draining.shown(sim::kStart + 400s));
  EXPECT_FALSE(draining.complete(sim::kStart + 400s - 1ns, 1));
  EXPECT_TRUE(draining.complete(sim::kStart + 400s, 1));
  EXPECT_EQ(draining.deadline(), sim::kStart + 400s);
}

TEST(Draining, ADelayOfNoneCutsAtOnce) {
  const Draining draining(sim::kStart, 0s);
  EXPECT_FALSE(draining.shown(sim::kStart));
  EXPECT_TRUE(draining.complete(sim::kStart, 5));
}

}  // namespace
}  // namespace updraft::elb
