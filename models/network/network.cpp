#include "models/network/network.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/build/sampler.h"
#include "sim/build/world.h"

namespace updraft::network {

namespace {

constexpr double kBytesOfGb = 1e9;

}  // namespace

RegionNetwork::RegionNetwork(const sim::Birth& birth, const NetworkParams& params)
    : Component(birth),
      params_(params),
      stream_(birth.stream("latency")),
      paths_(RegionPaths::built_in()) {
  const std::vector<std::string>& zones = birth.simulation().zones();
  zones_ = static_cast<std::uint32_t>(zones.size());
  const sim::Distribution within = sim::make_sampler(params.same_zone_latency());
  const sim::Distribution between = sim::make_sampler(params.cross_zone_latency());
  for (const std::string& from : zones) {
    for (const std::string& to : zones) {
      // Both directions of a pair have the draws of one.
      const auto& [first, second] = std::minmax(from, to);
      links_.emplace_back(from == to ? within : between,
                          birth.stream(fmt::format("link {} {}", first, second)));
    }
  }
  varies_ =
      std::any_of(links_.begin(), links_.end(), [](const Link& link) { return link.varies(); });
}

void RegionNetwork::bind(sim::World& world) {
  region_ = world.region();
  for (const sim::ByteFlow* flow : world.all<sim::ByteFlow>()) {
    flows_.push_back(flow);
  }
}

// R23.3: the way of least latency over the known links; half of each round trip is one way.
sim::Distribution RegionNetwork::client_latency(std::string_view region) const {
  if (region.empty()) {
    return sim::make_sampler(params_.internet_latency());
  }
  const auto path = paths_.between(region, region_);
  const sim::Duration latency = path ? path->latency : sim::Duration{};
  return sim::Distribution::constant(static_cast<double>(sim::to_ns(latency))).value();
}

void RegionNetwork::degrade(std::uint64_t fault, sim::ZoneId zone, std::optional<sim::ZoneId> other,
                            const Degradation& degradation) {
  for (std::uint32_t to = 0; to < zones_; ++to) {
    if (!other || other->index == to) {
      links_[zone.index * zones_ + to].degrade(fault, degradation);
      if (to != zone.index) {
        links_[to * zones_ + zone.index].degrade(fault, degradation);
      }
    }
  }
  varies_ = true;
}

void RegionNetwork::restore(std::uint64_t fault) {
  varies_ = false;
  for (Link& link : links_) {
    link.restore(fault);
    varies_ = varies_ || link.varies();
  }
}

// R28.10: what goes out to the Internet beyond a free part of each month, and to other Regions.
std::vector<roles::Usage> RegionNetwork::usage(sim::Time now) const {
  double internet = 0;
  double regions = 0;
  for (const sim::ByteFlow* flow : flows_) {
    (flow->client_region().empty() ? internet : regions) +=
        static_cast<double>(flow->response_bytes());
  }
  constexpr double kHoursOfMonth = 730;
  const double months = std::ceil(sim::to_seconds(now) / 3600.0 / kHoursOfMonth);
  internet = std::max(0.0, internet - months * static_cast<double>(params_.free_internet_out()));
  std::vector<roles::Usage> usages;
  const auto add = [&](const char* item, double bytes) {
    if (bytes > 0) {
      usages.push_back(
          {.resource = path(), .item = item, .quantity = bytes / kBytesOfGb, .unit = "GB"});
    }
  };
  add("data-transfer/internet-out", internet);
  add("data-transfer/inter-region-out", regions);
  return usages;
}

}  // namespace updraft::network
