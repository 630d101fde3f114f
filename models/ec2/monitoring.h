// What CloudWatch shows of an instance (R1.2.1, R1.7.1).
#pragma once

#include <cstdint>

#include "sim/core/check.h"
#include "sim/core/time.h"

namespace updraft::ec2 {

enum class Monitoring : std::uint8_t { kBasic, kDetailed };

/// R1.7.1: 5 minutes with basic monitoring, 1 minute with detailed.
[[nodiscard]] constexpr sim::Duration metric_period(Monitoring monitoring) {
  return monitoring == Monitoring::kBasic ? std::chrono::minutes{5} : std::chrono::minutes{1};
}

/// R1.2.1: status checks are made, and their metrics written, every minute whatever the monitoring.
inline constexpr sim::Duration kStatusCheckPeriod = std::chrono::minutes{1};

/// R1.3.10: of the CPU credit metrics, whatever the monitoring.
inline constexpr sim::Duration kCreditPeriod = std::chrono::minutes{5};

/// CPUUtilization of a period in percent: busy vCPU-time of all vCPU-time. `busy` is the difference
/// of two readings of the station's busy integral. A hyperthread counts as a vCPU, so 50 % on a
/// two-thread core may be most of what the core can do. `lived` is the part of the period in which
/// the instance was running.
[[nodiscard]] inline double cpu_utilization(std::uint64_t busy_vcpu_ns, std::uint32_t vcpu,
                                            sim::Duration lived) {
  SIM_CHECK(vcpu > 0 && lived.count() > 0);
  const double all = static_cast<double>(vcpu) * static_cast<double>(lived.count());
  return 100.0 * static_cast<double>(busy_vcpu_ns) / all;
}

}  // namespace updraft::ec2
