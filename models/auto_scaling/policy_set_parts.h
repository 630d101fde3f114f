// What a PolicySet is made of; for its own sources.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/auto_scaling/policy_rule.h"
#include "models/auto_scaling/policy_set.h"

namespace updraft::auto_scaling {

/// An alarm of a policy calls here.
struct PolicySet::Action final : roles::AlarmAction {
  Action(PolicySet& owner, Policy& of, AlarmSide which) : set(owner), policy(of), side(which) {}
  void alarm_notified(sim::Context& ctx, const roles::AlarmNotice& notice) override {
    set.called(ctx, policy, side, notice);
  }
  [[nodiscard]] bool is_auto_scaling() const override { return true; }  // R2.5.5
  PolicySet& set;
  Policy& policy;
  AlarmSide side;  // of target tracking; others have but one action
};

struct PolicySet::Policy {
  Policy(PolicySet& set, const ScalingPolicy& described)
      : name(described.name()),
        settings(described),
        rule(rule_of(described)),
        warmup(warmup_of(described)),
        high(set, *this, AlarmSide::kHigh),
        low(set, *this, AlarmSide::kLow) {}

  [[nodiscard]] const TargetTracking* tracking() const {
    return std::get_if<TargetTracking>(&rule);
  }
  [[nodiscard]] const SimpleScaling* simple() const { return std::get_if<SimpleScaling>(&rule); }

  std::string name;
  const ScalingPolicy& settings;
  PolicyRule rule;
  std::optional<sim::Duration> warmup;              // none: a simple policy
  std::vector<const roles::MetricSource*> sources;  // of target tracking; null: the group itself
  Action high;
  Action low;
  // What the low alarm of target tracking asked for last, for agreement with the others (R2.6.12).
  sim::Time low_at = sim::time_from_ns(-1);
  ScalingDecision low_wish = NoChange{};
};

/// An alarm's call, kept until all of the instant have spoken.
struct PolicySet::Call {
  Policy* policy = nullptr;
  PolicyCall question;
  std::string alarm;
  sim::Time period_start{};
  sim::DecisionId decision = sim::DecisionId::kNone;
  bool by_operator = false;     // execute_policy; no alarm
  bool honors_cooldown = true;  // of simple scaling
};

/// What a called policy asks for.
struct PolicySet::Wish : PolicyWish {
  Policy* policy = nullptr;
  const Call* call = nullptr;
};

}  // namespace updraft::auto_scaling
