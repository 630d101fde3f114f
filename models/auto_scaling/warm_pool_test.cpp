#include "models/auto_scaling/warm_pool.h"

#include <gtest/gtest.h>

namespace updraft::auto_scaling {
namespace {

TEST(WarmPool, ASG_34_R2_12_1_ItsSize) {
  EXPECT_EQ(warm_pool_size({}, 6, 10), 4u);
  EXPECT_EQ(warm_pool_size({.max_group_prepared_capacity = 8}, 6, 10), 2u);
  EXPECT_EQ(warm_pool_size({.max_group_prepared_capacity = 8}, 9, 10), 0u);
  EXPECT_EQ(warm_pool_size({.min_size = 3, .max_group_prepared_capacity = 8}, 9, 10), 3u);
  EXPECT_EQ(warm_pool_size({.min_size = 3}, 10, 10), 3u);
}

}  // namespace
}  // namespace updraft::auto_scaling
