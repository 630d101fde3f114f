#include "models/elb/target_group.h"

#include <algorithm>

#include <fmt/format.h>

#include "models/elb/codes.h"
#include "sim/build/metric_schema.h"
#include "sim/build/world.h"

namespace updraft::elb {

using sim::Context;
using sim::Time;
using Verdict = roles::TargetHealth;

namespace {

/// Requests have the even numbers of their attempts, on the same links.
constexpr std::uint32_t kMessageOfCheck = 1;

constexpr std::uint64_t tag_of(std::uint32_t target, std::uint32_t node) {
  return (static_cast<std::uint64_t>(node) << 32U) | target;
}

}  // namespace

TargetGroup::TargetGroup(const sim::Birth& birth, const TargetGroupParams& params)
    : Model(birth),
      params_(params),
      check_{.interval = sim::Duration{params.health_check_interval().ns()},
             .timeout = sim::Duration{params.health_check_timeout().ns()},
             .healthy_threshold_count = params.healthy_threshold_count(),
             .unhealthy_threshold_count = params.unhealthy_threshold_count()},
      matcher_(Matcher::parse(params.matcher()).value()),
      cross_zone_(params.load_balancing_cross_zone_enabled() != CROSS_ZONE_FALSE),
      fail_open_{.count = params.unhealthy_state_routing_minimum_healthy_targets_count(),
                 .percent = params.unhealthy_state_routing_minimum_healthy_targets_percentage()},
      dns_failover_{.count = params.dns_failover_minimum_healthy_targets_count(),
                    .percent = params.dns_failover_minimum_healthy_targets_percentage()},
      deregistration_delay_(params.deregistration_delay().ns()),
      check_timeout_(birth.add_lane(check_.timeout, sim::Phase::kControllers)),
      phase_stream_(birth.stream("health_check_phase")) {}

std::uint32_t TargetGroup::add_node(sim::ZoneId zone, TrafficCutter& cutter) {
  nodes_.emplace_back();
  nodes_.back().zone = zone;
  nodes_.back().cutter = &cutter;
  if (params_.load_balancing_cross_zone_enabled() == USE_LOAD_BALANCER_CONFIGURATION) {
    cross_zone_ = cutter.cross_zone_by_default();  // R3.1.T1
  }
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

void TargetGroup::bind(sim::World& world) {
  network_ = &world.service<roles::Network>();
  for (const std::string& name : params_.targets()) {
    named_targets_.push_back({name, &world.role<roles::NamedTarget>(name)});
  }
}

void TargetGroup::on_start(Context& ctx) {
  requests_per_target_metric_ =
      sim::declare_metric<TargetGroupParams>(ctx, "RequestCountPerTarget");
  healthy_metric_ = sim::declare_metric<TargetGroupParams>(ctx, "HealthyHostCount");
  unhealthy_metric_ = sim::declare_metric<TargetGroupParams>(ctx, "UnHealthyHostCount");
  unhealthy_routing_metric_ =
      sim::declare_metric<TargetGroupParams>(ctx, "UnhealthyRoutingRequestCount");
  non_sticky_metric_ = sim::declare_metric<TargetGroupParams>(ctx, "NonStickyRequestCount");
  if (params_.load_balancing_algorithm_type() == WEIGHTED_RANDOM) {
    anomalous_metric_ = sim::declare_metric<TargetGroupParams>(ctx, "AnomalousHostCount");
    mitigated_metric_ = sim::declare_metric<TargetGroupParams>(ctx, "MitigatedHostCount");
    after(ctx, kReweightInterval, LookForAnomalies{});
  }
  ctx.simulation().roll_up_with(*this);
  // ELB.alb_target: it has an address in each zone, and each is a target.
  // A function is one target for all zones.
  for (const auto& [name, target] : named_targets_) {
    if (params_.target_type() == LAMBDA) {
      register_target(ctx, {.component = target->component(),
                            .zone = target->zones().front(),
                            .name = name,
                            .standing = true});
      continue;
    }
    for (const sim::ZoneId zone : target->zones()) {
      register_target(ctx,
                      {.component = target->component(),
                       .zone = zone,
                       .name = fmt::format("{} in {}", name, ctx.simulation().zones()[zone.index]),
                       .standing = true});
    }
  }
}

// --- registration and health
// ---------------------------------------------------------------------------------

void TargetGroup::register_target(Context& ctx, const roles::TargetSpec& spec) {
  Context own = ctx.as(*this);
  const auto ordinal = static_cast<std::uint32_t>(targets_.size());
  Target target;
  target.component = spec.component;
  target.zone = spec.zone;
  target.name = spec.name;
  target.seen.resize(nodes_.size());
  target.slow.resize(nodes_.size());
  target.was_healthy.resize(nodes_.size(), spec.standing);
  for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
    for (const std::uint32_t other : live_) {
      target.joined_a_serving_group |= serves_fully(targets_[other], node);
    }
  }
  if (spec.standing) {  // it stood there before the run began: every node has seen it pass (R3.6.1)
    for (elb::TargetHealth& seen : target.seen) {
      seen.observe(CheckResult::kPassed, check_);
    }
  }
  targets_.push_back(std::move(target));
  live_.push_back(ordinal);
  // R3.6.T1: functions are not checked.
  const std::size_t checking = params_.target_type() == LAMBDA ? 0 : nodes_.size();
  for (std::uint32_t node = 0; node < checking; ++node) {
    const double phase = sim::uniform01(phase_stream_, ordinal, node);
    const sim::Duration first{
        static_cast<std::int64_t>(phase * static_cast<double>(sim::to_ns(check_.interval)))};
    after(own, first, CheckDue{ordinal, node});
  }
  refresh(own, sim::DecisionId::kNone);
}

void TargetGroup::deregister_target(Context& ctx, sim::ComponentId component,
                                    roles::DeregistrationObserver* observer,
                                    sim::DecisionId caused_by) {
  Context own = ctx.as(*this);
  for (const std::uint32_t ordinal : live_) {
    Target& target = targets_[ordinal];
    if (target.component == component && !target.draining) {
      target.draining.emplace(own.now(), deregistration_delay_);
      target.observer = observer;
      target.decided = own.decide(
          {.who = path(),
           .kind = "health",
           .what = target.name + " draining",
           .reason = fmt::format("deregistered with {} requests in progress", target.in_progress),
           .rule = "R3.7.1",
           .cause = sim::Cause::decision(caused_by),
           .repeats = false});
      after(own, deregistration_delay_, DelayOver{ordinal});
      refresh(own, target.decided);
      maybe_drained(own, ordinal);
      return;
    }
  }
  if (observer != nullptr) {  // it was never here, or is on its way out
    observer->target_drained(own, component);
  }
}

// R3.7.1: whoever waits may go on as soon as nothing is in progress.
void TargetGroup::maybe_drained(Context& ctx, std::uint32_t ordinal) {
  Target& target = targets_[ordinal];
  if (target.observer != nullptr && target.draining->complete(ctx.now(), target.in_progress)) {
    roles::DeregistrationObserver* observer = target.observer;
    target.observer = nullptr;
    observer->target_drained(ctx, target.component);
  }
}

void TargetGroup::on(Context& ctx, const DelayOver& over) {
  const auto ordinal = static_cast<std::uint32_t>(over.target);
  for (const Node& node : nodes_) {
    if (targets_[ordinal].in_progress > 0) {
      node.cutter->cut_off(ctx, *this, ordinal);
    }
  }
  maybe_drained(ctx, ordinal);
  targets_[ordinal].gone = true;
  std::erase(live_, ordinal);
  refresh(ctx, targets_[ordinal].decided);
}

void TargetGroup::on(Context& ctx, const CheckDue& due) {
  Target& target = targets_[due.target];
  if (target.gone || target.draining) {
    return;
  }
  after(ctx, check_.interval, due);  // R3.6.2: answers do not shift the next check
  sim::Request request;
  request.ordinal = checks_++;
  request.source = this;
  const sim::RequestHandle handle = ctx.open(request);
  ctx.call(handle, target.component,
           {.latency = network_->one_way(nodes_[due.node].zone, target.zone, request.ordinal,
                                         kMessageOfCheck),
            .tag = tag_of(due.target, due.node),
            .timeout = check_timeout_});
}

void TargetGroup::on_reply(Context& ctx, sim::FrameHandle frame) {
  const std::uint64_t tag = ctx.frame(frame).tag;
  const auto target = static_cast<std::uint32_t>(tag);
  const auto node = static_cast<std::uint32_t>(tag >> 32U);
  const sim::Status status = ctx.frame(frame).status;
  const Time sent = ctx.frame(frame).sent;
  ctx.close(ctx.request_of(frame));
  switch (status) {
    case sim::Status::kOk:
      observe(ctx, target, node,
              matcher_.matches(200) ? CheckResult::kPassed : CheckResult::kCodeMismatch);
      break;
    case sim::Status::kFailed:
    case sim::Status::kThrottled:
      observe(ctx, target, node, CheckResult::kCodeMismatch);
      break;
    case sim::Status::kUnreachable:
      at(ctx, std::max(ctx.now(), sent + check_.timeout), CheckUnanswered{target, node});
      break;
    default:
      observe(ctx, target, node, CheckResult::kFailed);
  }
}

void TargetGroup::on_timeout(Context& ctx, sim::FrameHandle frame) {
  const std::uint64_t tag = ctx.frame(frame).tag;
  ctx.close(ctx.request_of(frame));
  observe(ctx, static_cast<std::uint32_t>(tag), static_cast<std::uint32_t>(tag >> 32U),
          CheckResult::kTimedOut);
}

void TargetGroup::on(Context& ctx, const CheckUnanswered& message) {
  observe(ctx, message.target, message.node, CheckResult::kTimedOut);
}

void TargetGroup::observe(Context& ctx, std::uint32_t ordinal, std::uint32_t node,
                          CheckResult result) {
  Target& target = targets_[ordinal];
  if (target.gone || target.draining) {
    return;
  }
  const Verdict before = verdict(target);
  const auto change = target.seen[node].observe(result, check_);
  if (!change) {
    return;
  }
  const sim::DecisionId decided =
      ctx.decide({.who = path(),
                  .kind = "health",
                  .what = fmt::format("{} {} at the node in {}", target.name, spelling(change->to),
                                      ctx.simulation().zones()[nodes_[node].zone.index]),
                  .reason = change->reason == HealthReason::kNone ? "passed its checks"
                                                                  : spelling(change->reason),
                  .rule = "R3.6.1",
                  .values = {},
                  .repeats = false});
  if (verdict(target) != before) {
    target.decided = decided;
  }
  maybe_slow_start(ctx, ordinal, node, *change, decided);
  refresh(ctx, decided);
  if (change->to == HealthState::kUnhealthy) {
    nodes_[node].cutter->target_unhealthy(ctx, *this, node, ordinal);
  }
}

void TargetGroup::refresh(Context& ctx, sim::DecisionId caused_by) {
  std::vector<TargetView> views;
  for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
    Node& node = nodes_[number];
    double healthy = 0;
    double unhealthy = 0;
    bool slow = false;
    views.clear();
    for (const std::uint32_t ordinal : live_) {
      const Target& target = targets_[ordinal];
      const HealthState state =
          target.draining ? HealthState::kDraining : target.seen[number].state();
      if (std::find(blocked_.begin(), blocked_.end(), target.zone) == blocked_.end()) {
        views.push_back({ordinal, target.zone.index, state});
        slow = slow || target.slow[number].has_value();
      }
      healthy += state == HealthState::kHealthy ? 1 : 0;
      unhealthy += state == HealthState::kUnhealthy ? 1 : 0;
    }
    const Routing before = node.candidates.routing;
    node.candidates = candidates(views, {.node_zone = node.zone.index,
                                         .cross_zone = cross_zone_,
                                         .fail_open = fail_open_,  // R3.2.1
                                         .fail_open_to_initial = params_.fail_open_to_initial()});
    set_candidates(node);
    node.slow = slow;
    node.healthy.set(ctx.now(), healthy);
    node.unhealthy.set(ctx.now(), unhealthy);
    node.serving.set(ctx.now(), static_cast<double>(node.candidates.targets.size()));
    if (node.candidates.routing != before && node.candidates.routing == Routing::kFailOpen) {
      ctx.decide({.who = path(),
                  .kind = "routing",
                  .what = fmt::format("fail open at the node in {}",
                                      ctx.simulation().zones()[node.zone.index]),
                  .reason = fmt::format("{} of {} targets are healthy", node.candidates.healthy,
                                        node.candidates.registered),
                  .rule = node.candidates.healthy == 0 ? "R3.6.4" : "R3.2.1",
                  .cause = sim::Cause::decision(caused_by),
                  .repeats = false});
    }
  }
  for (const Node& node : nodes_) {
    node.cutter->health_changed(ctx, *this, caused_by);
  }
}

