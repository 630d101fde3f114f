#include "sim/engine/simulation.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/engine/model.h"
#include "sim/metrics/memory_sink.h"

namespace updraft::sim {
namespace {

struct Served {
  static constexpr Phase kPhase = Phase::kCompletions;
  FrameHandle frame;
};

/// Answers each call after a fixed time.
class Desk final : public Model<Desk, Served> {
 public:
  Desk(const Birth& birth, std::string* log, Duration service)
      : Model(birth), log_(log), service_(service) {}
  void on_arrival(Context& ctx, FrameHandle frame) override {
    *log_ += fmt::format("{}ms arrived\n", to_ns(ctx.now()) / 1'000'000);
    ctx.begin(frame);
    after(ctx, service_, Served{frame});
  }
  void on(Context& ctx, const Served& served) {
    *log_ += fmt::format("{}ms served\n", to_ns(ctx.now()) / 1'000'000);
    ctx.reply(served.frame, Status::kOk);
  }

 private:
  std::string* log_;
  Duration service_;
};

struct Ask {
  static constexpr Phase kPhase = Phase::kArrivals;
  std::uint64_t count;
};

class Client final : public Model<Client, Ask> {
 public:
  Client(const Birth& birth, std::string* log, ComponentId desk, Duration patience,
         Duration latency = 1ms)
      : Model(birth), log_(log), desk_(desk), latency_(latency) {
    if (patience > Duration{}) {
      lane_ = birth.add_lane(patience, Phase::kControllers);
    }
  }
  void on_start(Context& ctx) override { after(ctx, 10ms, Ask{1}); }
  void on(Context& ctx, const Ask& ask) {
    for (std::uint64_t i = 0; i < ask.count; ++i) {
      Request request;
      request.ordinal = next_++;
      const RequestHandle handle = ctx.open(request);
      ctx.call(handle, desk_, {.latency = latency_, .tag = request.ordinal, .timeout = lane_});
    }
  }
  void on_reply(Context& ctx, FrameHandle frame) override {
    *log_ += fmt::format("{}ms {} {}\n", to_ns(ctx.now()) / 1'000'000, ctx.frame(frame).tag,
                         status_name(ctx.frame(frame).status));
    ctx.close(ctx.request_of(frame));
  }
  void on_timeout(Context& ctx, FrameHandle frame) override {
    *log_ += fmt::format("{}ms {} gave up\n", to_ns(ctx.now()) / 1'000'000, ctx.frame(frame).tag);
    ctx.close(ctx.request_of(frame));
  }

