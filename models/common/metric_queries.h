// A request for metrics and expressions over them, of which one returns its data: what an alarm or
// a target tracking policy of metric math watches.
//
//   const std::vector<QueryText> queries{{.id = "errors"}, {.id = "requests"},
//       {.id = "rate", .expression = "100 * errors / requests", .return_data = true}};
//   const auto made = QueryPlan::make(queries);        // or QueryErrors, each with its place
//   MathSeries points = plan.evaluate({errors, requests}, window);
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "models/common/metric_math.h"
#include "models/common/metric_query.pb.h"
#include "sim/scenario/type_registry.h"

namespace updraft::common {

struct QueryText {
  std::string id;
  std::string expression{};  // empty: a metric
  bool return_data = false;
};

struct QueryError {
  enum class Part : std::uint8_t { kAll, kId, kExpression, kReturnData };
  std::size_t query = 0;
  Part part = Part::kAll;
  MathError error;  // placed in the expression; elsewhere its place is 0
};
using QueryErrors = std::vector<QueryError>;

class QueryPlan {
 public:
  static std::variant<QueryPlan, QueryErrors> make(std::span<const QueryText> queries);

  /// `metrics`: a series for each query without an expression, in their order.
  [[nodiscard]] MathSeries evaluate(std::span<const MathSeries> metrics,
                                    const MathWindow& window) const;
  /// Whether the query's value has a part in what is returned.
  [[nodiscard]] bool is_used(std::size_t query) const { return used_[query]; }
  /// The query that returns its data.
  [[nodiscard]] std::size_t returned() const { return returned_; }

 private:
  class Maker;

  std::vector<QueryText> queries_;
  std::vector<MathNode> nodes_;     // by query; those of metrics are empty
  std::vector<std::size_t> order_;  // of the expressions, what they use first
  std::vector<bool> used_;
  std::size_t returned_ = 0;
};

using MetricDataQueries = google::protobuf::RepeatedPtrField<MetricDataQuery>;

/// The queries as a plan takes them. Where none says return_data and there is but one, it does.
std::vector<QueryText> texts_of(const MetricDataQueries& queries);

/// The check of a schema's field `metrics`, which stands at `place` ("metrics",
/// "scaling_policies.cpu.target_tracking.metrics"). `own_resource` has the metrics of queries that
/// name no resource; empty: each must name one. True when there was nothing wrong.
bool check_queries(const MetricDataQueries& queries, const std::string& place,
                   const std::string& own_resource, sim::Checker& checker);

/// The metric must be one that the resource's type lists. True when it is, or when the resource is
/// wrong itself.
bool check_metric_name(const std::string& resource, const std::string& metric,
                       const std::string& place, sim::Checker& checker);

}  // namespace updraft::common
