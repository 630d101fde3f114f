// The answer a client gets from an Application Load Balancer, and whom CloudWatch blames (Table
// R3.9.T1).
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/core/time.h"

namespace updraft::elb {

/// R3.8.1: how long the balancer tries to connect to a target.
inline constexpr sim::Duration kConnectTimeout = std::chrono::seconds{10};

/// How a request ended, as seen from the node.
enum class Ending : std::uint8_t {
  kAnswered,           // the target answered with a code of its own
  kNoTargets,          // the target group has no registered targets, or all are unused
  kConnectionRefused,  // RST on connect: nothing listens, or the accept queue is full
  kConnectTimedOut,    // nothing came back within kConnectTimeout
  kFunctionFailed,     // a function as the target failed, was throttled, or answered too much
  kTargetClosed,       // the target closed or reset the connection with the request in progress
  kTargetSilent,       // connected, and no byte within the idle time-out
  kDrainingEnded,      // the deregistration delay elapsed with the request in progress
  kClientSilent,       // the client sent nothing within the idle time-out
  kClientLeft,         // the client closed the connection before the answer
  kAction,             // a redirect or a fixed response: no target was asked
};

struct Answer {
  std::uint32_t code = 0;
  bool by_target = false;     // else the balancer made it up
  bool target_chosen = true;  // counted by RequestCount (R3.10.1)
  bool connected = true;      // false adds to TargetConnectionErrorCount
};

/// `code` is the target's for kAnswered, the action's for kAction, and not looked at otherwise.
[[nodiscard]] Answer answer(Ending ending, std::uint32_t code = 200);

/// The counter of the code's class: HTTPCode_Target_2XX_Count ... 5XX, HTTPCode_ELB_4XX_Count,
/// HTTPCode_ELB_5XX_Count. Empty for a code that none counts.
[[nodiscard]] std::string_view class_metric(const Answer& answer);
/// The counter of the code alone: HTTPCode_ELB_500_Count, _502_, _503_, _504_; empty for all
/// others.
[[nodiscard]] std::string_view code_metric(const Answer& answer);

/// R3.10.1: the Sum of RequestCountPerTarget over a period is the average per target: requests over
/// the mean number of targets that nodes chose among in the period (0 with none: nothing was
/// chosen then).
[[nodiscard]] constexpr double request_count_per_target(std::uint64_t requests,
                                                        double mean_targets) {
  return mean_targets > 0 ? static_cast<double>(requests) / mean_targets : 0.0;
}

}  // namespace updraft::elb
