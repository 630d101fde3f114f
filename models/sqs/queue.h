// A queue in the simulation: it takes requests as messages, answers those who poll it, and counts.
//
// The rules are contents.h; here are the polls that wait, the timers, the metrics and the bill.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/roles/messages.h"
#include "models/roles/metered.h"
#include "models/roles/metric_source.h"
#include "models/sqs/contents.h"
#include "models/sqs/sqs.pb.h"
#include "sim/build/resource.h"
#include "sim/engine/model.h"
#include "sim/metrics/instruments.h"
#include "sim/random/distribution.h"

namespace updraft::sqs {

/// Something comes back or appears while polls wait for it.
struct WakeUp {
  static constexpr sim::Phase kPhase = sim::Phase::kArrivals;
};
/// A receive has reached the queue.
struct Asked {
  static constexpr sim::Phase kPhase = sim::Phase::kArrivals;
  std::uint32_t poll;
  std::uint32_t generation;
};
/// A long poll has waited long enough.
struct PollOver {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint32_t poll;
  std::uint32_t generation;
};
/// The next message of a move task is due.
struct MoveNext {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
};

class Queue final : public sim::Model<Queue, WakeUp, Asked, PollOver, MoveNext>,
                    public sim::Resource,
                    public sim::WorkSource,
                    public roles::MessageQueue,
                    public roles::MessageSink,
                    public roles::MetricSource,
                    public roles::Metered {
 public:
  Queue(const sim::Birth& birth, const QueueParams& params);
  void set_initial(const QueueInitial& initial);

  void bind(sim::World& world) override;
  void operate(sim::Context& ctx, const google::protobuf::Message& operation,
               sim::DecisionId caused_by) override;
  void on_start(sim::Context& ctx) override;
  void report(sim::Context& ctx, sim::Report& report) override;
  void on_arrival(sim::Context& ctx, sim::FrameHandle frame) override;
  void on_roll_up(sim::Context& ctx, sim::Time period_start, sim::Time period_end) override;
  void on(sim::Context& ctx, const WakeUp& message);
  void on(sim::Context& ctx, const Asked& message);
  void on(sim::Context& ctx, const PollOver& message);
  void on(sim::Context& ctx, const MoveNext& message);

  sim::Status deliver(sim::Context& ctx, const roles::Message& message,
                      sim::DecisionId caused_by) override;
  void receive(sim::Context& ctx, roles::MessageConsumer& consumer, std::uint64_t tag,
               const roles::ReceiveOptions& options) override;
  void cancel_receive(sim::Context& ctx, roles::MessageConsumer& consumer,
                      std::uint64_t tag) override;
  void delete_messages(sim::Context& ctx, std::span<const roles::Receipt> receipts,
                       std::span<sim::Status> answers) override;
  sim::Status change_visibility(sim::Context& ctx, const roles::Receipt& receipt,
                                sim::Duration timeout) override;
  [[nodiscard]] bool fifo() const override { return params_.fifo_queue(); }
  [[nodiscard]] bool waits() const override {
    return params_.receive_message_wait_time_seconds().ns() > 0;
  }
  [[nodiscard]] sim::Duration visibility_timeout() const override { return visibility_timeout_; }

  [[nodiscard]] std::optional<sim::MetricId> metric(std::string_view name) const override;
  [[nodiscard]] std::vector<roles::Usage> usage(sim::Time now) const override;

  /// Of the messages that `initial` speaks of.
  [[nodiscard]] sim::Demand demand(const sim::Request& request, std::uint32_t step) const override;
  [[nodiscard]] const QueueCounts& counts() const { return contents_.counts(); }

 private:
  struct Poll {
    roles::MessageConsumer* consumer = nullptr;  // null: nobody asks
    std::uint64_t tag = 0;
    std::uint32_t max = 1;
    std::uint32_t generation = 0;
    sim::Duration wait{};
    sim::Duration visibility_timeout{};
    sim::EventHandle timer;
    bool waiting = false;
  };
  struct Initial {
    std::uint64_t messages = 0;
    std::int64_t size_bytes = 0;
    sim::Distribution cpu;
    sim::Distribution wait;
    sim::Distribution memory;
  };

  sim::Status take(sim::Context& ctx, const roles::Message& message);
  void take_dead(sim::Context& ctx, const Stored& stored);
  void take_moved(sim::Context& ctx, Stored stored);
  [[nodiscard]] std::uint32_t seen_by_short_poll(const Poll& poll);
  /// Whether the poll has been answered.
  bool serve(sim::Context& ctx, std::uint32_t index, bool last_chance);
  void answer(sim::Context& ctx, std::uint32_t index, sim::Status status);
  void serve_waiting(sim::Context& ctx);
  void schedule(sim::Context& ctx);
  void duplicate_some(sim::Context& ctx);
  void record_receives(sim::Context& ctx);
  void count_request(std::int64_t bytes);
  void purge(sim::Context& ctx, sim::DecisionId caused_by);
  void start_move(sim::Context& ctx, const MoveTask& task, sim::DecisionId caused_by);
  void publish(sim::Context& ctx, std::string_view name, sim::Time start, double value);

  QueueParams params_;
  QueueContents contents_;
  sim::Duration visibility_timeout_;
  sim::StreamKey duplicate_stream_;
  sim::StreamKey order_stream_;
  sim::StreamKey poll_stream_;
  sim::StreamKey cpu_stream_;
  sim::StreamKey wait_stream_;
  sim::StreamKey memory_stream_;
  std::optional<Initial> initial_;
  sim::World* world_ = nullptr;
  Queue* dead_letters_ = nullptr;

  std::vector<Poll> polls_;
  std::vector<std::uint32_t> free_polls_;
  std::vector<std::uint32_t> waiting_;  // in order of asking
  sim::EventHandle wake_event_;
  sim::Time wake_due_ = sim::kNever;
  std::vector<roles::ReceivedMessage> received_;  // of the poll that is being answered
  std::vector<Stored> dead_;

  Queue* move_to_ = nullptr;
  sim::Duration move_gap_{};
  std::uint64_t moved_by_task_ = 0;
  sim::DecisionId move_cause_ = sim::DecisionId::kNone;
  std::optional<sim::Time> purged_;

  std::uint64_t next_id_ = 0;
  std::uint64_t polls_made_ = 0;
  std::uint64_t requests_ = 0;  // that are paid for
  std::uint64_t fair_requests_ = 0;
  std::optional<sim::Time> used_;  // the last time
  sim::Counter sent_{sim::EmptyPeriod::kZero};
  sim::Counter received_count_{sim::EmptyPeriod::kZero};
  sim::Counter deleted_{sim::EmptyPeriod::kZero};
  sim::Counter empty_{sim::EmptyPeriod::kZero};
  sim::Counter returned_{sim::EmptyPeriod::kZero};
  sim::Samples sizes_;
  std::map<std::string, sim::MetricId, std::less<>> metrics_;
};

}  // namespace updraft::sqs
