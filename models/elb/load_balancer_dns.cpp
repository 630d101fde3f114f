// Nodes, their zones and their addresses in DNS: what takes a node out and brings it back, and what
// becomes of the requests that are there.
#include <algorithm>

#include <fmt/format.h>

#include "models/elb/dns.h"
#include "models/elb/load_balancer.h"

namespace updraft::elb {

using sim::Context;
using sim::FrameHandle;
using sim::Status;

void LoadBalancer::cut_off(Context& ctx, const TargetGroup& group, std::uint32_t target) {
  Context own = ctx.as(*this);
  if (network_) {  // R3.5.4: they go on, unless the target group says otherwise
    if (group.params().deregistration_delay_connection_termination_enabled()) {
      for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
        reset_flows(own, number, target);
      }
    }
    return;
  }
  for (std::uint32_t index = 0; index < calls_.size(); ++index) {
    Call& call = calls_[index];
    if (call.active && call.target == target && groups_[call.group].group == &group) {
      if (!call.connecting) {
        own.abandon(call.target_frame);
      }
      end_call(own, index, Ending::kDrainingEnded, Status::kBadGateway);
    }
  }
}

void LoadBalancer::target_unhealthy(Context& ctx, const TargetGroup& group, std::uint32_t node,
                                    std::uint32_t target) {
  if (network_ && group.params().unhealthy_connection_termination_enabled()) {  // R3.5.4
    Context own = ctx.as(*this);
    reset_flows(own, node - groups_.front().first_node, target);
  }
}

// R3.1.T1
bool LoadBalancer::cross_zone_by_default() const {
  return !network_ || params_.load_balancing_cross_zone_enabled();
}

// --- zones

void LoadBalancer::lose_zone(Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) {
  Context own = ctx.as(*this);
  for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
    Node& node = nodes_[number];
    if (node.zone != zone || node.lost) {
      continue;
    }
    node.lost = true;
    for (std::uint32_t index = 0; index < calls_.size();
         ++index) {  // its connections die without a word
      Call& call = calls_[index];
      if (call.active && call.node == number) {
        if (!call.connecting) {
          own.abandon(call.target_frame);
        }
        const FrameHandle client = call.client;
        release(own, index, false);
        own.reply(client, Status::kUnreachable);
      }
    }
    update_dns(own, number, "its zone is lost", "R3.1.1", caused_by);
  }
}

void LoadBalancer::restore_zone(Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) {
  Context own = ctx.as(*this);
  for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
    if (nodes_[number].zone == zone && nodes_[number].lost) {
      nodes_[number].lost = false;
      update_dns(own, number, "its zone is back", "R3.1.1", caused_by);
    }
  }
}

// R3.1.3: without cross-zone balancing, a zone with too few healthy targets leaves DNS; when all
// would, all stay.
void LoadBalancer::health_changed(Context& ctx, const TargetGroup& /*group*/,
                                  sim::DecisionId caused_by) {
  Context own = ctx.as(*this);
  std::vector<std::vector<std::uint32_t>> healthy;
  healthy.reserve(groups_.size());
  for (const Group& one : groups_) {
    healthy.push_back(one.group->healthy_zones(zones_));
  }
  const std::vector<std::uint32_t> standing = zones_in_dns(zones_, healthy);
  for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
    Node& node = nodes_[number];
    const bool failed_over = !std::binary_search(standing.begin(), standing.end(), node.zone.index);
    if (failed_over != node.failed_over) {
      node.failed_over = failed_over;
      update_dns(own, number,
                 failed_over ? "too few healthy targets in its zone"
                             : "enough healthy targets in its zone, or too few in every zone",
                 "R3.1.3", caused_by);
    }
  }
}

void LoadBalancer::update_dns(Context& ctx, std::uint32_t number, std::string_view why,
                              std::string_view rule, sim::DecisionId caused_by) {
  Node& node = nodes_[number];
  const bool out = node.lost || node.failed_over || node.shifted;
  if (out == (node.withdrawn != sim::kNever)) {
    return;
  }
  ctx.decide(
      {.who = path(),
       .kind = "dns",
       .what = fmt::format("the node in {} {} DNS", ctx.simulation().zones()[node.zone.index],
                           out ? "leaves" : "is back in"),
       .reason = why,
       .rule = rule,
       .cause = sim::Cause::decision(caused_by),
       .repeats = false});
  if (out) {  // R3.1.1: its address stays in clients' caches for up to 60 s
    node.withdrawn = ctx.now();
    after(ctx, kDnsTimeToLive, DnsExpired{number});
  } else {
    node.withdrawn = sim::kNever;
    node.in_dns = true;
    refresh_dns();
  }
}

