// Queues made of the engine's own parts, for the benchmarks: a Poisson source, stations with a
// line, a balancer. Requests live in the pool and travel by calls and replies; demands are keyed
// draws; the source counts and keeps a histogram.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/reference/loops.h"
#include "models/elb/routing.h"
#include "sim/engine/model.h"
#include "sim/metrics/instruments.h"
#include "sim/random/ahead_sampler.h"
#include "sim/random/unit_process.h"
#include "sim/station/fifo_servers.h"

namespace updraft::bench {

struct Finished {
  static constexpr sim::Phase kPhase = sim::Phase::kCompletions;
};
struct Next {
  static constexpr sim::Phase kPhase = sim::Phase::kArrivals;
};

/// Serves calls in order of arrival with so many servers.
class Station final : public sim::Model<Station, Finished> {
 public:
  Station(const sim::Birth& birth, const sim::SharingLaw& law) : Model(birth), servers_(law, {}) {}

  void on_arrival(sim::Context& ctx, sim::FrameHandle frame) override {
    servers_.add(ctx.now(), index_of(frame), ctx.demand(frame).cpu);
    schedule(ctx);
  }
  void on(sim::Context& ctx, const Finished& /*message*/) {
    event_ = {};
    due_ = sim::kNever;
    while (servers_.next_completion() <= ctx.now()) {
      ctx.reply(frames_[servers_.complete(ctx.now())], sim::Status::kOk);
    }
    schedule(ctx);
  }

 private:
  std::uint64_t index_of(sim::FrameHandle frame) {
    if (frame.index >= frames_.size()) {
      frames_.resize(frame.index + 1);
    }
    frames_[frame.index] = frame;
    return frame.index;
  }
  void schedule(sim::Context& ctx) {
    const sim::Time due = servers_.next_completion();
    if (due == due_) {
      return;
    }
    due_ = due;
    if (event_) {
      ctx.move(event_, due);
    } else {
      event_ = at(ctx, due, Finished{});
    }
  }

  sim::FifoServers servers_;
  std::vector<sim::FrameHandle> frames_;  // by place in the pool
  sim::EventHandle event_;
  sim::Time due_ = sim::kNever;
};

/// Passes calls on by the load balancer's own pickers, and answers back.
template <Choice kChoice>
class Balancer final : public sim::Component {
 public:
  Balancer(const sim::Birth& birth, std::vector<sim::ComponentId> targets)
      : Component(birth),
        targets_(std::move(targets)),
        draws_(sim::Distribution::uniform({.min = 0, .max = 1}).value(), birth.stream("choice")) {
    std::vector<std::uint32_t> ordinals;
    for (std::uint32_t i = 0; i < targets_.size(); ++i) {
      ordinals.push_back(i);
    }
    turn_.set_candidates(ordinals);
    least_.set_candidates(ordinals);
  }

  void on_arrival(sim::Context& ctx, sim::FrameHandle frame) override {
    const sim::RequestHandle request = ctx.request_of(frame);
    std::uint32_t target = 0;
    if constexpr (kChoice == Choice::kLeastOutstanding) {
      const double u = draws_.sample(ctx.request(request).ordinal);
      target = least_.pick(static_cast<std::uint64_t>(u * 0x1p53) << 11);
      least_.began(target);
    } else {
      target = turn_.pick();
    }
    if (frame.index >= calls_.size()) {
      calls_.resize(frame.index + 1);
    }
    calls_[frame.index] = {frame, target};
    ctx.call(request, targets_[target], {.parent = frame, .tag = frame.index});
  }
  void on_reply(sim::Context& ctx, sim::FrameHandle frame) override {
    const Call& call = calls_[ctx.frame(frame).tag];
    if constexpr (kChoice == Choice::kLeastOutstanding) {
      least_.ended(call.target);
    }
    ctx.reply(call.client, sim::Status::kOk);
  }

 private:
  struct Call {
    sim::FrameHandle client;
    std::uint32_t target = 0;
  };
  std::vector<sim::ComponentId> targets_;
  std::vector<Call> calls_;  // by place of the client's frame in the pool
  sim::AheadSampler draws_;
  elb::RoundRobin turn_;
  elb::LeastOutstanding least_;
};

/// Poisson arrivals with exponential demands.
class Customers final : public sim::Model<Customers, Next>, public sim::WorkSource {
 public:
  Customers(const sim::Birth& birth, sim::ComponentId to, double gap_ns)
      : Model(birth),
        to_(to),
        gap_ns_(gap_ns),
        process_(birth.stream("arrivals")),
        work_(sim::Distribution::exponential(kServiceNs).value(), birth.stream("demand.cpu")) {}

  void on_start(sim::Context& ctx) override { schedule(ctx); }
  void on(sim::Context& ctx, const Next& /*message*/) {
    sim::Request request;
    request.ordinal = ordinal_++;
    request.source = this;
    ctx.call(ctx.open(request), to_, {});
    sent_.add();
    schedule(ctx);
  }
  void on_reply(sim::Context& ctx, sim::FrameHandle frame) override {
    const sim::RequestHandle handle = ctx.request_of(frame);
    response_.record(ctx.now() - ctx.request(handle).born);
    done_.add();
    ctx.close(handle);
  }
  [[nodiscard]] sim::Demand demand(const sim::Request& request,
                                   std::uint32_t /*step*/) const override {
    return {.cpu = work_.duration(request.ordinal)};
  }
  [[nodiscard]] std::uint64_t done() const { return done_.total(); }
  [[nodiscard]] const sim::Histogram& response() const { return response_.open_period(); }

 private:
  void schedule(sim::Context& ctx) {
    at(ctx, sim::time_from_ns(static_cast<std::int64_t>(process_.next() * gap_ns_)), Next{});
  }

  sim::ComponentId to_;
  double gap_ns_;
  sim::UnitProcess process_;
  sim::AheadSampler work_;
  std::uint64_t ordinal_ = 0;
  sim::Counter sent_;
  sim::Counter done_;
  sim::LatencyInstrument response_;
};

}  // namespace updraft::bench
