// Instances that are replaced by others: a refresh of the whole group, lifetimes that are over, and
// the order in which old and new ones come and go.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "models/auto_scaling/activity.h"
#include "models/auto_scaling/group.h"
#include "models/auto_scaling/refresh.h"

namespace updraft::auto_scaling {

using sim::Context;
using sim::Time;

namespace {

constexpr sim::Duration kLook = std::chrono::seconds{10};  // ASSUMED: AWS gives no interval
constexpr sim::Duration kStuck = std::chrono::hours{1};    // R2.13.1
constexpr std::uint32_t kDefaultMinHealthy = 90;           // R2.13.T1
constexpr std::uint32_t kDefaultMaxHealthy = 100;

}  // namespace

HealthyShare AutoScalingGroup::healthy_share() const {
  HealthyShare share{kDefaultMinHealthy, kDefaultMaxHealthy};
  if (params_.has_instance_maintenance_policy()) {
    share = {params_.instance_maintenance_policy().min_healthy_percentage(),
             params_.instance_maintenance_policy().max_healthy_percentage()};
  }
  return share;
}

// --- one for one

bool AutoScalingGroup::is_ready(const Member& member, sim::Duration warmup, Time now) const {
  if (member.state != Lifecycle::kInService || warming(member, warmup, now) ||
      member.made_by->view(member.instance).state != roles::InstanceState::kRunning) {
    return false;
  }
  return std::all_of(
      target_groups_.begin(), target_groups_.end(), [&](const roles::TargetRegistry* group) {
        return group->target_health(member.instance) == roles::TargetHealth::kHealthy;
      });
}

// Instances that desired capacity does not ask for: they stand beside those whose place they take.
std::uint32_t AutoScalingGroup::beyond_desired() const {
  std::uint32_t pairs = 0;
  for (const auto& [old, successor] : successors_) {
    const auto first = members_.find(old);
    const auto second = members_.find(successor.instance);
    pairs += first != members_.end() && second != members_.end() &&
                     is_counted(first->second.state) && is_counted(second->second.state)
                 ? 1
                 : 0;
  }
  return pairs + (refresh_ ? refresh_->beyond : 0);
}

void AutoScalingGroup::replace(Context& ctx, Member& member, const std::string& reason,
                               std::string_view rule, sim::DecisionId caused_by, Causes* ended) {
  if (!params_.has_instance_maintenance_policy() || !healthy_share().launches_first()) {
    terminate(ctx, member, reason, rule, caused_by);
    ended->push_back(member.ended_by);
    return;
  }
  // R2.14.1: the new one first. One that was lost on its way is launched anew.
  const std::uint32_t old = member.instance.index;
  const auto known = successors_.find(old);
  if (known != successors_.end() && members_.contains(known->second.instance)) {
    return;
  }
  const std::uint64_t before = launches_;
  launch(ctx, 1, reason, {caused_by}, LaunchFor::kService);
  if (launches_ > before) {
    successors_[old] = {members_.rbegin()->first, reason, std::string(rule), caused_by};
  }
}

// Those whose successor is there go.
void AutoScalingGroup::finish_replacements(Context& ctx) {
  std::vector<std::uint32_t> done;
  for (const auto& [old, successor] : successors_) {
    const auto ending = members_.find(old);
    const auto coming = members_.find(successor.instance);
    if (ending == members_.end() || !is_counted(ending->second.state)) {
      done.push_back(old);
    } else if (coming != members_.end() && is_ready(coming->second, {}, ctx.now())) {
      terminate(ctx, ending->second, successor.reason, successor.rule, successor.caused_by);
      done.push_back(old);
    }
  }
  for (const std::uint32_t old : done) {
    successors_.erase(old);
  }
}

// R2.14.2
void AutoScalingGroup::end_lifetimes(Context& ctx) {
  if (!params_.has_max_instance_lifetime()) {
    return;
  }
  const sim::Duration lifetime{params_.max_instance_lifetime().ns()};
  std::uint32_t under_way = count(Lifecycle::kPending);
  for (const auto& [id, member] : members_) {
    under_way += member.state == Lifecycle::kInService && !is_ready(member, {}, ctx.now()) ? 1 : 0;
  }
  under_way = std::max(under_way, static_cast<std::uint32_t>(successors_.size()));
  Causes ended;
  std::vector<std::uint32_t> over;
  for (const auto& [id, member] : members_) {
    if (member.state == Lifecycle::kInService && ctx.now() - member.launched >= lifetime) {
      over.push_back(id);
    }
  }
  for (const std::uint32_t id : over) {
    if (under_way >= lifetimes_at_a_time(desired_)) {
      break;
    }
    if (successors_.contains(id)) {
      continue;
    }
    replace(ctx, members_.at(id),
            fmt::format("At {} an instance was taken out of service in response to its maximum "
                        "lifetime.",
                        calendar_.iso(ctx.now())),
            "R2.14.2", sim::DecisionId::kNone, &ended);
    ++under_way;
  }
  if (!ended.empty()) {
    reconcile(ctx,
              cause_of_difference(calendar_, ctx.now(), count(Lifecycle::kInService), desired_),
              ended);
  }
}

// --- refresh

sim::DecisionId AutoScalingGroup::note_refresh(Context& ctx, const std::string& what,
                                               const std::string& reason, sim::DecisionId caused_by,
                                               sim::Outcome outcome) {
  return ctx.decide({.who = path(),
                     .kind = "instance refresh",
                     .outcome = outcome,
                     .what = what,
                     .reason = reason,
                     .rule = "R2.13.1",
                     .cause = sim::Cause::decision(caused_by),
                     .repeats = false});
}

void AutoScalingGroup::start_refresh(Context& ctx, const StartInstanceRefresh& wanted,
                                     sim::DecisionId caused_by) {
  if (refresh_) {
    note_refresh(ctx, "start", "InstanceRefreshInProgress: one is in progress already", caused_by,
                 sim::Outcome::kBlocked);
    return;
  }
  if (wanted.has_launch_template() && params_.has_mixed_instances_policy()) {
    note_refresh(ctx, "start", "a mixed group names its launch templates in overrides", caused_by,
                 sim::Outcome::kBlocked);
    return;
  }
  RefreshInProgress& refresh = refresh_.emplace();
  refresh.settings = wanted;
  refresh.from = template_;
  refresh.started = ctx.now();
  refresh.moved = ctx.now();
  const HealthyShare share = healthy_share();
  refresh.share = {
      wanted.has_min_healthy_percentage() ? wanted.min_healthy_percentage() : share.min_healthy,
      wanted.has_max_healthy_percentage() ? wanted.max_healthy_percentage() : share.max_healthy};
  refresh.warmup = sim::Duration{wanted.has_instance_warmup() ? wanted.instance_warmup().ns()
                                 : params_.has_default_instance_warmup()
                                     ? params_.default_instance_warmup().ns()
                                     : params_.health_check_grace_period().ns()};
  if (wanted.has_launch_template()) {
    template_ = &world_->role<roles::Launchable>(wanted.launch_template());
  }
  refresh.total = count_old();
  refresh.by = note_refresh(
      ctx, fmt::format("begins: {} instances", refresh.total),
      wanted.has_launch_template()
          ? fmt::format("a user request, to launch template {}", wanted.launch_template())
          : "a user request",
      caused_by);
  after(ctx, sim::Duration{}, RefreshLook{});
}

void AutoScalingGroup::stop_refresh(Context& ctx, const StopInstanceRefresh& wanted,
                                    sim::DecisionId caused_by) {
  if (!refresh_) {
    note_refresh(ctx, "cancel", "ActiveInstanceRefreshNotFound: none is in progress", caused_by,
                 sim::Outcome::kBlocked);
    return;
  }
  if (wanted.rollback()) {
    roll_back(ctx, "a user request", caused_by);
  } else {
    note_refresh(ctx, "cancelled", "a user request", caused_by);
    refresh_.reset();
  }
}

bool AutoScalingGroup::is_old(const Member& member) const {
  if (!is_counted(member.state) ||
      (member.is_protected && refresh_->settings.scale_in_protected_instances() == IGNORE)) {
    return false;
  }
  const bool matches = is_current(member);
  const bool stays = refresh_->settings.skip_matching() || refresh_->rolling_back;
  return !matches || (!stays && member.launched < refresh_->started);
}

/// An old instance that nothing holds.
bool AutoScalingGroup::may_go(const Member& member) const {
  const bool waits =
      member.is_protected && refresh_->settings.scale_in_protected_instances() == WAIT;
  return member.state == Lifecycle::kInService && is_old(member) && !waits;
}

std::uint32_t AutoScalingGroup::count_old() const {
  return static_cast<std::uint32_t>(
      std::count_if(members_.begin(), members_.end(),
                    [this](const auto& entry) { return is_old(entry.second); }));
}

void AutoScalingGroup::fail_refresh(Context& ctx, const std::string& reason,
                                    sim::DecisionId caused_by) {
  const sim::DecisionId failed = note_refresh(
      ctx, "failed", reason, caused_by == sim::DecisionId::kNone ? refresh_->by : caused_by);
  if (refresh_->settings.auto_rollback() && !refresh_->rolling_back) {
    roll_back(ctx, "the refresh failed", failed);
  } else {
    refresh_.reset();
  }
}

void AutoScalingGroup::roll_back(Context& ctx, const std::string& reason,
                                 sim::DecisionId caused_by) {
  RefreshInProgress& refresh = *refresh_;
  template_ = refresh.from;
  refresh.rolling_back = true;
  refresh.settings.clear_checkpoint_percentages();
  refresh.settings.clear_alarms();
  refresh.settings.clear_bake_time();
  refresh.baking = false;
  refresh.resume = ctx.now();
  refresh.moved = ctx.now();
  refresh.replaced = 0;
  refresh.total = count_old();
  refresh.by =
      note_refresh(ctx, fmt::format("rolls back: {} instances", refresh.total), reason, caused_by);
}

void AutoScalingGroup::on(Context& ctx, const RefreshLook& /*message*/) {
  if (!refresh_) {
    return;
  }
  for (const std::string& alarm : refresh_->settings.alarms()) {
    if (alarms_->state_of(alarm) == roles::AlarmState::kAlarm) {
      fail_refresh(ctx, fmt::format("alarm {} is in ALARM", alarm), sim::DecisionId::kNone);
      break;
    }
  }
  if (refresh_ && ctx.now() >= refresh_->resume && !is_suspended(INSTANCE_REFRESH)) {
    step_refresh(ctx);
  }
  if (refresh_) {
    after(ctx, kLook, RefreshLook{});
  }
}

RefreshCounts AutoScalingGroup::refresh_counts(Time now) const {
  RefreshCounts counts{.desired = desired_};
  for (const auto& [id, member] : members_) {
    if (!is_counted(member.state)) {
      continue;
    }
    const bool ready = is_ready(member, refresh_->warmup, now);
    const bool old = may_go(member);
    ++counts.counted;
    counts.ready += ready ? 1 : 0;
    counts.old += old ? 1 : 0;
    counts.unfit += old && !ready ? 1 : 0;
  }
  return counts;
}

void AutoScalingGroup::step_refresh(Context& ctx) {
  RefreshInProgress& refresh = *refresh_;
  RefreshCounts counts = refresh_counts(ctx.now());
  refresh.beyond = counts.counted > desired_ ? counts.counted - desired_ : 0;
  const std::uint32_t old = count_old();
  const std::uint32_t unready = counts.counted - counts.ready;
  const std::uint32_t gone = refresh.total - std::min(refresh.total, old);
  const std::uint32_t replaced = gone > unready ? gone - unready : 0;
  if (replaced > refresh.replaced) {
    refresh.replaced = replaced;
    refresh.moved = ctx.now();
  }
  if (pause_at_checkpoint(ctx) || end_refresh(ctx, old, unready)) {
    return;
  }
  if (ctx.now() - refresh.moved > kStuck) {
    fail_refresh(ctx,
                 old > counts.old ? "instances have been protected from scale-in for an hour"
                                  : "no instance became ready for an hour",
                 sim::DecisionId::kNone);
    return;
  }
  const RefreshStep step = refresh_step(counts, refresh.share);
  refresh.beyond += step.launch;
  const std::string cause =
      fmt::format("At {} an instance refresh replaced instances.", calendar_.iso(ctx.now()));
  Causes ended;
  std::uint32_t left = step.terminate;
  for (const bool fit : {false, true}) {  // ASSUMED: in order of launch
    for (auto& [id, member] : members_) {
      if (left > 0 && may_go(member) && is_ready(member, refresh.warmup, ctx.now()) == fit) {
        terminate(ctx, member, cause, "R2.13.1", refresh.by);
        ended.push_back(member.ended_by);
        --left;
      }
    }
  }
  if (step.launch > 0) {
    launch(ctx, step.launch, cause, {refresh.by}, LaunchFor::kService);
  }
  if (!ended.empty()) {
    counts = refresh_counts(ctx.now());
    refresh.beyond = counts.counted > desired_ ? counts.counted - desired_ : 0;
    reconcile(ctx, cause, ended);
  }
}

bool AutoScalingGroup::pause_at_checkpoint(Context& ctx) {
  RefreshInProgress& refresh = *refresh_;
  const std::vector<std::uint32_t> percentages(refresh.settings.checkpoint_percentages().begin(),
                                               refresh.settings.checkpoint_percentages().end());
  const auto reached = refresh.total == 0 ? std::nullopt
                                          : checkpoint_reached(percentages, refresh.checkpoint,
                                                               refresh.replaced, refresh.total);
  if (!reached) {
    return false;
  }
  refresh.checkpoint = *reached + 1;
  const sim::Duration delay{refresh.settings.checkpoint_delay().ns()};
  const bool last = refresh.checkpoint == percentages.size() && percentages.back() == 100;
  note_refresh(ctx, fmt::format("reaches the checkpoint of {} %", percentages[*reached]),
               fmt::format("{} of {} instances are replaced", refresh.replaced, refresh.total),
               refresh.by);
  if (!last) {
    refresh.resume = ctx.now() + delay;
    refresh.moved = refresh.resume;
  }
  return !last;
}

bool AutoScalingGroup::end_refresh(Context& ctx, std::uint32_t old, std::uint32_t unready) {
  RefreshInProgress& refresh = *refresh_;
  const bool at_last_checkpoint =  // R2.13.2: what lies behind it stays as it is
      refresh.settings.checkpoint_percentages_size() > 0 &&
      refresh.checkpoint ==
          static_cast<std::size_t>(refresh.settings.checkpoint_percentages_size());
  if ((old > 0 && !at_last_checkpoint) || unready > 0) {
    return false;
  }
  const sim::Duration bake{refresh.settings.bake_time().ns()};
  if (!refresh.baking && bake > sim::Duration{}) {
    refresh.baking = true;
    refresh.resume = ctx.now() + bake;
    note_refresh(ctx, "bakes", "every instance is replaced", refresh.by);
    return true;
  }
  note_refresh(ctx, refresh.rolling_back ? "rolled back" : "succeeded",
               fmt::format("{} instances are replaced", refresh.replaced), refresh.by);
  refresh_.reset();
  return true;
}

}  // namespace updraft::auto_scaling
