#include "models/ec2/cpu_credits.h"

#include <algorithm>

#include "sim/core/check.h"

namespace updraft::ec2 {

namespace {

constexpr double kNsPerCredit = 60e9;  // R1.3.1: a minute of one vCPU
constexpr double kNsPerHour = 3600e9;
constexpr sim::Duration kKept = std::chrono::hours{7 * 24};  // R1.3.3

}  // namespace

void CpuCredits::start(sim::Duration stopped_for, bool launch_credits_left) {
  const bool was_stopped = stopped_for > sim::Duration{};
  if (was_stopped && (terms_.lost_when_stopped || stopped_for > kKept)) {  // R1.3.3
    earned_ = 0;
  }
  launch_ = launch_credits_left ? launch_credits(terms_) : 0;  // R1.3.5
}

void CpuCredits::stop() {
  charged_ += surplus_;  // R1.3.7
  surplus_ = 0;
  launch_ = 0;
  if (terms_.lost_when_stopped) {  // R1.3.3: at once
    earned_ = 0;
  }
}

void CpuCredits::set_mode(CreditMode mode) {
  if (mode == terms_.mode) {
    return;
  }
  terms_.mode = mode;
  if (mode == CreditMode::kStandard) {
    charged_ += surplus_;  // R1.3.7
    surplus_ = 0;
  } else {
    launch_ = 0;
  }
}

void CpuCredits::settle(sim::Duration elapsed, double used_vcpu_ns) {
  SIM_CHECK(elapsed.count() >= 0 && used_vcpu_ns >= 0);
  const double earned =
      credits_per_hour(terms_) * static_cast<double>(sim::to_ns(elapsed)) / kNsPerHour;
  const double spent = used_vcpu_ns / kNsPerCredit;
  used_ += spent;
  // Launch credits are spent first and earned ones go on growing meanwhile (R1.3.5).
  const double from_launch = std::min(launch_, spent);
  launch_ -= from_launch;
  const double net = earned - (spent - from_launch);
  if (net >= 0) {
    earn(net);
  } else {
    spend(-net);
  }
}

void CpuCredits::earn(double credits) {
  const double paid = std::min(surplus_, credits);  // R1.3.7: debts first
  surplus_ -= paid;
  earned_ = std::min(earned_ + credits - paid, credit_cap(terms_));  // R1.3.2: the excess is lost
}

void CpuCredits::spend(double credits) {
  const double from_balance = std::min(earned_, credits);
  earned_ -= from_balance;
  if (terms_.mode == CreditMode::kUnlimited) {
    surplus_ += credits - from_balance;  // R1.3.7
  }
}

void CpuCredits::end_hour() {
  const double excess = surplus_ - credit_cap(terms_);
  if (excess > 0) {  // R1.3.7
    charged_ += excess;
    surplus_ -= excess;
  }
}

sim::Duration CpuCredits::shortest_time_to_exhaustion() const {
  const double spent_per_ns = (1.0 - terms_.baseline) * terms_.vcpu / kNsPerCredit;
  if (terms_.mode == CreditMode::kUnlimited || spent_per_ns <= 0) {
    return sim::kNever - sim::kStart;
  }
  return sim::Duration{static_cast<std::int64_t>((launch_ + earned_) / spent_per_ns)};
}

}  // namespace updraft::ec2
