#include "models/ec2/cpu_credits.h"

#include <cmath>

#include <gtest/gtest.h>

#include "models/ec2/instance_types.h"
#include "models/ec2/launch_credits.h"

namespace updraft::ec2 {
namespace {

using namespace std::chrono_literals;

CreditTerms terms_of(const std::string& type, CreditMode mode) {
  static const InstanceTypes types = InstanceTypes::built_in();
  return credit_terms(*types.find(type), mode);
}

/// So long at that CPU utilization (share of all vCPUs), settled once a minute.
void run(CpuCredits& credits, sim::Duration lasts, double utilization) {
  for (sim::Duration done{}; done < lasts; done += 1min) {
    credits.settle(1min, utilization * credits.terms().vcpu * 60e9);
    if ((done + 1min) % sim::Duration{1h} == sim::Duration{}) {
      credits.end_hour();
    }
  }
}

TEST(CpuCredits, EC2_01_EarnsAndAccrues) {
  CpuCredits credits(terms_of("t3.nano", CreditMode::kUnlimited));
  EXPECT_NEAR(credits_per_hour(credits.terms()), 6, 1e-9);
  EXPECT_NEAR(credit_cap(credits.terms()), 144, 1e-9);
  run(credits, 1h, 0);
  EXPECT_NEAR(credits.balance(), 6, 1e-9);
  run(credits, 1h, 0.02);
  EXPECT_NEAR(credits.balance(), 6 + 3.6, 1e-9);
}

TEST(CpuCredits, EC2_02_R1_3_1_ACreditIsAMinuteOfAVcpu) {
  const auto spent = [](sim::Duration lasts, double busy_vcpus) {
    CpuCredits credits(terms_of("t3.nano", CreditMode::kUnlimited));
    credits.settle(lasts, busy_vcpus * static_cast<double>(sim::to_ns(lasts)));
    return credits.used();
  };
  EXPECT_NEAR(spent(1min, 1.0), 1, 1e-12);
  EXPECT_NEAR(spent(2min, 0.5), 1, 1e-12);
  EXPECT_NEAR(spent(2min, 2 * 0.25), 1, 1e-12);
  EXPECT_NEAR(spent(1ms, 1.0), 1.0 / 60000, 1e-15);  // as fine as a millisecond
}

TEST(CpuCredits, EC2_03_R1_3_2_TheTimelineOfTheGuide) {
  CpuCredits credits(terms_of("t3.nano", CreditMode::kStandard));
  run(credits, 24h, 0);
  EXPECT_NEAR(credits.balance(), 144, 1e-6);
  run(credits, 12h, 0.025);
  EXPECT_NEAR(credits.balance(), 144, 1e-6);  // the excess is discarded
  run(credits, 24h, 0.07);
  EXPECT_NEAR(credits.balance(), 86.4, 1e-6);
  run(credits, 12h, 0.025);
  EXPECT_NEAR(credits.balance(), 122.4, 1e-6);
}

TEST(CpuCredits, EC2_06_R1_3_5_LaunchCredits) {
  CpuCredits credits(terms_of("t2.micro", CreditMode::kStandard));
  credits.start({});
  EXPECT_NEAR(credits.balance(), 30, 1e-9);
  run(credits, 24h, 0);
  EXPECT_NEAR(credits.balance(), 174, 1e-6);
  // Spent first: 30 credits in half an hour leave what was earned, which was at its cap.
  run(credits, 30min, 1.0);
  EXPECT_NEAR(credits.balance(), 144, 1e-6);
  run(credits, 24h, 0);
  EXPECT_NEAR(credits.balance(), 144, 1e-6);
  CreditTerms xlarge{.vcpu = 4, .baseline = 0.225, .launch_credits = true};
  EXPECT_NEAR(launch_credits(xlarge), 120, 1e-9);
  EXPECT_EQ(launch_credits(terms_of("t2.micro", CreditMode::kUnlimited)), 0);
  EXPECT_EQ(launch_credits(terms_of("t3.micro", CreditMode::kStandard)), 0);
}

TEST(CpuCredits, R1_3_5_AHundredLaunchesADayBringLaunchCredits) {
  LaunchCreditLimit limit;
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(limit.take(sim::kStart + std::chrono::minutes{i}));
  }
  EXPECT_FALSE(limit.take(sim::kStart + 23h));
  EXPECT_TRUE(limit.take(sim::kStart + 24h));  // the first is 24 hours ago
  EXPECT_FALSE(limit.take(sim::kStart + 24h));
  CpuCredits none(terms_of("t2.micro", CreditMode::kStandard));
  none.start({}, /*launch_credits_left=*/false);
  EXPECT_EQ(none.balance(), 0);
}

TEST(CpuCredits, R1_3_3_StoppingLosesOrKeepsThem) {
  const auto after_stop = [](const char* type, sim::Duration stopped) {
    CpuCredits credits(terms_of(type, CreditMode::kStandard));
    credits.start({});
    run(credits, 10h, 0);
    credits.stop();
    credits.start(stopped);
    return credits.balance();
  };
  EXPECT_NEAR(after_stop("t2.micro", 1min), 30, 1e-9);  // launch credits anew
  EXPECT_NEAR(after_stop("t3.micro", 1min), 120, 1e-9);
  EXPECT_NEAR(after_stop("t3.micro", 7 * 24h), 120, 1e-9);
  EXPECT_NEAR(after_stop("t3.micro", 7 * 24h + 1s), 0, 1e-9);
}

TEST(CpuCredits, R1_3_6_StandardModeRunsOut) {
  CpuCredits credits(terms_of("t2.nano", CreditMode::kStandard));
  credits.start({});
  // 30 launch credits and 3 an hour, one vCPU busy: 30 / 0.95 minutes.
  EXPECT_NEAR(std::chrono::duration<double>(credits.shortest_time_to_exhaustion()).count(),
              30 * 60 / 0.95, 1e-6);
  const sim::Duration until = credits.shortest_time_to_exhaustion();
  EXPECT_FALSE(credits.exhausted());
  credits.settle(until, static_cast<double>(sim::to_ns(until)));
  EXPECT_TRUE(credits.exhausted());
  EXPECT_FALSE(CpuCredits(terms_of("t3.nano", CreditMode::kUnlimited)).exhausted());
}

TEST(CpuCredits, R1_3_7_SurplusIsPaidDownAndThenCharged) {
  CpuCredits credits(terms_of("t3.nano", CreditMode::kUnlimited));
  run(credits, 1h, 0.55);  // 66 spent, 6 earned
  EXPECT_NEAR(credits.surplus(), 60, 1e-9);
  EXPECT_EQ(credits.balance(), 0);
  run(credits, 2h, 0);
  EXPECT_NEAR(credits.surplus(), 48, 1e-9);
  EXPECT_EQ(credits.balance(), 0);
  EXPECT_EQ(credits.charged(), 0);
  CpuCredits switched = credits;
  switched.set_mode(CreditMode::kStandard);
  EXPECT_NEAR(switched.charged(), 48, 1e-9);
  credits.stop();
  EXPECT_NEAR(credits.charged(), 48, 1e-9);
  EXPECT_EQ(credits.surplus(), 0);
}

TEST(CpuCredits, EC2_08_R1_3_8_TheBillOfAT2Unlimited) {
  CpuCredits credits(terms_of("t2.nano", CreditMode::kUnlimited));
  EXPECT_NEAR(credit_cap(credits.terms()), 72, 1e-9);
  // Until 01:55 it has run up all that it may owe.
  while (credits.surplus() < 72) {
    credits.settle(1s, 1e9);
  }
  const double before = credits.used();
  run(credits, 25min, 1.0);  // 01:55 to 02:20
  EXPECT_NEAR(credits.used() - before, 25, 1e-9);
  EXPECT_NEAR((credits.used() - before) / 60 * 0.05, 0.021, 5e-4);
  credits.end_hour();
  // The guide leaves out what is earned in the 25 minutes, 1.25 credits.
  EXPECT_NEAR(credits.charged(), 25 - 1.25, 0.02);
  EXPECT_NEAR(credits.surplus(), 72, 1e-9);
}

TEST(CpuCredits, EC2_09_R1_3_9_BreakEven) {
  const CreditTerms large = terms_of("t3.large", CreditMode::kUnlimited);
  EXPECT_NEAR(break_even_utilization(large, 0.0835, 0.096, 0.05), 0.425, 1e-9);
  EXPECT_NEAR(
      break_even_utilization(terms_of("t3.xlarge", CreditMode::kUnlimited), 0.1670, 0.192, 0.05),
      0.525, 1e-9);
  // The account charges the same: 15 vCPU-minutes an hour at 42.5 %, once the cap is owed.
  CpuCredits credits(large);
  run(credits, 24h * 10, 0.425);
  const double before = credits.charged();
  run(credits, 24h, 0.425);
  const double usd_per_h = 0.0835 + (credits.charged() - before) / 24 / 60 * 0.05;
  EXPECT_NEAR(usd_per_h, 0.096, 1e-9);
}

// Table R1.3.T1, all types that the simulator has.
TEST(CpuCredits, R1_3_T1_TheTable) {
  struct Row {
    const char* size;
    double t2_per_hour, t3_per_hour;  // 0: no such type here
  };
  const Row rows[] = {{"nano", 3, 6},    {"micro", 6, 12},  {"small", 12, 24},  {"medium", 24, 24},
                      {"large", 36, 36}, {"xlarge", 0, 96}, {"2xlarge", 0, 192}};
  const InstanceTypes types = InstanceTypes::built_in();
  int seen = 0;
  for (const Row& row : rows) {
    for (const char* family : {"t2.", "t3.", "t4g."}) {
      const InstanceType* type = types.find(std::string(family) + row.size);
      if (type == nullptr) {
        continue;
      }
      const double expected = type->family == "t2" ? row.t2_per_hour : row.t3_per_hour;
      const CreditTerms terms = credit_terms(*type, CreditMode::kStandard);
      EXPECT_NEAR(credits_per_hour(terms), expected, 1e-9) << type->name;
      EXPECT_NEAR(credit_cap(terms), 24 * expected, 1e-9) << type->name;
      ++seen;
    }
  }
  EXPECT_EQ(seen, 5 + 7 + 6);
  for (const InstanceType& type : types.all()) {
    EXPECT_EQ(type.baseline.has_value(), type.family[0] == 't') << type.name;
  }
}

TEST(CpuCredits, R1_3_4_TheDefaultModes) {
  EXPECT_EQ(default_credit_mode("t2"), CreditMode::kStandard);
  EXPECT_EQ(default_credit_mode("t3"), CreditMode::kUnlimited);
  EXPECT_EQ(default_credit_mode("t4g"), CreditMode::kUnlimited);
}

}  // namespace
}  // namespace updraft::ec2
