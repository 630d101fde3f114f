// One EC2 instance: its states, its application, the requests it serves.
//
// A request takes a worker when one is free (and its memory fits), else a place in the accept
// queue, else the connection is refused. In service it uses CPU, shared with the others
// (sim/station), then waits; where the template has a program, that says what is done instead, and
// the worker is taken until its end. The application listens from the end of its boot on; before,
// connections are refused.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/ec2/cpu_credits.h"
#include "models/ec2/impairments.h"
#include "models/ec2/states.h"
#include "models/program/runner.h"
#include "models/roles/launchable.h"
#include "sim/engine/model.h"
#include "sim/random/distribution.h"
#include "sim/station/processor_sharing.h"
#include "sim/station/ring.h"

namespace updraft::ec2 {

/// A duration of the world: its law and the key of its draws.
struct DrawnDuration {
  sim::Distribution law;
  sim::StreamKey stream;
  /// Of instance number `ordinal`, the `nth` time it is needed there.
  [[nodiscard]] sim::Duration of(std::uint64_t ordinal, std::uint32_t nth) const {
    return law.sample_duration(stream, ordinal, nth);
  }
};

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
  DrawnDuration pending;                 // drawn for each start
  DrawnDuration boot;                    // likewise
  std::optional<DrawnDuration> restart;  // boot after a start of a stopped instance
  DrawnDuration warm_up;                 // length of the slow first period
  DrawnDuration stopping;
  DrawnDuration shutting_down;
  DrawnDuration reboot;
  DrawnDuration probe_cpu;                     // work of answering a health check
  std::optional<CreditTerms> credits;          // burstable types
  double standing_credits = 0;                 // of instances that are there before the run begins
  const program::Compiled* program = nullptr;  // null: the request's own demand, once
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
/// The CPU credits may have run out, or may be back.
struct CreditsDue {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
};
struct WaitDone {
  static constexpr sim::Phase kPhase = sim::Phase::kCompletions;
  std::uint64_t job;
};

/// A thread of a program has waited long enough.
struct ProgramWaited {
  static constexpr sim::Phase kPhase = sim::Phase::kCompletions;
  program::ThreadRef thread;
};

/// Hears of an instance's states: its launch template.
class InstanceListener {
 public:
  virtual ~InstanceListener() = default;
  virtual void state_changed(sim::Context& ctx, class Instance& instance,
                             roles::InstanceState state) = 0;
  /// It listens from now on.
  virtual void booted(sim::Context& ctx, class Instance& instance) = 0;
  /// R1.3.6: its CPU credits have run out, or some are there again.
  virtual void throttled(sim::Context& ctx, class Instance& instance, bool on) = 0;
};

class Instance final : public sim::Model<Instance, StateDue, Booted, WarmedUp, CpuDone, WaitDone,
                                         CreditsDue, ProgramWaited>,
                       public program::Host {
 public:
  Instance(const sim::Birth& birth, const InstanceSettings& settings,
           const roles::LaunchOptions& options, InstanceListener& listener, std::uint64_t ordinal,
           bool launch_credits_left);

  void on_start(sim::Context& ctx) override;
  void on_arrival(sim::Context& ctx, sim::FrameHandle frame) override;
  void on(sim::Context& ctx, const StateDue& due);
  void on(sim::Context& ctx, const Booted& message);
  void on(sim::Context& ctx, const WarmedUp& message);
  void on(sim::Context& ctx, const CpuDone& message);
  void on(sim::Context& ctx, const WaitDone& message);
  void on(sim::Context& ctx, const CreditsDue& message);
  // instance_program.cpp
  void on(sim::Context& ctx, const ProgramWaited& message);
  void on_reply(sim::Context& ctx, sim::FrameHandle frame) override;
  void on_timeout(sim::Context& ctx, sim::FrameHandle frame) override;
  void compute(sim::Context& ctx, program::ThreadRef thread, sim::Duration work) override;
  void stop_computing(sim::Context& ctx, program::ThreadRef thread) override;
  sim::EventHandle wait(sim::Context& ctx, program::ThreadRef thread, sim::Duration time) override;
  void program_ended(sim::Context& ctx, std::uint64_t token, sim::Status status) override;

  /// Shutting-down from now on, terminated later. Requests in service are reset.
  void terminate(sim::Context& ctx);
  /// R1.1.1: stopping from now on, stopped later; false when it does not run. Requests in service
  /// are reset.
  bool stop(sim::Context& ctx);
  /// Pending from now on, running later; false when it is not stopped. `launch_credits_left`: the
  /// account's limit allows launch credits (R1.3.5).
  bool start(sim::Context& ctx, bool launch_credits_left);
  /// R1.1.1: it stays running; connections are reset, and refused until it is back.
  bool reboot(sim::Context& ctx);
  /// Changes what faults do to it at the moment.
  template <class Change>
  void impair(sim::Context& ctx, Change change) {
    change(impairments_);
    sim::Context own = ctx.as(*this);
    impairments_changed(own);
  }
  /// EC2.alarm_actions: a reboot, on another host.
  bool recover(sim::Context& ctx);
  /// Counts what was earned and used until now; burstable types only. The speed changes by
  /// CreditsDue alone.
  void settle_credits(sim::Time now);
  void end_credit_hour() { credits_->end_hour(); }
  void set_credit_mode(sim::Context& ctx, CreditMode mode);
  /// Null for types without credits.
  [[nodiscard]] const CpuCredits* credits() const { return credits_ ? &*credits_ : nullptr; }

  /// Its host fails: terminated at once, connections reset.
  void crash(sim::Context& ctx);
  /// Its zone loses power: nothing is answered any more.
  void lose_power(sim::Context& ctx);
  /// The zone is back; the operating system boots again.
  void regain_power(sim::Context& ctx);

  [[nodiscard]] roles::InstanceState state() const { return state_; }
  [[nodiscard]] sim::ZoneId zone() const { return options_.zone; }
  [[nodiscard]] roles::InstanceOwner* owner() const { return options_.owner; }
  [[nodiscard]] std::uint64_t ordinal() const { return ordinal_; }
  /// How often it was started after its launch.
  [[nodiscard]] std::uint32_t starts() const { return starts_; }
  /// Part of the scenario's initial state, and not started anew since.
  [[nodiscard]] bool stands() const { return options_.standing && starts_ == 0; }
  [[nodiscard]] bool powered() const { return powered_; }
  [[nodiscard]] bool instance_check_ok() const {
    return powered_ && !impairments_.has(Impairments::Kind::kInstanceCheck);
  }
  [[nodiscard]] bool system_check_ok() const {
    return powered_ && !impairments_.has(Impairments::Kind::kSystemCheck);
  }
  /// It has booted since its last start, so that its status checks have results.
  [[nodiscard]] bool initialized() const { return initialized_; }
  [[nodiscard]] bool listening() const { return listening_; }
  [[nodiscard]] sim::Time launched() const { return launched_; }
  [[nodiscard]] sim::Time running_since() const { return running_since_; }
  [[nodiscard]] std::uint32_t in_service() const { return in_service_; }
  [[nodiscard]] std::size_t waiting() const { return backlog_.size(); }
  /// vCPU nanoseconds busy so far; differences of two readings count. At the baseline only that
  /// share of a busy vCPU is used (R1.3.10).
  [[nodiscard]] std::uint64_t busy_vcpu_ns(sim::Time now) const {
    const std::uint64_t busy = cpu_.busy_server_ns(now);
    return busy - unused_ns_ - (throttled_ ? unused_since_throttled(busy) : 0);
  }
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
    sim::EventHandle timer;
    sim::Status status = sim::Status::kOk;  // of its end
    bool active = false;
  };
  /// A job of the CPU: a request by its place in jobs_, or a thread of a program.
  static constexpr std::uint64_t kThread = std::uint64_t{1} << 63U;
  struct CpuJob {
    std::uint64_t name = 0;
    sim::Duration work{};
  };

