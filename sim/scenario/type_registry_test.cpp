#include "sim/scenario/type_registry.h"

#include <gtest/gtest.h>

#include "sim/core/check.h"
#include "sim/scenario/testing/parcel_post.h"
#include "sim/scenario/testing/parcel_post.pb.h"

namespace updraft::sim {
namespace {

TEST(TypeRegistry, FindsTypesWithTheirOperationsAndInitialMessages) {
  const TypeRegistry registry = testing::parcel_post_registry();
  const ResourceType* desk = registry.resource("parcel_desk");
  ASSERT_NE(desk, nullptr);
  EXPECT_EQ(desk->params, &testing::ParcelDeskParams::default_instance());
  EXPECT_EQ(desk->operations, &testing::ParcelDeskOperations::default_instance());
  EXPECT_EQ(desk->initial, &testing::ParcelDeskInitial::default_instance());
  EXPECT_EQ(registry.resource("van")->operations, nullptr);
  EXPECT_TRUE(registry.resource("ledger")->implicit);
  EXPECT_NE(registry.fault("flood"), nullptr);
  EXPECT_EQ(registry.resource("flood"), nullptr);
}

TEST(TypeRegistry, RefusesWhatIsRegisteredTwiceOrCarriesNoOption) {
  TypeRegistry registry = testing::parcel_post_registry();
  EXPECT_THROW(registry.add_resource(testing::VanParams::default_instance()), InvariantError);
  EXPECT_THROW(registry.add_fault(testing::Flood::default_instance()), InvariantError);
  EXPECT_THROW(registry.add_resource(testing::Comfort::default_instance()), InvariantError);
  EXPECT_THROW(registry.add_fault(testing::VanParams::default_instance()), InvariantError);
  EXPECT_THROW(registry.add_region({"us-east-1", {}}), InvariantError);
  const DefaultRule rule = [](const google::protobuf::Message&) { return std::nullopt; };
  EXPECT_THROW(registry.add_default_rule("hold.warning", rule), InvariantError);
}

}  // namespace
}  // namespace updraft::sim