std::vector<std::uint32_t> TargetGroup::healthy_zones(std::span<const std::uint32_t> zones) const {
  std::vector<TargetView> views;
  for (const std::uint32_t ordinal : live_) {
    const Target& target = targets_[ordinal];
    for (std::size_t number = 0; number < nodes_.size(); ++number) {
      if (nodes_[number].zone == target.zone) {
        views.push_back({ordinal, target.zone.index,
                         target.draining ? HealthState::kDraining : target.seen[number].state()});
        break;
      }
    }
  }
  return elb::healthy_zones(zones, views, cross_zone_, dns_failover_);
}

const TargetGroup::Target* TargetGroup::find(sim::ComponentId component) const {
  for (const std::uint32_t ordinal : live_) {
    if (targets_[ordinal].component == component) {
      return &targets_[ordinal];
    }
  }
  return nullptr;
}

Verdict TargetGroup::verdict(const Target& target) {
  if (target.draining) {
    return Verdict::kDraining;
  }
  std::size_t healthy = 0;
  std::size_t unhealthy = 0;
  for (const elb::TargetHealth& seen : target.seen) {
    healthy += seen.state() == HealthState::kHealthy ? 1 : 0;
    unhealthy += seen.state() == HealthState::kUnhealthy ? 1 : 0;
  }
  if (unhealthy > healthy) {
    return Verdict::kUnhealthy;
  }
  return healthy > 0 ? Verdict::kHealthy : Verdict::kInitial;
}