 private:
  std::string* log_;
  ComponentId desk_;
  Duration latency_;
  TimerLane lane_;
  std::uint64_t next_ = 0;
};

TEST(Simulation, CallsAndRepliesTravelWithTheirLatency) {
  std::string log;
  Simulation simulation({});
  auto& desk = simulation.add<Desk>("desk", &log, 20ms);
  simulation.add<Client>("client", &log, desk.id(), Duration{});
  simulation.start();
  EXPECT_EQ(simulation.run_until(kStart + 1s), Simulation::Stop::kReached);
  EXPECT_EQ(log, "11ms arrived\n31ms served\n32ms 0 ok\n");
  EXPECT_EQ(simulation.requests().requests_in_flight(), 0U);
  EXPECT_EQ(simulation.requests().frames_in_flight(), 0U);
  EXPECT_EQ(simulation.now(), kStart + 1s);
}

TEST(Simulation, ACallerThatGivesUpDoesNotCancelTheWork) {
  std::string log;
  Simulation simulation({});
  auto& desk = simulation.add<Desk>("desk", &log, 20ms);
  simulation.add<Client>("client", &log, desk.id(), 15ms);
  simulation.start();
  simulation.run_until(kStart + 26ms);
  EXPECT_EQ(simulation.requests().requests_in_flight(), 1U) << "the orphan is still at work";
  simulation.run_until(kStart + 1s);
  EXPECT_EQ(log, "11ms arrived\n25ms 0 gave up\n31ms served\n");
  EXPECT_EQ(simulation.requests().requests_in_flight(), 0U)
      << "its reply met a dead frame and ended it";
}

TEST(Simulation, ATimeoutBeatsAReplyThatIsStillOnItsWay) {
  std::string log;
  Simulation simulation({});
  auto& desk = simulation.add<Desk>("desk", &log, 2ms);
  simulation.add<Client>("client", &log, desk.id(), 15ms, 10ms);
  simulation.start();
  simulation.run_until(kStart + 1s);
  EXPECT_EQ(log, "20ms arrived\n22ms served\n25ms 0 gave up\n");
  EXPECT_EQ(simulation.requests().frames_in_flight(), 0U);
}

TEST(Simulation, ACallToARetiredComponentIsRefused) {
  std::string log;
  Simulation simulation({});
  auto& desk = simulation.add<Desk>("desk", &log, 20ms);
  auto& client = simulation.add<Client>("client", &log, desk.id(), Duration{});
  simulation.start();
  Context ctx(simulation, client);
  ctx.retire(desk.id());
  simulation.run_until(kStart + 1s);
  EXPECT_EQ(log, "11ms 0 refused\n");
}

TEST(Simulation, TheSameRunHasTheSameTraceHash) {
  const auto run = [](Duration service) {
    std::string log;
    Simulation simulation({});
    auto& desk = simulation.add<Desk>("desk", &log, service);
    simulation.add<Client>("client", &log, desk.id(), Duration{});
    simulation.start();
    simulation.run_until(kStart + 1s);
    return simulation.trace_hash();
  };
  EXPECT_EQ(run(20ms), run(20ms));
  EXPECT_NE(run(20ms), run(21ms));
}

struct Break {
  static constexpr Phase kPhase = Phase::kOperations;
};
class Breaker final : public Model<Breaker, Break> {
 public:
  using Model::Model;
  void on_start(Context& ctx) override { after(ctx, 1500ms, Break{}); }
  void on(Context& /*ctx*/, const Break& /*message*/) { SIM_CHECK(2 + 2 == 5, "sum is {}", 4); }
};

TEST(Simulation, ABrokenInvariantNamesTimePathEventAndSeedAndStopsTheRun) {
  Simulation simulation({.seed = 42, .replication = 3});
  simulation.add<Breaker>("fleet/breaker");
  simulation.start();
  try {
    simulation.run_until(kStart + 1h);
    FAIL() << "did not throw";
  } catch (const InvariantError& error) {
    EXPECT_THAT(
        error.what(),
        testing::AllOf(
            testing::HasSubstr("invariant broken: 2 + 2 == 5"), testing::HasSubstr("sum is 4"),
            testing::HasSubstr("[at 1.500000000 s, component \"fleet/breaker\", event 1, "
                               "seed 42, replication 3]")));
  }
  EXPECT_THROW(simulation.run_until(kStart + 2h), InvariantError) << "it refuses to go on";
}

/// Has no messages of its own: all it does is answer.
class Echo final : public Model<Echo> {
 public:
  using Model::Model;
  void on_arrival(Context& ctx, FrameHandle frame) override { ctx.reply(frame, Status::kOk); }
};

TEST(Model, WithoutMessagesAnswersCalls) {
  Simulation simulation({});
  std::string log;
  auto& echo = simulation.add<Echo>("echo");
  simulation.add<Client>("client", &log, echo.id(), Duration{});
  simulation.start();
  simulation.run_until(kStart + 1s);
  EXPECT_EQ(log, "12ms 0 ok\n");
}

TEST(Model, WithoutMessagesKnowsNone) {
  Simulation simulation({});
  auto& echo = simulation.add<Echo>("echo");
  simulation.start();
  simulation.post(kStart + 1s, Phase::kArrivals,
                  Event::of(echo.id().index, kFirstMessageKind, Ask{1}));
  EXPECT_THROW(simulation.run_until(kStart + 2s), InvariantError);
}

class Parent final : public Model<Parent, Ask> {
 public:
  using Model::Model;
  void on_start(Context& ctx) override { after(ctx, 1s, Ask{2}); }
  void on(Context& ctx, const Ask& ask) {
    for (std::uint64_t i = 0; i < ask.count; ++i) {
      paths.push_back(ctx.spawn<Breaker>(fmt::format("{}", i)).path());
    }
  }
  std::vector<std::string> paths;
};

TEST(Simulation, AComponentBornDuringTheRunHasItsParentsPath) {
  Simulation simulation({});
  auto& parent = simulation.add<Parent>("fleet");
  simulation.start();
  simulation.run_until(kStart + 2s);
  EXPECT_THAT(parent.paths, testing::ElementsAre("fleet/0", "fleet/1"));
}

class Ticker final : public Model<Ticker, Ask> {
 public:
  using Model::Model;
  void on_start(Context& ctx) override {
    ctx.simulation().roll_up_with(*this);
    after(ctx, 60s, Ask{0});
  }
  void on(Context& ctx, const Ask& /*ask*/) {
    order += fmt::format("arrival {} ", to_seconds(ctx.now()));
  }
  void on_roll_up(Context& /*ctx*/, Time start, Time end) override {
    order += fmt::format("period {}-{} ", to_seconds(start), to_seconds(end));
  }
  std::string order;
};

TEST(Simulation, APeriodClosesAfterEverythingOfItsLastInstant) {
  Simulation simulation({});
  auto& ticker = simulation.add<Ticker>("ticker");
  simulation.start();
  simulation.run_until(kStart + 120s);
  EXPECT_EQ(ticker.order, "arrival 60 period 0-60 period 60-120 ");
}

class Crowd final : public Model<Crowd, Ask> {
 public:
  using Model::Model;
  static constexpr std::uint64_t kAtOnce = 20'000;
  void on_start(Context& ctx) override {
    for (std::uint64_t i = 0; i < kAtOnce; ++i) {
      after(ctx, 10ms, Ask{i});
    }
    after(ctx, 11ms, Ask{kAtOnce});
  }
  void on(Context& /*ctx*/, const Ask& /*ask*/) { ++asked; }
  std::uint64_t asked = 0;
};

TEST(Simulation, AnInterruptedRunStopsAtTheEndOfAnInstantAndIsNotFinished) {
  MemorySink sink;
  Simulation simulation({}, &sink);
  auto& crowd = simulation.add<Crowd>("crowd");
  simulation.start();
  const std::atomic<bool> interrupt{true};
  EXPECT_EQ(simulation.run_until(kStart + 1s, &interrupt), Simulation::Stop::kInterrupted);
  EXPECT_EQ(crowd.asked, Crowd::kAtOnce);
  EXPECT_EQ(simulation.now(), kStart + 10ms);
  simulation.abandon();
  EXPECT_EQ(sink.commits(), std::vector<Time>{kStart + 10ms});
  EXPECT_FALSE(sink.finished());
}

struct Again {
  static constexpr Phase kPhase = Phase::kControllers;
};

/// Sends itself a message for now, for ever.
class Zeno final : public Model<Zeno, Again> {
 public:
  using Model::Model;
  void on_start(Context& ctx) override { after(ctx, 1ms, Again{}); }
  void on(Context& ctx, const Again& again) { after(ctx, 0ms, again); }
};

TEST(Simulation, StopsWhenTimeStandsStill) {
  Simulation simulation({});
  simulation.add<Zeno>("achilles");
  simulation.start();
  try {
    simulation.run_until(kStart + 1s);
    FAIL() << "it came to an end";
  } catch (const InvariantError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("time stands still"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("achilles"));
  }
}

}  // namespace
}  // namespace updraft::sim
