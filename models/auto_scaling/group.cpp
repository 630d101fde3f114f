#include "models/auto_scaling/group.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "models/auto_scaling/activity.h"
#include "models/auto_scaling/schedule.h"
#include "models/auto_scaling/warmup.h"
#include "models/auto_scaling/zone_balance.h"
#include "sim/build/sampler.h"
#include "sim/build/world.h"

namespace updraft::auto_scaling {

using roles::InstanceState;
using sim::Context;
using sim::Time;

namespace {

// No datapoint that a policy is shown is older: the publication delay is an hour at most.
constexpr sim::Duration kGoneRemembered = std::chrono::hours{3};

TerminationPolicy policy_of(int value) {
  return static_cast<TerminationPolicy>(value);
}

}  // namespace

AutoScalingGroup::AutoScalingGroup(const sim::Birth& birth, const AutoScalingGroupParams& params)
    : Model(birth),
      params_(params),
      min_size_(params.min_size()),
      max_size_(params.max_size()),
      desired_(params.desired_capacity()),
      policies_(*this, *this, params),
      zone_stream_(birth.stream("zone")),
      termination_stream_(birth.stream("termination")),
      victim_stream_(birth.stream("victim")) {
  for (const int policy : params.termination_policies()) {
    termination_policies_.push_back(policy_of(policy));
  }
  if (termination_policies_.empty()) {
    termination_policies_.push_back(TerminationPolicy::kDefault);
  }
  for (const LifecycleHook& hook : params.lifecycle_hooks()) {
    hooks_.push_back({hook,
                      hook.has_completes_after()
                          ? std::optional(sim::make_sampler(hook.completes_after()))
                          : std::nullopt,
                      birth.stream("lifecycle_hooks." + hook.name())});
  }
}

void AutoScalingGroup::set_initial(const AutoScalingGroupInitial& initial) {
  standing_ = initial.in_service();
  desired_ = std::clamp(std::max(desired_, standing_), min_size_, max_size_);
  if (!params_.has_desired_capacity() || standing_ > params_.desired_capacity()) {
    desired_ = std::clamp(standing_, min_size_, max_size_);
  }
}

void AutoScalingGroup::bind(sim::World& world) {
  calendar_.start_unix_ns = world.start_unix_ns();
  world_ = &world;
  alarms_ = &world.service<roles::AlarmService>();
  template_ = &world.role<roles::Launchable>(params_.launch_template());
  bind_kinds(world);
  for (const std::string& name : params_.target_groups()) {
    target_groups_.push_back(&world.role<roles::TargetRegistry>(name));
  }
  for (const std::string& name : params_.availability_zones()) {
    zones_.push_back(world.zone(name));
  }
  std::sort(zones_.begin(), zones_.end());
  health_period_ = sim::Duration{params_.health_check_period().ns()};
  policies_.bind(world);
}

void AutoScalingGroup::on_start(Context& ctx) {
  declare_metrics(ctx);
  if (params_.scheduled_actions_size() > 0) {
    ctx.spawn<ActionSchedule>("schedule", params_, *this, *this, calendar_);
  }
  ctx.simulation().roll_up_with(*this);
  after(ctx, sim::Duration{}, Begin{});
  after(ctx, health_period_, CheckHealth{});
}

// Everybody has started: metrics and target groups are there.
void AutoScalingGroup::on(Context& ctx, const Begin& /*message*/) {
  launch(ctx, standing_, "the scenario's initial state", {sim::DecisionId::kNone},
         LaunchFor::kStanding);
  policies_.begin(ctx, *this);
  begin_forecasts(ctx);
  reconcile(ctx, cause_of_difference(calendar_, ctx.now(), count(Lifecycle::kInService), desired_),
            {sim::DecisionId::kNone});
}

// --- counting
// ------------------------------------------------------------------------------------------------------

std::uint32_t AutoScalingGroup::count(Lifecycle state) const {
  std::uint32_t n = 0;
  for (const auto& [id, member] : members_) {
    n += member.state == state ? 1 : 0;
  }
  return n;
}

bool AutoScalingGroup::warming(const Member& member, sim::Duration warmup, Time now) {
  return !member.standing && is_warming(member.in_service_at, warmup, now);  // R2.4.4
}

GroupCapacity AutoScalingGroup::capacity(Time now, sim::Duration warmup) const {
  GroupCapacity group{.desired = desired_};
  for (const auto& [id, member] : members_) {
    switch (member.state) {
      case Lifecycle::kPending:
        group.pending += member.weight;
        break;
      case Lifecycle::kInService:
        group.in_service += member.weight;
        group.warming += warming(member, warmup, now) ? member.weight : 0;
        break;
      case Lifecycle::kTerminating:
        group.terminating += member.weight;
        break;
      default:
        break;
    }
  }
  return group;
}

bool AutoScalingGroup::activity_in_progress() const {  // R2.4.1
  return std::any_of(members_.begin(), members_.end(), [](const auto& entry) {
    const Member& member = entry.second;
    return member.state == Lifecycle::kPending || member.draining > 0 || !member.hooks.empty();
  });
}

std::uint32_t AutoScalingGroup::gone_since(Time instant) const {
  return static_cast<std::uint32_t>(
      std::count_if(gone_.begin(), gone_.end(), [&](Time left) { return left > instant; }));
}

AutoScalingGroup::Member* AutoScalingGroup::find(sim::ComponentId instance) {
  const auto found = members_.find(instance.index);
  return found == members_.end() ? nullptr : &found->second;
}

// --- launching
// -----------------------------------------------------------------------------------------------------

void AutoScalingGroup::on(Context& ctx, const Retry& /*message*/) {
  retry_pending_ = false;
  reconcile(ctx, cause_of_difference(calendar_, ctx.now(), count(Lifecycle::kInService), desired_),
            {retry_caused_by_});
}

void AutoScalingGroup::weigh_soon(Context& ctx) {
  after(ctx, sim::Duration{}, Weigh{});
}

void AutoScalingGroup::on(Context& ctx, const Weigh& /*message*/) {
  policies_.weigh(ctx);
}

void AutoScalingGroup::instance_changed(Context& ctx, sim::ComponentId instance,
                                        InstanceState state) {
  Context own = ctx.as(*this);
  after(own, sim::Duration{}, InstanceChanged{instance.index, static_cast<std::uint32_t>(state)});
}

void AutoScalingGroup::on(Context& ctx, const InstanceChanged& message) {
  Member* member = find({message.instance});
  if (member == nullptr) {
    return;
  }
  switch (static_cast<InstanceState>(message.state)) {
    case InstanceState::kRunning:
      instance_runs(ctx, *member);
      break;
    case InstanceState::kShuttingDown:
    case InstanceState::kStopping:
    case InstanceState::kTerminated:
      instance_left(ctx, *member, static_cast<InstanceState>(message.state));
      break;
    case InstanceState::kStopped:
      if (member->state == Lifecycle::kTerminating && member->draining == 0 &&
          member->hooks.empty()) {
        end_instance(ctx, *member);  // it could not be ended while it was stopping
      }
      break;
    default:
      break;
  }
}

void AutoScalingGroup::instance_runs(Context& ctx, Member& member) {
  member.running = true;
  switch (member.state) {
    case Lifecycle::kPending:
      if (!hold_back(ctx, member, EC2_INSTANCE_LAUNCHING)) {
        enter_service(ctx, member);
      }
      break;
    case Lifecycle::kWarmedPending:
      if (!hold_back(ctx, member, EC2_INSTANCE_LAUNCHING)) {
        enter_pool(ctx, member);
      }
      break;
    case Lifecycle::kTerminating:
      if (member.draining == 0 && member.hooks.empty()) {
        end_instance(ctx, member);
      }
      break;
    default:
      break;
  }
}

void AutoScalingGroup::instance_left(Context& ctx, Member& member, InstanceState state) {
  member.running = false;
  if (is_counted(member.state)) {  // R2.3.1: at once, even inside the grace period
    terminate(ctx, member, cause_of_health(calendar_, ctx.now(), FailedCheck::kEc2), "R2.3.1",
              member.made_by->view(member.instance).changed_by);
  }
  if (state != InstanceState::kTerminated) {
    return;
  }
  if (member.left_service != sim::kNever) {
    gone_.push_back(member.left_service);
    while (ctx.now() - gone_.front() > kGoneRemembered) {
      gone_.pop_front();
    }
  }
  // A launch that waits already goes on with its own cause.
  const sim::DecisionId caused_by = retry_pending_ ? retry_caused_by_ : member.ended_by;
  members_.erase(member.instance.index);
  note_levels(ctx);
  reconcile(ctx, cause_of_difference(calendar_, ctx.now(), count(Lifecycle::kInService), desired_),
            {caused_by});
}

// R2.2.2: registration comes before InService; nobody waits for the target to become healthy.
void AutoScalingGroup::enter_service(Context& ctx, Member& member) {
  register_with_targets(ctx, member);
  member.state = Lifecycle::kInService;
  member.in_service_at = ctx.now();
  member.is_protected = params_.new_instances_protected_from_scale_in() || member.is_working;
  member.busy_at_period_start = member.made_by->busy_vcpu_ns(member.instance, ctx.now());
  member.bytes_at_period_start = member.made_by->network_bytes(member.instance);
  member.made_by->in_service(member.instance, ctx.now());
  policies_.activity_ended(ctx.now());
  note_levels(ctx);
}

void AutoScalingGroup::register_with_targets(Context& ctx, const Member& member) {
  if (is_suspended(ADD_TO_LOAD_BALANCER) && !target_groups_.empty()) {  // R2.16.1
    ctx.decide({.who = path(),
                .kind = "activity",
                .outcome = sim::Outcome::kBlocked,
                .what = "register " + member.name,
                .reason = "AddToLoadBalancer is suspended",
                .rule = "R2.16.1",
                .cause = sim::Cause::decision(member.launched_by)});
    return;
  }
  for (roles::TargetRegistry* group : target_groups_) {
    group->register_target(ctx, {.component = member.instance,
                                 .zone = member.zone,
                                 .name = member.name,
                                 .standing = member.standing});
  }
}

// --- ending
// --------------------------------------------------------------------------------------------------------

// R2.2.3: Terminating, then out of the target groups, then EC2 terminates.
void AutoScalingGroup::terminate(Context& ctx, Member& member, const std::string& reason,
                                 std::string_view rule, sim::DecisionId caused_by) {
  const bool served = member.state == Lifecycle::kInService;
  member.state = Lifecycle::kTerminating;
  member.hooks.clear();
  ++member.waits;
  ++terminations_;
  const std::string text = termination_description(member.name);
  member.ended_by = ctx.decide({.who = path(),
                                .kind = "activity",
                                .what = text,
                                .reason = reason,
                                .rule = rule,
                                .cause = sim::Cause::decision(caused_by),
                                .repeats = false});
  member.made_by->set_end_reason(member.instance, reason);
  if (served) {
    member.left_service = ctx.now();
    member.draining = static_cast<std::uint32_t>(target_groups_.size());
    for (roles::TargetRegistry* group : target_groups_) {
      group->deregister_target(ctx, member.instance, this, member.ended_by);
    }
  }
  if (member.draining == 0) {
    let_go(ctx, member);
  }
  note_levels(ctx);
}

// An instance that is ending already, or stopping, takes no notice.
void AutoScalingGroup::end_instance(Context& ctx, Member& member) {
  member.made_by->terminate(ctx, member.instance);
  policies_.activity_ended(ctx.now());
}

void AutoScalingGroup::target_drained(Context& ctx, sim::ComponentId target) {
  Context own = ctx.as(*this);
  after(own, sim::Duration{}, TargetDrained{target.index});
}

void AutoScalingGroup::on(Context& ctx, const TargetDrained& message) {
  Member* member = find({static_cast<std::uint32_t>(message.instance)});
  if (member == nullptr || member->draining == 0) {
    return;
  }
  if (--member->draining == 0) {
    let_go(ctx, *member);
  }
}

// --- desired capacity
// ------------------------------------------------------------------------------------------------

void AutoScalingGroup::reconcile(Context& ctx, const std::string& cause, const Causes& caused_by) {
  std::uint32_t have = units(Lifecycle::kPending) + units(Lifecycle::kInService);
  if (have < desired_) {
    launch(ctx, desired_ - have, cause, caused_by, LaunchFor::kService);
    tend_pool(ctx);
    return;
  }
  while (have > desired_ + beyond_desired() &&
         scale_in_one(ctx, cause, have - desired_ - beyond_desired())) {
    have = units(Lifecycle::kPending) + units(Lifecycle::kInService);
  }
  tend_pool(ctx);
}

bool AutoScalingGroup::scale_in_one(Context& ctx, const std::string& cause, std::uint32_t most) {
  if (is_suspended(TERMINATE)) {  // R2.16.1
    ctx.decide({.who = path(),
                .kind = "activity",
                .outcome = sim::Outcome::kBlocked,
                .what = "terminate an instance",
                .reason = "Terminate is suspended",
                .rule = "R2.16.1",
                .cause = sim::Cause::decision(desired_by_)});
    return false;
  }
  std::vector<Candidate> candidates;
  for (const auto& [id, member] : members_) {
    if (is_counted(member.state)) {
      candidates.push_back(
          {.id = id,
           .zone = member.zone.index,
           .launch_template = is_current(member) ? 0u : 1u,
           .template_version = member.made_by->view(member.instance).template_version,
           .launched_at = member.launched,
           .is_protected = member.is_protected});
    }
  }
  prefer_by_option(candidates, ctx.now());
  const auto chosen =
      choose_to_terminate(candidates, termination_policies_,
                          {.current_template = 0,
                           .now = ctx.now(),
                           .uniform = sim::uniform01(termination_stream_, termination_draws_++)});
  if (!chosen) {  // desired has dropped, and nothing terminates
    ctx.decide({.who = path(),
                .kind = "activity",
                .outcome = sim::Outcome::kBlocked,
                .what = "terminate an instance",
                .reason = "every instance is protected from scale-in",
                .rule = "R2.9.5",
                .cause = sim::Cause::decision(desired_by_)});
    return false;
  }
  Member& member = members_.at(static_cast<std::uint32_t>(*chosen));
  if (member.weight > most) {  // ASG-29: without it the group would have less than is desired
    return false;
  }
  member.returns_to_pool =
      member.state == Lifecycle::kInService && params_.warm_pool().reuse_on_scale_in();
  terminate(ctx, member, cause, "R2.9.2", desired_by_);
  return true;
}

void AutoScalingGroup::set_desired(Context& ctx, std::uint32_t desired, const std::string& cause,
                                   std::string_view rule, sim::Cause because) {
  if (desired == desired_) {
    return;
  }
  const std::string what = fmt::format("desired capacity from {} to {}", desired_, desired);
  const std::array<sim::NamedValue, 2> values{
      {{"from", static_cast<double>(desired_)}, {"to", static_cast<double>(desired)}}};
  desired_by_ = ctx.decide({.who = path(),
                            .kind = "desired capacity",
                            .what = what,
                            .reason = cause,
                            .rule = rule,
                            .values = values,
                            .cause = because,
                            .repeats = false});
  desired_ = desired;
  ++activities_;
  reconcile(ctx, cause, {desired_by_});
  note_levels(ctx);
}

}  // namespace updraft::auto_scaling
