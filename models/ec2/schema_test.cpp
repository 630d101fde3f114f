// The schema says what the tables say.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/ec2/ec2.pb.h"
#include "models/ec2/instance_types.h"
#include "sim/schema/options.pb.h"

namespace updraft::ec2 {
namespace {

TEST(Schema, InstanceTypeAllowsExactlyTheTable) {
  const auto* field = LaunchTemplateParams::descriptor()->FindFieldByName("instance_type");
  ASSERT_NE(field, nullptr);
  const auto& allowed = field->options().GetExtension(sim::param).one_of_values();
  std::vector<std::string> in_schema(allowed.begin(), allowed.end());
  EXPECT_TRUE(std::is_sorted(in_schema.begin(), in_schema.end()));
  std::vector<std::string> in_table;
  const InstanceTypes types = InstanceTypes::built_in();
  for (const InstanceType& type : types.all()) {
    in_table.push_back(type.name);
  }
  EXPECT_EQ(in_schema, in_table);
}

// A number without a basis is a number nobody can judge; an assumption without a reason likewise.
TEST(Schema, EveryDefaultSaysWhereItComesFrom) {
  const auto* file = LaunchTemplateParams::descriptor()->file();
  for (int m = 0; m < file->message_type_count(); ++m) {
    const auto* message = file->message_type(m);
    for (int f = 0; f < message->field_count(); ++f) {
      const auto& param = message->field(f)->options().GetExtension(sim::param);
      EXPECT_FALSE(param.doc().empty()) << message->field(f)->full_name();
      if (!param.default_value().empty() || param.has_default_rule()) {
        ASSERT_TRUE(param.has_basis()) << message->field(f)->full_name();
        EXPECT_TRUE(param.basis() == sim::ASSUMED ? !param.note().empty() : param.source_size() > 0)
            << message->field(f)->full_name();
      }
    }
  }
}

}  // namespace
}  // namespace updraft::ec2
