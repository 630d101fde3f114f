// What operators do with the instances of a template.
#include <array>

#include <fmt/format.h>

#include "models/ec2/launch_template.h"
#include "sim/engine/simulation.h"

namespace updraft::ec2 {

using roles::InstanceState;
using sim::Context;

void LaunchTemplate::operate(Context& ctx, const google::protobuf::Message& operation,
                             sim::DecisionId caused_by) {
  const auto& wanted = static_cast<const LaunchTemplateOperations&>(operation);
  if (wanted.has_stop_instances()) {
    operate_on(ctx, Deed::kStop, wanted.stop_instances(), caused_by);
  } else if (wanted.has_start_instances()) {
    operate_on(ctx, Deed::kStart, wanted.start_instances(), caused_by);
  } else if (wanted.has_reboot_instances()) {
    operate_on(ctx, Deed::kReboot, wanted.reboot_instances(), caused_by);
  } else if (wanted.has_set_credit_specification()) {
    set_credit_mode(ctx,
                    wanted.set_credit_specification() == STANDARD ? CreditMode::kStandard
                                                                  : CreditMode::kUnlimited,
                    caused_by);
  }
}

// In order of launch: the longest running first. A crash is no operation, so a state that the deed
// can't change is passed over.
void LaunchTemplate::operate_on(Context& ctx, Deed deed, const Instances& which,
                                sim::DecisionId caused_by) {
  static constexpr std::array<const char*, 3> kWords{"stop", "start", "reboot"};
  const char* word = kWords[static_cast<std::size_t>(deed)];
  const InstanceState from =
      deed == Deed::kStart ? InstanceState::kStopped : InstanceState::kRunning;
  std::uint32_t done = 0;
  for (auto& [id, entry] : living_) {
    const std::string& zone = simulation_.zones()[entry.zone.index];
    if (done == which.count() || entry.instance->state() != from ||
        (!which.availability_zone().empty() && which.availability_zone() != zone)) {
      continue;
    }
    ++done;
    const sim::DecisionId decided = ctx.decide({.who = path(),
                                                .kind = "instance",
                                                .what = fmt::format("{} {}", word, entry.name),
                                                .reason = "an operator's wish",
                                                .rule = "R1.1.1",
                                                .cause = sim::Cause::decision(caused_by),
                                                .repeats = false});
    const sim::ComponentId instance = entry.instance->id();
    if (deed == Deed::kStop) {
      stop(ctx, instance, decided);
    } else if (deed == Deed::kStart) {
      start(ctx, instance, decided);
    } else {
      reboot(ctx, instance, decided);
    }
  }
  if (done < which.count()) {
    ctx.decide({.who = path(),
                .kind = "operation",
                .outcome = sim::Outcome::kBlocked,
                .what = fmt::format("{} {} instances", word, which.count()),
                .reason = fmt::format("{} of them {}", done,
                                      deed == Deed::kStart ? "were stopped" : "were running"),
                .rule = "R1.1.1",
                .cause = sim::Cause::decision(caused_by),
                .repeats = false});
  }
}

void LaunchTemplate::set_credit_mode(Context& ctx, CreditMode mode,
                                     sim::DecisionId caused_by) {  // R1.3.7
  if (!settings_.credits) {
    ctx.decide({.who = path(),
                .kind = "operation",
                .outcome = sim::Outcome::kBlocked,
                .what = "set the credit specification",
                .reason = fmt::format("{} has no CPU credits", type_.name),
                .rule = "R1.3.4",
                .cause = sim::Cause::decision(caused_by),
                .repeats = false});
    return;
  }
  settings_.credits->mode = mode;
  for (auto& [id, entry] : living_) {
    entry.instance->set_credit_mode(ctx, mode);
  }
}

}  // namespace updraft::ec2
