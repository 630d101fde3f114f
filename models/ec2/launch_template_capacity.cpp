// Why EC2 refuses a launch: a lost zone, a lack of capacity, the account's quota, the Spot price.
#include <fmt/format.h>

#include "models/ec2/launch_template.h"
#include "sim/engine/simulation.h"

namespace updraft::ec2 {

using sim::Context;
using sim::Time;

std::optional<LaunchTemplate::Refusal> LaunchTemplate::refusal(sim::ZoneId zone, bool spot,
                                                               Time now) const {
  const std::string& name = simulation_.zones()[zone.index];
  if (lost_zones_[zone.index].lost) {
    return Refusal{fmt::format("{} does not answer", name), "R2.1.3"};
  }
  for (const auto& [fault, shortage] : shortages_) {
    if (!shortage.zone || *shortage.zone == zone) {
      return Refusal{
          fmt::format("InsufficientInstanceCapacity: there is no {} in {} now", type_.name, name),
          "R2.1.3"};
    }
  }
  if (spot && spot_prices_) {
    const auto price = spot_prices_->at(name, now);
    if (!price || *price > max_spot_price()) {  // R1.4.4
      return Refusal{price ? fmt::format("SpotMaxPriceTooLow: the price in {} is {} USD an hour, "
                                         "max_price is {}",
                                         name, *price, max_spot_price())
                           : fmt::format("there is no Spot price for {}", name),
                     "R1.4.4"};
    }
  }
  if (quota_ != nullptr) {
    const roles::VcpuQuota::Use use = quota_->use(type_.family, spot);
    if (use.used + type_.vcpu > use.quota) {
      return Refusal{fmt::format("VcpuLimitExceeded: {} of {} vCPUs are in use, an instance has {}",
                                 use.used, use.quota, type_.vcpu),
                     "EC2.quota", /*everywhere=*/true};
    }
  }
  return std::nullopt;
}

roles::LaunchAnswer LaunchTemplate::refuse(Context& ctx, const Refusal& refusal,
                                           const std::string& what,
                                           sim::DecisionId caused_by) const {
  return {.instance = {},
          .refused_by = ctx.decide({.who = path(),
                                    .kind = "launch",
                                    .outcome = sim::Outcome::kBlocked,
                                    .what = what,
                                    .reason = refusal.reason,
                                    .rule = refusal.rule,
                                    .cause = sim::Cause::decision(caused_by)}),
          .refused_everywhere = refusal.everywhere};
}

bool LaunchTemplate::take_quota(bool spot) {
  return quota_ != nullptr && quota_->take(type_.family, spot, type_.vcpu);
}

void LaunchTemplate::give_back_quota(Living& entry) {
  if (entry.counted) {
    quota_->give_back(type_.family, entry.spot, type_.vcpu);
    entry.counted = false;
  }
}

void LaunchTemplate::begin_shortage(Context& /*ctx*/, std::uint64_t fault,
                                    const roles::Shortage& shortage) {
  if (shortage.instance_type.empty() || shortage.instance_type == type_.name) {
    shortages_[fault] = shortage;
  }
}

void LaunchTemplate::end_shortage(Context& /*ctx*/, std::uint64_t fault) {
  shortages_.erase(fault);
}

}  // namespace updraft::ec2
