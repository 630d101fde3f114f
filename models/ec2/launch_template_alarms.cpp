// What alarms do with the instances of a template (EC2.alarm_actions).
#include <fmt/format.h>

#include "models/ec2/launch_template.h"
#include "sim/core/check.h"

namespace updraft::ec2 {

using roles::InstanceState;
using sim::Context;

struct LaunchTemplate::AlarmDeed final : roles::AlarmAction {
  enum class Kind : std::uint8_t { kStop, kTerminate, kReboot, kRecover };
  AlarmDeed(LaunchTemplate& of, Kind what, std::string_view called)
      : owner(of), kind(what), name(called) {}
  void alarm_notified(Context& ctx, const roles::AlarmNotice& notice) override {
    Context own = ctx.as(owner);
    owner.alarmed(own, *this, notice);
  }
  [[nodiscard]] bool is_auto_scaling() const override { return false; }
  /// Whether the alarm means this one of the instances: the alarm watches them all.
  [[nodiscard]] bool meets(const Instance& instance) const {
    if (instance.state() != InstanceState::kRunning) {
      return false;
    }
    switch (kind) {
      case Kind::kReboot:
        return !instance.instance_check_ok();
      case Kind::kRecover:
        return !instance.system_check_ok();
      default:
        return true;
    }
  }

  LaunchTemplate& owner;
  Kind kind;
  std::string name;
};

roles::AlarmAction& LaunchTemplate::alarm_action(std::string_view part) {
  using Kind = AlarmDeed::Kind;
  const auto found = alarm_deeds_.find(part);
  if (found != alarm_deeds_.end()) {
    return *found->second;
  }
  const Kind kind = part == "stop"        ? Kind::kStop
                    : part == "terminate" ? Kind::kTerminate
                    : part == "reboot"    ? Kind::kReboot
                                          : Kind::kRecover;
  SIM_CHECK(kind != Kind::kRecover || part == "recover", "no action {}", part);
  return *alarm_deeds_.emplace(part, std::make_unique<AlarmDeed>(*this, kind, part)).first->second;
}

void LaunchTemplate::alarmed(Context& ctx, const AlarmDeed& deed,
                             const roles::AlarmNotice& notice) {
  std::uint32_t met = 0;
  for (auto& [id, entry] : living_) {
    if (!deed.meets(*entry.instance)) {
      continue;
    }
    ++met;
    const sim::DecisionId decided =
        ctx.decide({.who = path(),
                    .kind = "instance",
                    .what = fmt::format("{} {}", deed.name, entry.name),
                    .reason = fmt::format("an action of alarm {}", notice.alarm),
                    .rule = "EC2.alarm_actions",
                    .cause = sim::Cause::decision(notice.decision),
                    .repeats = false});
    const sim::ComponentId instance = entry.instance->id();
    switch (deed.kind) {
      case AlarmDeed::Kind::kStop:
        stop(ctx, instance, decided);
        break;
      case AlarmDeed::Kind::kTerminate:
        entry.changed_by = decided;
        set_end_reason(instance, fmt::format("an action of alarm {}", notice.alarm));
        terminate(ctx, instance);
        break;
      case AlarmDeed::Kind::kReboot:
        reboot(ctx, instance, decided);
        break;
      case AlarmDeed::Kind::kRecover:
        entry.instance->recover(ctx);
        note_status(ctx, entry, decided);
        break;
    }
  }
  if (met == 0) {
    ctx.decide(
        {.who = path(),
         .kind = "instance",
         .outcome = sim::Outcome::kBlocked,
         .what = deed.name,
         .reason = fmt::format("alarm {} asks for it, and no instance is meant", notice.alarm),
         .rule = "EC2.alarm_actions",
         .cause = sim::Cause::decision(notice.decision)});
  }
}

}  // namespace updraft::ec2
