// CPU credits of a burstable instance (R1.3): what it earns, spends, owes and is charged.
//
// A credit is one vCPU at 100 % for a minute (R1.3.1). The account is settled when somebody wants
// to know: at period ends, at changes of state, and when the balance may have run out. Between two
// settlements earning and spending count as even, so nothing is done for a request.
//
//   CpuCredits credits({.vcpu = 2, .baseline = 0.05, .mode = CreditMode::kStandard});
//   credits.settle(60s, busy_vcpu_ns);                  // what was used since the last one
//   if (credits.exhausted()) ...                        // R1.3.6: the CPU falls to the baseline
//   after(ctx, credits.shortest_time_to_exhaustion(), ...);
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/core/time.h"

namespace updraft::ec2 {

/// R1.3.4: t2 is standard unless said otherwise, later families are unlimited.
enum class CreditMode : std::uint8_t { kStandard, kUnlimited };

struct CreditTerms {
  std::uint32_t vcpu = 1;
  double baseline = 0.1;  // share of one vCPU
  CreditMode mode = CreditMode::kStandard;
  bool launch_credits = false;     // R1.3.5: t2 in standard mode
  bool lost_when_stopped = false;  // R1.3.3: t2
};

/// R1.3.1: credits an hour, for all vCPUs together.
[[nodiscard]] constexpr double credits_per_hour(const CreditTerms& terms) {
  return terms.baseline * terms.vcpu * 60.0;
}
/// R1.3.2: 24 hours of earning.
[[nodiscard]] constexpr double credit_cap(const CreditTerms& terms) {
  return 24.0 * credits_per_hour(terms);
}
/// R1.3.5: credits at each launch and start of a t2 in standard mode.
[[nodiscard]] constexpr double launch_credits(const CreditTerms& terms) {
  return terms.launch_credits && terms.mode == CreditMode::kStandard ? 30.0 * terms.vcpu : 0.0;
}

class CpuCredits {
 public:
  /// Credits that are less than this are none: rounding of doubles, under a microsecond of a vCPU.
  static constexpr double kNone = 1e-8;

  explicit CpuCredits(const CreditTerms& terms) : terms_(terms) {}

  /// R1.3.3, R1.3.5: it is launched or started. `stopped_for` is how long it was stopped; zero at
  /// a launch. `launch_credits_left` is false when the account has had its launches of the day.
  void start(sim::Duration stopped_for, bool launch_credits_left = true);
  /// Earned before the run began; no more than the cap.
  void grant(double earned) { earned_ = std::min(earned, credit_cap(terms_)); }
  /// R1.3.7: what is owed falls due when it stops or terminates.
  void stop();
  /// R1.3.7: what is owed falls due with a change to standard mode; launch credits are for standard
  /// mode only.
  void set_mode(CreditMode mode);

  /// That much time has passed and that much vCPU time was used in it, both counted once.
  void settle(sim::Duration elapsed, double used_vcpu_ns);
  /// R1.3.7: an hour has ended: what is owed above the cap is charged.
  void end_hour();

  /// R1.3.6: standard mode, and nothing left to spend.
  [[nodiscard]] bool exhausted() const {
    return terms_.mode == CreditMode::kStandard && launch_ + earned_ <= kNone;
  }
  /// With every vCPU busy; what it is spent on may take longer. Never in unlimited mode.
  [[nodiscard]] sim::Duration shortest_time_to_exhaustion() const;

  [[nodiscard]] const CreditTerms& terms() const { return terms_; }
  [[nodiscard]] double balance() const { return launch_ + earned_; }  // CPUCreditBalance
  [[nodiscard]] double surplus() const { return surplus_; }           // CPUSurplusCreditBalance
  // Sums since the beginning.
  [[nodiscard]] double used() const { return used_; }        // CPUCreditUsage
  [[nodiscard]] double charged() const { return charged_; }  // CPUSurplusCreditsCharged

 private:
  void spend(double credits);
  void earn(double credits);

  CreditTerms terms_;
  double launch_ = 0;   // R1.3.5: spent first, not counted against the cap
  double earned_ = 0;   // at most the cap
  double surplus_ = 0;  // spent and not yet earned
  double used_ = 0;
  double charged_ = 0;
};

/// R1.3.9: the CPU utilization (share of all vCPUs) at which an unlimited burstable instance costs
/// as much as the other one; prices per hour and per surplus vCPU-hour.
[[nodiscard]] constexpr double break_even_utilization(const CreditTerms& terms, double usd_per_h,
                                                      double other_usd_per_h,
                                                      double surplus_usd_per_vcpu_h) {
  const double surplus_vcpu_h = (other_usd_per_h - usd_per_h) / surplus_usd_per_vcpu_h;
  return terms.baseline + surplus_vcpu_h / terms.vcpu;
}

}  // namespace updraft::ec2
