// An event source mapping of a queue: pollers that gather batches, invocations with them, and what
// becomes of their messages.
//
// The rules are pollers.h. A batch is a call to the function whose request has the mapping as its
// source: what it asks for is the sum of what its messages do.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/lambda/event_source.pb.h"
#include "models/lambda/pollers.h"
#include "models/roles/invocable.h"
#include "models/roles/messages.h"
#include "models/roles/metric_source.h"
#include "models/roles/work_ages.h"
#include "sim/build/resource.h"
#include "sim/engine/model.h"
#include "sim/metrics/instruments.h"

namespace updraft::lambda {

/// Once a minute: are there more or fewer pollers?
struct PollersDue {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
};
/// A poller has rested after a throttle.
struct RestOver {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
};

class EventSourceMapping final : public sim::Model<EventSourceMapping, PollersDue, RestOver>,
                                 public sim::Resource,
                                 public roles::BatchSource,
                                 public roles::MessageConsumer,
                                 public roles::MetricSource {
 public:
  EventSourceMapping(const sim::Birth& birth, const EventSourceMappingParams& params);

  void bind(sim::World& world) override;
  void on_start(sim::Context& ctx) override;
  void report(sim::Context& ctx, sim::Report& report) override;
  void on(sim::Context& ctx, const PollersDue& message);
  void on(sim::Context& ctx, const RestOver& message);
  void on_reply(sim::Context& ctx, sim::FrameHandle frame) override;
  void on_roll_up(sim::Context& ctx, sim::Time period_start, sim::Time period_end) override;
  void messages_received(sim::Context& ctx, std::uint64_t tag, sim::Status status,
                         std::span<const roles::ReceivedMessage> messages) override;

  [[nodiscard]] sim::Demand demand(const sim::Request& request, std::uint32_t step) const override;
  void add_parts(const sim::Request& request, std::vector<sim::Request>& parts) const override;
  [[nodiscard]] bool batch_fails(const sim::Request& request) const override;
  [[nodiscard]] std::optional<sim::MetricId> metric(std::string_view name) const override;

 private:
  struct Gather {
    MessageBatch messages;
    std::int64_t bytes = 0;
    sim::Time first{};  // when the first message came
    sim::Time asked{};
    bool active = false;
  };
  struct Batch {
    MessageBatch messages;
    std::vector<std::optional<std::size_t>> failures;  // places that the function cannot process
  };

  [[nodiscard]] std::uint32_t limit() const;
  void go_on(sim::Context& ctx);
  void begin_gather(sim::Context& ctx);
  void ask(sim::Context& ctx, std::uint32_t gather);
  void close_gather(sim::Context& ctx, std::uint32_t gather);
  void invoke(sim::Context& ctx, std::uint32_t batch);
  void settle(sim::Context& ctx, const Batch& batch, sim::Status status);
  void delete_processed(sim::Context& ctx, const Batch& batch, const std::vector<bool>& processed);
  [[nodiscard]] PollerScaling::Minute minute(sim::Time now) const;
  [[nodiscard]] bool fails(const roles::ReceivedMessage& received) const;

  EventSourceMappingParams params_;
  roles::MessageQueue* queue_ = nullptr;
  roles::Invocable* function_ = nullptr;
  PollerScaling scaling_;
  sim::StreamKey failure_stream_;

  std::vector<Gather> gathers_;
  std::uint32_t gathering_ = 0;
  std::vector<Batch> batches_;
  std::vector<std::uint32_t> free_batches_;
  std::deque<std::uint32_t> ready_;  // batches that wait for their invocation
  std::uint32_t running_ = 0;
  std::uint32_t resting_ = 0;
  std::uint64_t batches_made_ = 0;
  bool going_on_ = false;       // go_on() is at work
  bool throttled_ = false;      // in this minute
  bool received_some_ = false;  // likewise

  sim::Counter polled_{sim::EmptyPeriod::kZero};
  sim::Counter invoked_{sim::EmptyPeriod::kZero};
  sim::Counter failed_{sim::EmptyPeriod::kZero};
  sim::Counter deleted_{sim::EmptyPeriod::kZero};
  sim::Counter refused_{sim::EmptyPeriod::kZero};
  std::uint64_t again_ = 0;
  sim::Gauge running_gauge_{sim::kStart};
  sim::Gauge allowed_gauge_{sim::kStart};
  sim::LatencyInstrument age_;
  roles::WorkAges ages_;
  std::map<std::string, sim::MetricId, std::less<>> metrics_;
};

}  // namespace updraft::lambda
