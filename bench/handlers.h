// The dispatch of the event list's benchmarks: one virtual call an event, chosen by its target, as
// the engine does it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "bench/reference/generator.h"
#include "sim/core/event_list.h"

namespace updraft::bench {

class Handler {
 public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  virtual ~Handler() = default;
  virtual void handle(sim::EventList& list, const sim::Taken& taken) = 0;
};

/// Enters a successor for every event, after an exponential time.
class Holder final : public Handler {
 public:
  Holder(double mean_ns, Generator& draw) : mean_ns_(mean_ns), draw_(draw) {}

  void handle(sim::EventList& list, const sim::Taken& taken) override {
    // 24 bytes: a request's handle and two words, as in the engine.
    const sim::Event& event = *taken.event;
    auto load = event.as<Load>();
    ++load.holds;
    const std::uint32_t target = event.target;
    const std::uint16_t kind = event.kind;
    const sim::Time at =
        taken.time + sim::Duration{static_cast<std::int64_t>(draw_.exponential_ns(mean_ns_))};
    list.push_message(at, taken.phase, target, kind, load);
  }

  struct Load {
    std::uint64_t request = 0;
    std::uint64_t holds = 0;
    std::uint64_t step = 0;
  };

 private:
  double mean_ns_;
  Generator& draw_;
};

/// Counts its events and does nothing else.
class Counter final : public Handler {
 public:
  void handle(sim::EventList& /*list*/, const sim::Taken& /*taken*/) override { ++count_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  std::uint64_t count_ = 0;
};

/// HOLD on the engine's own list: `pending` events over sixteen targets, two kinds of handlers.
class EngineHold {
 public:
  EngineHold(std::uint64_t pending, double mean_ns, double other_mean_ns, std::uint64_t seed)
      : draw_(seed) {
    for (int i = 0; i < 16; ++i) {
      handlers_.push_back(std::make_unique<Holder>(i % 2 == 0 ? mean_ns : other_mean_ns, draw_));
    }
    handlers_.push_back(std::make_unique<Counter>());
    for (std::uint64_t i = 0; i < pending; ++i) {
      const double mean = i % 2 == 0 ? mean_ns : other_mean_ns;
      list_.push(sim::time_from_ns(static_cast<std::int64_t>(draw_.exponential_ns(mean))),
                 sim::Phase::kCompletions,
                 sim::Event::of(static_cast<std::uint32_t>(i & 15), 1, Holder::Load{i, 0, 0}));
    }
  }

  std::uint64_t run(std::uint64_t holds) {
    sim::Taken taken;
    for (std::uint64_t i = 0; i < holds; ++i) {
      if (!list_.take(sim::kNever, taken)) {
        return i;
      }
      handlers_[taken.event->target]->handle(list_, taken);
    }
    return holds;
  }

 private:
  Generator draw_;
  sim::EventList list_;
  std::vector<std::unique_ptr<Handler>> handlers_;
};

}  // namespace updraft::bench
