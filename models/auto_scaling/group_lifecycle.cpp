// The life of an instance in its group beside coming and going: hooks, standby, protection, a mark.
#include <algorithm>

#include <fmt/format.h>

#include "models/auto_scaling/activity.h"
#include "models/auto_scaling/group.h"
#include "models/auto_scaling/hooks.h"

namespace updraft::auto_scaling {

using sim::Context;

namespace {

constexpr std::string_view kOperator = "a user request";

std::string_view word(LifecycleActionResult result) {
  return result == CONTINUE ? "CONTINUE" : "ABANDON";
}

std::string how_many(std::size_t found, std::uint32_t wanted, std::string_view state) {
  return fmt::format("{} of {} instances {}", found, wanted, state);
}

}  // namespace

// --- hooks

// R2.11.1: all hooks of a transition begin at once, and each has its own time.
bool AutoScalingGroup::hold_back(Context& ctx, Member& member, LifecycleTransition transition) {
  ++member.waits;
  for (std::uint32_t i = 0; i < hooks_.size(); ++i) {
    const Hook& hook = hooks_[i];
    if (hook.settings.lifecycle_transition() != transition) {
      continue;
    }
    HookTimes times{.heartbeat_timeout = sim::Duration{hook.settings.heartbeat_timeout().ns()}};
    if (hook.completes_after) {
      times.completes_after = hook.completes_after->sample_duration(hook.stream, member.ordinal);
    }
    if (hook.settings.completes_at_boot() && member.made_by->view(member.instance).listening) {
      times.completes_after = sim::Duration{};
    }
    if (hook.settings.completes_when_drained() && !member.made_by->drain(ctx, member.instance)) {
      times.completes_after = sim::Duration{};
    }
    if (hook.settings.has_heartbeat_every()) {
      times.heartbeat_every = sim::Duration{hook.settings.heartbeat_every().ns()};
    }
    const HookEnd end = hook_end(times);  // where it is completed at the boot: at the latest
    member.hooks.push_back(i);
    after(ctx, end.after,
          HookOver{member.instance.index, i, member.waits, end.completed ? 1u : 0u});
    ctx.decide(
        {.who = path(),
         .kind = "lifecycle hook",
         .what = fmt::format("{} waits for {}", member.name, hook.settings.name()),
         .reason = transition == EC2_INSTANCE_LAUNCHING ? "Pending:Wait" : "Terminating:Wait",
         .rule = "R2.11.1",
         .cause = sim::Cause::decision(transition == EC2_INSTANCE_LAUNCHING ? member.launched_by
                                                                            : member.ended_by),
         .repeats = false});
  }
  return !member.hooks.empty();
}

// Those that wait for the end of the boot are over, by what the member's hooks were then.
void AutoScalingGroup::instance_booted(Context& ctx, sim::ComponentId instance) {
  Context own = ctx.as(*this);
  const Member* member = find(instance);
  if (member == nullptr) {
    return;
  }
  for (const std::uint32_t hook : member->hooks) {
    if (hooks_[hook].settings.completes_at_boot()) {
      after(own, sim::Duration{}, HookOver{instance.index, hook, member->waits, 1u});
    }
  }
}

void AutoScalingGroup::instance_working(Context& ctx, sim::ComponentId instance, bool working) {
  Context own = ctx.as(*this);
  Member* member = find(instance);
  if (member == nullptr) {
    return;
  }
  member->is_working = working;
  member->is_protected = working;
  if (!working && units(Lifecycle::kPending) + units(Lifecycle::kInService) > desired_) {
    after(own, sim::Duration{}, Unprotected{});
  }
}

// R2.9.5: what the group has too many of goes when the work is done, unless it has begun anew.
void AutoScalingGroup::on(Context& ctx, const Unprotected& /*message*/) {
  if (units(Lifecycle::kPending) + units(Lifecycle::kInService) > desired_) {
    reconcile(ctx,
              cause_of_difference(calendar_, ctx.now(), count(Lifecycle::kInService), desired_),
              {desired_by_});
  }
}

void AutoScalingGroup::instance_drained(Context& ctx, sim::ComponentId instance) {
  Context own = ctx.as(*this);
  const Member* member = find(instance);
  if (member == nullptr) {
    return;
  }
  for (const std::uint32_t hook : member->hooks) {
    if (hooks_[hook].settings.completes_when_drained()) {
      after(own, sim::Duration{}, HookOver{instance.index, hook, member->waits, 1u});
    }
  }
}

void AutoScalingGroup::on(Context& ctx, const HookOver& message) {
  Member* member = find({message.instance});
  if (member == nullptr || member->waits != message.wait) {
    return;
  }
  const LifecycleHook& hook = hooks_[message.hook].settings;
  hook_over(ctx, *member, message.hook,
            message.completed != 0 ? hook.lifecycle_action_result() : hook.default_result(),
            message.completed != 0 ? "it was completed" : "its time was over: the default result",
            sim::DecisionId::kNone);
}

void AutoScalingGroup::hook_over(Context& ctx, Member& member, std::uint32_t hook,
                                 LifecycleActionResult result, const std::string& reason,
                                 sim::DecisionId caused_by) {
  if (std::erase(member.hooks, hook) == 0) {
    return;
  }
  const bool launching = member.state != Lifecycle::kTerminating;
  const sim::DecisionId begun_by = launching ? member.launched_by : member.ended_by;
  const sim::DecisionId decided = ctx.decide(
      {.who = path(),
       .kind = "lifecycle hook",
       .what = fmt::format("{} of {}: {}", hooks_[hook].settings.name(), member.name, word(result)),
       .reason = reason,
       .rule = "R2.11.1",
       .cause = sim::Cause::decision(caused_by == sim::DecisionId::kNone ? begun_by : caused_by),
       .repeats = false});
  if (result == ABANDON) {  // the others are not waited for
    member.hooks.clear();
    ++member.waits;
  }
  if (!member.hooks.empty()) {
    return;
  }
  if (!launching) {
    end_instance(ctx, member);
  } else if (result == CONTINUE && member.state == Lifecycle::kWarmedPending) {
    enter_pool(ctx, member);
  } else if (result == CONTINUE) {
    enter_service(ctx, member);
  } else {
    terminate(ctx, member,
              fmt::format("At {} an instance was taken out of service in response to a lifecycle "
                          "hook that was abandoned.",
                          calendar_.iso(ctx.now())),
              "R2.11.1", decided);
    const Causes because{member.ended_by};
    reconcile(ctx,
              cause_of_difference(calendar_, ctx.now(), count(Lifecycle::kInService), desired_),
              because);
  }
}

// Hooks are for those that served; one that was never in service goes at once.
void AutoScalingGroup::let_go(Context& ctx, Member& member) {
  if (member.returns_to_pool) {  // R2.12.1
    enter_pool(ctx, member);
    return;
  }
  const bool served = member.left_service != sim::kNever;
  if (!served || !hold_back(ctx, member, EC2_INSTANCE_TERMINATING)) {
    end_instance(ctx, member);
  }
}

// --- operators

bool AutoScalingGroup::operate_on_members(Context& ctx, const AutoScalingGroupOperations& wanted,
                                          sim::DecisionId caused_by) {
  if (wanted.has_complete_lifecycle_action()) {
    complete_action(ctx, wanted.complete_lifecycle_action(), caused_by);
  } else if (wanted.has_enter_standby()) {
    enter_standby(ctx, wanted.enter_standby(), caused_by);
  } else if (wanted.has_exit_standby()) {
    exit_standby(ctx, wanted.exit_standby(), caused_by);
  } else if (wanted.has_set_instance_protection()) {
    protect(ctx, wanted.set_instance_protection(), caused_by);
  } else if (wanted.has_set_instance_health()) {
    mark_unhealthy(ctx, wanted.set_instance_health(), caused_by);
  } else if (wanted.has_start_instance_refresh()) {
    start_refresh(ctx, wanted.start_instance_refresh(), caused_by);
  } else if (wanted.has_start_zonal_shift()) {
    start_shift(ctx, wanted.start_zonal_shift(), caused_by);
  } else if (wanted.has_cancel_zonal_shift()) {
    end_shift(ctx, "a user request", caused_by);
  } else if (wanted.has_stop_instance_refresh()) {
    stop_refresh(ctx, wanted.stop_instance_refresh(), caused_by);
  } else {
    return false;
  }
  return true;
}

sim::DecisionId AutoScalingGroup::note_operation(Context& ctx, const std::string& what,
                                                 const std::string& reason, std::string_view rule,
                                                 sim::DecisionId caused_by, sim::Outcome outcome) {
  return ctx.decide({.who = path(),
                     .kind = "operation",
                     .outcome = outcome,
                     .what = what,
                     .reason = reason,
                     .rule = rule,
                     .cause = sim::Cause::decision(caused_by),
                     .repeats = false});
}

template <class Wanted, class Fits>
std::vector<AutoScalingGroup::Member*> AutoScalingGroup::choose(Context& ctx, const Wanted& wanted,
                                                                Fits fits) {
  std::vector<Member*> chosen;
  for (auto& [id, member] : members_) {
    const std::string& zone = ctx.simulation().zones()[member.zone.index];
    if (chosen.size() < wanted.count() && fits(member) &&
        (wanted.availability_zone().empty() || wanted.availability_zone() == zone)) {
      chosen.push_back(&member);
    }
  }
  return chosen;
}

void AutoScalingGroup::complete_action(Context& ctx, const CompleteLifecycleAction& wanted,
                                       sim::DecisionId caused_by) {
  std::vector<std::uint32_t> waiting;
  std::uint32_t hook = 0;
  while (hook < hooks_.size() && hooks_[hook].settings.name() != wanted.lifecycle_hook_name()) {
    ++hook;
  }
  for (const auto& [id, member] : members_) {
    if (std::find(member.hooks.begin(), member.hooks.end(), hook) != member.hooks.end()) {
      waiting.push_back(id);
    }
  }
  const std::string what = fmt::format("complete {} with {}", wanted.lifecycle_hook_name(),
                                       word(wanted.lifecycle_action_result()));
  if (waiting.empty()) {
    note_operation(ctx, what, "no instance waits there", "R2.11.1", caused_by,
                   sim::Outcome::kBlocked);
    return;
  }
  const sim::DecisionId decided =
      note_operation(ctx, what, std::string(kOperator), "R2.11.1", caused_by);
  for (const std::uint32_t id : waiting) {
    hook_over(ctx, members_.at(id), hook, wanted.lifecycle_action_result(),
              "an operator completed it", decided);
  }
}

// ASG-37: out of the target groups, not checked, not counted.
void AutoScalingGroup::enter_standby(Context& ctx, const EnterStandby& wanted,
                                     sim::DecisionId caused_by) {
  const std::vector<Member*> chosen = choose(
      ctx, wanted, [](const Member& member) { return member.state == Lifecycle::kInService; });
  const bool decrement = wanted.should_decrement_desired_capacity();
  const std::string what = fmt::format("put {} instances into standby", wanted.count());
  std::string blocked;
  if (chosen.size() < wanted.count()) {
    blocked = how_many(chosen.size(), wanted.count(), "were in service");
  } else if (decrement && desired_ < min_size_ + wanted.count()) {
    blocked = fmt::format("desired capacity would drop to {}, below the min size, {}",
                          static_cast<std::int64_t>(desired_) - wanted.count(), min_size_);
  }
  if (!blocked.empty()) {
    note_operation(ctx, what, blocked, "R2.2.1", caused_by, sim::Outcome::kBlocked);
    return;
  }
  const sim::DecisionId decided =
      note_operation(ctx, what, std::string(kOperator), "R2.2.1", caused_by);
  for (Member* member : chosen) {
    member->state = Lifecycle::kStandby;
    member->standing = false;  // it comes back like any other: checked anew, and warming
    member->took_a_place_along = decrement;
    for (roles::TargetRegistry* group : target_groups_) {
      group->deregister_target(ctx, member->instance, nullptr, decided);
    }
  }
  note_levels(ctx);
  const std::string cause =
      cause_of_user(calendar_, {.at = ctx.now(),
                                .min = min_size_,
                                .max = max_size_,
                                .from = desired_,
                                .to = decrement ? desired_ - wanted.count() : desired_});
  if (decrement) {
    set_desired(ctx, desired_ - wanted.count(), cause, "R2.2.1", sim::Cause::decision(decided));
  } else {
    reconcile(ctx, cause, {decided});
  }
}

// R2.11.2: without hooks. What did not take its place along leaves the group with one too many.
void AutoScalingGroup::exit_standby(Context& ctx, const ExitStandby& wanted,
                                    sim::DecisionId caused_by) {
  const std::vector<Member*> chosen = choose(ctx, wanted, [this](const Member& member) {
    return member.state == Lifecycle::kStandby &&
           member.made_by->view(member.instance).state == roles::InstanceState::kRunning;
  });
  const auto places = static_cast<std::uint32_t>(
      std::count_if(chosen.begin(), chosen.end(),
                    [](const Member* member) { return member->took_a_place_along; }));
  const std::string what = fmt::format("put {} instances back into service", wanted.count());
  std::string blocked;
  if (chosen.size() < wanted.count()) {
    blocked = how_many(chosen.size(), wanted.count(), "ran in standby");
  } else if (desired_ + places > max_size_) {
    blocked = fmt::format("desired capacity would rise to {}, above the max size, {}",
                          desired_ + places, max_size_);
  }
  if (!blocked.empty()) {
    note_operation(ctx, what, blocked, "R2.2.1", caused_by, sim::Outcome::kBlocked);
    return;
  }
  const sim::DecisionId decided =
      note_operation(ctx, what, std::string(kOperator), "R2.2.1", caused_by);
  for (Member* member : chosen) {
    const bool was_protected = member->is_protected;
    enter_service(ctx, *member);
    member->is_protected = was_protected;
  }
  const std::string cause = cause_of_user(calendar_, {.at = ctx.now(),
                                                      .min = min_size_,
                                                      .max = max_size_,
                                                      .from = desired_,
                                                      .to = desired_ + places});
  set_desired(ctx, desired_ + places, cause, "R2.2.1", sim::Cause::decision(decided));
  reconcile(ctx, cause, {decided});
}

void AutoScalingGroup::protect(Context& ctx, const SetInstanceProtection& wanted,
                               sim::DecisionId caused_by) {
  const bool on = wanted.protected_from_scale_in();
  const std::vector<Member*> chosen = choose(ctx, wanted, [on](const Member& member) {
    return member.state == Lifecycle::kInService && member.is_protected != on;
  });
  for (Member* member : chosen) {
    member->is_protected = on;
  }
  note_operation(ctx,
                 fmt::format("{} {} instances from scale-in", on ? "protect" : "stop protecting",
                             wanted.count()),
                 chosen.size() < wanted.count()
                     ? how_many(chosen.size(), wanted.count(), "were in service and otherwise")
                     : std::string(kOperator),
                 "R2.9.5", caused_by,
                 chosen.empty() ? sim::Outcome::kBlocked : sim::Outcome::kDecided);
}

void AutoScalingGroup::mark_unhealthy(Context& ctx, const SetInstanceHealth& wanted,
                                      sim::DecisionId caused_by) {
  const std::vector<Member*> chosen = choose(ctx, wanted, [](const Member& member) {
    return member.state == Lifecycle::kInService && member.marked_by == sim::DecisionId::kNone;
  });
  const sim::DecisionId decided = note_operation(
      ctx, fmt::format("mark {} instances as unhealthy", wanted.count()),
      chosen.size() < wanted.count() ? how_many(chosen.size(), wanted.count(), "were in service")
                                     : std::string(kOperator),
      "R2.3.5", caused_by, chosen.empty() ? sim::Outcome::kBlocked : sim::Outcome::kDecided);
  for (Member* member : chosen) {
    member->marked_by = decided;
  }
}

}  // namespace updraft::auto_scaling
