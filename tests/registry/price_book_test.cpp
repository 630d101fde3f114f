// A price book of the user's own, from the scenario's folder to the bill.
#include <gtest/gtest.h>

#include "models/registry/registry.h"
#include "sim/metrics/memory_sink.h"
#include "sim/scenario/scenario.h"
#include "sim/study/run.h"

namespace updraft {
namespace {

double price_of(const std::string& item, const std::string& billing) {
  const std::string text =
      "scenario: bill\nduration: 1m\nresources:\n"
      "  small: {launch_template: {instance_type: m5.large}}\n"
      "  fleet: {auto_scaling_group: {min_size: 1, max_size: 1, availability_zones: [a], "
      "launch_template: small}}\n" +
      billing + "initial: {fleet: {in_service: 1}}\n";
  const sim::ModelRegistry registry = make_registry();
  const sim::LoadResult loaded =
      sim::Scenario::load(text, "bill.yaml", registry.types(),
                          {.directory = UPDRAFT_SOURCE_DIR "/tests/bad_scenarios/aws"});
  sim::MemorySink sink;
  const sim::Report report = sim::run(loaded.plan, registry, {.sink = &sink});
  for (const sim::BillLine& line : report.bill) {
    if (line.item == item) {
      EXPECT_DOUBLE_EQ(line.cost_usd, line.quantity * line.price_usd);
      return line.price_usd;
    }
  }
  ADD_FAILURE() << "no line of " << item;
  return -1;
}

TEST(Billing, AUsersPricesReplaceTheBuiltInOnes) {
  EXPECT_DOUBLE_EQ(price_of("ec2/m5.large", ""), 0.096);
  EXPECT_DOUBLE_EQ(
      price_of("ec2/m5.large", "  prices: {billing: {price_book: data/own_prices.csv}}\n"), 0.06);
}

}  // namespace
}  // namespace updraft
