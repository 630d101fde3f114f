#include "sim/scenario/testing/mutations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenario/testing/parcel_post.h"
#include "sim/scenario/testing/post_office.h"

namespace updraft::sim::testing {
namespace {

TEST(Mutations, NoWrongValueOfAnyParameterLoads) {
  const TypeRegistry registry = parcel_post_registry();
  const std::vector<Mutation> mutations = wrong_values(kPostOffice, registry);
  EXPECT_GT(mutations.size(), 400U);
  for (const std::string& line : surviving(mutations, registry, "")) {
    ADD_FAILURE() << line;
  }
}

TEST(Mutations, AParameterThatNoMutationIsAboutIsSeen) {
  const TypeRegistry registry = parcel_post_registry();
  std::vector<Mutation> mutations = wrong_values(kPostOffice, registry);
  std::erase_if(mutations, [](const Mutation& one) {
    return one.field == "updraft.sim.testing.Comfort.chairs";
  });
  EXPECT_THAT(untouched(mutations, registry),
              ::testing::Contains("updraft.sim.testing.Comfort.chairs"));
}

TEST(Mutations, AValueThatLoadsIsSeen) {
  const Mutation harmless = {"nothing changed", kPostOffice, {"it must be"}};
  EXPECT_EQ(surviving({harmless}, parcel_post_registry(), "").size(), 1U);
}

}  // namespace
}  // namespace updraft::sim::testing
