// Between the clients of a traffic source and its Region: how long the way is, and how much goes
// over it. Whoever knows the network plays ClientNetwork; every source is a ByteFlow.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/random/distribution.h"

namespace updraft::sim {

class ClientNetwork {
 public:
  virtual ~ClientNetwork() = default;
  /// One way from clients in a Region, ns; empty: somewhere in the Internet.
  [[nodiscard]] virtual Distribution client_latency(std::string_view region) const = 0;
};

class ByteFlow {
 public:
  virtual ~ByteFlow() = default;
  /// The Region in which the clients are; empty: somewhere in the Internet.
  [[nodiscard]] virtual const std::string& client_region() const = 0;
  /// Of all requests that were sent, and of all answers that came from behind the entry.
  [[nodiscard]] virtual std::int64_t request_bytes() const = 0;
  [[nodiscard]] virtual std::int64_t response_bytes() const = 0;
};

}  // namespace updraft::sim