Verdict TargetGroup::target_health(sim::ComponentId component) const {
  const Target* target = find(component);
  return target == nullptr ? Verdict::kNotRegistered : verdict(*target);
}

sim::DecisionId TargetGroup::health_decision(sim::ComponentId component) const {
  const Target* target = find(component);
  return target == nullptr ? sim::DecisionId::kNone : target->decided;
}

std::string TargetGroup::health_reason(sim::ComponentId component) const {
  const Target* target = find(component);
  if (target == nullptr) {
    return std::string(spelling(HealthReason::kNotRegistered));
  }
  for (const elb::TargetHealth& seen : target->seen) {
    if (seen.state() == HealthState::kUnhealthy) {
      return std::string(spelling(seen.reason()));
    }
  }
  return {};
}

sim::Demand TargetGroup::demand(const sim::Request& /*request*/, std::uint32_t /*step*/) const {
  return {.probe = true};
}

std::optional<sim::MetricId> TargetGroup::metric(std::string_view name) const {
  if (name == "RequestCountPerTarget" || name == "ALBRequestCountPerTarget") {
    return requests_per_target_metric_;
  }
  if (name == "HealthyHostCount") {
    return healthy_metric_;
  }
  if (name == "UnHealthyHostCount") {
    return unhealthy_metric_;
  }
  if (name == "NonStickyRequestCount") {
    return non_sticky_metric_;
  }
  const bool weighted = params_.load_balancing_algorithm_type() == WEIGHTED_RANDOM;
  if (weighted && name == "AnomalousHostCount") {
    return anomalous_metric_;
  }
  if (weighted && name == "MitigatedHostCount") {
    return mitigated_metric_;
  }
  if (name == "UnhealthyRoutingRequestCount") {
    return unhealthy_routing_metric_;
  }
  return std::nullopt;
}

