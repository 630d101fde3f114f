// What a group shows to those who scale it (policies, schedules, forecasts), and what they may do.
//
// Policies never see instances, zones or target groups; the group never sees an alarm or a metric
// of a policy. Both sides can grow without the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "models/auto_scaling/capacity.h"
#include "models/auto_scaling/policies.pb.h"
#include "sim/engine/context.h"

namespace updraft::auto_scaling {

class Scalable {
 public:
  virtual ~Scalable() = default;

  /// Its instances by state; `warmup` says for how long from InService one counts as warming.
  [[nodiscard]] virtual GroupCapacity capacity(sim::Time now, sim::Duration warmup) const = 0;
  /// Instances that have gone, and left service after that instant (R2.4.6).
  [[nodiscard]] virtual std::uint32_t gone_since(sim::Time instant) const = 0;
  [[nodiscard]] virtual Bounds bounds() const = 0;
  /// An instance is on its way into service, or out of it and not drained yet (R2.4.1).
  [[nodiscard]] virtual bool activity_in_progress() const = 0;

  [[nodiscard]] virtual bool is_suspended(ScalingProcess process) const = 0;
  /// R2.10.4: a zonal shift keeps desired capacity from falling.
  [[nodiscard]] virtual bool is_shifted() const = 0;
  /// R2.8.2: what the forecast of this hour wants; 0 where none says so.
  [[nodiscard]] virtual std::uint32_t forecast_floor(sim::Time now) const = 0;

  /// What may be desired from now on.
  virtual void set_bounds(Bounds bounds) = 0;
  /// Moves the desired capacity, which lies within the bounds, and starts what follows from it.
  /// `cause` is AWS's sentence for the activity history, `because` the decision behind it.
  virtual void set_desired(sim::Context& ctx, std::uint32_t desired, const std::string& cause,
                           std::string_view rule, sim::Cause because) = 0;
  /// Has weigh() of the group's policies called once the other alarms of this instant were heard.
  virtual void weigh_soon(sim::Context& ctx) = 0;
};

}  // namespace updraft::auto_scaling
