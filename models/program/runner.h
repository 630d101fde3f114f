// Runs a program for requests: threads that compute, wait, call, and join.
//
// A runner belongs to a component, its host, which lends it CPU and timers and answers for it. A
// run is one request's way through the program; it has one thread, and more while branches run in
// parallel. What the host has to tell it: that work or a wait is over, that a call has been
// answered or has timed out, that the host has crashed.
//
//   runner.start(ctx, {.request = request, .frame = frame, .token = job});
//   ... host.compute(), host.wait(), and in the end host.program_ended(ctx, job, Status::kOk)
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/program/program.h"
#include "sim/engine/context.h"

namespace updraft::program {

/// A thread of a run; a stale one is recognised.
struct ThreadRef {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;
  friend bool operator==(ThreadRef, ThreadRef) = default;
};

/// A run; a stale one is recognised.
struct RunRef {
  std::uint32_t index = 0xffffffff;
  std::uint32_t generation = 0;
  friend bool operator==(RunRef, RunRef) = default;
};

/// What the component that runs programs does for them.
class Host {
 public:
  virtual ~Host() = default;
  /// Work on a vCPU of relative speed 1, more than none. Runner::computed() when it is done.
  virtual void compute(sim::Context& ctx, ThreadRef thread, sim::Duration work) = 0;
  /// Work that was asked for is not wanted any more.
  virtual void stop_computing(sim::Context& ctx, ThreadRef thread) = 0;
  /// Runner::waited() after that time, unless the event is cancelled.
  virtual sim::EventHandle wait(sim::Context& ctx, ThreadRef thread, sim::Duration time) = 0;
  /// The run is over: kOk, kFailed, or kTimedOut when it stopped at its deadline. Called once,
  /// unless the run was dropped.
  virtual void program_ended(sim::Context& ctx, std::uint64_t token, sim::Status status) = 0;
};

class Runner {
 public:
  /// Both outlive it.
  Runner(const Compiled& program, Host& host) : program_(program), host_(host) {}

  struct Start {
    sim::RequestHandle request{};
    sim::FrameHandle frame{};   // of the call that brought it; none: nobody waits for an answer
    std::uint32_t way = 0;      // Frame::step of that call
    std::uint64_t token = 0;    // the host's own number
    std::uint16_t hops = 0;     // functions that the host adds to the way of what it sends
    std::uint32_t process = 0;  // that runs it: which of the host's
    std::uint64_t birth = 0;    // of that process; another one is a new process in its place
  };
  /// May come to its end before it returns.
  RunRef start(sim::Context& ctx, const Start& start);
  void computed(sim::Context& ctx, ThreadRef thread);
  void waited(sim::Context& ctx, ThreadRef thread);
  /// The one or the other, for hosts whose work is a wait.
  void went_by(sim::Context& ctx, ThreadRef thread);
  /// The answer to a call, or that it has timed out: whatever the host hears of calls whose tag it
  /// has not given itself.
  void on_reply(sim::Context& ctx, sim::FrameHandle frame);
  void on_timeout(sim::Context& ctx, sim::FrameHandle frame);
  /// The host has crashed, or does not want it any more: calls are abandoned, waits forgotten, and
  /// program_ended() does not follow. A run that is over is left alone.
  void drop(sim::Context& ctx, RunRef run);
  /// The same of all, in the order of their places; the processes are gone with them.
  void drop_all(sim::Context& ctx);

  /// The thread that is in that place now.
  [[nodiscard]] ThreadRef thread(std::uint32_t index) const { return ref(index); }
  [[nodiscard]] std::size_t running() const { return runs_.size() - free_runs_.size(); }

 private:
  enum class State : std::uint8_t {
    kFree,
    kGoingOn,
    kComputing,
    kWaiting,
    kCalling,
    kInLine,      // for a connection
    kInVain,      // calls where nobody answers
    kBackingOff,  // before it calls again
    kJoining,
    kEnded
  };
  static constexpr std::uint32_t kNone = 0xffffffff;
  struct Thread {
    std::uint32_t generation = 0;
    std::uint32_t run = 0;
    std::uint32_t parent = kNone;
    std::uint32_t first_child = kNone;  // while it joins
    std::uint32_t next_sibling = kNone;
    std::uint32_t open = 0;        // children that have not ended
    std::uint32_t ended_well = 0;  // of its children
    Place at = kEnd;
    Place then = kEnd;  // where a wait of its own leads to
    State state = State::kFree;
    sim::FrameHandle call;
    std::uint32_t attempts = 0;              // of the call that is under way
    std::uint32_t last_cost = 0;             // of its newest retry
    std::uint64_t ticket = 0;                // while it waits for a connection
    sim::Time asked{};                       // when the attempt began
    sim::BreakerPermit permit{};             // of the attempt
    sim::Status in_vain = sim::Status::kOk;  // how a call where nobody answers ends
    sim::EventHandle timer;
    sim::Duration wait_after{};  // the second half of a demand
  };
  struct Run {
    std::uint32_t generation = 0;
    bool live = false;
    sim::RequestHandle request;
    sim::FrameHandle frame;
    std::uint32_t way = 0;
    std::uint64_t token = 0;
    std::uint32_t root = 0;
    std::uint16_t hops = 0;
    std::uint32_t process = 0;
  };
  struct Process {
    std::uint64_t birth = 0;
    std::vector<ClientState> clients;  // as the program has them
  };

