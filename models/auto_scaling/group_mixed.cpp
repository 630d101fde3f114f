// Types and purchase options of a group: what the next instance is of, and which kind is to leave.
#include <algorithm>

#include "models/auto_scaling/group.h"
#include "models/auto_scaling/mixed.h"

namespace updraft::auto_scaling {

using sim::Context;

namespace {

Strategy strategy_of(const InstancesDistribution& distribution, bool spot) {
  if (!spot) {
    return distribution.on_demand_allocation_strategy() == LOWEST_PRICE ? Strategy::kLowestPrice
                                                                        : Strategy::kPrioritized;
  }
  switch (distribution.spot_allocation_strategy()) {
    case CAPACITY_OPTIMIZED:
      return Strategy::kCapacityOptimized;
    case CAPACITY_OPTIMIZED_PRIORITIZED:
      return Strategy::kCapacityOptimizedPrioritized;
    case PRICE_CAPACITY_OPTIMIZED:
      return Strategy::kPriceCapacityOptimized;
    default:
      return Strategy::kLowestPrice;
  }
}

PurchaseSplit split_of(const MixedInstancesPolicy& policy) {
  if (!policy.has_instances_distribution()) {
    return {};
  }
  const InstancesDistribution& distribution = policy.instances_distribution();
  return {distribution.on_demand_base_capacity(),
          distribution.on_demand_percentage_above_base_capacity()};
}

}  // namespace

void AutoScalingGroup::bind_kinds(sim::World& world) {
  for (const LaunchTemplateOverrides& written : params_.mixed_instances_policy().overrides()) {
    kinds_.push_back(
        {&world.role<roles::Launchable>(written.launch_template()), written.weighted_capacity()});
  }
  if (kinds_.empty()) {
    kinds_.push_back({template_, 1});
  }
}

bool AutoScalingGroup::is_current(const Member& member) const {
  if (!params_.has_mixed_instances_policy()) {
    return member.made_by == template_;
  }
  return std::any_of(kinds_.begin(), kinds_.end(),
                     [&](const Kind& kind) { return kind.made_by == member.made_by; });
}

std::uint32_t AutoScalingGroup::units(Lifecycle state) const {
  std::uint32_t sum = 0;
  for (const auto& [id, member] : members_) {
    sum += member.state == state ? member.weight : 0;
  }
  return sum;
}

std::uint32_t AutoScalingGroup::units_on_demand() const {
  std::uint32_t sum = 0;
  for (const auto& [id, member] : members_) {
    sum += is_counted(member.state) && !member.spot ? member.weight : 0;
  }
  return sum;
}

// R2.15.1: the unit that comes next.
bool AutoScalingGroup::next_is_spot() const {
  const std::uint32_t there = units(Lifecycle::kPending) + units(Lifecycle::kInService);
  const PurchaseSplit split = split_of(params_.mixed_instances_policy());
  return units_on_demand() >= on_demand_units(there + 1, split);
}

std::vector<std::size_t> AutoScalingGroup::kinds_in_order(sim::ZoneId zone, bool spot,
                                                          sim::Time now) const {
  std::vector<PoolOffer> pools;
  for (const Kind& kind : kinds_) {
    const roles::Launchable::Offer offer = kind.made_by->offer(zone, spot, now);
    PoolOffer pool{.usd_per_unit_hour = offer.usd_per_hour / kind.weight,
                   .monthly_interruption = offer.monthly_interruption};
    for (const auto& [id, member] : members_) {
      pool.instances += is_counted(member.state) && member.zone == zone && member.spot == spot &&
                                member.made_by == kind.made_by
                            ? 1
                            : 0;
    }
    pools.push_back(pool);
  }
  const InstancesDistribution& distribution =
      params_.mixed_instances_policy().instances_distribution();
  return asking_order(pools, strategy_of(distribution, spot),
                      spot ? distribution.spot_instance_pools() : 1);
}

// R2.15.2: the zone is chosen; of the types, the first that is not refused.
AutoScalingGroup::Launched AutoScalingGroup::launch_in(Context& ctx, sim::ZoneId zone,
                                                       sim::DecisionId why, LaunchFor purpose) {
  roles::LaunchOptions options{.zone = zone,
                               .owner = this,
                               .standing = purpose == LaunchFor::kStanding,
                               .spot = {},
                               .caused_by = why};
  if (!params_.has_mixed_instances_policy()) {
    return {template_->launch(ctx, options), {template_, 1}, false};
  }
  const bool spot = next_is_spot();
  options.spot = spot;
  Launched launched;
  for (const std::size_t place : kinds_in_order(zone, spot, ctx.now())) {
    launched = {kinds_[place].made_by->launch(ctx, options), kinds_[place], spot};
    if (launched.answer.instance.exists()) {
      break;
    }
  }
  return launched;
}

// R2.9.3: the purchase option of which there is too much, then what the strategy likes least.
void AutoScalingGroup::prefer_by_option(std::vector<Candidate>& candidates, sim::Time now) const {
  if (!params_.has_mixed_instances_policy()) {
    return;
  }
  const std::uint32_t there = units(Lifecycle::kPending) + units(Lifecycle::kInService);
  const PurchaseSplit split = split_of(params_.mixed_instances_policy());
  const bool spot_goes = there == 0 || units_on_demand() <= on_demand_units(there - 1, split);
  const auto has_option = [&](const Candidate& candidate) {
    return members_.at(static_cast<std::uint32_t>(candidate.id)).spot == spot_goes;
  };
  if (std::any_of(candidates.begin(), candidates.end(), [&](const Candidate& candidate) {
        return has_option(candidate) && !candidate.is_protected;
      })) {
    std::erase_if(candidates, [&](const Candidate& candidate) { return !has_option(candidate); });
  }
  for (Candidate& candidate : candidates) {
    const Member& member = members_.at(static_cast<std::uint32_t>(candidate.id));
    const std::vector<std::size_t> order = kinds_in_order(member.zone, member.spot, now);
    for (std::uint32_t rank = 0; rank < order.size(); ++rank) {
      if (kinds_[order[rank]].made_by == member.made_by) {
        candidate.misfit = rank;
      }
    }
  }
}

}  // namespace updraft::auto_scaling
