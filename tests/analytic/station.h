// Components of the bench: open customers, a station that serves them, and a dispatcher before
// several stations. The unit of time is one second.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include "models/elb/routing.h"
#include "sim/engine/model.h"
#include "sim/random/distribution.h"
#include "sim/random/unit_process.h"
#include "sim/station/fifo_servers.h"
#include "sim/station/processor_sharing.h"

namespace updraft::sim::testing {

/// What became of one customer.
struct Outcome {
  bool served = true;  // false: turned away
  double work = 0;     // s
  double response = 0;
  [[nodiscard]] double wait() const { return response - work; }
};

/// A Poisson process of customers, each with its own work.
struct NextCustomer {
  static constexpr Phase kPhase = Phase::kArrivals;
};
class Customers final : public Model<Customers, NextCustomer>, public WorkSource {
 public:
  using Observer = std::function<void(const Outcome&)>;
  /// `work` in nanoseconds.
  Customers(const Birth& birth, double rate, Distribution work, Observer observer);

  void send_to(ComponentId station) { to_ = station; }
  void on_start(Context& ctx) override { schedule(ctx); }
  void on(Context& ctx, const NextCustomer& next);
  void on_reply(Context& ctx, FrameHandle frame) override;
  [[nodiscard]] Demand demand(const Request& request, std::uint32_t step) const override;

  [[nodiscard]] std::uint64_t sent() const { return sent_; }

 private:
  void schedule(Context& ctx);

  double gap_ns_;
  Distribution work_;
  Observer observer_;
  UnitProcess points_;
  StreamKey work_stream_;
  ComponentId to_;
  std::uint64_t sent_ = 0;
};

/// Servers with a line, or one server shared by all.
struct ServiceEnds {
  static constexpr Phase kPhase = Phase::kCompletions;
};
class Station final : public Model<Station, ServiceEnds> {
 public:
  struct Options {
    bool sharing = false;  // processor sharing; else first in, first out
    std::uint32_t servers = 1;
    std::uint32_t line_limit = FifoServers::kUnlimited;
  };
  Station(const Birth& birth, const Options& options);

  void on_arrival(Context& ctx, FrameHandle frame) override;
  void on(Context& ctx, const ServiceEnds& ends);

  /// Customers present, summed over time, in customer-seconds.
  [[nodiscard]] double customer_seconds(Time now);

 private:
  void count(Time now, std::int32_t change);
  void reschedule(Context& ctx);
  [[nodiscard]] Time next_completion() const;

  SharingLaw law_;
  std::variant<FifoServers, ProcessorSharing> service_;
  std::vector<FrameHandle> jobs_;
  std::vector<std::uint64_t> free_;
  EventHandle next_;
  std::int64_t present_ = 0;
  Time counted_{};
  double customer_ns_ = 0;
};

enum class Policy : std::uint8_t { kRoundRobin, kRandom, kLeastOutstanding };

/// One node of a load balancer before equal stations.
class Dispatcher final : public Component {
 public:
  Dispatcher(const Birth& birth, Policy policy, std::vector<ComponentId> stations);

  void on_arrival(Context& ctx, FrameHandle frame) override;
  void on_reply(Context& ctx, FrameHandle frame) override;

 private:
  std::uint32_t pick(std::uint64_t ordinal);

  Policy policy_;
  std::vector<ComponentId> stations_;
  StreamKey tie_stream_;
  elb::RoundRobin round_robin_;
  elb::EvenRandom random_;
  elb::LeastOutstanding least_;
  std::vector<FrameHandle> calls_;
  std::vector<std::uint64_t> free_;
};

}  // namespace updraft::sim::testing
