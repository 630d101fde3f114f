// What a group does when a policy's alarm calls: asks the policy, weighs its wish against the
// group's state and the other policies, and records what came of it.
#include <array>

#include "models/auto_scaling/activity.h"
#include "models/auto_scaling/group.h"

namespace updraft::auto_scaling {

using sim::Context;

void AutoScalingGroup::policy_triggered(Context& ctx, const TrackingPolicy& policy, AlarmSide side,
                                        const roles::AlarmNotice& notice) {
  Context own = ctx.as(*this);
  GroupCapacity now = capacity(own.now());
  // R2.4.6: the datapoint is older than the present. Who served in it and has gone meanwhile still
  // counts like one who is terminating, or the same breach would take away twice.
  now.terminating += gone_since(notice.period_start);
  const bool out = side == AlarmSide::kHigh;
  const std::optional<double> metric =
      notice.value == notice.value ? std::optional<double>(notice.value) : std::nullopt;
  const TrackingDecision wish =
      out ? on_alarm_high(policy.settings(),
                          {.capacity = capacity_to_scale_out_from(now), .metric = metric})
          : on_alarm_low(policy.settings(),
                         {.capacity = capacity_to_scale_in_from(now), .metric = metric});
  for (const auto& own_policy : policies_) {  // remembered for agreement with the others
    if (own_policy.get() == &policy) {
      own_policy->scale_in = {own.now(), out ? ScalingDecision{NoChange{}} : wish.decision};
    }
  }
  std::vector<Proposal> proposals;
  for (const auto& other : policies_) {
    Proposal proposal{.kind = Proposal::Kind::kTargetTracking,
                      .direction = out && other.get() == &policy ? Direction::kOut : Direction::kIn,
                      .scale_in_enabled = !other->settings().disable_scale_in};
    if (other.get() == &policy) {
      proposal.decision = wish.decision;
    } else if (other->scale_in.at >
               own.now() - sim::kRollUpPeriod) {  // its low alarm called within the minute
      proposal.decision = other->scale_in.decision;
    }
    proposals.push_back(proposal);
  }
  const CombinedDecision combined = combine(now, bounds(), proposals);
  const std::array<sim::NamedValue, 5> values{{{"capacity", static_cast<double>(wish.capacity)},
                                               {"metric", wish.metric},
                                               {"target", wish.target},
                                               {"raw", wish.raw},
                                               {"desired", static_cast<double>(desired_)}}};
  const std::string who = path() + "/" + policy.name();
  const std::string_view what = out ? "scale out" : "scale in";
  if (const auto* blocked = std::get_if<NoChange>(&combined.decision)) {
    own.decide({.who = who,
                .kind = "policy",
                .outcome = sim::Outcome::kBlocked,
                .what = what,
                .reason = text(blocked->reason),
                .rule = rule_id(blocked->reason),
                .values = values,
                .cause = sim::Cause::decision(notice.decision)});
    return;
  }
  const std::uint32_t to = std::get<ScaleTo>(combined.decision).capacity;
  const std::string cause = cause_of_alarm(calendar_, {.at = own.now(),
                                                       .alarm = notice.alarm,
                                                       .policy = policy.name(),
                                                       .from = desired_,
                                                       .to = to});
  const sim::DecisionId decided = own.decide({.who = who,
                                              .kind = "policy",
                                              .what = what,
                                              .reason = cause,
                                              .rule = out ? "R2.6.4" : "R2.6.5",
                                              .values = values,
                                              .cause = sim::Cause::decision(notice.decision),
                                              .repeats = false});
  set_desired(own, to, cause, out ? "R2.6.4" : "R2.6.5", sim::Cause::decision(decided));
}

}  // namespace updraft::auto_scaling