  void change_state(sim::Context& ctx, roles::InstanceState state);
  void reset_all(sim::Context& ctx);
  void power_down(sim::Context& own);
  void begin_credits(sim::Context& ctx, sim::Duration stopped_for);
  void end_credits(sim::Context& ctx);
  void post_state(sim::Context& ctx, sim::Duration delay, roles::InstanceState state);
  void cancel(sim::Context& ctx, sim::EventHandle& event);
  [[nodiscard]] sim::Duration boot_time() const;
  void boot(sim::Context& ctx, sim::Duration delay);
  void watch_credits(sim::Context& ctx);
  void throttle(sim::Context& ctx, bool on);
  [[nodiscard]] std::uint64_t unused_since_throttled(std::uint64_t busy) const {
    return static_cast<std::uint64_t>(static_cast<double>(busy - throttled_busy_ns_) *
                                      (1.0 - credits_->terms().baseline));
  }
  void admit(sim::Context& ctx);
  [[nodiscard]] bool fits(const sim::Demand& demand) const;
  void serve(sim::Context& ctx, sim::FrameHandle frame, const sim::Demand& demand);
  void run_cpu(sim::Context& ctx, std::uint64_t name, sim::Duration work);
  void next_of_line(sim::Context& ctx);
  void run_program(sim::Context& ctx, std::uint32_t job);
  void leave_cpu(sim::Context& ctx, std::uint32_t job);
  void finish(sim::Context& ctx, std::uint32_t job);
  void release(std::uint32_t job);
  void apply_speed(sim::Context& ctx);
  void impairments_changed(sim::Context& ctx);
  void schedule_cpu(sim::Context& ctx);
  template <class End>
  void end_all(sim::Context& ctx, End end);

  const InstanceSettings& settings_;
  roles::LaunchOptions options_;
  InstanceListener& listener_;
  std::uint64_t ordinal_;

  roles::InstanceState state_ = roles::InstanceState::kPending;
  sim::Time launched_{};
  sim::Time running_since_{};
  bool powered_ = true;
  bool listening_ = false;
  bool warming_ = false;
  Impairments impairments_;
  double fault_factor_ = 1.0;  // of them, as three facts
  bool hangs_ = false;
  bool fails_health_checks_ = false;
  std::vector<std::uint32_t> held_;  // jobs that are done and can't be answered: it hangs
  bool initialized_ = false;
  bool booted_once_ = false;
  std::uint32_t starts_ = 0;  // before the current one: 0 from the launch on
  std::uint32_t reboots_ = 0;
  sim::Time stopped_at_{};
  sim::EventHandle state_event_;
  sim::EventHandle boot_event_;  // of the boot or the slow first period that is under way

  std::optional<CpuCredits> credits_;
  bool launch_credits_left_;  // R1.3.5, of the current start
  sim::Time credits_settled_{};
  std::uint64_t credits_busy_ns_ = 0;  // busy_vcpu_ns() then
  sim::EventHandle credits_event_;
  bool throttled_ = false;               // R1.3.6
  std::uint64_t throttled_busy_ns_ = 0;  // of the station, when that began
  std::uint64_t unused_ns_ = 0;          // busy for the station, not used, in earlier times

  sim::ProcessorSharing cpu_;
  sim::Ring<CpuJob> cpu_line_;  // first come first served: jobs that wait for a vCPU
  sim::EventHandle cpu_event_;
  sim::Time cpu_due_ = sim::kNever;

  std::vector<Job> jobs_;
  std::vector<std::uint32_t> free_jobs_;
  std::optional<program::Runner> runner_;
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
