// The dynamic scaling policies of a group (those that alarms call): which alarms call them, what
// each one asks for, and what comes of several at once.
//
// A policy that is called only takes note. When every alarm of the instant has spoken, the wishes
// are weighed together (R2.6.12), and the group is told. Every wish that came to nothing is a
// record with its reason.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/auto_scaling/auto_scaling.pb.h"
#include "models/auto_scaling/capacity.h"
#include "models/auto_scaling/cooldown.h"
#include "models/auto_scaling/scalable.h"
#include "models/auto_scaling/target_tracking.h"
#include "models/common/calendar.h"
#include "models/roles/alarms.h"
#include "models/roles/metric_source.h"
#include "sim/build/world.h"
#include "sim/engine/context.h"

namespace updraft::auto_scaling {

class PolicySet {
 public:
  /// `self` is the component of `group`; the records are made in its name.
  PolicySet(Scalable& group, sim::Component& self, const AutoScalingGroupParams& params);
  PolicySet(const PolicySet&) = delete;
  PolicySet& operator=(const PolicySet&) = delete;
  ~PolicySet();

  void bind(sim::World& world);
  /// Every metric is declared by now: puts the alarms that policies own.
  void begin(sim::Context& ctx, const roles::MetricSource& own_metrics);
  /// Decides about all policies that were called in this instant.
  void weigh(sim::Context& ctx);

  /// The action of a step or simple policy, for an alarm that the scenario names.
  [[nodiscard]] roles::AlarmAction& alarm_action(std::string_view policy);
  /// An operator runs a step or simple policy; `caused_by` is the record of that.
  void execute(sim::Context& ctx, const ExecutePolicy& operation, sim::DecisionId caused_by);

  /// What simple scaling, and operators who honour it, wait for now; empty: nothing (R2.4.1).
  [[nodiscard]] std::string why_wait(sim::Time now) const;
  void begin_cooldown(sim::Time now, sim::Duration length);
  /// A launch or termination has ended: a cooldown that waited for it begins (R2.4.1).
  void activity_ended(sim::Time now);

  /// For how long an instance counts as warming in the group's metric: as the policy that waits
  /// longest says, and default_instance_warmup at least.
  [[nodiscard]] sim::Duration longest_warmup() const { return longest_warmup_; }
  /// For how long a replacement counts as new (R2.3.5): that, or default_cooldown without policies.
  [[nodiscard]] sim::Duration replacement_warmup() const { return replacement_warmup_; }
  /// CPU utilization that the group aims at, 0 to 1; 1 without such a policy.
  [[nodiscard]] double target_share() const { return target_share_; }

 private:
  struct Policy;
  struct Action;
  struct Call;
  struct Wish;

  void called(sim::Context& ctx, Policy& policy, AlarmSide side, const roles::AlarmNotice& notice);
  [[nodiscard]] static roles::AlarmDefinition watched(const Policy& policy,
                                                      const TargetTrackingPolicy& settings,
                                                      const roles::MetricSource& own_metrics);
  void put_alarms(sim::Context& ctx, Policy& policy, const TargetTrackingPolicy& settings,
                  const roles::MetricSource& own_metrics);
  [[nodiscard]] Wish wish_of(const Call& call, sim::Time now) const;
  [[nodiscard]] std::vector<Proposal> proposals(const std::vector<Wish>& wishes,
                                                sim::Time now) const;
  /// R2.8.2: where a forecast wants more than the others, those do not go below it.
  void hold_at_forecast(CombinedDecision& combined, sim::Time now) const;
  void record_blocked(sim::Context& ctx, const Wish& wish, NoChangeReason reason) const;
  void carry_out(sim::Context& ctx, const Wish& wish, std::uint32_t capacity);

  Scalable& group_;
  sim::Component& self_;
  AutoScalingGroupParams params_;
  std::vector<std::unique_ptr<Policy>> policies_;
  std::vector<Call> calls_;  // of this instant, not weighed yet
  common::Calendar calendar_;
  roles::AlarmService* alarms_ = nullptr;
  sim::Duration policies_warmup_{};  // the longest of the policies' own
  sim::Duration longest_warmup_{};
  sim::Duration replacement_warmup_{};
  std::optional<Cooldown> cooldown_;  // of simple scaling
  double target_share_ = 1.0;
};

}  // namespace updraft::auto_scaling
