// A load balancer: a node in each enabled zone, listeners, the requests in progress.
//
// A client finds a node by DNS (each address equally likely, R3.1.1) when it opens a connection.
// The node of an Application Load Balancer asks the rule's target group for a target and forwards
// at once: there is no queue in an ALB, a slow target just has more in progress. A Network Load
// Balancer chooses for each connection; what its targets answer it hands on.
//
// load_balancer.cpp has the way of a request, load_balancer_dns.cpp nodes, zones and DNS,
// load_balancer_metrics.cpp what is counted, logged and billed.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "models/elb/actions.h"
#include "models/elb/capacity_units.h"
#include "models/elb/codes.h"
#include "models/elb/connections.h"
#include "models/elb/cookies.h"
#include "models/elb/elb.pb.h"
#include "models/elb/rules.h"
#include "models/elb/target_group.h"
#include "models/roles/faults.h"
#include "models/roles/metered.h"
#include "models/roles/metric_source.h"
#include "models/roles/named_target.h"
#include "sim/build/resource.h"
#include "sim/engine/model.h"
#include "sim/metrics/instruments.h"
#include "sim/random/ahead_sampler.h"

namespace updraft::elb {

/// The connection attempt to a target has been in vain for kConnectTimeout.
struct ConnectGivenUp {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint32_t call;
  std::uint32_t serial;
};
/// A zonal shift is over; `serial` tells apart one from the next.
struct ShiftExpired {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint64_t serial;
};
/// Clients may have stopped using the address of a node whose zone is out of DNS.
struct DnsExpired {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint64_t node;
};

/// What a balancer counts under CloudWatch's names; kCounterNames has them in this order.
enum class Count : std::uint8_t {
  kRequests,
  kTarget2xx,
  kTarget4xx,
  kTarget5xx,
  kElb3xx,
  kElb4xx,
  kElb5xx,
  kElb502,
  kElb503,
  kElb504,
  kConnectionErrors,
  kFixedResponses,
  kRedirects,
  kNewConnections,
  kActiveConnections,
  kRuleEvaluations,
  kProcessedBytes,
  kNewFlows,
  kClientResets,
  kElbResets,
  kTargetResets,
  kPortAllocationErrors,
  kEnd
};

class LoadBalancer final
    : public sim::Model<LoadBalancer, ConnectGivenUp, DnsExpired, ShiftExpired>,
      public sim::Resource,
      public TrafficCutter,
      public roles::ZoneBound,
      public roles::MetricSource,
      public roles::NamedTarget,
      public roles::Metered {
 public:
  LoadBalancer(const sim::Birth& birth, const LoadBalancerParams& params);

  void bind(sim::World& world) override;
  void operate(sim::Context& ctx, const google::protobuf::Message& operation,
               sim::DecisionId caused_by) override;
  void on_start(sim::Context& ctx) override;
  void on_arrival(sim::Context& ctx, sim::FrameHandle frame) override;
  void on_reply(sim::Context& ctx, sim::FrameHandle frame) override;
  void on_timeout(sim::Context& ctx, sim::FrameHandle frame) override;
  void on(sim::Context& ctx, const ConnectGivenUp& message);
  void on(sim::Context& ctx, const DnsExpired& message);
  void on(sim::Context& ctx, const ShiftExpired& message);
  void on_roll_up(sim::Context& ctx, sim::Time period_start, sim::Time period_end) override;

  [[nodiscard]] bool cross_zone_by_default() const override;
  void cut_off(sim::Context& ctx, const TargetGroup& group, std::uint32_t target) override;
  void target_unhealthy(sim::Context& ctx, const TargetGroup& group, std::uint32_t node,
                        std::uint32_t target) override;
  void health_changed(sim::Context& ctx, const TargetGroup& group,
                      sim::DecisionId caused_by) override;
  void lose_zone(sim::Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) override;
  void restore_zone(sim::Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) override;
  [[nodiscard]] std::optional<sim::MetricId> metric(std::string_view name) const override;
  [[nodiscard]] sim::ComponentId component() const override { return id(); }
  [[nodiscard]] std::vector<sim::ZoneId> zones() const override;
  [[nodiscard]] std::vector<roles::Usage> usage(sim::Time now) const override;

 private:
  struct Node {
    sim::ZoneId zone;
    bool lost = false;                      // its zone is
    bool failed_over = false;               // too few of its zone's targets are healthy
    bool shifted = false;                   // an operator has shifted traffic away from its zone
    bool in_dns = true;                     // some clients may still use its address
    sim::Time withdrawn = sim::kNever;      // when DNS stopped returning its address
    std::vector<std::uint32_t> new_flows;   // NLB: of this minute, by target (R3.5.3)
    std::vector<std::uint32_t> open_flows;  // NLB: with a request in progress, by target
  };
  /// A request between its client and its target.
  struct Call {
    sim::FrameHandle client;
    sim::FrameHandle target_frame;
    std::uint32_t target = 0;
    std::uint32_t node = 0;
    std::uint32_t group = 0;
    std::uint32_t action = 0;
    sim::Time sent{};
    std::uint32_t serial = 0;  // tells apart the calls of one place
    bool active = false;
    bool connecting = false;  // unanswered: ends with kConnectTimeout
    bool session = false;     // of a session, which has a connection
  };
  /// Counters of one CloudWatch name.
  struct Counted {
    const char* name = nullptr;
    sim::Counter counter;
    sim::MetricId metric{};
    bool declared = false;
  };
  /// A target group that an action names.
  struct Group {
    TargetGroup* group = nullptr;
    std::string name;
    std::uint32_t first_node = 0;  // the number of node 0 in the group; the others follow
    bool function = false;         // its target is one
  };
  /// What is kept of a source of requests. Of kinds: rules are looked at once for each.
  struct Source {
    const sim::WorkSource* source = nullptr;
    bool has_sessions = false;
    std::vector<Match> matches;  // by kind; evaluated 0: not asked yet
    ClientConnections connections;
    std::vector<CookieJar> targets;        // by group: AWSALB
    std::vector<CookieJar> target_groups;  // by action: AWSALBTG
  };
  struct Shift {
    sim::ZoneId zone;
    std::uint64_t serial = 0;
    bool in_force = false;
    sim::DecisionId decided = sim::DecisionId::kNone;
  };

  template <class HasAction>  // a listener or a rule
  void add_action(sim::World& world, const HasAction& written);
  std::uint32_t group_number(sim::World& world, const std::string& name);

  // --- the way of a request
  Source& source_of(const sim::Request& request);
  std::uint32_t choose_action(Source& source, const sim::Request& request);
  std::uint32_t choose_group(Source& source, const sim::Request& request, std::uint32_t action,
                             sim::Time now);
  std::optional<TargetGroup::Picked> choose_target(Source& source, const sim::Request& request,
                                                   const Group& group, std::uint32_t node,
                                                   std::uint32_t group_number, sim::Time now);
  /// Neither its source nor the balancer knows rules or sessions.
  bool is_plain(const sim::Request& request);
  void arrive_by_rules(sim::Context& ctx, sim::FrameHandle frame, const sim::Request& request);
  /// 503: the target group has nobody.
  void answer_without_target(sim::Context& ctx, sim::FrameHandle frame, const Call& call);
  /// A request of a session has ended; its connection is idle from now on.
  void leave_connection(const sim::Request& request, sim::Time now);
  void answer_by_action(sim::Context& ctx, sim::FrameHandle frame, const Call& call);
  /// The node of the request's connection, opened if need be.
  std::uint32_t connect(Source& source, const sim::Request& request, sim::Time now);
  std::uint32_t choose_node(const sim::Request& request);
  void arrive_at_flow(sim::Context& ctx, sim::FrameHandle frame);
  std::optional<TargetGroup::Picked> choose_flow(Source& source, const sim::Request& request,
                                                 std::uint32_t* node, sim::Time now);
  void forward(sim::Context& ctx, sim::FrameHandle frame, const TargetGroup::Picked& picked,
               Call call);
  void end_flow(sim::Context& ctx, std::uint32_t call, sim::Status status);
  void reset_flows(sim::Context& ctx, std::uint32_t node, std::uint32_t target);
  std::uint32_t open_call(const Call& call);
  /// Ends a call: tells the group, counts, answers the client.
  [[nodiscard]] Ending ending_of(sim::Context& ctx, std::uint32_t call, sim::Status status) const;
  void end_call(sim::Context& ctx, std::uint32_t call, Ending ending, sim::Status target_status);
  /// The call's place is free again; its connection has one request less.
  void release(sim::Context& ctx, std::uint32_t call, bool failed);
  void answer_client(sim::Context& ctx, sim::FrameHandle client, Ending ending,
                     const Answer& answer, sim::Status target_status);

  // --- nodes and DNS
  /// After a change of what takes a node out of DNS or brings it back.
  void update_dns(sim::Context& ctx, std::uint32_t node, std::string_view why,
                  std::string_view rule, sim::DecisionId caused_by);
  void refresh_dns();
  void start_shift(sim::Context& ctx, const LoadBalancerOperations::StartZonalShift& operation,
                   sim::DecisionId caused_by);
  void end_shift(sim::Context& ctx, std::string_view why, sim::DecisionId caused_by);

  // --- counts
  void count(Count what, std::uint64_t by = 1) {
    counters_[static_cast<std::size_t>(what)].counter.add(by);
  }
  void count(const Answer& answer);
  void log(sim::Context& ctx, const Call& call, sim::FrameHandle client, const Answer& answer);

  LoadBalancerParams params_;
  bool network_ = false;  // a Network Load Balancer
  bool plain_ = false;    // neither rules nor cookies: one target group gets everything
  const sim::WorkSource* plain_source_ =
      nullptr;                    // the last one seen, if it has no sessions either
  sim::LogSink* logs_ = nullptr;  // null: no access log is wanted
  std::int64_t start_unix_ns_ = 0;
  RuleBook rules_;
  std::vector<Action> actions_;  // the default one, then the rules' as written
  std::vector<Group> groups_;
  std::vector<Source> sources_;
  std::uint32_t last_source_ = 0;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> zones_;  // the nodes' zones, ascending
  std::vector<std::uint32_t> dns_;    // nodes whose address clients may use
  Shift shift_;
  std::vector<Call> calls_;
  std::vector<std::uint32_t> free_calls_;
  sim::TimerLane idle_timeout_;
  sim::StreamKey choice_stream_;
  sim::StreamKey log_stream_;
  sim::AheadSampler node_choice_;  // its draws of index 0

  std::vector<Counted> counters_;
  sim::LatencyInstrument response_time_;
  sim::MetricId response_time_metric_{};
  sim::MetricId units_metric_{};
  sim::MetricId active_flows_metric_{};
  UnitMeter units_;
  double cross_zone_bytes_ = 0;  // NLB: to targets in other zones, and back
};

// --- inline: for every request

inline void LoadBalancer::release(sim::Context& ctx, std::uint32_t index, bool failed) {
  Call& call = calls_[index];
  SIM_CHECK(call.active);
  call.active = false;
  free_calls_.push_back(index);
  const Group& group = groups_[call.group];
  if (network_) {
    --nodes_[call.node].open_flows[call.target];
  }
  group.group->ended(ctx, group.first_node + call.node, call.target, failed);
}

}  // namespace updraft::elb
