// One version of a function: its environments, on demand and provisioned, and the invocations in
// them.
//
// A request reaches the component that the scenario names (a function, a version, an alias), which
// hands the call on to invoke(); the version answers it in that component's name. It is a component
// itself because invocations and environments have timers.
#pragma once

#include <optional>
#include <vector>

#include "models/common/token_bucket.h"
#include "models/lambda/code.h"
#include "models/lambda/environments.h"
#include "models/lambda/versions.pb.h"
#include "models/program/runner.h"
#include "sim/engine/model.h"
#include "sim/metrics/instruments.h"

namespace updraft::lambda {

class Function;

/// The environment of an invocation is ready: the handler begins.
struct HandlerDue {
  static constexpr sim::Phase kPhase = sim::Phase::kArrivals;
  std::uint32_t invocation;
  std::uint32_t generation;
};
/// The work of an invocation is over.
struct WorkDone {
  static constexpr sim::Phase kPhase = sim::Phase::kCompletions;
  std::uint32_t invocation;
  std::uint32_t generation;
};
/// The init phase within an invocation is over: the handler's program begins.
struct ProgramDue {
  static constexpr sim::Phase kPhase = sim::Phase::kArrivals;
  std::uint32_t invocation;
  std::uint32_t generation;
};
/// A thread of a handler's program has computed or waited long enough.
struct ProgramWaited {
  static constexpr sim::Phase kPhase = sim::Phase::kCompletions;
  program::ThreadRef thread;
};
/// An environment has been idle for long enough.
struct IdleOver {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
};
/// Provisioned environments are there, or could not be made.
struct Allocated {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint32_t allocation;
  std::uint32_t failed;  // 1: an init phase has failed
};
/// Provisioned environments were made anew.
struct Replaced {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint32_t count;
};

/// What a version may be made with; the function's own settings come from Function.
struct VersionSettings {
  Code code;
  std::optional<ProvisionedConcurrency> provisioned;
  bool allocated = false;           // the provisioned environments stand at the start
  std::uint32_t idle_at_start = 0;  // others that do
};

class Version final : public sim::Model<Version, HandlerDue, WorkDone, IdleOver, Allocated,
                                        Replaced, ProgramDue, ProgramWaited>,
                      public program::Host {
 public:
  Version(const sim::Birth& birth, Function& function, const VersionSettings& settings);

  /// Answers a call that arrived at whoever it was made to: runs it, or throttles it.
  void invoke(sim::Context& ctx, sim::FrameHandle frame);
  /// R5.1.6: another number of provisioned environments. False: refused, and why is recorded.
  bool provision(sim::Context& ctx, const ProvisionedConcurrency& wanted, bool standing,
                 sim::DecisionId caused_by);
  /// R5.1.6: no provisioned environments any more.
  void unprovision(sim::Context& ctx);

  void on_start(sim::Context& ctx) override;
  void on(sim::Context& ctx, const HandlerDue& message);
  void on(sim::Context& ctx, const WorkDone& message);
  void on(sim::Context& ctx, const IdleOver& message);
  void on(sim::Context& ctx, const Allocated& message);
  void on(sim::Context& ctx, const Replaced& message);

  // version_program.cpp
  void bind(const sim::World& world);
  void on(sim::Context& ctx, const ProgramDue& message);
  void on(sim::Context& ctx, const ProgramWaited& message);
  void on_reply(sim::Context& ctx, sim::FrameHandle frame) override;
  void on_timeout(sim::Context& ctx, sim::FrameHandle frame) override;
  void compute(sim::Context& ctx, program::ThreadRef thread, sim::Duration work) override;
  void stop_computing(sim::Context& ctx, program::ThreadRef thread) override;
  sim::EventHandle wait(sim::Context& ctx, program::ThreadRef thread, sim::Duration time) override;
  void program_ended(sim::Context& ctx, std::uint64_t token, sim::Status status) override;

  /// Provisioned environments that may serve, and of those the ones in use.
  [[nodiscard]] std::uint32_t provisioned() const { return usable_; }
  [[nodiscard]] std::uint32_t provisioned_in_use() const { return provisioned_.in_use(); }
  /// All that are there, provisioned ones included.
  [[nodiscard]] std::uint32_t environments() const {
    return on_demand_.alive() + provisioned_.alive();
  }
  /// Nanoseconds times provisioned environments that were to be had until `now`.
  [[nodiscard]] double provisioned_ns(sim::Time now) const { return allocated_.integral(now); }

 private:
  enum class Outcome : std::uint8_t { kOk, kFailed, kTimedOut };
  struct Invocation {
    sim::FrameHandle frame;
    std::uint32_t place = 0;  // of its environment
    std::uint32_t generation = 0;
    sim::Time began{};            // of the handler
    sim::Duration billed_init{};  // before it
    Outcome outcome = Outcome::kOk;
    bool provisioned = false;
    program::RunRef program{};    // under way
    sim::EventHandle time_out{};  // of it
  };
  struct Placed {
    std::uint32_t place = 0;
    bool provisioned = false;
    bool cold = false;
  };

  /// The environment of an invocation that is let in; none: throttled, and why is recorded.
  std::optional<Placed> place(sim::Context& ctx, sim::FrameHandle frame);
  std::optional<std::uint32_t> take_provisioned(sim::Context& ctx);
  void begin(sim::Context& ctx, sim::FrameHandle frame, const Placed& placed);
  [[nodiscard]] const char* why_cold() const;
  sim::Duration start_environment(sim::Context& ctx, Invocation& invocation);
  void run(sim::Context& ctx, std::uint32_t index);
  void run_program(sim::Context& ctx, std::uint32_t index, sim::Duration init);
  void break_off(sim::Context& ctx, std::uint32_t index);
  void finish(sim::Context& ctx, std::uint32_t index);
  void put_back(sim::Context& ctx, const Invocation& invocation);
  void watch_idle(sim::Context& ctx);
  void make_provisioned(sim::Context& ctx, std::uint32_t count);
  void set_usable(sim::Context& ctx);
  [[nodiscard]] EnvironmentPool& pool(const Invocation& invocation) {
    return invocation.provisioned ? provisioned_ : on_demand_;
  }
  [[nodiscard]] std::uint64_t ordinal_of(const Invocation& invocation);
  /// The process that runs the handler: one place of a pool, and what lives there now.
  [[nodiscard]] static std::uint32_t process_of(const Invocation& invocation) {
    return invocation.place * 2 + (invocation.provisioned ? 1 : 0);
  }
  [[nodiscard]] std::uint64_t birth_of(const Invocation& invocation) {
    return ordinal_of(invocation) << 16U | pool(invocation)[invocation.place].inits;
  }

  Function& function_;
  VersionSettings settings_;
  CodeDraws draws_;
  double speed_;  // of work
  std::optional<program::Compiled> program_;
  std::optional<program::Runner> runner_;
  EnvironmentPool on_demand_;
  EnvironmentPool provisioned_;
  std::vector<Invocation> invocations_;
  std::vector<std::uint32_t> free_;
  sim::Time idle_watch_ = sim::kNever;  // when the next IdleOver comes

  std::uint32_t wanted_ = 0;  // provisioned
  std::uint32_t usable_ = 0;
  std::uint32_t allocation_ = 0;  // n-th request for provisioned concurrency
  sim::DecisionId allocation_cause_ = sim::DecisionId::kNone;
  common::TokenBucket provisioned_requests_;
  sim::Gauge allocated_{sim::kStart};
};

}  // namespace updraft::lambda
