// An Application Load Balancer: a node in each enabled zone, listeners, the requests in progress.
//
// A client finds a node by DNS (each address equally likely, R3.1.1); the node asks the listener's
// target group for a target and forwards at once: there is no queue in an ALB, a slow target just
// has more in progress.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "models/elb/codes.h"
#include "models/elb/elb.pb.h"
#include "models/elb/target_group.h"
#include "models/roles/faults.h"
#include "models/roles/metered.h"
#include "models/roles/metric_source.h"
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
/// Clients may have stopped using the address of a node whose zone is out of DNS.
struct DnsExpired {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint64_t node;
};

class LoadBalancer final : public sim::Model<LoadBalancer, ConnectGivenUp, DnsExpired>,
                           public sim::Resource,
                           public TrafficCutter,
                           public roles::ZoneBound,
                           public roles::MetricSource,
                           public roles::Metered {
 public:
  LoadBalancer(const sim::Birth& birth, const LoadBalancerParams& params);

  void bind(sim::World& world) override;
  void on_start(sim::Context& ctx) override;
  void on_arrival(sim::Context& ctx, sim::FrameHandle frame) override;
  void on_reply(sim::Context& ctx, sim::FrameHandle frame) override;
  void on_timeout(sim::Context& ctx, sim::FrameHandle frame) override;
  void on(sim::Context& ctx, const ConnectGivenUp& message);
  void on(sim::Context& ctx, const DnsExpired& message);
  void on_roll_up(sim::Context& ctx, sim::Time period_start, sim::Time period_end) override;

  void cut_off(sim::Context& ctx, const TargetGroup& group, std::uint32_t target) override;
  void health_changed(sim::Context& ctx, const TargetGroup& group,
                      sim::DecisionId caused_by) override;
  void lose_zone(sim::Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) override;
  void restore_zone(sim::Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) override;
  [[nodiscard]] std::optional<sim::MetricId> metric(std::string_view name) const override;
  [[nodiscard]] std::vector<roles::Usage> usage(sim::Time now) const override;

 private:
  struct Node {
    sim::ZoneId zone;
    std::uint32_t number_in_group = 0;
    bool lost = false;                  // its zone is
    bool failed_over = false;           // too few of its zone's targets are healthy
    bool in_dns = true;                 // some clients may still use its address
    sim::Time withdrawn = sim::kNever;  // when DNS stopped returning its address
  };
  /// A request between its client and its target.
  struct Call {
    sim::FrameHandle client;
    sim::FrameHandle target_frame;
    std::uint32_t target = 0;
    std::uint32_t node = 0;
    sim::Time sent{};
    std::uint32_t serial = 0;  // tells apart the calls of one place
    bool active = false;
    bool connecting = false;  // unanswered: ends with kConnectTimeout
  };
  /// Counters of one CloudWatch name.
  struct Counted {
    const char* name;
    sim::Counter counter;
    sim::MetricId metric{};
  };

  std::uint32_t choose_node(sim::Context& ctx, sim::FrameHandle frame);
  std::uint32_t open_call(const Call& call);
  /// Ends a call: tells the group, counts, answers the client.
  void end_call(sim::Context& ctx, std::uint32_t call, Ending ending, sim::Status target_status);
  void count(const Answer& answer);
  void answer_client(sim::Context& ctx, sim::FrameHandle client, Ending ending,
                     const Answer& answer, sim::Status target_status);
  /// After a change of a node's `lost` or `failed_over`.
  void update_dns(sim::Context& ctx, std::uint32_t node, std::string_view why,
                  std::string_view rule, sim::DecisionId caused_by);
  void refresh_dns();

  LoadBalancerParams params_;
  TargetGroup* group_ = nullptr;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> zones_;  // the nodes' zones, ascending
  std::vector<std::uint32_t> dns_;    // nodes whose address clients may use
  std::vector<Call> calls_;
  std::vector<std::uint32_t> free_calls_;
  sim::TimerLane idle_timeout_;
  sim::StreamKey choice_stream_;
  sim::AheadSampler node_choice_;  // its draws of index 0

  std::vector<Counted> counters_;
  sim::LatencyInstrument response_time_;
  sim::MetricId response_time_metric_{};
};

}  // namespace updraft::elb
