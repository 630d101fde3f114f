// A generic service: requests take a place, stay for a drawn time, and are answered.
//
// With exponential latencies, a concurrency c and room to wait it is M/M/c; without room it is
// Erlang's loss system.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/common/token_bucket.h"
#include "models/program/runner.h"
#include "models/roles/metric_source.h"
#include "models/service/service.pb.h"
#include "sim/build/resource.h"
#include "sim/engine/model.h"
#include "sim/metrics/instruments.h"
#include "sim/random/distribution.h"
#include "sim/station/ring.h"

namespace updraft::service {

/// A request has been in service for its time.
struct Served {
  static constexpr sim::Phase kPhase = sim::Phase::kCompletions;
  std::uint64_t job;
};
/// The request that has waited longest has waited too long.
struct WaitedTooLong {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
  std::uint64_t number;
};
/// A thread of the program has waited long enough.
struct ProgramWaited {
  static constexpr sim::Phase kPhase = sim::Phase::kCompletions;
  program::ThreadRef thread;
};

/// What faults do to a service; of several that last at a time, all hold.
struct Degradation {
  double latency_factor = 1.0;
  double error_probability = 0.0;
  bool unreachable = false;
};

class Service final : public sim::Model<Service, Served, WaitedTooLong, ProgramWaited>,
                      public sim::Resource,
                      public roles::MetricSource,
                      public program::Host {
 public:
  Service(const sim::Birth& birth, const ServiceParams& params);

  void bind(sim::World& world) override;
  void on_start(sim::Context& ctx) override;
  void on_arrival(sim::Context& ctx, sim::FrameHandle frame) override;
  void on_roll_up(sim::Context& ctx, sim::Time period_start, sim::Time period_end) override;
  void report(sim::Context& ctx, sim::Report& report) override;
  [[nodiscard]] std::optional<sim::MetricId> metric(std::string_view name) const override;

  void on(sim::Context& ctx, const Served& message);
  void on(sim::Context& ctx, const WaitedTooLong& message);
  void on(sim::Context& ctx, const ProgramWaited& message);

  void on_reply(sim::Context& ctx, sim::FrameHandle frame) override;
  void on_timeout(sim::Context& ctx, sim::FrameHandle frame) override;
  void compute(sim::Context& ctx, program::ThreadRef thread, sim::Duration work) override;
  void stop_computing(sim::Context& ctx, program::ThreadRef thread) override;
  sim::EventHandle wait(sim::Context& ctx, program::ThreadRef thread, sim::Duration time) override;
  void program_ended(sim::Context& ctx, std::uint64_t token, sim::Status status) override;

  /// `fault` tells faults apart that last at the same time.
  void begin_degradation(sim::Context& ctx, std::uint64_t fault, const Degradation& degradation);
  void end_degradation(sim::Context& ctx, std::uint64_t fault);

 private:
  struct Job {
    sim::FrameHandle frame;
    sim::Time came{};
    sim::EventHandle timer;
    bool active = false;
  };
  struct Waiting {
    sim::FrameHandle frame;
    sim::Time came{};
    std::uint64_t number = 0;
    sim::EventHandle timer;
  };

  void serve(sim::Context& ctx, sim::FrameHandle frame, sim::Time came);
  void end(sim::Context& ctx, std::uint32_t job, sim::Status status);
  enum class Limit : std::uint8_t { kRate, kPlaces, kPatience };
  void turn_away(sim::Context& ctx, sim::FrameHandle frame, Limit limit);
  void record(sim::Context& ctx, Limit limit) const;
  void take_next(sim::Context& ctx);
  void lose_all(sim::Context& ctx);
  void settle_faults();
  [[nodiscard]] double drawn(sim::Context& ctx, sim::FrameHandle frame,
                             sim::StreamKey stream) const;
  void levels_changed(sim::Time now);

  sim::Distribution latency_;
  std::uint32_t concurrency_;
  std::uint32_t queue_length_;
  double error_probability_;
  double miss_probability_;
  std::optional<common::TokenBucket> bucket_;
  std::optional<program::Compiled> program_;
  std::optional<program::Runner> runner_;
  sim::StreamKey latency_stream_;
  sim::StreamKey error_stream_;
  sim::StreamKey miss_stream_;
  sim::TimerLane queue_timeout_;

  std::vector<Job> jobs_;
  std::vector<std::uint32_t> free_jobs_;
  std::uint32_t in_service_ = 0;
  sim::Ring<Waiting> line_;
  std::uint64_t next_number_ = 0;
  std::map<std::uint64_t, Degradation> faults_;
  Degradation now_;  // all of them together

  sim::Counter requests_{sim::EmptyPeriod::kZero};
  sim::Counter errors_{sim::EmptyPeriod::kZero};
  sim::Counter throttles_{sim::EmptyPeriod::kZero};
  sim::Counter misses_{sim::EmptyPeriod::kZero};
  sim::LatencyInstrument answer_time_;
  sim::Gauge concurrent_{sim::kStart};
  sim::Gauge waiting_{sim::kStart};
  std::map<std::string, sim::MetricId, std::less<>> metrics_;
};

}  // namespace updraft::service
