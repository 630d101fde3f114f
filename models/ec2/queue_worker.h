// The program of an instance that takes its work out of a queue: threads that receive, have the
// instance work on each message, delete it, and ask again.
//
// A message is worked on as a request to the instance: it waits for a worker and shares the vCPUs
// like any other. A worker whose instance is gone stops without a word; what it held comes back
// when its visibility timeout ends.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/ec2/polling.pb.h"
#include "models/roles/messages.h"
#include "models/roles/work_ages.h"
#include "sim/engine/model.h"
#include "sim/metrics/instruments.h"

namespace updraft::ec2 {

/// What all workers of a template have done.
struct WorkDone {
  sim::Counter processed{sim::EmptyPeriod::kZero};  // each as often as it was done
  sim::Counter failed{sim::EmptyPeriod::kZero};
  sim::Counter again{sim::EmptyPeriod::kZero};  // worked on although it had been worked on before
  sim::LatencyInstrument age;                   // from sending to the end of the work
  roles::WorkAges ages;
  sim::Gauge threads{sim::kStart};  // that ask or work
  sim::Gauge busy{sim::kStart};     // that hold messages
};

/// A thread goes on: with a receive, or by deleting what it has finished.
struct ThreadDue {
  static constexpr sim::Phase kPhase = sim::Phase::kArrivals;
  std::uint32_t thread;
  std::uint32_t life;
};
/// What a thread holds is hidden anew.
struct Heartbeat {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint32_t thread;
  std::uint32_t batch;
};

/// Hears of workers.
class WorkListener {
 public:
  virtual ~WorkListener() = default;
  /// Some thread holds messages now, or none any more. Of workers that protect their instance.
  virtual void worker_busy(sim::Context& ctx, sim::ComponentId instance, bool busy) = 0;
  /// It has finished what it had in hand when drain() was called.
  virtual void worker_drained(sim::Context& ctx, sim::ComponentId instance) = 0;
};

class QueueWorker final : public sim::Model<QueueWorker, ThreadDue, Heartbeat>,
                          public roles::MessageConsumer {
 public:
  /// `failures` is the stream of the template's draws of failures.
  QueueWorker(const sim::Birth& birth, const Polling& polling, roles::MessageQueue& queue,
              sim::ComponentId instance, sim::StreamKey failures, WorkDone& done,
              WorkListener& listener);

  /// Begins, or begins again after halt(): every thread asks for a message.
  void begin(sim::Context& ctx);
  /// The instance is gone, or its power is: calls are forgotten, messages stay where they are.
  void halt(sim::Context& ctx);

  /// Receives no more and finishes what it has. True when that is something: the listener hears of
  /// its end.
  bool drain(sim::Context& ctx);

  void on(sim::Context& ctx, const ThreadDue& message);
  void on(sim::Context& ctx, const Heartbeat& message);
  void on_reply(sim::Context& ctx, sim::FrameHandle frame) override;
  void messages_received(sim::Context& ctx, std::uint64_t tag, sim::Status status,
                         std::span<const roles::ReceivedMessage> messages) override;

 private:
  enum class Next : std::uint8_t { kReceive, kDelete, kWait };
  struct Thread {
    Next next = Next::kReceive;
    std::vector<roles::ReceivedMessage> batch;
    std::size_t at = 0;         // in the batch
    std::uint32_t batches = 0;  // so far
    sim::FrameHandle frame;     // of the work under way
    sim::EventHandle beat;
  };

  void go_on(sim::Context& ctx, std::uint32_t thread, Next next, sim::Duration delay);
  void work(sim::Context& ctx, std::uint32_t thread);
  void finish(sim::Context& ctx, std::uint32_t thread);
  void next_message(sim::Context& ctx, std::uint32_t thread);
  void let_go(sim::Context& ctx, Thread& thread);
  void stand_still(sim::Context& ctx);
  void count_busy(sim::Context& ctx, int change);
  void stop_beating(sim::Context& ctx, Thread& thread);
  [[nodiscard]] sim::Duration hidden_for() const;

  Polling polling_;
  roles::MessageQueue& queue_;
  sim::ComponentId instance_;
  sim::StreamKey failures_;
  WorkDone& done_;
  WorkListener& listener_;
  sim::Duration latency_;
  std::vector<Thread> threads_;
  std::uint32_t life_ = 0;  // events of an earlier one mean nothing
  bool running_ = false;
  bool draining_ = false;
  int busy_ = 0;           // threads that hold messages
  std::size_t still_ = 0;  // threads that have stopped because of it
};

}  // namespace updraft::ec2
