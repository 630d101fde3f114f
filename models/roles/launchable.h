// Whoever can start and end instances: a launch template of EC2 today, other compute later.
//
// An Auto Scaling group holds a Launchable and never sees EC2. Effects are events: launch() and
// terminate() return at once, the instance's states come back through InstanceOwner.
#pragma once

#include <cstdint>
#include <string>

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

/// Hears of its instances. Called from inside an event of the instance; implementations post events
/// to themselves.
class InstanceOwner {
 public:
  virtual ~InstanceOwner() = default;
  virtual void instance_changed(sim::Context& ctx, sim::ComponentId instance,
                                InstanceState state) = 0;
};

struct LaunchOptions {
  sim::ZoneId zone;
  InstanceOwner* owner = nullptr;
  bool standing = false;  // part of the scenario's initial state: running and booted at once
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
  bool impaired = false;      // its status checks fail
  sim::DecisionId impaired_by = sim::DecisionId::kNone;  // the fault that makes them fail
};

class Launchable {
 public:
  virtual ~Launchable() = default;

  /// Starts an instance; nothing when the zone cannot take one now.
  virtual sim::ComponentId launch(sim::Context& ctx, const LaunchOptions& options) = 0;
  /// Ends an instance: shutting-down at once, terminated later.
  virtual void terminate(sim::Context& ctx, sim::ComponentId instance) = 0;

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
  /// Period of the instances' metrics: 5 min basic, 1 min detailed (R1.7.1).
  [[nodiscard]] virtual sim::Duration metric_period() const = 0;

  // For the table of instances: when it first served, and why it ended (before terminate()).
  virtual void in_service(sim::ComponentId instance, sim::Time now) = 0;
  virtual void set_end_reason(sim::ComponentId instance, const std::string& reason) = 0;

  // Faults. Each returns false when the instance cannot be hit (gone, not running).
  virtual bool crash(sim::Context& ctx, sim::ComponentId instance) = 0;
  /// Runs at `factor` of its speed until set back to 1.
  virtual bool set_speed_factor(sim::Context& ctx, sim::ComponentId instance, double factor) = 0;
};

}  // namespace updraft::roles
