// How many instances a warm pool holds (R2.12.1).
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace updraft::auto_scaling {

struct PoolSettings {
  std::uint32_t min_size = 0;
  std::optional<std::uint32_t> max_group_prepared_capacity{};
};

/// What is prepared, less what is desired; never below min_size.
constexpr std::uint32_t warm_pool_size(const PoolSettings& pool, std::uint32_t desired,
                                       std::uint32_t max_size) {
  const std::uint32_t prepared = pool.max_group_prepared_capacity.value_or(max_size);
  return std::max(pool.min_size, prepared > desired ? prepared - desired : 0);
}

}  // namespace updraft::auto_scaling
