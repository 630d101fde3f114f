#include "models/elb/health.h"

#include <string>

#include <gtest/gtest.h>

namespace updraft::elb {
namespace {

using namespace std::chrono_literals;

constexpr HealthCheckSettings kDefaults{30s, 5s, 5, 2};

// One letter for each check: '.' passed, 'x' failed, 't' timed out, 'c' wrong code; gives
// "check:state" changes.
std::string changes(const std::string& checks, HealthCheckSettings settings = kDefaults) {
  TargetHealth health;
  std::string out;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const CheckResult result = checks[i] == '.'   ? CheckResult::kPassed
                               : checks[i] == 't' ? CheckResult::kTimedOut
                               : checks[i] == 'c' ? CheckResult::kCodeMismatch
                                                  : CheckResult::kFailed;
    if (const auto change = health.observe(result, settings)) {
      out += std::to_string(i + 1) + ":" + std::string(spelling(change->to)) +
             (change->reason == HealthReason::kNone ? "" : "/") +
             std::string(spelling(change->reason)) + " ";
    }
  }
  return out;
}

TEST(Health, R3_6_1_TheFirstPassedCheckCountsAlone) {
  EXPECT_EQ(changes("."), "1:healthy ");
  EXPECT_EQ(changes("x."), "2:healthy ");
  EXPECT_EQ(changes(".", {30s, 5s, 10, 10}), "1:healthy ");
}

TEST(Health, R3_6_1_RecoveryTakesTheHealthyThreshold) {
  EXPECT_EQ(changes("xx...."), "2:unhealthy/Target.FailedHealthChecks ");
  EXPECT_EQ(changes("xx....."), "2:unhealthy/Target.FailedHealthChecks 7:healthy ");
  EXPECT_EQ(changes("xx....x....."), "2:unhealthy/Target.FailedHealthChecks 12:healthy ");
}

TEST(Health, FailuresMustFollowEachOther) {
  EXPECT_EQ(changes(".x.x.x.xx"), "1:healthy 9:unhealthy/Target.FailedHealthChecks ");
}

TEST(Health, R3_6_3_TheReasonIsThatOfTheLastCheck) {
  EXPECT_EQ(changes(".tt"), "1:healthy 3:unhealthy/Target.Timeout ");
  EXPECT_EQ(changes(".tc"), "1:healthy 3:unhealthy/Target.ResponseCodeMismatch ");
  TargetHealth health;
  EXPECT_EQ(health.reason(), HealthReason::kInitialHealthChecking);
  for (const CheckResult r :
       {CheckResult::kTimedOut, CheckResult::kTimedOut, CheckResult::kFailed}) {
    health.observe(r, kDefaults);
  }
  EXPECT_EQ(health.state(), HealthState::kUnhealthy);
  EXPECT_EQ(health.reason(), HealthReason::kFailedHealthChecks);
}

// Target that fails from t on: the verdict falls between t + 30 s and t + 60 s, and 5 s later when
// checks time out.
TEST(Health, LB_09_R3_6_5_AFailingTargetIsFoundWithinTwoIntervals) {
  for (const bool times_out : {false, true}) {
    for (sim::Duration phase = 0s; phase < 30s; phase += 1s) {
      TargetHealth health;
      const sim::Time fails_at = sim::kStart + 100s;
      sim::Time verdict = sim::kNever;
      for (std::uint64_t k = 0; verdict == sim::kNever; ++k) {
        ASSERT_LT(k, 100u);
        const sim::Time begins = check_begins(sim::kStart, phase, 30s, k);
        const bool fails = begins >= fails_at;
        const auto change = health.observe(!fails      ? CheckResult::kPassed
                                           : times_out ? CheckResult::kTimedOut
                                                       : CheckResult::kFailed,
                                           kDefaults);
        if (change && change->to == HealthState::kUnhealthy) {
          verdict = begins + (times_out ? 5s : 0s);  // a time-out is known when it is over
        }
      }
      EXPECT_GE(verdict, fails_at + 30s);
      EXPECT_LE(verdict, fails_at + 60s + (times_out ? 5s : 0s));  // R3.6.5: 30 to 65 s
    }
  }
}

TEST(Health, LB_09_ARecoveredTargetIsBackAfterFiveChecks) {
  for (sim::Duration phase = 0s; phase < 30s; phase += 1s) {
    TargetHealth health;
    health.observe(CheckResult::kFailed, kDefaults);
    health.observe(CheckResult::kFailed, kDefaults);
    const sim::Time recovers = sim::kStart + 60s;
    for (std::uint64_t k = 2; health.state() != HealthState::kHealthy; ++k) {
      const sim::Time begins = check_begins(sim::kStart, phase, 30s, k);
      if (begins < recovers) {
        continue;
      }
      if (health.observe(CheckResult::kPassed, kDefaults)) {
        EXPECT_GE(begins, recovers + 120s);
        EXPECT_LE(begins, recovers + 150s);
      }
    }
  }
}

TEST(Health, R3_6_2_ChecksKeepTheirIntervalWhateverAnswersTake) {
  EXPECT_EQ(check_begins(sim::kStart + 7s, 3s, 30s, 0), sim::kStart + 10s);
  EXPECT_EQ(check_begins(sim::kStart + 7s, 3s, 30s, 4), sim::kStart + 130s);
}

TEST(Matcher, ReadsCodesAndRanges) {
  const auto matcher = Matcher::parse("200,202,300-399");
  ASSERT_TRUE(matcher.ok());
  EXPECT_TRUE(matcher->matches(200));
  EXPECT_FALSE(matcher->matches(201));
  EXPECT_TRUE(matcher->matches(202));
  EXPECT_TRUE(matcher->matches(300));
  EXPECT_TRUE(matcher->matches(399));
  EXPECT_FALSE(matcher->matches(400));
}

TEST(Matcher, SaysWhatIsWrong) {
  for (const char* text : {"", "200,", "299-200", "100", "500", "2x0", "200-"}) {
    EXPECT_FALSE(Matcher::parse(text).ok()) << text;
  }
  EXPECT_EQ(Matcher::parse("200,abc").error(),
            "matcher \"200,abc\": \"abc\" is no code or range; codes are 200 to 499, as in "
            "\"200\", \"200,202\" or \"200-299\"");
}

}  // namespace
}  // namespace updraft::elb
