// The schema says what the rules and the code say.
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "models/elb/codes.h"
#include "models/elb/elb.pb.h"
#include "sim/schema/options.pb.h"

namespace updraft::elb {
namespace {

TEST(Schema, R3_6_T1_DefaultsAreTheDocumentedOnes) {
  const auto value = [](const char* field) {
    const auto* found = TargetGroupParams::descriptor()->FindFieldByName(field);
    return found->options().GetExtension(sim::param).default_value();
  };
  // R3.6.T1, column ALB; R3.7.1; R3.3.2.
  EXPECT_EQ(value("health_check_interval"), "30s");
  EXPECT_EQ(value("health_check_timeout"), "5s");
  EXPECT_EQ(value("healthy_threshold_count"), "5");
  EXPECT_EQ(value("unhealthy_threshold_count"), "2");
  EXPECT_EQ(value("matcher"), "200");
  EXPECT_EQ(value("deregistration_delay"), "300s");
  EXPECT_EQ(value("load_balancing_algorithm_type"), "round_robin");
}

TEST(Schema, EveryCounterOfAnAnswerIsDeclared) {
  std::set<std::string> declared;
  for (const auto& metric :
       LoadBalancerParams::descriptor()->options().GetExtension(sim::model).metric()) {
    declared.insert(metric.name());
  }
  for (const Ending ending :
       {Ending::kNoTargets, Ending::kConnectionRefused, Ending::kConnectTimedOut,
        Ending::kTargetClosed, Ending::kFunctionFailed, Ending::kTargetSilent,
        Ending::kDrainingEnded, Ending::kClientSilent, Ending::kClientLeft}) {
    EXPECT_TRUE(declared.contains(std::string(class_metric(answer(ending)))));
    const std::string of_code(code_metric(answer(ending)));
    EXPECT_TRUE(of_code.empty() || declared.contains(of_code)) << of_code;
  }
  for (const std::uint32_t code : {200u, 404u, 500u}) {
    EXPECT_TRUE(declared.contains(std::string(class_metric(answer(Ending::kAnswered, code)))));
  }
}

// A number without a basis is a number nobody can judge; an assumption without a reason likewise.
TEST(Schema, EveryDefaultSaysWhereItComesFrom) {
  const auto* file = TargetGroupParams::descriptor()->file();
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
}  // namespace updraft::elb
