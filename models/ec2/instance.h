// One EC2 instance: its states, its application, the requests it serves.
//
// A request takes a worker when one is free (and its memory fits), else a place in the accept
// queue, else the connection is refused. In service it uses CPU, shared with the others
// (sim/station), then waits. The application listens from the end of its boot on; before,
// connections are refused.
#pragma once

#include <string>
#include <vector>

#include "models/roles/launchable.h"
#include "sim/engine/model.h"
#include "sim/random/distribution.h"
#include "sim/station/processor_sharing.h"
#include "sim/station/ring.h"

namespace updraft::ec2 {

/// What all instances of one launch template share. Must outlive them.
struct InstanceSettings {
  std::string instance_type;
  sim::SharingLaw law = sim::SharingLaw::servers(1);
  double speed = 1.0;  // of a vCPU, relative
  std::int64_t memory_bytes = 0;
  std::uint32_t workers = 64;
  std::uint32_t backlog = 128;
  bool first_come_first_served = false;  // a request keeps its vCPU until it is done
  double warm_up_speed_factor = 1.0;     // of the speed, in the slow first period after boot
  sim::Distribution warm_up;             // ns; length of that period
  sim::StreamKey warm_up_stream;
  sim::Distribution probe_cpu;  // ns; work of answering a health check
  sim::StreamKey probe_stream;
};

/// The EC2 state changes to the one of this number.
struct StateDue {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint64_t state;
};
/// The application listens from now on.
struct Booted {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
};
/// The slow first period is over.
struct WarmedUp {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
};
/// The CPU has finished with the next job.
struct CpuDone {
  static constexpr sim::Phase kPhase = sim::Phase::kCompletions;
};
struct WaitDone {
  static constexpr sim::Phase kPhase = sim::Phase::kCompletions;
  std::uint64_t job;
};

/// Draws of one launch, keyed by its ordinal.
struct InstanceDraws {
  sim::Duration pending;
  sim::Duration boot;
  sim::Duration shutting_down;
};

/// Hears of an instance's states: its launch template.
class InstanceListener {
 public:
  virtual ~InstanceListener() = default;
  virtual void state_changed(sim::Context& ctx, class Instance& instance,
                             roles::InstanceState state) = 0;
};

class Instance final : public sim::Model<Instance, StateDue, Booted, WarmedUp, CpuDone, WaitDone> {
 public:
  Instance(const sim::Birth& birth, const InstanceSettings& settings, const InstanceDraws& draws,
           const roles::LaunchOptions& options, InstanceListener& listener, std::uint64_t ordinal);

  void on_start(sim::Context& ctx) override;
  void on_arrival(sim::Context& ctx, sim::FrameHandle frame) override;
  void on(sim::Context& ctx, const StateDue& due);
  void on(sim::Context& ctx, const Booted& message);
  void on(sim::Context& ctx, const WarmedUp& message);
  void on(sim::Context& ctx, const CpuDone& message);
  void on(sim::Context& ctx, const WaitDone& message);

  /// Shutting-down from now on, terminated later. Requests in service are reset.
  void terminate(sim::Context& ctx);
  /// Its host fails: terminated at once, connections reset.
  void crash(sim::Context& ctx);
  /// Its zone loses power: nothing is answered any more.
  void lose_power(sim::Context& ctx);
  /// The zone is back; the operating system boots again.
  void regain_power(sim::Context& ctx);
  void set_fault_factor(sim::Context& ctx, double factor);

  [[nodiscard]] roles::InstanceState state() const { return state_; }
  [[nodiscard]] sim::ZoneId zone() const { return options_.zone; }
  [[nodiscard]] roles::InstanceOwner* owner() const { return options_.owner; }
  [[nodiscard]] std::uint64_t ordinal() const { return ordinal_; }
  [[nodiscard]] bool powered() const { return powered_; }
  [[nodiscard]] bool listening() const { return listening_; }
  [[nodiscard]] sim::Time launched() const { return launched_; }
  [[nodiscard]] sim::Time running_since() const { return running_since_; }
  [[nodiscard]] std::uint32_t in_service() const { return in_service_; }
  [[nodiscard]] std::size_t waiting() const { return backlog_.size(); }
  /// vCPU nanoseconds busy so far; differences of two readings count.
  [[nodiscard]] std::uint64_t busy_vcpu_ns(sim::Time now) const { return cpu_.busy_server_ns(now); }
  /// CPU work of every request that arrived, refused ones too; seconds at speed 1.
  [[nodiscard]] double work_arrived_s() const { return work_arrived_ns_ / 1e9; }
  /// Connections refused so far: nothing listened, or the backlog was full.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }
  [[nodiscard]] std::int64_t bytes_in() const { return bytes_in_; }
  [[nodiscard]] std::int64_t bytes_out() const { return bytes_out_; }

 private:
  struct Job {
    sim::FrameHandle frame;
    sim::Duration wait{};
    std::int64_t memory = 0;
    sim::ProcessorSharing::Slot slot = 0;
    sim::EventHandle timer;
    bool on_cpu = false;
    bool active = false;
  };

  void change_state(sim::Context& ctx, roles::InstanceState state);
  void boot(sim::Context& ctx, sim::Duration delay);
  void admit(sim::Context& ctx);
  [[nodiscard]] bool fits(const sim::Demand& demand) const;
  void serve(sim::Context& ctx, sim::FrameHandle frame, const sim::Demand& demand);
  void run_cpu(sim::Context& ctx, std::uint32_t job, sim::Duration work);
  void leave_cpu(sim::Context& ctx, std::uint32_t job);
  void finish(sim::Context& ctx, std::uint32_t job);
  void release(std::uint32_t job);
  void apply_speed(sim::Context& ctx);
  void schedule_cpu(sim::Context& ctx);
  template <class End>
  void end_all(sim::Context& ctx, End end);

  const InstanceSettings& settings_;
  InstanceDraws draws_;
  roles::LaunchOptions options_;
  InstanceListener& listener_;
  std::uint64_t ordinal_;

  roles::InstanceState state_ = roles::InstanceState::kPending;
  sim::Time launched_{};
  sim::Time running_since_{};
  bool powered_ = true;
  bool listening_ = false;
  bool warming_ = false;
  double fault_factor_ = 1.0;
  sim::EventHandle boot_event_;  // of the boot or the slow first period that is under way

  sim::ProcessorSharing cpu_;
  sim::Ring<std::uint32_t>
      cpu_line_;  // first come first served: jobs that wait for a vCPU, with their work
  std::vector<sim::Duration> work_;  // of each job, for the line
  sim::EventHandle cpu_event_;
  sim::Time cpu_due_ = sim::kNever;

  std::vector<Job> jobs_;
  std::vector<std::uint32_t> free_jobs_;
  struct Waiting {
    sim::FrameHandle frame;
    sim::Demand demand;
  };
  sim::Ring<Waiting> backlog_;
  std::uint32_t in_service_ = 0;
  std::int64_t memory_used_ = 0;
  std::uint64_t refused_ = 0;
  std::int64_t bytes_in_ = 0;
  std::int64_t bytes_out_ = 0;
  double work_arrived_ns_ = 0;
  std::uint64_t probes_ = 0;
};

}  // namespace updraft::ec2
