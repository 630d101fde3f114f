// Launches: into which zone, and what becomes of those that nobody takes.
#include <algorithm>

#include <fmt/format.h>

#include "models/auto_scaling/activity.h"
#include "models/auto_scaling/group.h"
#include "models/auto_scaling/zone_balance.h"

namespace updraft::auto_scaling {

using sim::Context;

namespace {

constexpr sim::Duration kLaunchRetry = std::chrono::seconds{60};  // ASSUMED: AWS gives no interval

}  // namespace

std::optional<std::uint32_t> AutoScalingGroup::choose_zone(const std::vector<bool>& refused,
                                                           LaunchFor purpose) {
  const bool pool = purpose == LaunchFor::kPool;
  std::vector<ZoneCount> counts;
  for (const sim::ZoneId zone : zones_) {
    counts.push_back(
        {.zone = zone.index, .available = !refused[zone.index] && !(shift_ && *shift_ == zone)});
    for (const auto& [id, member] : members_) {
      const bool here = pool ? is_warmed(member.state) : is_counted(member.state);
      counts.back().instances += here && member.zone == zone ? 1 : 0;
    }
  }
  return zone_to_launch(counts, sim::uniform01(zone_stream_, zone_draws_++));
}

AutoScalingGroup::Member& AutoScalingGroup::add_member(Context& ctx, sim::ComponentId instance,
                                                       sim::ZoneId zone, const Launched& launched,
                                                       LaunchFor purpose) {
  const roles::InstanceView view = launched.kind.made_by->view(instance);
  Member& member = members_[instance.index];
  member.instance = instance;
  member.made_by = launched.kind.made_by;
  member.weight = launched.kind.weight;
  member.spot = launched.spot;
  member.name = view.name;
  member.zone = zone;
  member.ordinal = view.launch_ordinal;
  member.launched = ctx.now();
  member.standing = purpose == LaunchFor::kStanding;
  member.state = purpose == LaunchFor::kPool ? Lifecycle::kWarmedPending : Lifecycle::kPending;
  member.replacement = replacements_due_ > 0;
  ++launches_;
  return member;
}

void AutoScalingGroup::wait_to_launch(Context& ctx, sim::DecisionId why, sim::DecisionId refused_by,
                                      std::string_view reason, std::string_view rule) {
  ctx.decide(
      {.who = path(),
       .kind = "activity",
       .outcome = sim::Outcome::kBlocked,
       .what = "launch an instance",
       .reason = reason,
       .rule = rule,
       .cause = sim::Cause::decision(refused_by == sim::DecisionId::kNone ? why : refused_by)});
  if (!retry_pending_) {
    retry_pending_ = true;
    retry_caused_by_ = why;
    after(ctx, kLaunchRetry, Retry{});
  }
}

void AutoScalingGroup::launch(Context& ctx, std::uint32_t wanted, const std::string& cause,
                              const Causes& caused_by, LaunchFor purpose) {
  if (is_suspended(LAUNCH) && purpose != LaunchFor::kStanding) {  // R2.16.1
    wait_to_launch(ctx, caused_by.front(), sim::DecisionId::kNone, "Launch is suspended",
                   "R2.16.1");
    return;
  }
  std::vector<bool> refused(ctx.simulation().zones().size(), false);
  sim::DecisionId refused_by = sim::DecisionId::kNone;
  for (std::uint32_t launched = 0; launched < wanted;) {
    const sim::DecisionId why = caused_by.at(std::min<std::size_t>(launched, caused_by.size() - 1));
    if (purpose == LaunchFor::kService && take_from_pool(ctx, cause, why)) {
      ++launched;
      continue;
    }
    const auto zone = choose_zone(refused, purpose);  // R2.10.1
    if (!zone) {
      wait_to_launch(ctx, why, refused_by,
                     "no availability zone takes launches now; trying again every minute",
                     "R2.1.3");
      return;
    }
    const Launched made = launch_in(ctx, {*zone}, why, purpose);
    const roles::LaunchAnswer& answer = made.answer;
    if (!answer.instance.exists()) {  // R2.1.3: another zone is tried
      refused[*zone] = true;
      refused_by = answer.refused_by;
      if (answer.refused_everywhere) {
        refused.assign(refused.size(), true);
      }
      continue;
    }
    launched += made.kind.weight;  // ASG-28: the last one may be more than is missing
    Member& member = add_member(ctx, answer.instance, {*zone}, made, purpose);
    const std::string text = launch_description(member.name);
    member.launched_by =
        ctx.decide({.who = path(),
                    .kind = "activity",
                    .what = purpose == LaunchFor::kPool ? text + " into the warm pool" : text,
                    .reason = cause,
                    .rule = purpose == LaunchFor::kPool ? "R2.12.1" : "R2.10.1",
                    .cause = sim::Cause::decision(why),
                    .repeats = false});
    if (purpose == LaunchFor::kStanding) {
      member.running = true;
      enter_service(ctx, member);
    }
  }
  note_levels(ctx);
}

}  // namespace updraft::auto_scaling
