// Components of the bench: open customers, a station that serves them, and a dispatcher before
// several stations. The unit of time is one second.
#pragma once

#include <cstdint>
#include <deque>
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

/// What became of one customer, and what was drawn for him.
struct Outcome {
  bool served = true;  // false: turned away
  double work = 0;     // s
  double response = 0;
  double found = 0;     // customers present when he came
  double workload = 0;  // s of work before him, over the servers
  double gap = 0;       // till the next customer at his station, over its mean
  std::uint32_t station = 0;
  [[nodiscard]] double wait() const { return response - work; }
};

/// A Poisson process of customers, each with its own work.
struct NextCustomer {
  static constexpr Phase kPhase = Phase::kArrivals;
};
class Customers final : public Model<Customers, NextCustomer>, public WorkSource {
 public:
  using Observer = std::function<void(const Outcome&)>;
  /// `work` in nanoseconds. The observer is called when all of an outcome is known.
  Customers(const Birth& birth, double rate, Distribution work, Observer observer);

  /// One station with so many servers, whose workload is kept account of from the draws alone.
  void send_to(ComponentId station, std::uint32_t servers) {
    to_ = station;
    work_at_.assign(servers, 0.0);
  }
  /// Gaps are those at each of so many stations; the dispatcher says who goes where (by went_to).
  void split_over(std::uint32_t stations) { last_at_.assign(stations, kNobody); }
  void went_to(std::uint64_t customer, std::uint32_t station);
  void on_start(Context& ctx) override { schedule(ctx); }
  void on(Context& ctx, const NextCustomer& next);
  void on_reply(Context& ctx, FrameHandle frame) override;
  [[nodiscard]] Demand demand(const Request& request, std::uint32_t step) const override;

  [[nodiscard]] std::uint64_t sent() const { return sent_; }

 private:
  static constexpr std::uint64_t kNobody = ~std::uint64_t{0};
  struct Visit {
    Outcome outcome;
    double came = 0;  // unit point
    bool replied = false;
    bool followed = false;  // the gap is known
    bool told = false;
  };
  void schedule(Context& ctx);
  Visit& visit(std::uint64_t customer) { return visits_[customer - first_]; }
  void follow(std::uint64_t customer, double gap);
  void tell(Visit& visit);
  [[nodiscard]] double workload() const;
  void let_work(double came, double gap_s);

  double gap_ns_;
  Distribution work_;
  Observer observer_;
  UnitProcess points_;
  StreamKey work_stream_;
  ComponentId to_;
  double next_point_ = 0;
  std::vector<double> work_at_;  // s that each server still has to do
  std::uint64_t sent_ = 0;
  std::uint64_t present_ = 0;
  std::deque<Visit> visits_;  // of customers first_ and later
  std::uint64_t first_ = 0;
  std::vector<std::uint64_t> last_at_;  // by station
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
  /// `customers` are told who goes where.
  Dispatcher(const Birth& birth, Policy policy, std::vector<ComponentId> stations,
             Customers& customers);

  void on_arrival(Context& ctx, FrameHandle frame) override;
  void on_reply(Context& ctx, FrameHandle frame) override;

 private:
  std::uint32_t pick(std::uint64_t ordinal);

  Policy policy_;
  std::vector<ComponentId> stations_;
  Customers& customers_;
  StreamKey tie_stream_;
  elb::RoundRobin round_robin_;
  elb::EvenRandom random_;
  elb::LeastOutstanding least_;
  std::vector<FrameHandle> calls_;
  std::vector<std::uint64_t> free_;
};

}  // namespace updraft::sim::testing
