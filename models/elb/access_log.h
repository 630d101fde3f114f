// One entry of an access log in the format of Application Load Balancers.
#pragma once

#include <cstdint>
#include <string>

#include "models/elb/codes.h"
#include "sim/core/time.h"
#include "sim/engine/request.h"

namespace updraft::elb {

struct LogEntry {
  std::string balancer;      // name of the load balancer
  std::string target_group;  // name; empty: none was asked
  std::string target;        // "i-000001"; empty: none was chosen
  const sim::RequestAttributes* request = nullptr;
  std::uint32_t port = 80;  // of the listener
  std::uint32_t client_port = 0;
  sim::Time received{};  // by the balancer
  sim::Time ended{};     // the answer went to the client
  sim::Duration request_time =
      sim::Duration{-1};                          // until it was sent to the target; -1: it was not
  sim::Duration target_time = sim::Duration{-1};  // until the target's answer; -1: there was none
  sim::Duration response_time = sim::Duration{-1};  // until it went to the client; likewise
  Answer answer;
  std::int64_t received_bytes = 0;
  std::int64_t sent_bytes = 0;
  std::uint32_t rule_priority = 0;  // 0: the default rule
  std::string action = "forward";   // "redirect", "fixed-response"
  std::uint64_t ordinal = 0;        // of the request, for its trace id
};

/// The entry as a line. `start_unix_ns` is where simulated time 0 stands. Times are rounded down to
/// the microsecond, as the format has them.
[[nodiscard]] std::string log_line(const LogEntry& entry, std::int64_t start_unix_ns);

}  // namespace updraft::elb
