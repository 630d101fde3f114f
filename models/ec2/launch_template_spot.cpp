// Spot instances of a template: when EC2 takes them back, how they hear of it, what they cost.
#include <algorithm>

#include <fmt/format.h>

#include "models/ec2/launch_template.h"
#include "sim/engine/simulation.h"

namespace updraft::ec2 {

using roles::InstanceState;
using sim::Context;
using sim::Time;

double LaunchTemplate::max_spot_price() const {  // R1.4.4: the On-Demand price by default
  if (spot_.has_max_price() || price_list_ == nullptr) {
    return spot_.max_price();
  }
  return price_list_->usd_per_unit("ec2/" + type_.name);
}

roles::Launchable::Offer LaunchTemplate::offer(sim::ZoneId zone, bool spot, Time now) const {
  Offer offer{.monthly_interruption = spot ? spot_.monthly_interruption() : 0};
  if (spot && spot_prices_) {
    offer.usd_per_hour = spot_prices_->at(simulation_.zones()[zone.index], now).value_or(0);
  } else if (price_list_ != nullptr) {
    offer.usd_per_hour = price_list_->usd_per_unit((spot ? "ec2/spot/" : "ec2/") + type_.name);
  }
  return offer;
}

void LaunchTemplate::start_spot(Context& ctx) {
  if (!spot_prices_) {
    return;
  }
  for (std::uint32_t zone = 0; zone < simulation_.zones().size(); ++zone) {
    const Time next = spot_prices_->next_change(simulation_.zones()[zone], ctx.now());
    if (next != sim::kNever) {
      at(ctx, next, SpotPriceDue{zone});
    }
  }
}

void LaunchTemplate::on(Context& ctx, const SpotPriceDue& message) {
  const std::string& zone = simulation_.zones()[message.zone];
  const Time next = spot_prices_->next_change(zone, ctx.now());
  if (next != sim::kNever) {
    at(ctx, next, SpotPriceDue{message.zone});
  }
  if (spot_prices_->at(zone, ctx.now()).value_or(0) <= max_spot_price()) {
    return;
  }
  for (auto& [id, entry] : living_) {
    if (entry.spot && entry.zone.index == message.zone &&
        entry.instance->state() == InstanceState::kRunning && !entry.interrupted) {
      // R1.4.2: the recommendation comes together with the notice.
      for (const SpotStep step : {SpotStep::kRebalance, SpotStep::kNotice}) {
        after(ctx, sim::Duration{}, SpotDue{id, static_cast<std::uint32_t>(step)});
      }
    }
  }
}

// Draws when EC2 will want it back; a stop in between makes no difference (it is not modelled).
void LaunchTemplate::live_as_spot(Context& ctx, const Living& entry, std::uint64_t ordinal) {
  const double share = spot_.monthly_interruption() / 100.0;
  if (share <= 0) {
    return;
  }
  const sim::Duration lives =
      time_to_interruption(share, sim::uniform01(interruption_stream_, ordinal));
  const sim::Duration lead = rebalance_lead_.sample_duration(rebalance_stream_, ordinal);
  const sim::Duration notice = std::max(sim::Duration{}, lives - kInterruptionNotice);
  const sim::Duration rebalance = std::max(sim::Duration{}, notice - lead);
  const std::uint32_t id = entry.instance->id().index;
  after(ctx, rebalance, SpotDue{id, static_cast<std::uint32_t>(SpotStep::kRebalance)});
  after(ctx, notice, SpotDue{id, static_cast<std::uint32_t>(SpotStep::kNotice)});
}

void LaunchTemplate::on(Context& ctx, const SpotDue& message) {
  const auto found = living_.find(message.component);
  if (found == living_.end() || found->second.instance->state() != InstanceState::kRunning) {
    return;  // it was ended by others meanwhile
  }
  warn_spot(ctx, message.component, static_cast<SpotStep>(message.step));
}

void LaunchTemplate::warn_spot(Context& ctx, std::uint32_t component, SpotStep step) {
  Living& entry = living_.at(component);
  if (step == SpotStep::kInterrupt) {
    entry.end_reason = "EC2 took the Spot instance back";
    entry.taken_back = true;
    entry.instance->terminate(ctx);
    return;
  }
  if (entry.interrupted) {
    return;  // its notice has been given already
  }
  const bool notice = step == SpotStep::kNotice;
  const sim::DecisionId decided =
      ctx.decide({.who = path(),
                  .kind = "spot",
                  .what = notice ? fmt::format("{} will be interrupted in two minutes", entry.name)
                                 : fmt::format("rebalance recommendation for {}", entry.name),
                  .reason = "EC2 wants the capacity back",
                  .rule = notice ? "R1.4.1" : "R1.4.2",
                  .cause = {},
                  .repeats = false});
  if (notice) {
    entry.interrupted = true;
    entry.changed_by = decided;
    after(ctx, kInterruptionNotice,
          SpotDue{component, static_cast<std::uint32_t>(SpotStep::kInterrupt)});
  }
  if (entry.instance->owner() != nullptr) {
    entry.instance->owner()->instance_warned(ctx, entry.instance->id(),
                                             notice ? roles::SpotWarning::kInterruptionNotice
                                                    : roles::SpotWarning::kRebalanceRecommendation,
                                             decided);
  }
}

double LaunchTemplate::spot_cost(const Living& entry, Time now) const {
  const Time since = entry.meter.since();
  return spot_prices_->cost(simulation_.zones()[entry.zone.index], since,
                            since + std::chrono::seconds{billed_seconds(now - since)});
}

// R1.4.3: what EC2 interrupts within the first hour is free, everything else is charged by the
// second.
void LaunchTemplate::end_billing(Living& entry, Time now) {
  if (entry.address.running()) {
    entry.address.end(now);
  }
  if (!entry.meter.running()) {
    return;
  }
  if (entry.spot && entry.taken_back && now - entry.meter.since() < kFreeWhenInterrupted) {
    entry.meter.forgive();
    return;
  }
  if (entry.spot && spot_prices_) {
    entry.spot_usd += spot_cost(entry, now);
  }
  entry.meter.end(now);
}

}  // namespace updraft::ec2
