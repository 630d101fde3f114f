// The lives of single instances, without a group: a bench holds the template and is its owner.
#include "models/ec2/launch_template.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/build/testing/model_bench.h"

namespace updraft::ec2 {

void register_models(sim::ModelRegistry& registry);

namespace {

using namespace std::chrono_literals;
using roles::InstanceState;

class TemplateBench final : public roles::InstanceOwner {
 public:
  explicit TemplateBench(const std::string& params)
      : bench_(register_models, "launch_template", "{instance_type: " + params + "}"),
        launchable_(bench_.world().role<roles::Launchable>("it")) {}

  sim::ComponentId launch() {
    sim::Context ctx = context();
    const auto answer = launchable_.launch(ctx, {.zone = {0}, .owner = this});
    return answer.instance;
  }
  void run_until(sim::Duration since_start) { bench_.run_until(since_start); }
  sim::Context context() { return {bench_.simulation(), bench_.world().component("it")}; }
  roles::Launchable& instances() { return launchable_; }
  sim::testing::ModelBench& bench() { return bench_; }
  /// "30s running, 100s stopping"
  [[nodiscard]] const std::string& lives() const { return lives_; }
  [[nodiscard]] double used(const std::string& item) {
    for (const roles::Usage& usage :
         bench_.world().role<roles::Metered>("it").usage(context().now())) {
      if (usage.item == item) {
        return usage.quantity;
      }
    }
    return -1;
  }
  [[nodiscard]] std::string warnings() const { return warnings_; }

 private:
  void note(std::string& text, sim::Context& ctx, std::string_view what) {
    text += fmt::format("{}{}s {}", text.empty() ? "" : ", ",
                        static_cast<double>(sim::to_ns(ctx.now())) / 1e9, what);
  }
  void instance_changed(sim::Context& ctx, sim::ComponentId /*instance*/,
                        InstanceState state) override {
    note(lives_, ctx, spelling(state));
  }
  void instance_warned(sim::Context& ctx, sim::ComponentId /*instance*/, roles::SpotWarning warning,
                       sim::DecisionId /*caused_by*/) override {
    note(warnings_, ctx,
         warning == roles::SpotWarning::kInterruptionNotice ? "notice" : "rebalance");
  }

