// The schema says what the documentation's table says.
#include <string>

#include <gtest/gtest.h>

#include "models/auto_scaling/auto_scaling.pb.h"
#include "sim/schema/options.pb.h"

namespace updraft::auto_scaling {
namespace {

const auto& option_of(const char* field) {
  const auto* found = AutoScalingGroupParams::descriptor()->FindFieldByName(field);
  EXPECT_NE(found, nullptr) << field;
  return found->options().GetExtension(sim::param);
}

TEST(Schema, R2_1_T1_DefaultsAndRangesAreTheDocumentedOnes) {
  EXPECT_EQ(option_of("desired_capacity").default_rule(), "AutoScalingGroup.min_size");
  EXPECT_EQ(option_of("default_cooldown").default_value(), "300s");
  EXPECT_EQ(option_of("health_check_type").default_value(), "EC2");
  EXPECT_EQ(option_of("health_check_grace_period").default_value(), "0s");
  EXPECT_FALSE(option_of("default_instance_warmup").has_default_value());
  EXPECT_EQ(option_of("default_instance_warmup").max(), "3600s");
  EXPECT_FALSE(option_of("max_instance_lifetime").has_default_value());
  EXPECT_EQ(option_of("max_instance_lifetime").min(), "86400s");
  EXPECT_EQ(option_of("capacity_rebalance").default_value(), "false");
  EXPECT_FALSE(option_of("new_instances_protected_from_scale_in").default_value().empty());
}

}  // namespace
}  // namespace updraft::auto_scaling
