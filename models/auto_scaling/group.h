// An Auto Scaling group: keeps the number of instances at the desired capacity, in balance over
// zones, healthy, and lets policies change it.
//
// The group reacts to four things: its instances' states, its health check each minute, alarms of
// its policies, and operators. All of them end in reconcile(), which launches or terminates until
// the group has what is desired.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/auto_scaling/activity.h"
#include "models/auto_scaling/auto_scaling.pb.h"
#include "models/auto_scaling/capacity.h"
#include "models/auto_scaling/health.h"
#include "models/auto_scaling/policy_set.h"
#include "models/auto_scaling/refresh.h"
#include "models/auto_scaling/scalable.h"
#include "models/auto_scaling/termination.h"
#include "models/common/calendar.h"
#include "models/roles/alarms.h"
#include "models/roles/faults.h"
#include "models/roles/launchable.h"
#include "models/roles/metric_source.h"
#include "models/roles/target_registry.h"
#include "sim/build/resource.h"
#include "sim/engine/model.h"
#include "sim/metrics/instruments.h"
#include "sim/random/distribution.h"

namespace updraft::auto_scaling {

// The first thing of the run: what `initial` says stands before the first arrival of instant 0.
struct Begin {
  static constexpr sim::Phase kPhase = sim::Phase::kOperations;
};
struct InstanceChanged {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint32_t instance;
  std::uint32_t state;
};
struct TargetDrained {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint64_t instance;
};
struct CheckHealth {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
};
/// Launches that no zone could take are tried again.
struct Retry {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
};

/// A lifecycle hook is completed, or its time is over; `wait` tells apart one wait of an instance
/// from the next.
struct HookOver {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint32_t instance;
  std::uint32_t hook;
  std::uint32_t wait;
  std::uint32_t completed;  // 0: its time was over
};

/// An instance that protected itself has no work any more.
struct Unprotected {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
};

/// An instance refresh looks whether it may go on.
struct RefreshLook {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
};

/// A Spot instance is likely to be interrupted.
struct AtRisk {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint32_t instance;
  std::uint32_t caused_by;
};
/// A zonal shift is over; `serial` tells apart one from the next.
struct GroupShiftOver {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint64_t serial;
};

/// The alarms of this instant have called their policies.
struct Weigh {
  static constexpr sim::Phase kPhase = sim::Phase::kAlarms;
};

/// R2.2.1. Pending and terminating instances wait while hooks hold them back.
enum class Lifecycle : std::uint8_t {
  kPending,
  kInService,
  kStandby,
  kTerminating,
  kWarmedPending,  // launched for the warm pool
  kWarmed
};

/// It belongs to the warm pool.
constexpr bool is_warmed(Lifecycle state) {
  return state == Lifecycle::kWarmedPending || state == Lifecycle::kWarmed;
}
/// Desired capacity counts it.
constexpr bool is_counted(Lifecycle state) {
  return state == Lifecycle::kPending || state == Lifecycle::kInService;
}

/// What an instance refresh has done so far.
struct RefreshInProgress {
  StartInstanceRefresh settings;
  HealthyShare share;
  sim::Duration warmup{};
  roles::Launchable* from = nullptr;  // the template before
  sim::Time started{};
  sim::Time moved{};   // when an instance was last replaced
  sim::Time resume{};  // it waits until then
  std::uint32_t total = 0;
  std::uint32_t replaced = 0;
  std::uint32_t beyond = 0;  // instances above desired capacity
  std::size_t checkpoint = 0;
  bool baking = false;
  bool rolling_back = false;
  sim::DecisionId by = sim::DecisionId::kNone;
};

class Forecaster;

class AutoScalingGroup final
    : public sim::Model<AutoScalingGroup, Begin, InstanceChanged, TargetDrained, CheckHealth, Retry,
                        Weigh, HookOver, Unprotected, RefreshLook, AtRisk, GroupShiftOver>,
      public sim::Resource,
      public roles::InstanceOwner,
      public roles::DeregistrationObserver,
      public roles::InstanceSet,
      public roles::MetricSource,
      public roles::AlarmActions,
      public Scalable {
 public:
  AutoScalingGroup(const sim::Birth& birth, const AutoScalingGroupParams& params);
  void set_initial(const AutoScalingGroupInitial& initial);

  void bind(sim::World& world) override;
  void operate(sim::Context& ctx, const google::protobuf::Message& operation,
               sim::DecisionId caused_by) override;
  void report(sim::Context& ctx, sim::Report& report) override;
  void on_start(sim::Context& ctx) override;
  void on_roll_up(sim::Context& ctx, sim::Time period_start, sim::Time period_end) override;
  void on(sim::Context& ctx, const Begin& message);
  void on(sim::Context& ctx, const InstanceChanged& message);
  void on(sim::Context& ctx, const TargetDrained& message);
  void on(sim::Context& ctx, const CheckHealth& message);
  void on(sim::Context& ctx, const Retry& message);
  void on(sim::Context& ctx, const Weigh& message);
  void on(sim::Context& ctx, const HookOver& message);
  void on(sim::Context& ctx, const Unprotected& message);
  void on(sim::Context& ctx, const RefreshLook& message);
  void on(sim::Context& ctx, const AtRisk& message);
  void on(sim::Context& ctx, const GroupShiftOver& message);

  void instance_changed(sim::Context& ctx, sim::ComponentId instance,
                        roles::InstanceState state) override;
  void instance_booted(sim::Context& ctx, sim::ComponentId instance) override;
  void instance_drained(sim::Context& ctx, sim::ComponentId instance) override;
  void instance_working(sim::Context& ctx, sim::ComponentId instance, bool working) override;
  void instance_warned(sim::Context& ctx, sim::ComponentId instance, roles::SpotWarning warning,
                       sim::DecisionId caused_by) override;
  void target_drained(sim::Context& ctx, sim::ComponentId target) override;
  std::uint32_t crash_instances(sim::Context& ctx, const roles::Hit& hit) override;
  std::uint32_t impair_instances(sim::Context& ctx, std::uint64_t fault, const roles::Hit& hit,
                                 const roles::Impairment& impairment) override;
  void restore_instances(sim::Context& ctx, std::uint64_t fault) override;
  [[nodiscard]] std::optional<sim::MetricId> metric(std::string_view name) const override;

  [[nodiscard]] roles::AlarmAction& alarm_action(std::string_view policy) override {
    return policies_.alarm_action(policy);
  }
  [[nodiscard]] GroupCapacity capacity(sim::Time now, sim::Duration warmup) const override;
  [[nodiscard]] std::uint32_t gone_since(sim::Time instant) const override;
  [[nodiscard]] Bounds bounds() const override { return {min_size_, max_size_}; }
  [[nodiscard]] bool activity_in_progress() const override;
  [[nodiscard]] bool is_suspended(ScalingProcess process) const override {
    return suspended_.contains(process);
  }
  [[nodiscard]] bool is_shifted() const override { return shift_.has_value(); }
  [[nodiscard]] std::uint32_t forecast_floor(sim::Time now) const override;
  void set_bounds(Bounds bounds) override;
  void set_desired(sim::Context& ctx, std::uint32_t desired, const std::string& cause,
                   std::string_view rule, sim::Cause because) override;
  void weigh_soon(sim::Context& ctx) override;

 private:
  struct Member {
    sim::ComponentId instance;
    roles::Launchable* made_by = nullptr;
    std::uint32_t weight = 1;  // units of capacity
    bool spot = false;         // in a mixed group
    std::string name;
    sim::ZoneId zone;
    std::uint64_t ordinal = 0;
    Lifecycle state = Lifecycle::kPending;
    bool standing = false;  // there before the run began; past its warm-up
    bool running = false;
    bool is_protected = false;  // R2.9.5
    bool is_working = false;    // and protects itself for as long
    sim::Time launched{};
    sim::Time in_service_at{};
    sim::DecisionId marked_by = sim::DecisionId::kNone;  // SetInstanceHealth
    bool took_a_place_along = false;                     // desired dropped when it went to standby
    std::vector<std::uint32_t> hooks;                    // that hold it back, by place in hooks_
    std::uint32_t waits = 0;  // how often hooks have begun or were cut off
    sim::DecisionId launched_by = sim::DecisionId::kNone;
    bool returns_to_pool = false;  // on scale-in
    bool replacement = false;      // launched for one that failed its health check
    sim::Time impaired_since = sim::kNever;
    sim::Time left_service = sim::kNever;
    sim::DecisionId ended_by = sim::DecisionId::kNone;  // its termination
    std::uint32_t draining = 0;                         // target groups that have not let it go yet
    std::uint64_t busy_at_period_start = 0;
    roles::Launchable::NetworkBytes bytes_at_period_start;
    double work_at_period_start = 0;
  };

  /// The decisions that make room for launches, in order; the last one also stands for any further.
  using Causes = std::vector<sim::DecisionId>;

  struct Hook {
    LifecycleHook settings;
    std::optional<sim::Distribution> completes_after;
    sim::StreamKey stream;
  };

  // --- lifecycle: hooks, standby, protection (group_lifecycle.cpp)
  /// Whether hooks of the transition hold it back from now on.
  bool hold_back(sim::Context& ctx, Member& member, LifecycleTransition transition);
  void hook_over(sim::Context& ctx, Member& member, std::uint32_t hook,
                 LifecycleActionResult result, const std::string& reason,
                 sim::DecisionId caused_by);
  /// It is out of its target groups: its hooks, then its end.
  void let_go(sim::Context& ctx, Member& member);
  /// Members in a state that `fits`, in order of launch.
  template <class Wanted, class Fits>
  std::vector<Member*> choose(sim::Context& ctx, const Wanted& wanted, Fits fits);
  void complete_action(sim::Context& ctx, const CompleteLifecycleAction& wanted,
                       sim::DecisionId caused_by);
  void enter_standby(sim::Context& ctx, const EnterStandby& wanted, sim::DecisionId caused_by);
  void exit_standby(sim::Context& ctx, const ExitStandby& wanted, sim::DecisionId caused_by);
  void protect(sim::Context& ctx, const SetInstanceProtection& wanted, sim::DecisionId caused_by);
  void mark_unhealthy(sim::Context& ctx, const SetInstanceHealth& wanted,
                      sim::DecisionId caused_by);
  bool operate_on_members(sim::Context& ctx, const AutoScalingGroupOperations& wanted,
                          sim::DecisionId caused_by);
  sim::DecisionId note_operation(sim::Context& ctx, const std::string& what,
                                 const std::string& reason, std::string_view rule,
                                 sim::DecisionId caused_by,
                                 sim::Outcome outcome = sim::Outcome::kDecided);

  // --- replacement and refresh (group_refresh.cpp)
  /// What takes the place of an instance before that goes.
  struct Successor {
    std::uint32_t instance = 0;
    std::string reason;
    std::string rule;
    sim::DecisionId caused_by = sim::DecisionId::kNone;
  };
  [[nodiscard]] HealthyShare healthy_share() const;
  /// In service, healthy in every target group, and past that warm-up.
  [[nodiscard]] bool is_ready(const Member& member, sim::Duration warmup, sim::Time now) const;
  [[nodiscard]] std::uint32_t beyond_desired() const;
  /// Ends it and counts it to `ended`, or launches its successor, as the maintenance policy says.
  void replace(sim::Context& ctx, Member& member, const std::string& reason, std::string_view rule,
               sim::DecisionId caused_by, Causes* ended);
  void finish_replacements(sim::Context& ctx);
  void end_lifetimes(sim::Context& ctx);
  void start_refresh(sim::Context& ctx, const StartInstanceRefresh& wanted,
                     sim::DecisionId caused_by);
  void stop_refresh(sim::Context& ctx, const StopInstanceRefresh& wanted,
                    sim::DecisionId caused_by);
  [[nodiscard]] bool is_old(const Member& member) const;
  [[nodiscard]] bool may_go(const Member& member) const;
  [[nodiscard]] std::uint32_t count_old() const;
  [[nodiscard]] RefreshCounts refresh_counts(sim::Time now) const;
  void step_refresh(sim::Context& ctx);
  bool pause_at_checkpoint(sim::Context& ctx);
  bool end_refresh(sim::Context& ctx, std::uint32_t old, std::uint32_t unready);
  void fail_refresh(sim::Context& ctx, const std::string& reason, sim::DecisionId caused_by);
  void roll_back(sim::Context& ctx, const std::string& reason, sim::DecisionId caused_by);
  sim::DecisionId note_refresh(sim::Context& ctx, const std::string& what,
                               const std::string& reason, sim::DecisionId caused_by,
                               sim::Outcome outcome = sim::Outcome::kDecided);

  void set_suspended(sim::Context& ctx, const ScalingProcesses& processes, bool suspended,
                     sim::DecisionId caused_by);
  // --- launching (group_launch.cpp)
  enum class LaunchFor : std::uint8_t { kService, kStanding, kPool };
  /// Launches so many, from the warm pool first where they are for service. What no zone takes is
  /// tried again later.
  void launch(sim::Context& ctx, std::uint32_t count, const std::string& cause,
              const Causes& caused_by, LaunchFor purpose);
  /// R2.10.1; none: no zone is left.
  std::optional<std::uint32_t> choose_zone(const std::vector<bool>& refused, LaunchFor purpose);
  /// A template and what one of its instances counts.
  struct Kind {
    roles::Launchable* made_by = nullptr;
    std::uint32_t weight = 1;
  };
  struct Launched {
    roles::LaunchAnswer answer;
    Kind kind;
    bool spot = false;
  };
  Member& add_member(sim::Context& ctx, sim::ComponentId instance, sim::ZoneId zone,
                     const Launched& launched, LaunchFor purpose);

  // --- types and purchase options (group_mixed.cpp)
  void bind_kinds(sim::World& world);
  Launched launch_in(sim::Context& ctx, sim::ZoneId zone, sim::DecisionId why, LaunchFor purpose);
  [[nodiscard]] std::vector<std::size_t> kinds_in_order(sim::ZoneId zone, bool spot,
                                                        sim::Time now) const;
  [[nodiscard]] bool next_is_spot() const;
  [[nodiscard]] bool is_current(const Member& member) const;
  /// Capacity in units: instances, or their weights in a mixed group.
  [[nodiscard]] std::uint32_t units(Lifecycle state) const;
  [[nodiscard]] std::uint32_t units_on_demand() const;
  void prefer_by_option(std::vector<Candidate>& candidates, sim::Time now) const;
  void wait_to_launch(sim::Context& ctx, sim::DecisionId why, sim::DecisionId refused_by,
                      std::string_view reason, std::string_view rule);

  // --- predictive scaling (group_forecast.cpp)
  void begin_forecasts(sim::Context& ctx);
  void declare_forecast_metrics(sim::Context& ctx);
  void publish_forecast(sim::Context& ctx, sim::Time period_start);

  // --- zones and risks (group_zones.cpp)
  void rebalance_zones(sim::Context& ctx);
  /// Launches the successor of that instance in another zone.
  void move_to(sim::Context& ctx, Member& member, sim::ZoneId zone);
  void start_shift(sim::Context& ctx, const GroupZonalShift& wanted, sim::DecisionId caused_by);
  void end_shift(sim::Context& ctx, const std::string& reason, sim::DecisionId caused_by);
  /// Unhealthy or not, a zonal shift leaves it.
  [[nodiscard]] bool left_alone(const Member& member) const;

  // --- warm pool (group_pool.cpp)
  [[nodiscard]] std::uint32_t pool_size() const;
  /// Launches or ends instances of the pool until it has its size.
  void tend_pool(sim::Context& ctx);
  void enter_pool(sim::Context& ctx, Member& member);
  /// Takes a warmed instance into service; false when there is none.
  bool take_from_pool(sim::Context& ctx, const std::string& cause, sim::DecisionId why);
  void declare_pool_metrics(sim::Context& ctx);
  void publish_pool(sim::Context& ctx, sim::Time period_start);
  void instance_runs(sim::Context& ctx, Member& member);
  /// It may be gone after that.
  void instance_left(sim::Context& ctx, Member& member, roles::InstanceState state);
  void enter_service(sim::Context& ctx, Member& member);
  void register_with_targets(sim::Context& ctx, const Member& member);
  void terminate(sim::Context& ctx, Member& member, const std::string& reason,
                 std::string_view rule, sim::DecisionId caused_by);
  void end_instance(sim::Context& ctx, Member& member);
  void reconcile(sim::Context& ctx, const std::string& cause, const Causes& caused_by);
  /// Ends one instance of `most` units at most; false when there is none to end.
  bool scale_in_one(sim::Context& ctx, const std::string& cause, std::uint32_t most);
  [[nodiscard]] static bool warming(const Member& member, sim::Duration warmup, sim::Time now);
  [[nodiscard]] std::uint32_t count(Lifecycle state) const;
  InstanceReport inspect(sim::Context& ctx, Member& member);
  /// The decision, or the fault, behind a failed check.
  struct Failed {
    std::uint32_t instance = 0;
    FailedCheck check = FailedCheck::kEc2;
  };
  /// What is wrong with an instance in service, and not excused.
  std::optional<FailedCheck> find_failure(sim::Context& ctx, Member& member);
  void replace_failed(sim::Context& ctx, const Failed& failed, bool allowed, Causes& terminations);
  [[nodiscard]] sim::DecisionId failed_because(const Member& member, FailedCheck check) const;
  /// The decision of the target group that finds it unhealthy.
  [[nodiscard]] sim::DecisionId found_unhealthy_by(const Member& member) const;
  Member* find(sim::ComponentId instance);
  void declare_metrics(sim::Context& ctx);
  void note_levels(sim::Context& ctx);
  void publish_means(sim::Context& ctx, sim::Time period_start, sim::Time period_end);
  /// Instances that the period's work asked for.
  double measure_need(sim::Time start, sim::Time end);
  void note_need(double needed, const sim::StatisticSet& provided, double minutes);

  AutoScalingGroupParams params_;
  std::uint32_t min_size_;
  std::uint32_t max_size_;
  std::uint32_t desired_;
  std::uint32_t standing_ = 0;
  sim::Duration health_period_{};
  std::vector<TerminationPolicy> termination_policies_;
  std::vector<sim::ZoneId> zones_;
  roles::Launchable* template_ = nullptr;  // of what is launched now
  std::vector<Kind> kinds_;
  const sim::World* world_ = nullptr;
  const roles::AlarmService* alarms_ = nullptr;
  std::optional<RefreshInProgress> refresh_;
  std::optional<sim::ZoneId> shift_;  // the zone that is shifted away from
  std::uint64_t shifts_ = 0;
  std::map<std::uint32_t, Successor> successors_;  // by whose place they take
  std::vector<roles::TargetRegistry*> target_groups_;
  std::vector<Hook> hooks_;
  PolicySet policies_;
  std::set<int> suspended_;  // ScalingProcess
  common::Calendar calendar_;
  sim::StreamKey zone_stream_;
  sim::StreamKey termination_stream_;
  sim::StreamKey victim_stream_;

  std::map<std::uint32_t, Member> members_;  // by component index: in order of launch
  std::deque<sim::Time> gone_;               // when those that are no members any more left service
  std::map<std::uint64_t, std::vector<sim::ComponentId>> impaired_;  // by fault
  std::uint64_t zone_draws_ = 0;
  std::uint64_t termination_draws_ = 0;
  sim::DecisionId desired_by_ = sim::DecisionId::kNone;  // the change that made desired_ so
  const Forecaster* forecaster_ = nullptr;               // of predictive policies
  bool retry_pending_ = false;
  sim::DecisionId retry_caused_by_ = sim::DecisionId::kNone;
  std::uint32_t replacements_due_ = 0;

  // What is published and reported.
  sim::Gauge in_service_{sim::kStart};
  sim::MetricId cpu_metric_{};
  sim::MetricId needed_metric_{};
  sim::MetricId network_in_metric_{};
  sim::MetricId network_out_metric_{};
  std::vector<sim::MetricId> level_metrics_;
  std::vector<sim::MetricId> pool_metrics_;
  std::vector<sim::MetricId> forecast_metrics_;  // load, capacity
  std::uint64_t launches_ = 0;
  std::uint64_t terminations_ = 0;
  std::uint64_t activities_ = 0;
  double turned_away_before_ = 0;  // work that found no target, until then
  sim::Time need_measured_ = sim::kStart;
  double needed_sum_ = 0;
  double needed_peak_ = 0;
  double provided_sum_ = 0;
  double provided_min_ = -1;
  double provided_max_ = 0;
  double beyond_hours_ = 0;
  double minutes_ = 0;
  double minutes_short_ = 0;
};

}  // namespace updraft::auto_scaling
