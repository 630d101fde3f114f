// The warm pool: instances that are launched in advance (R2.12.1).
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "models/auto_scaling/activity.h"
#include "models/auto_scaling/group.h"
#include "models/auto_scaling/warm_pool.h"
#include "sim/build/metric_schema.h"

namespace updraft::auto_scaling {

using roles::InstanceState;
using sim::Context;
using sim::Time;

namespace {

constexpr std::array<const char*, 3> kPoolLevels{
    "WarmPoolDesiredCapacity", "WarmPoolPendingCapacity", "WarmPoolWarmedCapacity"};

}  // namespace

std::uint32_t AutoScalingGroup::pool_size() const {
  const WarmPool& pool = params_.warm_pool();
  PoolSettings settings{.min_size = pool.min_size()};
  if (pool.has_max_group_prepared_capacity()) {
    settings.max_group_prepared_capacity = pool.max_group_prepared_capacity();
  }
  return warm_pool_size(settings, desired_, max_size_);
}

void AutoScalingGroup::tend_pool(Context& ctx) {
  if (!params_.has_warm_pool()) {
    return;
  }
  std::vector<std::uint32_t> pool;
  std::uint32_t returning = 0;
  for (const auto& [id, member] : members_) {
    if (is_warmed(member.state)) {
      pool.push_back(id);
    }
    returning += member.returns_to_pool && member.state == Lifecycle::kTerminating ? 1 : 0;
  }
  const std::uint32_t wanted = pool_size();
  const std::string cause =
      cause_of_difference(calendar_, ctx.now(), static_cast<std::uint32_t>(pool.size()), wanted);
  if (pool.size() + returning < wanted && !retry_pending_) {
    launch(ctx, wanted - static_cast<std::uint32_t>(pool.size()) - returning, cause, {desired_by_},
           LaunchFor::kPool);
  }
  while (pool.size() > wanted) {  // ASSUMED: the newest go
    terminate(ctx, members_.at(pool.back()), cause, "R2.12.1", desired_by_);
    pool.pop_back();
  }
}

void AutoScalingGroup::enter_pool(Context& ctx, Member& member) {
  const bool back = member.returns_to_pool;
  member.state = Lifecycle::kWarmed;
  member.returns_to_pool = false;
  member.standing = false;
  ctx.decide(
      {.who = path(),
       .kind = "warm pool",
       .what = fmt::format("{} {} the warm pool", member.name, back ? "returns to" : "enters"),
       .reason = back ? "scale-in with reuse_on_scale_in" : "it was launched in advance",
       .rule = "R2.12.1",
       .cause = sim::Cause::decision(back ? member.ended_by : member.launched_by),
       .repeats = false});
  if (back) {
    policies_.activity_ended(ctx.now());
  }
  if (params_.warm_pool().pool_state() == POOL_STOPPED) {
    member.made_by->stop(ctx, member.instance, member.launched_by);
  }
  note_levels(ctx);
}

// In order of launch. One that is on its way to being stopped is not there yet.
bool AutoScalingGroup::take_from_pool(Context& ctx, const std::string& cause, sim::DecisionId why) {
  const bool stopped = params_.warm_pool().pool_state() == POOL_STOPPED;
  for (auto& [id, member] : members_) {
    if (member.state != Lifecycle::kWarmed ||
        member.made_by->view(member.instance).state !=
            (stopped ? InstanceState::kStopped : InstanceState::kRunning)) {
      continue;
    }
    if (stopped && !member.made_by->start(ctx, member.instance, why).instance.exists()) {
      continue;  // refused as a launch would be; the record says why
    }
    member.state = Lifecycle::kPending;
    const std::string text = pool_launch_description(member.name);
    member.launched_by = ctx.decide({.who = path(),
                                     .kind = "activity",
                                     .what = text,
                                     .reason = cause,
                                     .rule = "R2.12.1",
                                     .cause = sim::Cause::decision(why),
                                     .repeats = false});
    if (!stopped && !hold_back(ctx, member, EC2_INSTANCE_LAUNCHING)) {
      enter_service(ctx, member);
    }
    return true;
  }
  return false;
}

void AutoScalingGroup::declare_pool_metrics(Context& ctx) {
  for (const char* name : kPoolLevels) {
    pool_metrics_.push_back(sim::declare_metric<AutoScalingGroupParams>(ctx, name));
  }
}

void AutoScalingGroup::publish_pool(Context& ctx, Time period_start) {
  const std::array<double, kPoolLevels.size()> levels{
      static_cast<double>(pool_size()), static_cast<double>(count(Lifecycle::kWarmedPending)),
      static_cast<double>(count(Lifecycle::kWarmed))};
  for (std::size_t i = 0; i < levels.size(); ++i) {
    ctx.metrics().publish(pool_metrics_[i], period_start, sim::StatisticSet::one(levels[i]));
  }
}

}  // namespace updraft::auto_scaling
