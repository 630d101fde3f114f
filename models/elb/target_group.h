// A target group: who is registered, who is healthy as each node sees it, who gets the next request
// of a node.
//
// Each node checks every target itself (R3.6.2) with a real request, which the target serves like
// any other; so a target that is too busy to answer a check in time becomes unhealthy. A node
// routes by what it has seen itself. To others (DescribeTargetHealth, an Auto Scaling group) a
// target is unhealthy when more nodes find it so than healthy.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/elb/anomalies.h"
#include "models/elb/candidates.h"
#include "models/elb/deregistration.h"
#include "models/elb/elb.pb.h"
#include "models/elb/health.h"
#include "models/elb/routing.h"
#include "models/elb/slow_start.h"
#include "models/roles/faults.h"
#include "models/roles/metric_source.h"
#include "models/roles/named_target.h"
#include "models/roles/network.h"
#include "models/roles/target_registry.h"
#include "sim/build/resource.h"
#include "sim/engine/model.h"
#include "sim/metrics/instruments.h"
#include "sim/random/distribution.h"

namespace updraft::elb {

struct CheckDue {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint32_t target;
  std::uint32_t node;
};
/// The connection attempt of a check got no answer: it ends when its time-out does.
struct CheckUnanswered {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint32_t target;
  std::uint32_t node;
};
/// The deregistration delay of a target is over.
struct DelayOver {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint64_t target;
};

/// The slow start of a target at a node is over.
struct SlowStartOver {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint32_t target;
  std::uint32_t node;
};
/// Nodes look for targets that fail more than their peers (R3.3.3).
struct LookForAnomalies {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
};

/// Told when requests to a target must be cut off: a load balancer.
class TrafficCutter {
 public:
  virtual ~TrafficCutter() = default;
  /// Whether cross-zone balancing is on where the target group leaves it to the balancer (R3.1.T1).
  [[nodiscard]] virtual bool cross_zone_by_default() const = 0;
  /// A node finds a target unhealthy: its connections may have to be reset (R3.5.4).
  virtual void target_unhealthy(sim::Context& ctx, const class TargetGroup& group,
                                std::uint32_t node, std::uint32_t target) = 0;
  /// Ends every request in progress to that target with 502 (R3.7.1).
  virtual void cut_off(sim::Context& ctx, const class TargetGroup& group, std::uint32_t target) = 0;
  /// A target has come, gone, or changed its health: zones may leave DNS or come back (R3.1.3).
  virtual void health_changed(sim::Context& ctx, const class TargetGroup& group,
                              sim::DecisionId caused_by) = 0;
};

class TargetGroup final : public sim::Model<TargetGroup, CheckDue, CheckUnanswered, DelayOver,
                                            SlowStartOver, LookForAnomalies>,
                          public sim::Resource,
                          public sim::WorkSource,
                          public roles::TargetRegistry,
                          public roles::MetricSource {
 public:
  TargetGroup(const sim::Birth& birth, const TargetGroupParams& params);

  // --- for the load balancer
  // ------------------------------------------------------------------------------
  /// A node that will ask for targets; returns its number in this group. Before on_start.
  std::uint32_t add_node(sim::ZoneId zone, TrafficCutter& cutter);

  struct Picked {
    std::uint32_t target;  // ordinal in the group
    sim::ComponentId component;
    sim::Duration latency;
  };
  /// R3.3.1: the target of the node's next request; none: 503. `draw` is uniform over 64 bits.
  std::optional<Picked> pick(std::uint32_t node, std::uint64_t draw, sim::Time now);
  /// R3.5.1: the target of the node's next flow, by its hash; none: there is none.
  std::optional<Picked> pick_flow(std::uint32_t node, std::uint64_t hash);
  /// The next request goes to that target whatever the algorithm says: a session or a flow has one.
  Picked assign(std::uint32_t node, std::uint32_t target);
  /// Whether the node may choose that target now.
  [[nodiscard]] bool may_choose(std::uint32_t node, std::uint32_t target) const;
  /// Whether pick() uses its draw.
  [[nodiscard]] bool draws() const {
    return params_.load_balancing_algorithm_type() != ROUND_ROBIN;
  }
  /// A request for this group met no target, and asked for so much CPU.
  void turned_away(sim::Duration cpu) { turned_away_ns_ += static_cast<double>(sim::to_ns(cpu)); }
  /// Whether each request has to ask for its own latency; otherwise pick() has said it.
  [[nodiscard]] bool latency_varies() const { return network_->varies(); }
  /// One way from that node to that target, for this request.
  [[nodiscard]] sim::Duration latency(std::uint32_t node, std::uint32_t target,
                                      const sim::Request& request) const;
  /// A request to that target through that node has ended; `failed` as TargetWeights has it.
  void ended(sim::Context& ctx, std::uint32_t node, std::uint32_t target, bool failed);
  /// A request of this sticky group went where no cookie sent it.
  void not_sticky() { non_sticky_.add(); }
  [[nodiscard]] const TargetGroupParams& params() const { return params_; }
  [[nodiscard]] const std::string& target_name(std::uint32_t target) const {
    return targets_[target].name;
  }
  [[nodiscard]] sim::ZoneId target_zone(std::uint32_t target) const {
    return targets_[target].zone;
  }
  /// R3.12.2: targets of the zone get no new requests, or get them again.
  void set_zone_blocked(sim::Context& ctx, sim::ZoneId zone, bool blocked,
                        sim::DecisionId caused_by);
  /// In which of the enabled zones (ascending) it is healthy enough for DNS (R3.2.2). The node of a
  /// zone is the one that judges its targets.
  [[nodiscard]] std::vector<std::uint32_t> healthy_zones(
      std::span<const std::uint32_t> zones) const;

  // --- TargetRegistry
  // ---------------------------------------------------------------------------------------
  void register_target(sim::Context& ctx, const roles::TargetSpec& target) override;
  void deregister_target(sim::Context& ctx, sim::ComponentId target,
                         roles::DeregistrationObserver* observer,
                         sim::DecisionId caused_by) override;
  [[nodiscard]] roles::TargetHealth target_health(sim::ComponentId target) const override;
  [[nodiscard]] std::string health_reason(sim::ComponentId target) const override;
  [[nodiscard]] double work_turned_away_s() const override { return turned_away_ns_ / 1e9; }
  [[nodiscard]] sim::DecisionId health_decision(sim::ComponentId target) const override;

  [[nodiscard]] std::optional<sim::MetricId> metric(std::string_view name) const override;
  [[nodiscard]] sim::Demand demand(const sim::Request& request, std::uint32_t step) const override;

  void bind(sim::World& world) override;
  void on_start(sim::Context& ctx) override;
  void on(sim::Context& ctx, const CheckDue& due);
  void on(sim::Context& ctx, const CheckUnanswered& message);
  void on(sim::Context& ctx, const DelayOver& over);
  void on(sim::Context& ctx, const SlowStartOver& over);
  void on(sim::Context& ctx, const LookForAnomalies& message);
  void on_reply(sim::Context& ctx, sim::FrameHandle frame) override;
  void on_timeout(sim::Context& ctx, sim::FrameHandle frame) override;
  void on_roll_up(sim::Context& ctx, sim::Time period_start, sim::Time period_end) override;

 private:
  struct Target {
    sim::ComponentId component;
    sim::ZoneId zone;
    std::string name;
    std::vector<TargetHealth> seen;              // by node
    std::vector<std::optional<SlowStart>> slow;  // by node
    std::vector<bool> was_healthy;               // by node
    bool joined_a_serving_group = false;         // R3.3.5
    std::optional<Draining> draining;
    roles::DeregistrationObserver* observer = nullptr;
    std::uint64_t in_progress = 0;
    bool gone = false;
    sim::DecisionId decided = sim::DecisionId::kNone;  // made its health what others see
  };
  struct Node {
    sim::ZoneId zone;
    TrafficCutter* cutter = nullptr;
    Candidates candidates;
    RoundRobin round_robin;
    LeastOutstanding least_outstanding;
    EvenRandom random;
    bool slow = false;      // a candidate is in slow start
    bool weighted = false;  // a candidate has less than its share
    TargetWeights weights;
    WeightedRandom weighted_random;
    sim::Gauge anomalous{sim::kStart};
    sim::Gauge mitigated{sim::kStart};
    sim::Gauge healthy{sim::kStart};
    sim::Gauge unhealthy{sim::kStart};
    sim::Gauge serving{sim::kStart};  // targets that the node chooses among
  };

  [[nodiscard]] const Target* find(sim::ComponentId component) const;
  [[nodiscard]] static roles::TargetHealth verdict(const Target& target);
  void observe(sim::Context& ctx, std::uint32_t target, std::uint32_t node, CheckResult result);
  void refresh(sim::Context& ctx, sim::DecisionId caused_by);
  void set_candidates(Node& node);
  [[nodiscard]] bool serves_fully(const Target& target, std::uint32_t node) const;
  void maybe_slow_start(sim::Context& ctx, std::uint32_t target, std::uint32_t node,
                        const TargetHealth::Change& change, sim::DecisionId caused_by);
  void maybe_drained(sim::Context& ctx, std::uint32_t target);
  /// A request to that target begins at that node.
  Picked begin(Node& node, std::uint32_t ordinal) {
    Target& target = targets_[ordinal];
    ++target.in_progress;
    requests_.add();
    if (node.candidates.routing == Routing::kFailOpen) {
      unhealthy_routing_.add();
    }
    return {ordinal, target.component, network_->one_way(node.zone, target.zone)};
  }

  TargetGroupParams params_;
  struct Named {
    std::string name;
    const roles::NamedTarget* target = nullptr;
  };
  std::vector<Named> named_targets_;
  HealthCheckSettings check_;
  Matcher matcher_;
  bool cross_zone_ = true;
  HealthThreshold fail_open_;
  HealthThreshold dns_failover_;
  sim::Duration deregistration_delay_;
  const roles::Network* network_ = nullptr;
  std::vector<Node> nodes_;
  std::vector<sim::ZoneId> blocked_;  // zones that are shifted away from
  std::vector<Target> targets_;
  std::vector<std::uint32_t> live_;  // ordinals of targets that are registered or draining
  sim::TimerLane check_timeout_;
  sim::StreamKey phase_stream_;
  std::uint64_t checks_ = 0;
  double turned_away_ns_ = 0;

  sim::Counter requests_{sim::EmptyPeriod::kZero};
  sim::Counter unhealthy_routing_;  // requests that were routed by failing open
  sim::Counter non_sticky_;
  sim::MetricId non_sticky_metric_{};
  sim::MetricId anomalous_metric_{};
  sim::MetricId mitigated_metric_{};
  sim::MetricId requests_per_target_metric_{};
  sim::MetricId unhealthy_routing_metric_{};
  sim::MetricId healthy_metric_{};
  sim::MetricId unhealthy_metric_{};
};

}  // namespace updraft::elb
