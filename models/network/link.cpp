#include "models/network/link.h"

#include <utility>

namespace updraft::network {

namespace {

/// The draws of one message on one link: its own time, then two for each fault.
constexpr std::uint32_t kDrawsOfFault = 2;
constexpr std::uint32_t kMostFaults = 16;
/// Linux gives a connection up after 15 retransmissions (tcp_retries2); the wait stops doubling at
/// two minutes long before.
constexpr std::uint32_t kMostLosses = 10;

}  // namespace

sim::Duration retransmission_delay(double u, double loss, sim::Duration first) {
  std::uint32_t losses = 0;
  for (double all_lost = loss; u < all_lost && losses < kMostLosses; all_lost *= loss) {
    ++losses;
  }
  return first * ((std::int64_t{1} << losses) - 1);
}

Link::Link(sim::Distribution law, sim::StreamKey stream) : law_(std::move(law)), stream_(stream) {
  settle();
}

void Link::settle() {
  usual_ = sim::to_duration(law_.mean());
  varies_ = law_.law() != sim::Law::kConstant || !degraded_.empty();
}

sim::Duration Link::one_way(std::uint64_t ordinal, std::uint32_t sub) const {
  if (!varies_) {
    return usual_;
  }
  const std::uint32_t first = sub * (1 + kDrawsOfFault * kMostFaults);
  sim::Duration time = law_.sample_duration(stream_, ordinal, first);
  for (const auto& [fault, degradation] : degraded_) {
    const std::uint32_t own =
        first + 1 + kDrawsOfFault * static_cast<std::uint32_t>(fault % kMostFaults);
    time += degradation.added.sample_duration(stream_, ordinal, own);
    if (degradation.loss > 0) {
      const double u = sim::uniform01(stream_, ordinal, own + 1);
      time += retransmission_delay(u, degradation.loss, degradation.retransmission);
    }
  }
  return time;
}

void Link::degrade(std::uint64_t fault, const Degradation& degradation) {
  degraded_.insert_or_assign(fault, degradation);
  settle();
}

void Link::restore(std::uint64_t fault) {
  degraded_.erase(fault);
  settle();
}

}  // namespace updraft::network