void LoadBalancer::on(Context& ctx, const DnsExpired& message) {
  Node& node = nodes_[message.node];
  if (node.withdrawn != sim::kNever && ctx.now() >= node.withdrawn + kDnsTimeToLive) {
    node.in_dns = false;
    refresh_dns();
  }
}

// --- zonal shift

void LoadBalancer::operate(Context& ctx, const google::protobuf::Message& message,
                           sim::DecisionId caused_by) {
  const auto& operation = static_cast<const LoadBalancerOperations&>(message);
  if (operation.has_start_zonal_shift()) {
    start_shift(ctx, operation.start_zonal_shift(), caused_by);
  } else {
    end_shift(ctx, "cancelled", caused_by);
  }
}

// R3.12.2: one zone at a time; the node leaves DNS, and no node sends new requests to its targets.
void LoadBalancer::start_shift(Context& ctx,
                               const LoadBalancerOperations::StartZonalShift& operation,
                               sim::DecisionId caused_by) {
  const std::vector<std::string>& names = ctx.simulation().zones();
  const auto zone = static_cast<std::uint32_t>(
      std::find(names.begin(), names.end(), operation.away_from()) - names.begin());
  const auto node = std::find_if(nodes_.begin(), nodes_.end(),
                                 [&](const Node& one) { return one.zone.index == zone; });
  if (shift_.in_force || node == nodes_.end()) {
    ctx.decide({.who = path(),
                .kind = "zonal_shift",
                .outcome = sim::Outcome::kBlocked,
                .what = fmt::format("away from {}", operation.away_from()),
                .reason = shift_.in_force ? "another zonal shift is in force"
                                          : "the balancer has no node there",
                .rule = "R3.12.2",
                .cause = sim::Cause::decision(caused_by),
                .repeats = false});
    return;
  }
  shift_ = {.zone = node->zone, .serial = shift_.serial + 1, .in_force = true};
  const sim::DecisionId decided = ctx.decide({.who = path(),
                                              .kind = "zonal_shift",
                                              .what = fmt::format("away from {}", names[zone]),
                                              .reason = "an operator's",
                                              .rule = "R3.12.2",
                                              .cause = sim::Cause::decision(caused_by),
                                              .repeats = false});
  shift_.decided = decided;
  node->shifted = true;
  update_dns(ctx, static_cast<std::uint32_t>(node - nodes_.begin()), "traffic is shifted away",
             "R3.12.2", decided);
  for (const Group& group : groups_) {
    group.group->set_zone_blocked(ctx, shift_.zone, true, decided);
  }
  after(ctx, sim::Duration{operation.expires_in().ns()}, ShiftExpired{shift_.serial});
}

void LoadBalancer::on(Context& ctx, const ShiftExpired& message) {
  if (shift_.in_force && message.serial == shift_.serial) {
    end_shift(ctx, "expired", shift_.decided);
  }
}

void LoadBalancer::end_shift(Context& ctx, std::string_view why, sim::DecisionId caused_by) {
  if (!shift_.in_force) {
    return;
  }
  shift_.in_force = false;
  const sim::DecisionId decided = ctx.decide({.who = path(),
                                              .kind = "zonal_shift",
                                              .what = "ends",
                                              .reason = why,
                                              .rule = "R3.12.2",
                                              .cause = sim::Cause::decision(caused_by),
                                              .repeats = false});
  for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
    if (nodes_[number].shifted) {
      nodes_[number].shifted = false;
      update_dns(ctx, number, "the zonal shift is over", "R3.12.2", decided);
    }
  }
  for (const Group& group : groups_) {
    group.group->set_zone_blocked(ctx, shift_.zone, false, decided);
  }
}

// All gone: every address is returned again (R3.1.3).
void LoadBalancer::refresh_dns() {
  dns_.clear();
  for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
    if (nodes_[number].in_dns) {
      dns_.push_back(number);
    }
  }
  if (dns_.empty()) {
    for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
      dns_.push_back(number);
    }
  }
}

std::vector<sim::ZoneId> LoadBalancer::zones() const {
  std::vector<sim::ZoneId> zones;
  zones.reserve(nodes_.size());
  for (const Node& node : nodes_) {
    zones.push_back(node.zone);
  }
  return zones;
}

}  // namespace updraft::elb