  sim::testing::ModelBench bench_;
  roles::Launchable& launchable_;
  std::string lives_;
  std::string warnings_;
};

TEST(LaunchTemplate, R1_1_1_StopsAndStarts) {
  TemplateBench bench("m7g.large, pending: 10s, boot: 20s, stopping: 15s, shutting_down: 5s");
  const auto id = bench.launch();
  bench.run_until(100s);
  auto ctx = bench.context();
  EXPECT_TRUE(bench.instances().stop(ctx, id, sim::DecisionId::kNone));
  EXPECT_FALSE(bench.instances().stop(ctx, id, sim::DecisionId::kNone));
  EXPECT_FALSE(bench.instances().start(ctx, id, sim::DecisionId::kNone).instance.exists());
  bench.run_until(200s);
  EXPECT_TRUE(bench.instances().start(ctx, id, sim::DecisionId::kNone).instance.exists());
  bench.run_until(300s);
  bench.instances().terminate(ctx, id);
  bench.run_until(400s);
  EXPECT_EQ(bench.lives(),
            "0s pending, 10s running, 100s stopping, 115s stopped, 200s pending, 210s running, "
            "300s shutting-down, 305s terminated");
  EXPECT_NEAR(bench.used("ec2/m7g.large") * 3600, 90 + 90, 1e-9);
}

TEST(LaunchTemplate, R1_1_2_EachStartHasItsOwnMinimum) {
  TemplateBench bench("m7g.large, pending: 10s, stopping: 10s");
  const auto id = bench.launch();
  auto ctx = bench.context();
  for (int i = 0; i < 3; ++i) {  // each runs for 20 s
    bench.run_until(std::chrono::seconds{30 + 100 * i});
    EXPECT_TRUE(bench.instances().stop(ctx, id, sim::DecisionId::kNone));
    bench.run_until(std::chrono::seconds{100 + 100 * i});
    EXPECT_TRUE(bench.instances().start(ctx, id, sim::DecisionId::kNone).instance.exists());
  }
  EXPECT_NEAR(bench.used("ec2/m7g.large") * 3600, 3 * 60, 1e-9);  // the fourth is pending
}

TEST(LaunchTemplate, R1_1_6_ARebootKeepsItRunning) {
  TemplateBench bench("m7g.large, pending: 10s, boot: 20s, reboot: 2m");
  const auto id = bench.launch();
  bench.run_until(100s);
  auto ctx = bench.context();
  EXPECT_TRUE(bench.instances().reboot(ctx, id, sim::DecisionId::kNone));
  bench.run_until(300s);
  EXPECT_EQ(bench.lives(), "0s pending, 10s running");
  EXPECT_NEAR(bench.used("ec2/m7g.large") * 3600, 290, 1e-9);  // no minimum of its own
  EXPECT_EQ(bench.instances().view(id).running_since, sim::kStart + 10s);
}

TEST(LaunchTemplate, R1_1_4_AStartMovesItToAHostThatWorks) {
  TemplateBench bench("m7g.large, pending: 10s, stopping: 10s");
  const auto id = bench.launch();
  bench.run_until(100s);
  auto ctx = bench.context();
  bench.instances().begin_impairment(ctx, id, 1, {.kind = roles::Impairment::Kind::kSystemCheck},
                                     sim::DecisionId::kNone);
  EXPECT_TRUE(bench.instances().view(id).impaired);
  bench.instances().reboot(ctx, id, sim::DecisionId::kNone);
  EXPECT_TRUE(bench.instances().view(id).impaired);  // the host is the same
  bench.instances().stop(ctx, id, sim::DecisionId::kNone);
  bench.run_until(200s);
  bench.instances().start(ctx, id, sim::DecisionId::kNone);
  EXPECT_FALSE(bench.instances().view(id).impaired);
  bench.instances().begin_impairment(ctx, id, 1, {.kind = roles::Impairment::Kind::kInstanceCheck},
                                     sim::DecisionId::kNone);
  bench.run_until(300s);
  bench.instances().reboot(ctx, id, sim::DecisionId::kNone);
  EXPECT_FALSE(bench.instances().view(id).impaired);
}

TEST(LaunchTemplate, R1_2_1_ItsMetricIsEveryMinuteOnceItHasBooted) {
  TemplateBench bench("m7g.large, monitoring: basic, pending: 30s, boot: 60s");
  const auto id = bench.launch();
  bench.run_until(150s);
  auto ctx = bench.context();
  bench.instances().begin_impairment(ctx, id, 1, {.kind = roles::Impairment::Kind::kInstanceCheck},
                                     sim::DecisionId::kNone);
  bench.run_until(240s);
  const auto failed = bench.bench().sink().column("/it/StatusCheckFailed", 60s);
  ASSERT_EQ(failed.size(), 4u);
  EXPECT_TRUE(std::isnan(failed[0]));  // it has not booted yet
  EXPECT_EQ(failed[1], 0);
  EXPECT_EQ(failed[2], 1);
  EXPECT_EQ(failed[3], 1);
}

// What EC2 takes back within the first hour is free.
TEST(LaunchTemplate, R1_4_1_R1_4_3_EC2TakesASpotInstanceBackAndItIsFree) {
  TemplateBench bench(
      "m7g.large, market_type: spot, pending: 0s, shutting_down: 10s, spot: {monthly_interruption: "
      "99, rebalance_lead: 60s}");
  // By the law half of the instances live for 4.5 days; one of many is met within the hour.
  std::vector<sim::ComponentId> ids;
  ids.reserve(400);
  for (int i = 0; i < 400; ++i) {
    ids.push_back(bench.launch());
  }
  bench.run_until(59min);
  ASSERT_NE(bench.warnings().find("notice"), std::string::npos);
  ASSERT_NE(bench.warnings().find("rebalance"), std::string::npos);
  const auto count = [](const std::string& text, std::string_view word) {
    int n = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
      ++n;
    }
    return n;
  };
  const int gone = count(bench.lives(), "shutting-down");
  ASSERT_GT(gone, 0);
  EXPECT_NEAR(bench.used("ec2/spot/m7g.large"), (400 - gone) * 59.0 / 60.0, 1e-9);
  EXPECT_EQ(bench.used("ec2/m7g.large"), -1);  // nothing was On-Demand
}

TEST(LaunchTemplate, R1_4_3_WhoeverElseEndsItPays) {
  TemplateBench bench("m7g.large, market_type: spot, pending: 0s, spot: {monthly_interruption: 0}");
  const auto id = bench.launch();
  bench.run_until(30min);
  auto ctx = bench.context();
  bench.instances().terminate(ctx, id);
  bench.run_until(1h);
  EXPECT_NEAR(bench.used("ec2/spot/m7g.large"), 0.5, 1e-9);
}

}  // namespace
}  // namespace updraft::ec2
