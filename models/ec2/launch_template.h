// A launch template: makes instances, follows their states, meters them, publishes their metrics.
//
// Plays Launchable for an Auto Scaling group. Draws of a launch (pending, boot, shutting-down) are
// keyed by the launch's ordinal, so the third instance boots in the same time whatever policy
// launched it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/ec2/billing.h"
#include "models/ec2/ec2.pb.h"
#include "models/ec2/instance.h"
#include "models/ec2/instance_types.h"
#include "models/roles/faults.h"
#include "models/roles/launchable.h"
#include "models/roles/metered.h"
#include "sim/build/resource.h"
#include "sim/engine/component.h"
#include "sim/metrics/instruments.h"

namespace updraft::ec2 {

/// An instance has been terminated; its component goes.
struct Forget {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint64_t component;
};

class LaunchTemplate final : public sim::Model<LaunchTemplate, Forget>,
                             public sim::Resource,
                             public InstanceListener,
                             public roles::Launchable,
                             public roles::ZoneBound,
                             public roles::Metered {
 public:
  LaunchTemplate(const sim::Birth& birth, const LaunchTemplateParams& params,
                 const std::shared_ptr<const InstanceTypes>& types);

  void on_start(sim::Context& ctx) override;
  void on(sim::Context& ctx, const Forget& message);
  void on_roll_up(sim::Context& ctx, sim::Time period_start, sim::Time period_end) override;

  void state_changed(sim::Context& ctx, Instance& instance, roles::InstanceState state) override;

  sim::ComponentId launch(sim::Context& ctx, const roles::LaunchOptions& options) override;
  void terminate(sim::Context& ctx, sim::ComponentId instance) override;
  [[nodiscard]] roles::InstanceView view(sim::ComponentId instance) const override;
  [[nodiscard]] NetworkBytes network_bytes(sim::ComponentId instance) const override;
  [[nodiscard]] std::uint64_t busy_vcpu_ns(sim::ComponentId instance, sim::Time now) const override;
  [[nodiscard]] double work_arrived_s(sim::ComponentId instance) const override;
  [[nodiscard]] std::uint32_t vcpus() const override { return type_.vcpu; }
  [[nodiscard]] double work_per_second(double utilization) const override;
  [[nodiscard]] sim::Duration metric_period() const override;
  void in_service(sim::ComponentId instance, sim::Time now) override;
  void set_end_reason(sim::ComponentId instance, const std::string& reason) override;
  bool crash(sim::Context& ctx, sim::ComponentId instance) override;
  bool set_speed_factor(sim::Context& ctx, sim::ComponentId instance, double factor) override;

  void lose_zone(sim::Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) override;
  void restore_zone(sim::Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) override;
  [[nodiscard]] std::vector<roles::Usage> usage(sim::Time now) const override;

 private:
  /// What is kept of an instance while it is there.
  struct Living {
    Instance* instance = nullptr;
    std::string name;
    RunningMeter meter;
    std::int64_t row = 0;  // in /instances
    std::uint64_t busy_at_period_start = 0;
    std::int64_t in_at_period_start = 0;
    std::int64_t out_at_period_start = 0;
    std::uint64_t refused_at_period_start = 0;
    std::string end_reason;
  };
  Living& living(sim::ComponentId id);
  [[nodiscard]] const Living& living(sim::ComponentId id) const;
  void publish(sim::Context& ctx, Living& living, sim::Time period_start, sim::Time period_end);

  InstanceType type_;
  InstanceSettings settings_;
  MonitoringLevel monitoring_;
  sim::Distribution pending_;
  sim::Distribution boot_;
  sim::Distribution shutting_down_;
  sim::StreamKey pending_stream_;
  sim::StreamKey boot_stream_;
  sim::StreamKey shutting_down_stream_;

  sim::Simulation& simulation_;
  std::map<std::uint32_t, Living> living_;  // by component index
  struct Loss {
    bool lost = false;
    sim::DecisionId caused_by = sim::DecisionId::kNone;  // the fault's beginning, later its end
  };
  std::vector<Loss> lost_zones_;
  std::uint64_t launches_ = 0;
  std::int64_t ended_seconds_ = 0;  // billed, of instances that are gone
  sim::FamilyId family_{};
};

}  // namespace updraft::ec2
