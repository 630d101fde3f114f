// A generic service: places, waiting, limits, errors, misses, faults.
#include "models/service/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/build/testing/model_bench.h"
#include "sim/scenario/diagnostic.h"

namespace updraft::service {

void register_models(sim::ModelRegistry& registry);

namespace {

using namespace std::chrono_literals;
using sim::testing::ModelBench;
using ::testing::HasSubstr;

ModelBench bench_of(const std::string& params) {
  return {register_models, "service", params};
}

// What the loader says to a service of these parameters.
std::string refused(const std::string& params) {
  try {
    bench_of(params);
  } catch (const sim::ScenarioError& error) {
    return error.what();
  }
  return "";
}

TEST(Service, AnswersAfterItsLatency) {
  ModelBench bench = bench_of("10ms");
  bench.send_at(0ms, 3, {});
  EXPECT_EQ(bench.transcript(), "10ms #1 ok\n10ms #2 ok\n10ms #3 ok\n");
  EXPECT_EQ(bench.total("Requests"), 3);
  EXPECT_EQ(bench.total("Throttles"), 0);
}

TEST(Service, service_concurrency_LetsTheOthersWaitAndTurnsAwayWhoFindsNoPlace) {
  ModelBench bench = bench_of("{latency: 10ms, concurrency: 1, queue_length: 2}");
  bench.send_at(0ms, 4, {});
  EXPECT_EQ(bench.transcript(), "0ms #4 throttled\n10ms #1 ok\n20ms #2 ok\n30ms #3 ok\n");
  EXPECT_EQ(bench.total("Throttles"), 1);
}

TEST(Service, TurnsAwayWhoHasWaitedTooLong) {
  ModelBench bench = bench_of("{latency: 10ms, concurrency: 1, queue_timeout: 15ms}");
  bench.send_at(0ms, 2, {});
  bench.send_at(1ms, 2, {});
  EXPECT_EQ(bench.transcript(), "10ms #1 ok\n16ms #3 throttled\n16ms #4 throttled\n20ms #2 ok\n");
}

TEST(Service, service_rate_limit_TakesABurstAndThenTheRate) {
  ModelBench bench = bench_of("{latency: 0s, rate_limit: {rate: 10/s, burst: 2}}");
  bench.send_at(0ms, 3, {});
  bench.send_at(50ms, 1, {});
  bench.send_at(100ms, 2, {});
  EXPECT_EQ(bench.transcript(),
            "0ms #3 throttled\n0ms #1 ok\n0ms #2 ok\n50ms #4 throttled\n100ms #6 throttled\n"
            "100ms #5 ok\n");
}

TEST(Service, FailsAndMissesAsOftenAsItIsTold) {
  ModelBench bench = bench_of("{latency: 1ms, error_probability: 20%, miss_probability: 50%}");
  for (int i = 0; i < 100; ++i) {
    bench.send_at(i * 10ms, 100, {});
  }
  const std::string& transcript = bench.transcript();
  EXPECT_THAT(transcript, HasSubstr("failed"));
  // Standard errors of the two counts are 40 and 49.
  EXPECT_NEAR(bench.total("Errors"), 2000, 160);
  EXPECT_NEAR(bench.total("Misses"), 4000, 200);
}

TEST(Service, ItsProgramKeepsThePlaceUntilItsEnd) {
  ModelBench bench =
      bench_of("{latency: 10ms, concurrency: 1, program: [{compute: 5ms}, {wait: 7ms}]}");
  bench.send_at(0ms, 2, {});
  EXPECT_EQ(bench.transcript(), "22ms #1 ok\n44ms #2 ok\n");
}

TEST(Service, IsSlowerOrFailsWhileItIsDegraded) {
  ModelBench bench = bench_of("{latency: 10ms}");
  auto& service = bench.world().role<Service>("it");
  sim::Context ctx(bench.simulation(), service);
  bench.send_at(0ms, 1, {});
  bench.send_at(20ms, 1, {});
  bench.send_at(100ms, 1, {});
  bench.run_until(15ms);
  service.begin_degradation(ctx, 1, {.latency_factor = 3});
  service.begin_degradation(ctx, 2, {.latency_factor = 2, .error_probability = 1});
  bench.run_until(90ms);
  service.end_degradation(ctx, 2);
  EXPECT_EQ(bench.transcript(), "10ms #1 ok\n80ms #2 failed\n130ms #3 ok\n");
}

TEST(Service, IsSilentWhenItCannotBeReached) {
  ModelBench bench = bench_of("{latency: 10ms, concurrency: 1}");
  auto& service = bench.world().role<Service>("it");
  sim::Context ctx(bench.simulation(), service);
  bench.send_at(0ms, 2, {});
  bench.send_at(20ms, 1, {});
  bench.send_at(40ms, 1, {});
  bench.run_until(5ms);
  service.begin_degradation(ctx, 1, {.unreachable = true});
  bench.run_until(30ms);
  service.end_degradation(ctx, 1);
  // The first two are lost in service and in the line; the third finds nobody.
  EXPECT_EQ(bench.transcript(), "20ms #3 unreachable\n50ms #4 ok\n");
}

TEST(Service, SaysWhatHasNoMeaning) {
  EXPECT_THAT(refused("{latency: 1ms, queue_length: 5}"),
              HasSubstr("queue_length has a meaning with concurrency only; without a limit nobody "
                        "waits"));
}

}  // namespace
}  // namespace updraft::service
