#include "models/common/metric_queries.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace updraft::common {
namespace {

std::string errors_of(const std::vector<QueryText>& queries) {
  const auto made = QueryPlan::make(queries);
  std::string text;
  if (const auto* errors = std::get_if<QueryErrors>(&made)) {
    for (const QueryError& one : *errors) {
      text += fmt::format("{} {}+{}: {}\n", one.query, one.error.offset, one.error.length,
                          one.error.text);
    }
  }
  return text;
}

TEST(MetricQueries, ExpressionsMayUseOneAnotherInAnyOrder) {
  const std::vector<QueryText> queries{{"rate", "part * 100", true},
                                       {"part", "errors / requests"},
                                       {"errors"},
                                       {"requests"},
                                       {"idle"}};
  const auto made = QueryPlan::make(queries);
  ASSERT_EQ(errors_of(queries), "");
  const auto& plan = std::get<QueryPlan>(made);
  const std::vector<MathSeries> metrics{{1.0, std::nullopt}, {4.0, 5.0}, {9.0, 9.0}};
  const MathSeries rate =
      plan.evaluate(metrics, {.period = sim::Duration(60'000'000'000), .count = 2});
  EXPECT_EQ(rate, (MathSeries{25.0, 0.0}));
  EXPECT_TRUE(plan.is_used(2));
  EXPECT_FALSE(plan.is_used(4));
}

TEST(MetricQueries, AMetricAloneMayBeWatched) {
  const auto made = QueryPlan::make(std::vector<QueryText>{{"m", "", true}});
  const std::vector<MathSeries> metrics{{3.0}};
  EXPECT_EQ(std::get<QueryPlan>(made).evaluate(metrics, {.count = 1}), (MathSeries{3.0}));
}

TEST(MetricQueries, MistakesAreTold) {
  EXPECT_EQ(errors_of({{"M1", "", true}}),
            "0 0+1: id is \"M1\"; it must be a small letter and then letters, digits and "
            "underscores\n");
  EXPECT_EQ(errors_of({{"m", "", true}, {"m"}}), "1 0+1: id \"m\" stands twice\n");
  EXPECT_EQ(errors_of({{"m"}, {"e", "m + 1"}}),
            "1 0+1: return_data: true is missing; one metric or expression is watched\n");
  EXPECT_EQ(errors_of({{"m", "", true}, {"e", "m + 1", true}}),
            "1 0+1: only one metric or expression can return its data\n");
  EXPECT_EQ(errors_of({{"m"}, {"e", "AVG(m)", true}}),
            "1 0+6: it gives a number; what is watched must be a time series\n");
  EXPECT_EQ(errors_of({{"m"}, {"e", "METRICS()", true}}),
            "1 0+9: it gives an array; what is watched must be one time series\n");
  EXPECT_EQ(errors_of({{"m"}, {"a", "b + m"}, {"b", "a", true}}),
            "1 0+5: it leads back to itself through the ids it uses\n");
}

}  // namespace
}  // namespace updraft::common