  void meet(std::uint32_t process, std::uint64_t birth);
  std::uint32_t new_thread(std::uint32_t run, std::uint32_t parent);
  void free_thread(std::uint32_t thread);
  [[nodiscard]] ThreadRef ref(std::uint32_t thread) const {
    return {thread, threads_[thread].generation};
  }
  [[nodiscard]] bool current(ThreadRef thread) const {
    return thread.index < threads_.size() && threads_[thread.index].generation == thread.generation;
  }
  [[nodiscard]] const sim::Request& request_of(sim::Context& ctx, std::uint32_t thread) const {
    return ctx.request(runs_[threads_[thread].run].request);
  }

  /// Where a thread goes on at once; none: it stands still, or is over.
  using Next = std::optional<Place>;
  void go_to(sim::Context& ctx, std::uint32_t thread, Place place);
  Next perform(sim::Context& ctx, std::uint32_t thread, const ComputeStep& step);
  Next perform(sim::Context& ctx, std::uint32_t thread, const WaitStep& step);
  Next perform(sim::Context& ctx, std::uint32_t thread, const DemandStep& step);
  Next perform(sim::Context& ctx, std::uint32_t thread, const CallStep& step);
  Next perform(sim::Context& ctx, std::uint32_t thread, const SendStep& step);
  [[nodiscard]] sim::Status send(sim::Context& ctx, std::uint32_t thread,
                                 roles::MessageSink& sink) const;
  Next perform(sim::Context& ctx, std::uint32_t thread, const ChooseStep& step);
  Next perform(sim::Context& ctx, std::uint32_t thread, const ParallelStep& step);
  Next perform(sim::Context& ctx, std::uint32_t thread, const FailStep& step);
  Next compute(sim::Context& ctx, std::uint32_t thread, sim::Duration work);
  Next wait(sim::Context& ctx, std::uint32_t thread, sim::Duration time, Place then);
  [[nodiscard]] const Instruction& at(std::uint32_t thread) const {
    return program_[threads_[thread].at];
  }
  /// The draw of the step where the thread is.
  [[nodiscard]] sim::Duration draw(sim::Context& ctx, std::uint32_t thread,
                                   const sim::Distribution& law) const;
  [[nodiscard]] sim::Time last_moment(sim::Context& ctx, std::uint32_t thread) const;

  // --- calls (calls.cpp)
  /// None: the step calls without one.
  [[nodiscard]] ClientState* client_of(std::uint32_t thread);
  [[nodiscard]] const CallStep& call_of(std::uint32_t thread) const {
    return std::get<CallStep>(at(thread).what);
  }
  void waited_for_call(sim::Context& ctx, std::uint32_t thread);
  Next begin_attempt(sim::Context& ctx, std::uint32_t thread);
  Next stand_in_line(sim::Context& ctx, std::uint32_t thread, ClientState& client);
  void send_call(sim::Context& ctx, std::uint32_t thread);
  void wait_in_vain(sim::Context& ctx, std::uint32_t thread, sim::Time sent);
  void end_attempt(sim::Context& ctx, std::uint32_t thread, sim::Status status, bool missed);
  Next after_attempt(sim::Context& ctx, std::uint32_t thread, sim::Status status, bool missed);
  Next retry(sim::Context& ctx, std::uint32_t thread, ClientState& client, sim::Status status);
  void end_call(std::uint32_t thread);
  void give_back_connection(sim::Context& ctx, std::uint32_t thread);
  /// What the thread has begun of a call, and does not want any more.
  void take_back_call(sim::Context& ctx, std::uint32_t thread);
  void note_breaker(sim::Context& ctx, const ClientState& client, std::uint32_t thread,
                    sim::BreakerState before) const;
  /// The thread that a call of this host belongs to.
  [[nodiscard]] std::uint32_t thread_of(sim::Context& ctx, sim::FrameHandle frame) const;
  [[nodiscard]] std::optional<sim::Status> cut_short(sim::Context& ctx, const Run& run) const;
  void end_thread(sim::Context& ctx, std::uint32_t thread, bool well);
  void end_run(sim::Context& ctx, std::uint32_t run, sim::Status status);
  /// Takes back what the thread and its children have begun, and frees the children.
  void take_back(sim::Context& ctx, std::uint32_t thread);

  const Compiled& program_;
  Host& host_;
  std::vector<Thread> threads_;
  std::vector<std::uint32_t> free_threads_;
  std::vector<Run> runs_;
  std::vector<std::uint32_t> free_runs_;
  std::vector<Process> processes_;
  ConnectionPool::Ticket tickets_ = 0;
  bool dropping_all_ = false;  // nobody gets the connections that come free
};

}  // namespace updraft::program
