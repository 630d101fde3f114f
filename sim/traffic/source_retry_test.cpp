// A source whose clients retry, before somebody who answers by a script.
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/build/world.h"
#include "sim/traffic/make_source.h"
#include "sim/traffic/source.h"

namespace updraft::sim {
namespace {

/// What becomes of an attempt.
struct Line {
  enum class Kind { kAnswer, kNever };
  Status status = Status::kOk;
  Duration after{};
  Kind kind = Kind::kAnswer;
};

struct AnswerDue {
  static constexpr Phase kPhase = Phase::kCompletions;
  FrameHandle frame;
  std::uint64_t status;
};

/// Answers the k-th attempt of a request as the k-th line says, later ones as the last.
class Actor final : public Model<Actor, AnswerDue> {
 public:
  Actor(const Birth& birth, std::vector<Line> script) : Model(birth), script_(std::move(script)) {}

  void on_arrival(Context& ctx, FrameHandle frame) override {
    const Request& request = ctx.request(frame);
    transcript += fmt::format(
        "{}ms #{}.{}{}\n", to_ns(ctx.now()) / 1'000'000, request.ordinal, request.attempt,
        request.deadline == kNever
            ? ""
            : fmt::format(" until {}ms", to_ns(request.deadline) / 1'000'000));
    const Line& line = script_[std::min<std::size_t>(request.attempt, script_.size() - 1)];
    if (line.kind == Line::Kind::kNever) {
      ctx.lose(frame);
    } else {
      after(ctx, line.after, AnswerDue{frame, static_cast<std::uint64_t>(line.status)});
    }
  }
  void on(Context& ctx, const AnswerDue& due) {
    ++answered;
    ctx.reply(due.frame, static_cast<Status>(due.status));
  }

  std::string transcript;
  int answered = 0;

 private:
  std::vector<Line> script_;
};

/// One request of an open source each second, from 1 s on.
Traffic retrying(const std::function<void(Retry&)>& change = {}) {
  Traffic traffic;
  traffic.set_name("visitors");
  traffic.set_to("actor");
  Rate& rate = *traffic.mutable_rate();
  Rate::Step& step = *rate.mutable_steps()->add_step();
  step.mutable_at()->set_ns(
      to_ns(Duration(500ms)));  // regular ones stand in the middle of their second
  step.set_rate(1);
  rate.set_scale(1);
  rate.set_stretch(1);
  rate.set_arrivals(Rate::REGULAR);
  traffic.mutable_from()->set_ns(to_ns(1s));
  traffic.mutable_until()->set_ns(to_ns(Duration(1500ms)));
  traffic.mutable_connect_timeout()->set_ns(to_ns(Duration(131s)));
  traffic.mutable_keep_alive_timeout()->set_ns(to_ns(Duration(7875s)));
  Retry& retry = *traffic.mutable_retry();
  retry.set_max_attempts(3);
  retry.mutable_base_delay()->set_ns(to_ns(Duration(1s)));
  retry.mutable_throttling_base_delay()->set_ns(to_ns(Duration(1s)));
  retry.mutable_max_delay()->set_ns(to_ns(Duration(20s)));
  retry.set_jitter(Retry::NONE);
  retry.mutable_quota()->set_capacity(500);
  retry.mutable_quota()->set_cost(5);
  retry.mutable_quota()->set_timeout_cost(10);
  retry.mutable_quota()->set_success_refund(1);
  if (change) {
    change(retry);
  }
  return traffic;
}

class Stage {
 public:
  Stage(const Traffic& traffic, std::vector<Line> script) : simulation_({.seed = 1}) {
    World world(simulation_, {}, 0);
    actor_ = &simulation_.add<Actor>("actor", std::move(script));
    world.put("actor", *actor_);
    source_ = &make_source(simulation_, traffic, Plan());
    source_->bind(world);
    simulation_.start();
    simulation_.run_until(kStart + 10'000s);
  }

  [[nodiscard]] const Actor& actor() const { return *actor_; }
  /// "2 ok, 1 timed_out; longest 3000ms", of clients' requests.
  [[nodiscard]] std::string ends() {
    Report report;
    Context ctx(simulation_, *source_);
    source_->report(ctx, report);
    const TrafficReport& part = report.traffic.at(0);
    std::string text;
    for (std::size_t i = 0; i < kStatusCount; ++i) {
      if (part.by_status[i] > 0) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", part.by_status[i],
                            status_name(static_cast<Status>(i)));
      }
    }
    return fmt::format("{}; longest {}ms", text,
                       static_cast<std::int64_t>(part.latency.max()) / 1'000'000);
  }
  [[nodiscard]] std::int64_t request_bytes() const { return source_->request_bytes(); }
  [[nodiscard]] std::int64_t response_bytes() const { return source_->response_bytes(); }
  [[nodiscard]] std::size_t requests_open() const {
    return simulation_.requests().requests_in_flight();
  }
  [[nodiscard]] std::size_t frames_open() const {
    return simulation_.requests().frames_in_flight();
  }

