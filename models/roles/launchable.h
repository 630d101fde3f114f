// Whoever can start and end instances: a launch template of EC2 today, other compute later.
//
// An Auto Scaling group holds a Launchable and never sees EC2. Effects are events: launch() and
// terminate() return at once, the instance's states come back through InstanceOwner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/roles/faults.h"
#include "sim/engine/context.h"

namespace updraft::roles {

/// States of an EC2 instance (R1.1.1).
enum class InstanceState : std::uint8_t {
  kPending,
  kRunning,
  kStopping,
  kStopped,
  kShuttingDown,
  kTerminated
};

/// R1.4.2, R1.4.1
enum class SpotWarning : std::uint8_t { kRebalanceRecommendation, kInterruptionNotice };

/// Hears of its instances. Called from inside an event of the instance; implementations post events
/// to themselves.
class InstanceOwner {
 public:
  virtual ~InstanceOwner() = default;
  virtual void instance_changed(sim::Context& ctx, sim::ComponentId instance,
                                InstanceState state) = 0;
  /// Its application listens: the end of a boot.
  virtual void instance_booted(sim::Context& /*ctx*/, sim::ComponentId /*instance*/) {}
  /// It has work in hand now, or none any more; said only by those whose software protects itself.
  virtual void instance_working(sim::Context& /*ctx*/, sim::ComponentId /*instance*/,
                                bool /*working*/) {}
  /// It has finished what it had in hand (Launchable::drain).
  virtual void instance_drained(sim::Context& /*ctx*/, sim::ComponentId /*instance*/) {}
  /// A Spot instance is at risk (R1.4.2), or will be interrupted in two minutes (R1.4.1).
  virtual void instance_warned(sim::Context& /*ctx*/, sim::ComponentId /*instance*/,
                               SpotWarning /*warning*/, sim::DecisionId /*caused_by*/) {}
};

struct LaunchOptions {
  sim::ZoneId zone;
  InstanceOwner* owner = nullptr;
  bool standing = false;     // part of the scenario's initial state: running and booted at once
  std::optional<bool> spot;  // the template's own market type when left out
  sim::DecisionId caused_by = sim::DecisionId::kNone;  // the decision that asks for it
};

/// What became of a launch: an instance, or the decision that refused it.
struct LaunchAnswer {
  sim::ComponentId instance{};
  sim::DecisionId refused_by = sim::DecisionId::kNone;
  bool refused_everywhere = false;  // another zone would refuse it as well
};

/// What can be asked of an instance at any time.
struct InstanceView {
  std::string name;  // "i-000001"
  std::uint64_t launch_ordinal = 0;
  sim::ZoneId zone;
  InstanceState state = InstanceState::kPending;
  std::uint32_t template_version = 1;
  sim::Time launched{};
  sim::Time running_since{};  // start of the current billing period; meaningful while running
  bool listening = false;     // its application has booted
  bool impaired = false;      // its status checks fail
  bool spot = false;
  // Why it is in this state, and why its status checks fail, where somebody decided that.
  sim::DecisionId changed_by = sim::DecisionId::kNone;
  sim::DecisionId impaired_by = sim::DecisionId::kNone;
};

class Launchable {
 public:
  virtual ~Launchable() = default;

  /// Launches an instance, unless the zone cannot take one now or the account may have no more.
  virtual LaunchAnswer launch(sim::Context& ctx, const LaunchOptions& options) = 0;
  /// Ends an instance: shutting-down at once, terminated later.
  virtual void terminate(sim::Context& ctx, sim::ComponentId instance) = 0;
  /// R1.1.1: stopping at once, stopped later. False when it does not run.
  virtual bool stop(sim::Context& ctx, sim::ComponentId instance, sim::DecisionId caused_by) = 0;
  /// R1.1.1: a stopped instance is pending at once, running later, with a billing minimum of its
  /// own. The answer names no instance when it is not stopped, or refused as a launch is.
  virtual LaunchAnswer start(sim::Context& ctx, sim::ComponentId instance,
                             sim::DecisionId caused_by) = 0;
  /// R1.1.1: it stays running; connections are refused until it is back. False when it does not
  /// run.
  virtual bool reboot(sim::Context& ctx, sim::ComponentId instance, sim::DecisionId caused_by) = 0;

  /// Its application fetches no more work: it polls no more. True when it still has some in hand;
  /// InstanceOwner::instance_drained() follows when that is done.
  virtual bool drain(sim::Context& /*ctx*/, sim::ComponentId /*instance*/) { return false; }

  [[nodiscard]] virtual InstanceView view(sim::ComponentId instance) const = 0;
  /// vCPU nanoseconds that the instance has been busy, modulo 2^64: differences of two readings
  /// count.
  [[nodiscard]] virtual std::uint64_t busy_vcpu_ns(sim::ComponentId instance,
                                                   sim::Time now) const = 0;
  /// Bytes that it has received and sent so far.
  struct NetworkBytes {
    std::int64_t in = 0;
    std::int64_t out = 0;
  };
  [[nodiscard]] virtual NetworkBytes network_bytes(sim::ComponentId instance) const = 0;
  /// CPU work of all requests that reached the instance, refused ones too; seconds of a vCPU of
  /// relative speed 1.
  [[nodiscard]] virtual double work_arrived_s(sim::ComponentId instance) const = 0;
  [[nodiscard]] virtual std::uint32_t vcpus() const = 0;
  /// Work that one instance does in a second at a CPU utilization (0 to 1), in seconds of a vCPU of
  /// relative speed 1: for "needed" capacity. With hyperthreads half the utilization is more than
  /// half of the work.
  [[nodiscard]] virtual double work_per_second(double utilization) const = 0;
  /// What an instance would cost in that zone now, and how safe it would be from interruption.
  struct Offer {
    double usd_per_hour = 0;          // 0 without a price book
    double monthly_interruption = 0;  // share of Spot instances taken back within a month
  };
  [[nodiscard]] virtual Offer offer(sim::ZoneId zone, bool spot, sim::Time now) const = 0;
  /// Period of the instances' metrics: 5 min basic, 1 min detailed (R1.7.1).
  [[nodiscard]] virtual sim::Duration metric_period() const = 0;

  // For the table of instances: when it first served, and why it ended (before terminate()).
  virtual void in_service(sim::ComponentId instance, sim::Time now) = 0;
  virtual void set_end_reason(sim::ComponentId instance, const std::string& reason) = 0;

  // Faults. Each returns false when the instance cannot be hit (gone, not running).
  virtual bool crash(sim::Context& ctx, sim::ComponentId instance, sim::DecisionId caused_by) = 0;
  /// Until end_impairment() of the same fault, or until a reboot or start puts it right.
  virtual bool begin_impairment(sim::Context& ctx, sim::ComponentId instance, std::uint64_t fault,
                                const Impairment& impairment, sim::DecisionId caused_by) = 0;
  virtual void end_impairment(sim::Context& ctx, sim::ComponentId instance,
                              std::uint64_t fault) = 0;
};

}  // namespace updraft::roles
