// Credit terms of an instance type, and the limit of launches that bring launch credits.
#pragma once

#include <cstddef>
#include <deque>
#include <string_view>

#include "models/ec2/cpu_credits.h"
#include "models/ec2/instance_types.h"

namespace updraft::ec2 {

/// R1.3.4
[[nodiscard]] constexpr CreditMode default_credit_mode(std::string_view family) {
  return family == "t2" ? CreditMode::kStandard : CreditMode::kUnlimited;
}

/// Of a burstable type: table R1.3.T1.
[[nodiscard]] inline CreditTerms credit_terms(const InstanceType& type, CreditMode mode) {
  const bool t2 = type.family == "t2";
  return {.vcpu = type.vcpu,
          .baseline = type.baseline.value(),
          .mode = mode,
          .launch_credits = t2,      // R1.3.5
          .lost_when_stopped = t2};  // R1.3.3
}

/// R1.3.5: a hundred launches and starts in any 24 hours bring launch credits.
class LaunchCreditLimit {
 public:
  /// Whether a launch now brings them; it counts when it does.
  bool take(sim::Time now) {
    while (!taken_.empty() && now - taken_.front() >= std::chrono::hours{24}) {
      taken_.pop_front();
    }
    if (taken_.size() >= kPerDay) {
      return false;
    }
    taken_.push_back(now);
    return true;
  }

 private:
  static constexpr std::size_t kPerDay = 100;
  std::deque<sim::Time> taken_;
};

}  // namespace updraft::ec2