 private:
  Simulation simulation_;
  Actor* actor_ = nullptr;
  TrafficSource* source_ = nullptr;
};

TEST(SourceRetry, R24_1_AttemptsComeAfterGrowingDelays) {
  Stage stage(retrying(), {{Status::kUnavailable, 100ms}});
  EXPECT_EQ(stage.actor().transcript, "1000ms #0.0\n2100ms #0.1\n4200ms #0.2\n");
  EXPECT_EQ(stage.ends(), "1 unavailable; longest 3300ms");
}

TEST(SourceRetry, TheFinalAnswerIsTheClients) {
  Stage stage(retrying(), {{Status::kThrottled, 0ms}, {Status::kFailed, 0ms}, {Status::kOk, 50ms}});
  EXPECT_EQ(stage.ends(), "1 ok; longest 3050ms");
  EXPECT_EQ(stage.requests_open(), 0U);
}

TEST(SourceRetry, ASuccessAtOnceIsOneAttempt) {
  Stage stage(retrying(), {{Status::kOk, 70ms}});
  EXPECT_EQ(stage.actor().transcript, "1000ms #0.0\n");
  EXPECT_EQ(stage.ends(), "1 ok; longest 70ms");
}

// The first attempt is answered after 5 s, 2.5 s after its client gave it up.
TEST(SourceRetry, AnAttemptThatIsGivenUpGoesOnWorking) {
  Stage stage(retrying([](Retry& retry) {
                retry.mutable_attempt_timeout()->set_ns(to_ns(Duration(500ms)));
              }),
              {{Status::kOk, 5s}, {Status::kOk, 100ms}});
  EXPECT_EQ(stage.actor().transcript, "1000ms #0.0\n2500ms #0.1\n");
  EXPECT_EQ(stage.ends(), "1 ok; longest 1600ms");
  EXPECT_EQ(stage.actor().answered, 2);
  EXPECT_EQ(stage.requests_open(), 0U);
  EXPECT_EQ(stage.frames_open(), 0U);
}

TEST(SourceRetry, AnAttemptThatIsLostEndsWithItsTimeOut) {
  Stage stage(retrying([](Retry& retry) {
                retry.mutable_attempt_timeout()->set_ns(to_ns(Duration(500ms)));
              }),
              {{.kind = Line::Kind::kNever}});
  EXPECT_EQ(stage.actor().transcript, "1000ms #0.0\n2500ms #0.1\n5000ms #0.2\n");
  EXPECT_EQ(stage.ends(), "1 timed_out; longest 4500ms");
  EXPECT_EQ(stage.requests_open(), 0U);
}

TEST(SourceRetry, TheTimeoutBoundsTheWhole) {
  Traffic traffic = retrying();
  traffic.mutable_timeout()->set_ns(to_ns(Duration(2s)));
  Stage stage(traffic, {{Status::kFailed, 700ms}});
  EXPECT_EQ(stage.actor().transcript, "1000ms #0.0\n2700ms #0.1\n");
  EXPECT_EQ(stage.ends(), "1 timed_out; longest 2000ms");
  EXPECT_EQ(stage.actor().answered, 2);
  EXPECT_EQ(stage.requests_open(), 0U);
}

// It would be sent at 3 s, when the client is gone: the answer stands at once.
TEST(SourceRetry, ARetryThatComesTooLateIsNotWaitedFor) {
  Traffic traffic = retrying();
  traffic.mutable_timeout()->set_ns(to_ns(Duration(2s)));
  Stage stage(traffic, {{Status::kFailed, 1s}});
  EXPECT_EQ(stage.actor().transcript, "1000ms #0.0\n");
  EXPECT_EQ(stage.ends(), "1 failed; longest 1000ms");
}

TEST(SourceRetry, TheDeadlineIsPassedOnWhereThatIsSaid) {
  Traffic traffic = retrying([](Retry& retry) { retry.set_pass_deadline(true); });
  traffic.mutable_timeout()->set_ns(to_ns(Duration(30s)));
  Stage stage(traffic, {{Status::kFailed, 0ms}});
  EXPECT_EQ(stage.actor().transcript,
            "1000ms #0.0 until 31000ms\n2000ms #0.1 until 31000ms\n4000ms #0.2 until 31000ms\n");
}

// Nobody answers the connection: the client's system gives up, or the attempt's time-out ends it.
TEST(SourceRetry, AConnectionThatIsNeverAnsweredIsTriedAgain) {
  Traffic traffic = retrying();
  traffic.mutable_connect_timeout()->set_ns(to_ns(Duration(3s)));
  Stage stage(traffic, {{Status::kUnreachable, 0ms}});
  EXPECT_EQ(stage.actor().transcript, "1000ms #0.0\n5000ms #0.1\n10000ms #0.2\n");
  EXPECT_EQ(stage.ends(), "1 unreachable; longest 12000ms");
  traffic.mutable_retry()->mutable_attempt_timeout()->set_ns(to_ns(Duration(1s)));
  Stage impatient(traffic, {{Status::kUnreachable, 0ms}});
  EXPECT_EQ(impatient.ends(), "1 timed_out; longest 6000ms");
  traffic.mutable_timeout()->set_ns(to_ns(Duration(2500ms)));
  Stage gone(traffic, {{Status::kUnreachable, 0ms}});
  EXPECT_EQ(gone.ends(), "1 timed_out; longest 2500ms");
  EXPECT_EQ(gone.requests_open(), 0U);
}

// Ten requests a second that all fail; the quota holds three retries.
TEST(SourceRetry, R24_1_AnExhaustedQuotaMeansNoRetry) {
  Traffic traffic = retrying([](Retry& retry) { retry.mutable_quota()->set_capacity(17); });
  traffic.mutable_rate()->mutable_steps()->mutable_step(0)->set_rate(10);
  traffic.mutable_until()->set_ns(to_ns(Duration(2s)));
  Stage stage(traffic, {{Status::kFailed, 0ms}});
  EXPECT_EQ(stage.actor().transcript,
            "1050ms #5.0\n1150ms #6.0\n1250ms #7.0\n1350ms #8.0\n1450ms #9.0\n1550ms #10.0\n"
            "1650ms #11.0\n1750ms #12.0\n1850ms #13.0\n1950ms #14.0\n2050ms #5.1\n2150ms #6.1\n"
            "2250ms #7.1\n");
  EXPECT_EQ(stage.ends(), "10 failed; longest 1000ms");
}

TEST(SourceRetry, JitterIsDrawnForTheRequestAndTheAttempt) {
  const Traffic traffic = retrying([](Retry& retry) { retry.set_jitter(Retry::FULL); });
  Stage stage(traffic, {{Status::kFailed, 0ms}});
  Stage again(traffic, {{Status::kFailed, 0ms}});
  EXPECT_EQ(stage.actor().transcript, again.actor().transcript);
  // A second request beside it changes nothing for the first.
  Traffic more = traffic;
  more.mutable_until()->set_ns(to_ns(Duration(2500ms)));
  Stage both(more, {{Status::kFailed, 0ms}});
  std::string first;
  std::string line;
  for (const char c : both.actor().transcript) {
    line += c;
    if (c == '\n') {
      first += line.find("#0.") != std::string::npos ? line : "";
      line.clear();
    }
  }
  EXPECT_EQ(first, stage.actor().transcript);
}

TEST(SourceRetry, EachAttemptHasItsBytes) {
  Traffic traffic = retrying();
  const auto constant = [](DistributionValue& size, double bytes) {
    size.Clear();
    size.set_law(DistributionValue::CONSTANT);
    DistributionValue::Named& value = *size.add_parameter();
    value.set_name("value");
    value.set_value(bytes);
  };
  constant(*traffic.mutable_request_size(), 100);
  constant(*traffic.mutable_response_size(), 1000);
  Stage stage(traffic, {{Status::kUnavailable, 0ms}, {Status::kThrottled, 0ms}, {}});
  EXPECT_EQ(stage.request_bytes(), 300);
  EXPECT_EQ(stage.response_bytes(), 2000);  // of a 503, nothing
}

TEST(SourceRetry, AClosedClientThinksAfterTheFinalAnswer) {
  Traffic traffic = retrying();
  traffic.clear_from();
  traffic.mutable_clients()->set_count(1);
  traffic.mutable_clients()->mutable_shortest_cycle()->set_ns(to_ns(Duration(5s)));
  traffic.mutable_until()->set_ns(to_ns(Duration(9s)));
  Stage stage(traffic, {{Status::kFailed, 0ms}});
  EXPECT_EQ(stage.actor().transcript,
            "0ms #0.0\n1000ms #0.1\n3000ms #0.2\n5000ms #1.0\n6000ms #1.1\n8000ms #1.2\n");
}

}  // namespace
}  // namespace updraft::sim
