#include "sim/metrics/tables.h"

#include <gtest/gtest.h>

#include "sim/metrics/memory_sink.h"

namespace updraft::sim {
namespace {

TEST(MemberTable, HasOneRowForEachLife) {
  MemorySink sink;
  MemberTable instances(&sink, "/instances", "instance");
  const std::int64_t a = instances.add({.id = "i-0",
                                        .owner = "fleet",
                                        .zone = "us-east-1a",
                                        .kind = "m5.large",
                                        .version = "1",
                                        .launched = kStart});
  const std::int64_t b =
      instances.add({.id = "i-1", .owner = "fleet", .ordinal = 1, .launched = kStart + 5s});
  instances.in_service(a, kStart + 90s);
  instances.ended(a, kStart + 1h, "scale in");
  EXPECT_EQ(a, 0);
  EXPECT_EQ(b, 1);
  EXPECT_EQ(sink.transcript("/instances", "instance"),
            "i-0 | fleet | us-east-1a | m5.large | 1 | 0 | 0s | 90s | 3600s | scale in\n"
            "i-1 | fleet | - | - | - | 1 | 5s | - | - | -\n");
}

TEST(BillTable, AddsUp) {
  MemorySink sink;
  BillTable bill(&sink);
  bill.add({.resource = "fleet",
            .item = "m5.large",
            .unit = "hour",
            .from = kStart,
            .to = kStart + 1h,
            .quantity = 2,
            .unit_price = 0.096,
            .cost = 0.192});
  bill.add({.resource = "web-alb",
            .item = "LCU",
            .unit = "hour",
            .from = kStart,
            .to = kStart + 1h,
            .quantity = 1,
            .unit_price = 0.008,
            .cost = 0.008});
  bill.finish();
  EXPECT_DOUBLE_EQ(bill.total(), 0.2);
  EXPECT_DOUBLE_EQ(std::get<double>(sink.attributes().at("/bill@total").value), 0.2);
  EXPECT_EQ(sink.table("/bill", "line").rows.size(), 2u);
}

TEST(CommitInterval, IsAnHourOrASixtyFourthOfTheRun) {
  EXPECT_EQ(commit_interval(1min), 1h);
  EXPECT_EQ(commit_interval(64h), 1h);
  EXPECT_EQ(commit_interval(14 * 24h), 315min);
  EXPECT_LE((365 * 24h + commit_interval(365 * 24h) - 1ns) / commit_interval(365 * 24h), 64);
}

}  // namespace
}  // namespace updraft::sim
