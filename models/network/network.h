// The network as those who send over it ask for it: links between zones (roles::Network), ways from
// clients elsewhere (sim::ClientNetwork), and the bytes that leave the Region (roles::Metered).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/network/link.h"
#include "models/network/network.pb.h"
#include "models/network/paths.h"
#include "models/roles/metered.h"
#include "models/roles/network.h"
#include "sim/build/resource.h"
#include "sim/engine/component.h"
#include "sim/traffic/client_network.h"

namespace updraft::network {

/// What leaves the Region, in bytes.
struct Egress {
  std::int64_t internet = 0;
  std::int64_t other_regions = 0;
  std::int64_t from_other_regions = 0;  // free of charge at this end
};

class RegionNetwork final : public sim::Component,
                            public sim::Resource,
                            public roles::Network,
                            public roles::Metered,
                            public sim::ClientNetwork {
 public:
  RegionNetwork(const sim::Birth& birth, const NetworkParams& params);

  void bind(sim::World& world) override;

  // R23.3
  [[nodiscard]] sim::Duration one_way(sim::ZoneId from, sim::ZoneId to) const override {
    return link(from, to).usual();
  }
  [[nodiscard]] bool varies() const override { return varies_; }
  [[nodiscard]] sim::Duration one_way(sim::ZoneId from, sim::ZoneId to, std::uint64_t ordinal,
                                      std::uint32_t sub) const override {
    return link(from, to).one_way(ordinal, sub);
  }
  [[nodiscard]] sim::Distribution client_latency(std::string_view region) const override;

  /// Links of a zone with another, or with all and within itself when there is no other.
  void degrade(std::uint64_t fault, sim::ZoneId zone, std::optional<sim::ZoneId> other,
               const Degradation& degradation);
  void restore(std::uint64_t fault);

  [[nodiscard]] std::vector<roles::Usage> usage(sim::Time now) const override;

 private:
  [[nodiscard]] const Link& link(sim::ZoneId from, sim::ZoneId to) const {
    return links_[from.index * zones_ + to.index];
  }

  NetworkParams params_;
  sim::StreamKey stream_;
  RegionPaths paths_;
  std::string region_;
  std::uint32_t zones_ = 0;
  std::vector<Link> links_;  // zones by zones; a pair's two directions are one link's copies
  bool varies_ = false;
  std::vector<const sim::ByteFlow*> flows_;
};

}  // namespace updraft::network
