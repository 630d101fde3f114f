// Demand belongs to the request: what the k-th request asks for, and when it comes, does not depend
// on who serves it. A tap between the clients and the balancer writes down every request.
#include <cstdint>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "sim/build/director.h"
#include "sim/engine/model.h"
#include "sim/study/plan_facts.h"
#include "sim/traffic/make_source.h"
#include "tests/determinism/match_day.h"
#include "tests/determinism/permute.h"

namespace updraft {
namespace {

using testing::match_day_text;
using testing::plan_of;
using testing::replaced;

/// One request as it left its client.
struct Asked {
  std::uint64_t ordinal;
  std::int64_t at_ns;
  std::int64_t cpu_ns;
  std::int64_t wait_ns;
  std::int64_t memory_bytes;
  std::int64_t size_bytes;
  std::int64_t response_bytes;

  friend bool operator==(const Asked&, const Asked&) = default;
  /// All but when it came.
  [[nodiscard]] auto demand() const {
    return std::tuple(ordinal, cpu_ns, wait_ns, memory_bytes, size_bytes, response_bytes);
  }
};

/// Hands every call on to another component, and its answer back.
class Tap final : public sim::Component {
 public:
  Tap(const sim::Birth& birth, std::vector<Asked>& asked) : Component(birth), asked_(asked) {}

  void hand_on_to(sim::ComponentId next) { next_ = next; }

  void on_arrival(sim::Context& ctx, sim::FrameHandle frame) override {
    const sim::Request& request = ctx.request(frame);
    const sim::Demand demand = ctx.demand(frame);
    asked_.push_back({.ordinal = request.ordinal,
                      .at_ns = sim::to_ns(ctx.now()),
                      .cpu_ns = sim::to_ns(demand.cpu),
                      .wait_ns = sim::to_ns(demand.wait),
                      .memory_bytes = demand.memory_bytes,
                      .size_bytes = request.size_bytes,
                      .response_bytes = request.response_bytes});
    const std::uint64_t slot = waiting_.size();
    waiting_.push_back(frame);
    ctx.call(ctx.request_of(frame), next_, {.parent = frame, .tag = slot});
  }
  void on_reply(sim::Context& ctx, sim::FrameHandle frame) override {
    ctx.reply(waiting_[ctx.frame(frame).tag], ctx.frame(frame).status);
  }

 private:
  std::vector<Asked>& asked_;
  std::vector<sim::FrameHandle> waiting_;
  sim::ComponentId next_;
};

constexpr std::size_t kRequests = 10'000;

/// The first requests of the scenario, as they came through the tap.
std::vector<Asked> requests_of(const std::string& text) {
  const sim::ModelRegistry registry = make_registry();
  sim::Plan plan = plan_of(text, registry);
  sim::Simulation simulation({.seed = plan.header().seed()});
  sim::World world(simulation, sim::zone_names(plan), plan.start_unix_ns());
  for (const sim::ResourcePlan& resource : plan.resource()) {
    world.put(resource.name(), registry.make(simulation, resource));
  }
  std::vector<Asked> asked;
  auto& tap = simulation.add<Tap>("tap", asked);
  world.put("tap", tap);
  sim::Traffic traffic = plan.traffic(0);
  tap.hand_on_to(world.component(traffic.to()).id());
  traffic.set_to("tap");
  world.put("traffic/" + traffic.name(), sim::make_source(simulation, traffic, plan));
  world.put("director", simulation.add<sim::Director>("director", world, plan, registry));
  for (sim::Resource* resource : world.all<sim::Resource>()) {
    resource->bind(world);
  }
  simulation.start();
  sim::Time until = sim::kStart;
  while (asked.size() < kRequests && until < sim::kStart + testing::kSixHours) {
    until += std::chrono::minutes{1};
    simulation.run_until(until);
  }
  EXPECT_GE(asked.size(), kRequests);
  asked.resize(std::min(asked.size(), kRequests));
  return asked;
}

void expect_same_demand(const std::vector<Asked>& a, const std::vector<Asked>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    ASSERT_EQ(a[k].demand(), b[k].demand()) << "request " << k;
  }
}

TEST(Demand, IsAsItWasBesideAnIdleResource) {
  EXPECT_EQ(requests_of(match_day_text()),
            requests_of(replaced(match_day_text(), "resources:\n",
                                 "resources:\n  an-idle-one:\n    target_group: {}\n")));
}

TEST(Demand, IsAsItWasInAPermutedFile) {
  EXPECT_EQ(requests_of(match_day_text()),
            requests_of(testing::with_keys_reversed(match_day_text())));
}

TEST(Demand, IsAsItWasForAnotherFleet) {
  std::string larger = replaced(match_day_text(), "min_size: 2\n", "min_size: 9\n");
  larger = replaced(larger, "in_service: 4", "in_service: 12");
  larger = replaced(larger, "instance_type: m5.large", "instance_type: c5.xlarge");
  EXPECT_EQ(requests_of(match_day_text()), requests_of(larger));
}

TEST(Demand, IsAsItWasUnderAnotherBalancingAlgorithm) {
  EXPECT_EQ(requests_of(match_day_text()),
            requests_of(replaced(match_day_text(), "round_robin", "least_outstanding_requests")));
}

TEST(Demand, IsAsItWasAtAnotherScaleOnlyEarlierOrLater) {
  const std::vector<Asked> written = requests_of(match_day_text());
  const std::vector<Asked> twice =
      requests_of(replaced(match_day_text(), "scale: 0.14", "scale: 0.28"));
  expect_same_demand(written, twice);
  for (std::size_t k = 0; k < written.size(); ++k) {
    ASSERT_LE(twice[k].at_ns, written[k].at_ns) << "request " << k;
  }
}

TEST(Demand, IsAnotherForAnotherSeed) {
  const std::vector<Asked> written = requests_of(match_day_text());
  const std::vector<Asked> other =
      requests_of(replaced(match_day_text(), "seed: 1\n", "seed: 2\n"));
  ASSERT_EQ(written.size(), other.size());
  std::size_t equal = 0;
  for (std::size_t k = 0; k < written.size(); ++k) {
    equal += written[k].cpu_ns == other[k].cpu_ns ? 1 : 0;
  }
  EXPECT_LT(equal, 10u);
}

}  // namespace
}  // namespace updraft
