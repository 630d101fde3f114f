// Scheduled actions of a group (R2.7.1): bounds and desired capacity that change at an instant,
// once or again and again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/auto_scaling/auto_scaling.pb.h"
#include "models/auto_scaling/capacity.h"
#include "models/auto_scaling/scalable.h"
#include "models/common/calendar.h"
#include "models/common/cron.h"
#include "sim/engine/model.h"
#include "sim/scenario/time_zone.h"

namespace updraft::auto_scaling {

/// When an action is due; all in seconds since 1970.
struct Recurrence {
  std::optional<std::int64_t> start_s{};  // once, or not before
  std::optional<std::int64_t> end_s{};    // not from then on
  std::optional<common::Cron> cron{};     // none: once, at the start
};

/// R2.7.1: the first instant after `after_s`. A recurrence with a start acts there too, and then by
/// its fields.
std::optional<std::int64_t> next_due(const Recurrence& recurrence, const sim::TimeZone& zone,
                                     std::int64_t after_s);

/// What an action sets; what it leaves out stays.
struct ScheduledChange {
  std::optional<std::uint32_t> min{};
  std::optional<std::uint32_t> max{};
  std::optional<std::uint32_t> desired{};
};
struct ScheduledResult {
  Bounds bounds;              // afterwards
  std::uint32_t desired = 0;  // afterwards
  std::string rejected{};     // "desired capacity 9 is outside of 2 to 8"; empty: it is done
};
/// Desired follows the new bounds where the action does not say it; bounds that cross, and a
/// desired capacity outside of them, are rejected.
ScheduledResult apply(const ScheduledChange& change, Bounds now, std::uint32_t desired);

struct ActionDue {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint64_t action;
};

/// Carries the actions out. Born below its group: "fleet/schedule".
class ActionSchedule final : public sim::Model<ActionSchedule, ActionDue> {
 public:
  ActionSchedule(const sim::Birth& birth, const AutoScalingGroupParams& params, Scalable& group,
                 sim::Component& owner, const common::Calendar& calendar);
  void on_start(sim::Context& ctx) override;
  void on(sim::Context& ctx, const ActionDue& message);

 private:
  struct Action {
    std::string name;
    Recurrence recurrence;
    sim::TimeZone zone;
    ScheduledChange change;
  };
  void plan(sim::Context& ctx, std::uint64_t index, std::int64_t after_s);

  std::vector<Action> actions_;
  Scalable& group_;
  sim::Component& owner_;
  common::Calendar calendar_;
};

/// The zone and the fields as the scenario writes them; errors have the loader's wording.
sim::Result<Recurrence> recurrence_of(const ScheduledAction& action);

}  // namespace updraft::auto_scaling
