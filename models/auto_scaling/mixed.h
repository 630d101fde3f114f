// Mixed instances: how much of a group is On-Demand, and in which order types are asked (R2.15).
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace updraft::auto_scaling {

struct PurchaseSplit {
  std::uint32_t on_demand_base_capacity = 0;
  std::uint32_t on_demand_percentage_above_base_capacity = 100;
};

/// R2.15.1: units of On-Demand capacity among `total`; fractions go to On-Demand.
constexpr std::uint32_t on_demand_units(std::uint32_t total, const PurchaseSplit& split) {
  if (total <= split.on_demand_base_capacity) {
    return total;
  }
  const std::uint64_t above = total - split.on_demand_base_capacity;
  return split.on_demand_base_capacity +
         static_cast<std::uint32_t>((above * split.on_demand_percentage_above_base_capacity + 99) /
                                    100);
}

enum class Strategy : std::uint8_t {
  kPrioritized,
  kLowestPrice,
  kCapacityOptimized,
  kCapacityOptimizedPrioritized,
  kPriceCapacityOptimized,
};

/// One type of the group in one zone.
struct PoolOffer {
  double usd_per_unit_hour = 0;
  double monthly_interruption = 0;  // share of instances that EC2 takes back; for Spot
  std::uint32_t instances = 0;      // of the group that are there already
};

/// R2.15.2: the places of `pools` in the order in which they are asked. Price is by unit of
/// capacity. `spread` is the number of cheapest Spot pools that share alike (lowest-price only).
/// What AWS knows of its spare capacity, the share of interrupted instances stands for (ASSUMED).
inline std::vector<std::size_t> asking_order(std::span<const PoolOffer> pools, Strategy strategy,
                                             std::size_t spread) {
  std::vector<std::size_t> order(pools.size());
  std::iota(order.begin(), order.end(), 0);
  const auto sort_by = [&](auto value) {
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return value(pools[a]) < value(pools[b]);
    });
  };
  switch (strategy) {
    case Strategy::kPrioritized:
      break;
    case Strategy::kLowestPrice:
      sort_by([](const PoolOffer& pool) { return pool.usd_per_unit_hour; });
      std::stable_sort(
          order.begin(),
          order.begin() + static_cast<std::ptrdiff_t>(std::min(spread, order.size())),
          [&](std::size_t a, std::size_t b) { return pools[a].instances < pools[b].instances; });
      break;
    case Strategy::kCapacityOptimized:
      sort_by([](const PoolOffer& pool) { return pool.usd_per_unit_hour; });
      [[fallthrough]];
    case Strategy::kCapacityOptimizedPrioritized:
      sort_by([](const PoolOffer& pool) { return pool.monthly_interruption; });
      break;
    case Strategy::kPriceCapacityOptimized:
      sort_by([](const PoolOffer& pool) {
        return pool.usd_per_unit_hour * (1 + pool.monthly_interruption);
      });
      break;
  }
  return order;
}

}  // namespace updraft::auto_scaling
