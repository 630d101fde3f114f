// One link of the network: how long a message takes on it, as it is and while it is degraded.
//
//   Link link(law, birth.stream("link a b"));
//   link.degrade(fault, {.added = 50ms, .loss = 0.01});
//   Duration d = link.one_way(request.ordinal, request.attempt);
#pragma once

#include <cstdint>
#include <map>

#include "sim/random/distribution.h"
#include "sim/random/stream.h"

namespace updraft::network {

using namespace std::chrono_literals;

/// What a fault does to a link.
struct Degradation {
  sim::Distribution added;         // ns, one way
  double loss = 0;                 // share of messages that are sent again, 0 to 1
  sim::Duration retransmission{};  // time after which a lost one is sent again; doubles each time
};

/// How much later a message comes that is lost `u`-often: a share `loss` of all sendings is lost,
/// and TCP waits twice as long each time.
sim::Duration retransmission_delay(double u, double loss, sim::Duration first);

class Link {
 public:
  Link(sim::Distribution law, sim::StreamKey stream);

  /// The usual time of one message; the mean where it varies.
  [[nodiscard]] sim::Duration usual() const { return usual_; }
  /// Whether one_way() differs from usual() for any message now.
  [[nodiscard]] bool varies() const { return varies_; }
  /// Of one message, by its keys.
  [[nodiscard]] sim::Duration one_way(std::uint64_t ordinal, std::uint32_t sub) const;

  /// Several faults may degrade a link at once; what they add is added up.
  void degrade(std::uint64_t fault, const Degradation& degradation);
  void restore(std::uint64_t fault);

 private:
  void settle();

  sim::Distribution law_;
  sim::StreamKey stream_;
  sim::Duration usual_{};
  bool varies_ = false;
  std::map<std::uint64_t, Degradation> degraded_;  // by fault
};

}  // namespace updraft::network
