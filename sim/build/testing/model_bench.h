// A bench for one model: parameters as a scenario writes them, requests at given times, and what
// became of each.
//
//   sim::testing::ModelBench bench(register_models, "parcel_desk", "{clerks: 1, line_limit: 1}");
//   bench.send_at(0ms, 3, {.cpu = 10ms});
//   EXPECT_EQ(bench.transcript(), "0ms #3 throttled\n10ms #1 ok\n20ms #2 ok\n");
//
// The parameters go through the real loader, so a wrong one throws its ScenarioError. There are
// zones a and b, and nothing else than the component, which is called "it"; or, with resources as a
// scenario writes them, whoever they name, and requests go to "it".
//
//   ModelBench bench(register_all_models, R"(
//     it: {service: {latency: 0s, program: [{call: db}]}}
//     db: {service: 5ms})");
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sim/build/registry.h"
#include "sim/build/world.h"
#include "sim/engine/model.h"
#include "sim/metrics/memory_sink.h"
#include "sim/scenario/scenario.h"

namespace updraft::sim::testing {

struct BenchSend {
  static constexpr Phase kPhase = Phase::kArrivals;
  std::uint64_t ordinal;
};

/// Sends requests without latency, waits for ever unless told, and writes down how each ended.
class BenchClient final : public Model<BenchClient, BenchSend>, public WorkSource {
 public:
  BenchClient(const Birth& birth, ComponentId callee) : Model(birth), callee_(callee) {}

  void send_at(Context& ctx, Duration since_start, const Demand& demand) {
    demands_.push_back(demand);
    at(ctx, kStart + since_start, BenchSend{demands_.size() - 1});
  }
  void on(Context& ctx, const BenchSend& send) {
    Request request;
    request.ordinal = send.ordinal;
    request.source = this;
    request.born = ctx.now();
    request.deadline = deadline_after_ > Duration{} ? ctx.now() + deadline_after_ : kNever;
    request.session = send.ordinal;
    ctx.call(ctx.open(request), callee_,
             {.tag = send.ordinal,
              .give_up_at = patience_ > Duration{} ? ctx.now() + patience_ : kNever});
  }
  void on_timeout(Context& ctx, FrameHandle frame) override {
    transcript_ += fmt::format("{}ms #{} gives up\n", static_cast<double>(to_ns(ctx.now())) / 1e6,
                               ctx.frame(frame).tag + 1);
    ctx.close(ctx.request_of(frame));
  }
  void set_patience(Duration patience) { patience_ = patience; }
  void set_deadline_after(Duration time) { deadline_after_ = time; }
  void on_reply(Context& ctx, FrameHandle frame) override {
    const Frame& ended = ctx.frame(frame);
    transcript_ += fmt::format("{}ms #{} {}\n", static_cast<double>(to_ns(ctx.now())) / 1e6,
                               ended.tag + 1, status_name(ended.status));
    ctx.close(ctx.request_of(frame));
  }
  [[nodiscard]] Demand demand(const Request& request, std::uint32_t /*step*/) const override {
    return demands_[request.ordinal];
  }
  [[nodiscard]] const std::string& transcript() const { return transcript_; }

 private:
  ComponentId callee_;
  std::vector<Demand> demands_;
  Duration patience_{};        // 0: without end
  Duration deadline_after_{};  // 0: none
  std::string transcript_;
};

class ModelBench {
 public:
  /// Registers with `register_models` of the model's folder and makes a `type` of `params`.
  ModelBench(void (*register_models)(ModelRegistry&), const std::string& type,
             const std::string& params)
      : ModelBench(register_models, fmt::format("  it: {{{}: {}}}\n", type, params)) {}
  /// The same of several resources: "it: {...}" lines.
  ModelBench(void (*register_models)(ModelRegistry&), const std::string& resources)
      : simulation_({}, &sink_), world_(simulation_, {"a", "b"}, 0) {
    register_models(registry_);
    const LoadResult loaded = Scenario::load(
        "scenario: bench\nduration: 1h\nresources:\n" + resources, "bench.yaml", registry_.types());
    for (const ResourcePlan& resource : loaded.plan.resource()) {
      world_.put(resource.name(), registry_.make(simulation_, resource));
    }
    client_ = &simulation_.add<BenchClient>("client", world_.component("it").id());
    for (Resource* resource : world_.all<Resource>()) {
      resource->bind(world_);
    }
    simulation_.start();
  }

  /// `count` requests of that demand, one after the other at the same instant. They are numbered
  /// from 1 in the order of these calls.
  void send_at(Duration since_start, int count, const Demand& demand) {
    Context ctx(simulation_, *client_);
    for (int i = 0; i < count; ++i) {
      client_->send_at(ctx, since_start, demand);
    }
  }
  void run_until(Duration since_start) { simulation_.run_until(kStart + since_start); }

  /// "10ms #1 ok", a line for each answer in the order of the answers, after an hour.
  [[nodiscard]] const std::string& transcript() {
    run_until(std::chrono::hours{1});
    return client_->transcript();
  }
  /// Of the clients, for requests sent from then on.
  void set_patience(Duration patience) { client_->set_patience(patience); }
  void set_deadline_after(Duration time) { client_->set_deadline_after(time); }
  /// Sum over the closed minutes of a metric of the component, or of another.
  [[nodiscard]] double total(const std::string& metric, const std::string& of = "it") const {
    double sum = 0;
    for (const double value : sink_.column("/" + of + "/" + metric, kRollUpPeriod)) {
      sum += std::isnan(value) ? 0 : value;
    }
    return sum;
  }
  [[nodiscard]] Simulation& simulation() { return simulation_; }
  [[nodiscard]] World& world() { return world_; }
  [[nodiscard]] const MemorySink& sink() const { return sink_; }

 private:
  ModelRegistry registry_;
  MemorySink sink_;
  Simulation simulation_;
  World world_;
  BenchClient* client_ = nullptr;
};

}  // namespace updraft::sim::testing