void TargetGroup::on_roll_up(Context& ctx, Time period_start, Time period_end) {
  double serving = 0;  // targets that got requests: over all zones, or the sum of the zones'
  for (Node& node : nodes_) {
    serving += node.serving.close_period(period_start, period_end).sum /
               (cross_zone_ ? static_cast<double>(nodes_.size()) : 1.0);
    ctx.metrics().publish(healthy_metric_, period_start,
                          node.healthy.close_period(period_start, period_end));
    ctx.metrics().publish(unhealthy_metric_, period_start,
                          node.unhealthy.close_period(period_start, period_end));
    if (params_.load_balancing_algorithm_type() == WEIGHTED_RANDOM) {
      ctx.metrics().publish(anomalous_metric_, period_start,
                            node.anomalous.close_period(period_start, period_end));
      ctx.metrics().publish(mitigated_metric_, period_start,
                            node.mitigated.close_period(period_start, period_end));
    }
  }
  ctx.metrics().publish(non_sticky_metric_, period_start,
                        non_sticky_.close_period(period_start, period_end));
  const std::uint64_t requests = requests_.in_period();
  (void)requests_.close_period(period_start, period_end);
  // R3.10.1: the Sum of RequestCountPerTarget is the average per target.
  ctx.metrics().publish(requests_per_target_metric_, period_start,
                        sim::StatisticSet::one(request_count_per_target(requests, serving)));
  ctx.metrics().publish(unhealthy_routing_metric_, period_start,
                        unhealthy_routing_.close_period(period_start, period_end));
}

}  // namespace updraft::elb
