#include "models/auto_scaling/mixed.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace updraft::auto_scaling {
namespace {

using ::testing::ElementsAre;

std::vector<std::uint32_t> of_totals(const PurchaseSplit& split) {
  std::vector<std::uint32_t> units;
  for (const std::uint32_t total : {10u, 20u, 30u, 40u}) {
    units.push_back(on_demand_units(total, split));
  }
  return units;
}

TEST(Mixed, ASG_26_R2_15_1_OnDemandAndSpot) {
  EXPECT_THAT(of_totals({10, 50}), ElementsAre(10, 15, 20, 25));
  EXPECT_THAT(of_totals({0, 60}), ElementsAre(6, 12, 18, 24));
  EXPECT_THAT(of_totals({0, 100}), ElementsAre(10, 20, 30, 40));
  EXPECT_THAT(of_totals({0, 0}), ElementsAre(0, 0, 0, 0));
}

TEST(Mixed, R2_15_1_FractionsGoToOnDemand) {
  EXPECT_EQ(on_demand_units(1, {0, 1}), 1u);
  EXPECT_EQ(on_demand_units(3, {0, 50}), 2u);
  EXPECT_EQ(on_demand_units(5, {2, 50}), 4u);
}

TEST(Mixed, R2_15_2_StrategiesOrderTheTypes) {
  const std::array<PoolOffer, 3> pools{{{0.10, 0.20, 4}, {0.05, 0.10, 2}, {0.06, 0.01, 0}}};
  EXPECT_THAT(asking_order(pools, Strategy::kPrioritized, 2), ElementsAre(0, 1, 2));
  EXPECT_THAT(asking_order(pools, Strategy::kLowestPrice, 1), ElementsAre(1, 2, 0));
  EXPECT_THAT(asking_order(pools, Strategy::kLowestPrice, 2), ElementsAre(2, 1, 0));  // even out
  EXPECT_THAT(asking_order(pools, Strategy::kCapacityOptimized, 2), ElementsAre(2, 1, 0));
  EXPECT_THAT(asking_order(pools, Strategy::kPriceCapacityOptimized, 2), ElementsAre(1, 2, 0));
  const std::array<PoolOffer, 2> equal{{{0.10, 0.05, 0}, {0.05, 0.05, 0}}};
  EXPECT_THAT(asking_order(equal, Strategy::kCapacityOptimized, 2), ElementsAre(1, 0));
  EXPECT_THAT(asking_order(equal, Strategy::kCapacityOptimizedPrioritized, 2), ElementsAre(0, 1));
}

}  // namespace
}  // namespace updraft::auto_scaling
