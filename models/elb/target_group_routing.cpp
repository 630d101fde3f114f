// How a target group chooses: algorithms, slow start, target weights, zones that are shifted away
// from.
#include <algorithm>

#include <fmt/format.h>

#include "models/elb/target_group.h"

namespace updraft::elb {

using sim::Context;
using sim::Time;

std::optional<TargetGroup::Picked> TargetGroup::pick(std::uint32_t node_number, std::uint64_t draw,
                                                     Time now) {
  Node& node = nodes_[node_number];
  if (node.candidates.targets.empty()) {
    return std::nullopt;
  }
  switch (params_.load_balancing_algorithm_type()) {
    case LEAST_OUTSTANDING_REQUESTS: {
      const std::uint32_t target = node.least_outstanding.pick(draw);
      node.least_outstanding.began(target);
      return begin(node, target);
    }
    case WEIGHTED_RANDOM:
      return begin(node, node.weighted ? node.weighted_random.pick(sim::unit_from_bits(draw))
                                       : node.random.pick(draw));
    default:
      break;
  }
  if (!node.slow) [[likely]] {
    return begin(node, node.round_robin.pick());
  }
  return begin(node, node.round_robin.pick_weighted([&](std::uint32_t target) {
    const auto& slow = targets_[target].slow[node_number];
    return slow ? slow->weight(now) : 1.0;  // R3.3.5
  }));
}

std::optional<TargetGroup::Picked> TargetGroup::pick_flow(std::uint32_t node_number,
                                                          std::uint64_t hash) {
  const Node& node = nodes_[node_number];
  if (node.candidates.targets.empty()) {
    return std::nullopt;
  }
  return assign(node_number, node.random.pick(hash));
}

TargetGroup::Picked TargetGroup::assign(std::uint32_t node_number, std::uint32_t ordinal) {
  Node& node = nodes_[node_number];
  if (params_.load_balancing_algorithm_type() == LEAST_OUTSTANDING_REQUESTS) {
    node.least_outstanding.began(ordinal);
  }
  return begin(node, ordinal);
}

sim::Duration TargetGroup::latency(std::uint32_t node, std::uint32_t ordinal,
                                   const sim::Request& request) const {
  return network_->one_way(nodes_[node].zone, targets_[ordinal].zone, request.ordinal,
                           request.attempt * 2);
}

bool TargetGroup::may_choose(std::uint32_t node, std::uint32_t target) const {
  const std::vector<std::uint32_t>& targets = nodes_[node].candidates.targets;
  return std::binary_search(targets.begin(), targets.end(), target);
}

void TargetGroup::ended(Context& ctx, std::uint32_t node, std::uint32_t ordinal, bool failed) {
  if (params_.load_balancing_algorithm_type() == LEAST_OUTSTANDING_REQUESTS) {
    nodes_[node].least_outstanding.ended(ordinal);
  } else if (params_.load_balancing_algorithm_type() == WEIGHTED_RANDOM) {
    nodes_[node].weights.ended(ordinal, failed);
  }
  Target& target = targets_[ordinal];
  SIM_CHECK(target.in_progress > 0);
  --target.in_progress;
  if (target.draining) {
    maybe_drained(ctx, ordinal);
  }
}

bool TargetGroup::serves_fully(const Target& target, std::uint32_t node) const {
  return !target.draining && !target.gone && !target.slow[node] &&
         target.seen[node].state() == HealthState::kHealthy;
}

// R3.3.5
void TargetGroup::maybe_slow_start(Context& ctx, std::uint32_t ordinal, std::uint32_t node,
                                   const TargetHealth::Change& change, sim::DecisionId caused_by) {
  const sim::Duration duration{params_.slow_start().ns()};
  Target& target = targets_[ordinal];
  target.slow[node].reset();
  if (duration == sim::Duration{} || change.to != HealthState::kHealthy) {
    return;
  }
  const auto others = std::count_if(live_.begin(), live_.end(), [&](std::uint32_t other) {
    return other != ordinal && serves_fully(targets_[other], node);
  });
  const SlowStartQuestion question{.recovered = target.was_healthy[node],
                                   .joined_a_serving_group = target.joined_a_serving_group,
                                   .others_serving = static_cast<std::size_t>(others)};
  target.was_healthy[node] = true;
  const bool enters = enters_slow_start(question);
  ctx.decide({.who = path(),
              .kind = "slow_start",
              .what = fmt::format("{} {} slow start at the node in {}", target.name,
                                  enters ? "enters" : "does not enter",
                                  ctx.simulation().zones()[nodes_[node].zone.index]),
              .reason = question.others_serving == 0 ? "no other target is healthy and out of it"
                        : enters                     ? "it has become healthy beside others"
                                 : "it registered when no target was healthy and out of it",
              .rule = "R3.3.5",
              .cause = sim::Cause::decision(caused_by),
              .repeats = false});
  if (enters) {
    target.slow[node] = SlowStart{.since = ctx.now(), .duration = duration};
    after(ctx, duration, SlowStartOver{ordinal, node});
  }
}

void TargetGroup::on(Context& ctx, const SlowStartOver& over) {
  std::optional<SlowStart>& slow = targets_[over.target].slow[over.node];
  if (slow && slow->over(ctx.now())) {
    slow.reset();
    refresh(ctx, sim::DecisionId::kNone);
  }
}

// R3.3.3: each node compares what it has seen itself.
void TargetGroup::on(Context& ctx, const LookForAnomalies& message) {
  after(ctx, kReweightInterval, message);
  const bool mitigate =
      params_.load_balancing_algorithm_anomaly_mitigation() == ANOMALY_MITIGATION_ON;
  for (Node& node : nodes_) {
    for (const TargetWeights::Change& change :
         node.weights.look(node.candidates.targets, mitigate)) {
      ctx.decide({.who = path(),
                  .kind = "anomaly",
                  .what = fmt::format("{} {} at the node in {}", targets_[change.target].name,
                                      change.anomalous ? "anomalous" : "normal",
                                      ctx.simulation().zones()[node.zone.index]),
                  .reason = fmt::format("{:.1f} % of its requests failed, {:.1f} % of its peers'",
                                        change.share * 100, change.peers_share * 100),
                  .rule = "R3.3.3",
                  .repeats = false});
    }
    set_candidates(node);
    double anomalous = 0;
    double mitigated = 0;
    for (const std::uint32_t target : node.candidates.targets) {
      anomalous += node.weights.anomalous(target) ? 1 : 0;
      mitigated += node.weights.mitigated(target) ? 1 : 0;
    }
    node.anomalous.set(ctx.now(), anomalous);
    node.mitigated.set(ctx.now(), mitigated);
  }
}

void TargetGroup::set_candidates(Node& node) {
  const std::vector<std::uint32_t>& targets = node.candidates.targets;
  node.round_robin.set_candidates(targets);
  node.least_outstanding.set_candidates(targets);
  node.random.set_candidates(targets);
  node.weighted = std::any_of(targets.begin(), targets.end(),
                              [&](std::uint32_t target) { return node.weights.mitigated(target); });
  if (node.weighted) {
    node.weighted_random.set_candidates(
        targets, [&](std::uint32_t target) { return node.weights.weight(target); });
  }
}

// R3.12.2
void TargetGroup::set_zone_blocked(Context& ctx, sim::ZoneId zone, bool blocked,
                                   sim::DecisionId caused_by) {
  std::erase(blocked_, zone);
  if (blocked) {
    blocked_.push_back(zone);
  }
  Context own = ctx.as(*this);
  refresh(own, caused_by);
}

}  // namespace updraft::elb
