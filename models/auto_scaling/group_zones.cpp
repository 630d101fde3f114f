// Zones and risks: rebalancing over zones, Spot instances at risk, a zonal shift.
#include <algorithm>

#include <fmt/format.h>

#include "models/auto_scaling/activity.h"
#include "models/auto_scaling/group.h"
#include "models/auto_scaling/zone_balance.h"

namespace updraft::auto_scaling {

using sim::Context;

namespace {

/// R2.10.2: instances above the maximum for as long as rebalancing takes.
std::uint32_t rebalancing_room(std::uint32_t max_size) {
  return std::max(1u, max_size / 10);
}

}  // namespace

// --- rebalancing over zones

// R2.10.2: the instance that stands where there are too many goes when one stands where there are
// too few. ASSUMED: looked for with the health check, one at a time, when nothing else is in
// progress.
void AutoScalingGroup::rebalance_zones(Context& ctx) {
  if (is_suspended(AZ_REBALANCE) || activity_in_progress() || !successors_.empty() || refresh_ ||
      shift_) {
    return;
  }
  std::vector<ZoneCount> zones;
  for (const sim::ZoneId zone : zones_) {
    zones.push_back({.zone = zone.index});
    for (const auto& [id, member] : members_) {
      zones.back().instances += is_counted(member.state) && member.zone == zone ? 1 : 0;
    }
  }
  const auto by_size = [](const ZoneCount& a, const ZoneCount& b) {
    return a.instances < b.instances;
  };
  const auto [fewest, most] = std::minmax_element(zones.begin(), zones.end(), by_size);
  if (most->instances < fewest->instances + 2) {
    return;
  }
  const std::uint32_t counted = units(Lifecycle::kPending) + units(Lifecycle::kInService);
  if (counted + 1 > max_size_ + rebalancing_room(max_size_)) {
    return;
  }
  const sim::ZoneId from{most->zone};
  for (auto& [id, member] : members_) {
    if (member.zone == from && member.state == Lifecycle::kInService && !member.is_protected) {
      move_to(ctx, member, {fewest->zone});
      return;
    }
  }
}

void AutoScalingGroup::move_to(Context& ctx, Member& member, sim::ZoneId zone) {
  const std::string cause =
      fmt::format("At {} an instance was launched to aid in balancing the group's zones.",
                  calendar_.iso(ctx.now()));
  const Launched made = launch_in(ctx, zone, sim::DecisionId::kNone, LaunchFor::kService);
  if (!made.answer.instance.exists()) {  // the refusal is a record of its own
    return;
  }
  Member& coming = add_member(ctx, made.answer.instance, zone, made, LaunchFor::kService);
  const std::string text = launch_description(coming.name);
  coming.launched_by = ctx.decide({.who = path(),
                                   .kind = "activity",
                                   .what = text,
                                   .reason = cause,
                                   .rule = "R2.10.2",
                                   .cause = {},
                                   .repeats = false});
  successors_[member.instance.index] = {
      coming.instance.index,
      fmt::format("At {} an instance was taken out of service to aid in balancing the group's "
                  "zones.",
                  calendar_.iso(ctx.now())),
      "R2.10.2", coming.launched_by};
  note_levels(ctx);
}

// --- Spot

void AutoScalingGroup::instance_warned(Context& ctx, sim::ComponentId instance,
                                       roles::SpotWarning warning, sim::DecisionId caused_by) {
  if (warning == roles::SpotWarning::kRebalanceRecommendation) {
    Context own = ctx.as(*this);
    after(own, sim::Duration{}, AtRisk{instance.index, static_cast<std::uint32_t>(caused_by)});
  }
}

// R2.10.3: at most a tenth of desired capacity beyond it at a time.
void AutoScalingGroup::on(Context& ctx, const AtRisk& message) {
  Member* member = find({message.instance});
  if (member == nullptr || member->state != Lifecycle::kInService ||
      successors_.contains(message.instance)) {
    return;
  }
  const auto because = static_cast<sim::DecisionId>(message.caused_by);
  std::string blocked;
  if (!params_.capacity_rebalance()) {
    blocked = "capacity_rebalance is off; it is replaced when it has been interrupted";
  } else if (successors_.size() >= std::max(1u, desired_ / 10)) {
    blocked = "as many are being replaced as a tenth of desired capacity";
  }
  if (!blocked.empty()) {
    ctx.decide({.who = path(),
                .kind = "activity",
                .outcome = sim::Outcome::kBlocked,
                .what = "replace " + member->name,
                .reason = blocked,
                .rule = "R2.10.3",
                .cause = sim::Cause::decision(because)});
    return;
  }
  const std::string reason =
      fmt::format("At {} an instance was launched in response to an EC2 rebalance recommendation.",
                  calendar_.iso(ctx.now()));
  const std::uint64_t before = launches_;
  launch(ctx, 1, reason, {because}, LaunchFor::kService);
  if (launches_ > before) {
    successors_[message.instance] = {
        members_.rbegin()->first,
        fmt::format("At {} an instance was taken out of service in response to an EC2 rebalance "
                    "recommendation.",
                    calendar_.iso(ctx.now())),
        "R2.10.3", because};
  }
}

// --- zonal shift

void AutoScalingGroup::start_shift(Context& ctx, const GroupZonalShift& wanted,
                                   sim::DecisionId caused_by) {
  const std::string what = fmt::format("shift away from {}", wanted.away_from());
  const auto zone = std::find_if(zones_.begin(), zones_.end(), [&](sim::ZoneId candidate) {
    return ctx.simulation().zones()[candidate.index] == wanted.away_from();
  });
  std::string blocked;
  if (!params_.availability_zone_impairment_policy().zonal_shift_enabled()) {
    blocked = "zonal_shift_enabled is false";
  } else if (zone == zones_.end()) {
    blocked = "the group is not in that zone";
  } else if (shift_) {
    blocked = "a zonal shift is in force already";
  }
  if (!blocked.empty()) {
    note_operation(ctx, what, blocked, "R2.10.4", caused_by, sim::Outcome::kBlocked);
    return;
  }
  shift_ = *zone;
  ++shifts_;
  note_operation(ctx, what, "a user request", "R2.10.4", caused_by);
  after(ctx, sim::Duration{wanted.expires_in().ns()}, GroupShiftOver{shifts_});
}

void AutoScalingGroup::end_shift(Context& ctx, const std::string& reason,
                                 sim::DecisionId caused_by) {
  if (!shift_) {
    note_operation(ctx, "end the zonal shift", "none is in force", "R2.10.4", caused_by,
                   sim::Outcome::kBlocked);
    return;
  }
  shift_.reset();
  note_operation(ctx, "end the zonal shift", reason, "R2.10.4", caused_by);
}

void AutoScalingGroup::on(Context& ctx, const GroupShiftOver& message) {
  if (shift_ && message.serial == shifts_) {
    end_shift(ctx, "it has expired", sim::DecisionId::kNone);
  }
}

bool AutoScalingGroup::left_alone(const Member& member) const {
  return shift_ && member.zone == *shift_ &&
         params_.availability_zone_impairment_policy().impaired_zone_health_check_behavior() ==
             IGNORE_UNHEALTHY;
}

}  // namespace updraft::auto_scaling
