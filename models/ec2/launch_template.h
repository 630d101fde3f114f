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
#include "models/ec2/launch_credits.h"
#include "models/ec2/queue_worker.h"
#include "models/ec2/spot_market.h"
#include "models/roles/account.h"
#include "models/roles/alarms.h"
#include "models/roles/faults.h"
#include "models/roles/launchable.h"
#include "models/roles/metered.h"
#include "models/roles/metric_source.h"
#include "sim/build/resource.h"
#include "sim/engine/component.h"
#include "sim/metrics/instruments.h"

namespace updraft::ec2 {

/// An instance has been terminated; its component goes.
struct Forget {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint64_t component;
};

/// A Spot instance is at risk, is told so, or goes (R1.4.1, R1.4.2).
enum class SpotStep : std::uint32_t { kRebalance, kNotice, kInterrupt };
struct SpotDue {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint32_t component;
  std::uint32_t step;
};
/// The Spot price of a zone changes.
struct SpotPriceDue {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint64_t zone;
};

class LaunchTemplate final : public sim::Model<LaunchTemplate, Forget, SpotDue, SpotPriceDue>,
                             public sim::Resource,
                             public InstanceListener,
                             public WorkListener,
                             public roles::Launchable,
                             public roles::ZoneBound,
                             public roles::CapacityBound,
                             public roles::MetricSource,
                             public roles::Metered,
                             public roles::AlarmActions {
 public:
  LaunchTemplate(const sim::Birth& birth, const LaunchTemplateParams& params,
                 const std::shared_ptr<const InstanceTypes>& types);

  void bind(sim::World& world) override;
  void operate(sim::Context& ctx, const google::protobuf::Message& operation,
               sim::DecisionId caused_by) override;
  void on_start(sim::Context& ctx) override;
  void report(sim::Context& ctx, sim::Report& report) override;
  void on(sim::Context& ctx, const Forget& message);
  void on(sim::Context& ctx, const SpotDue& message);
  void on(sim::Context& ctx, const SpotPriceDue& message);
  void on_roll_up(sim::Context& ctx, sim::Time period_start, sim::Time period_end) override;

  void state_changed(sim::Context& ctx, Instance& instance, roles::InstanceState state) override;
  void booted(sim::Context& ctx, Instance& instance) override;
  void throttled(sim::Context& ctx, Instance& instance, bool on) override;

  roles::LaunchAnswer launch(sim::Context& ctx, const roles::LaunchOptions& options) override;
  void terminate(sim::Context& ctx, sim::ComponentId instance) override;
  bool stop(sim::Context& ctx, sim::ComponentId instance, sim::DecisionId caused_by) override;
  roles::LaunchAnswer start(sim::Context& ctx, sim::ComponentId instance,
                            sim::DecisionId caused_by) override;
  bool reboot(sim::Context& ctx, sim::ComponentId instance, sim::DecisionId caused_by) override;
  [[nodiscard]] roles::InstanceView view(sim::ComponentId instance) const override;
  [[nodiscard]] NetworkBytes network_bytes(sim::ComponentId instance) const override;
  [[nodiscard]] std::uint64_t busy_vcpu_ns(sim::ComponentId instance, sim::Time now) const override;
  [[nodiscard]] double work_arrived_s(sim::ComponentId instance) const override;
  [[nodiscard]] std::uint32_t vcpus() const override { return type_.vcpu; }
  [[nodiscard]] double work_per_second(double utilization) const override;
  [[nodiscard]] Offer offer(sim::ZoneId zone, bool spot, sim::Time now) const override;
  [[nodiscard]] sim::Duration metric_period() const override;
  void in_service(sim::ComponentId instance, sim::Time now) override;
  void set_end_reason(sim::ComponentId instance, const std::string& reason) override;
  bool crash(sim::Context& ctx, sim::ComponentId instance, sim::DecisionId caused_by) override;
  bool begin_impairment(sim::Context& ctx, sim::ComponentId instance, std::uint64_t fault,
                        const roles::Impairment& impairment, sim::DecisionId caused_by) override;
  void end_impairment(sim::Context& ctx, sim::ComponentId instance, std::uint64_t fault) override;

  bool drain(sim::Context& ctx, sim::ComponentId instance) override;
  void worker_busy(sim::Context& ctx, sim::ComponentId instance, bool busy) override;
  void worker_drained(sim::Context& ctx, sim::ComponentId instance) override;

  void lose_zone(sim::Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) override;
  void restore_zone(sim::Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) override;
  [[nodiscard]] roles::AlarmAction& alarm_action(std::string_view part) override;
  void begin_shortage(sim::Context& ctx, std::uint64_t fault,
                      const roles::Shortage& shortage) override;
  void end_shortage(sim::Context& ctx, std::uint64_t fault) override;
  [[nodiscard]] std::optional<sim::MetricId> metric(std::string_view name) const override;
  [[nodiscard]] std::vector<roles::Usage> usage(sim::Time now) const override;

 private:
  /// What is kept of an instance while it is there.
  struct Living {
    Instance* instance = nullptr;
    std::string name;
    sim::ZoneId zone;
    bool spot = false;
    bool counted = false;  // in the account's quota
    RunningMeter meter;
    RunningMeter address;      // of its public IPv4 address
    double spot_usd = 0;       // of stretches that are over
    bool interrupted = false;  // EC2 will take it back: the notice has been given
    bool taken_back = false;   // it has done so (R1.4.3)
    sim::DecisionId changed_by = sim::DecisionId::kNone;
    sim::DecisionId impaired_by = sim::DecisionId::kNone;
    std::int64_t row = 0;  // in /instances
    bool has_served = false;
    std::uint64_t busy_at_period_start = 0;
    std::int64_t in_at_period_start = 0;
    std::int64_t out_at_period_start = 0;
    std::uint64_t refused_at_period_start = 0;
    double credits_used_at_period_start = 0;
    double credits_charged_at_period_start = 0;
    std::string end_reason;
    QueueWorker* worker = nullptr;  // where instances poll
  };
  Living& living(sim::ComponentId id);
  [[nodiscard]] const Living& living(sim::ComponentId id) const;
  [[nodiscard]] bool brings_launch_credits(sim::Time now);
  static void start_periods(Living& living, sim::Time now);
  // launch_template_metrics.cpp
  void declare(sim::Context& ctx);
  void publish(sim::Context& ctx, Living& living, sim::Time period_start, sim::Time period_end);
  void publish_credits(sim::Context& ctx, Living& living, sim::Time period_start);
  void publish_status(sim::Context& ctx, sim::Time period_start);
  void settle_credits(sim::Time now);
  [[nodiscard]] Consumption consumption(const Living& living, sim::Time now) const;
  // launch_template_workers.cpp
  void declare_work(sim::Context& ctx);
  void publish_work(sim::Context& ctx, sim::Time period_start, sim::Time period_end);
  void begin_work(sim::Context& ctx, Living& living);
  void halt_work(sim::Context& ctx, Living& living);
  // launch_template_capacity.cpp
  /// Why a launch or start of that kind is refused there now; nothing when it is not.
  struct Refusal {
    std::string reason;
    std::string_view rule;
    bool everywhere = false;
  };
  [[nodiscard]] std::optional<Refusal> refusal(sim::ZoneId zone, bool spot, sim::Time now) const;
  roles::LaunchAnswer refuse(sim::Context& ctx, const Refusal& refusal, const std::string& what,
                             sim::DecisionId caused_by) const;
  bool take_quota(bool spot);
  void give_back_quota(Living& living);
  // launch_template_spot.cpp
  void start_spot(sim::Context& ctx);
  void live_as_spot(sim::Context& ctx, const Living& living, std::uint64_t ordinal);
  void warn_spot(sim::Context& ctx, std::uint32_t component, SpotStep step);
  [[nodiscard]] double spot_cost(const Living& living, sim::Time now) const;
  void end_billing(Living& living, sim::Time now);
  [[nodiscard]] double max_spot_price() const;
  // launch_template_operations.cpp
  enum class Deed : std::uint8_t { kStop, kStart, kReboot };
  /// What an alarm lets the instances do, under its name.
  struct AlarmDeed;
  void alarmed(sim::Context& ctx, const AlarmDeed& deed, const roles::AlarmNotice& notice);
  void operate_on(sim::Context& ctx, Deed deed, const Instances& which, sim::DecisionId caused_by);
  void set_credit_mode(sim::Context& ctx, CreditMode mode, sim::DecisionId caused_by);
  void note_status(sim::Context& ctx, Living& living, sim::DecisionId caused_by);

  InstanceType type_;
  InstanceSettings settings_;
  MonitoringLevel monitoring_;
  bool spot_by_default_ = false;
  bool public_ipv4_ = false;
  SpotMarket spot_;
  std::optional<SpotPrices> spot_prices_;
  sim::Distribution rebalance_lead_;
  sim::StreamKey rebalance_stream_;
  sim::StreamKey interruption_stream_;
  sim::StreamKey failure_stream_;
  roles::PriceList* price_list_ = nullptr;
  roles::VcpuQuota* quota_ = nullptr;  // none: no limit
  LaunchCreditLimit launch_credit_limit_;

  sim::Simulation& simulation_;
  std::map<std::uint32_t, Living> living_;  // by component index
  struct Loss {
    bool lost = false;
    sim::DecisionId caused_by = sim::DecisionId::kNone;  // the fault's beginning, later its end
  };
  std::vector<Loss> lost_zones_;
  std::uint64_t launches_ = 0;
  std::map<std::uint64_t, roles::Shortage> shortages_;  // by fault
  Consumption ended_;                                   // of instances that are gone
  sim::FamilyId family_{};
  std::optional<sim::FamilyId> credit_family_;
  sim::MetricId status_metric_{};
  std::optional<program::Compiled> program_;
  std::optional<Polling> polling_;
  roles::MessageQueue* queue_ = nullptr;
  WorkDone work_done_;
  std::map<std::string, sim::MetricId, std::less<>> work_metrics_;
  std::map<std::string, std::unique_ptr<roles::AlarmAction>, std::less<>> alarm_deeds_;
};

}  // namespace updraft::ec2
