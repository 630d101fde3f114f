// The check of `metrics: [...]` in a scenario, for every schema that has the field.
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/common/metric_queries.h"
#include "sim/metrics/statistic.h"
#include "sim/schema/nearest.h"
#include "sim/schema/options.pb.h"

namespace updraft::common {
namespace {

// Of one alarm: PutMetricAlarm takes 20 metrics and expressions, ten of them metrics.
constexpr int kMostQueries = 20;
constexpr int kMostMetrics = 10;

bool check_one(const MetricDataQuery& query, const std::string& place,
               const std::string& own_resource, sim::Checker& checker) {
  if (query.expression().empty() == query.metric().empty()) {
    checker.error(place + ".id",
                  fmt::format("\"{}\" must have either metric or expression", query.id()));
    return false;
  }
  if (query.metric().empty()) {
    for (const char* field : {"resource", "stat", "period"}) {
      if (checker.was_written(fmt::format("{}.{}", place, field))) {
        checker.error(
            fmt::format("{}.{}", place, field),
            fmt::format("{} belongs to a metric; \"{}\" is an expression", field, query.id()));
        return false;
      }
    }
    return true;
  }
  bool right = true;
  if (const auto parsed = sim::parse_statistic(query.stat()); !parsed) {
    checker.error(place + ".stat", fmt::format("stat is \"{}\"; {}", query.stat(), parsed.error()));
    right = false;
  }
  const std::string& resource = query.resource().empty() ? own_resource : query.resource();
  if (resource.empty()) {
    checker.error(place + ".id",
                  fmt::format("\"{}\" names no resource whose metric it is", query.id()));
    return false;
  }
  return check_metric_name(resource, query.metric(), place + ".metric", checker) && right;
}

}  // namespace

bool check_metric_name(const std::string& resource, const std::string& metric,
                       const std::string& place, sim::Checker& checker) {
  const google::protobuf::Message* watched = checker.params_of(resource);
  if (watched == nullptr) {
    return true;  // said elsewhere
  }
  std::vector<std::string> names;
  for (const auto& known : watched->GetDescriptor()->options().GetExtension(sim::model).metric()) {
    if (!known.per_instance()) {
      names.push_back(known.name());
    }
  }
  if (std::find(names.begin(), names.end(), metric) != names.end()) {
    return true;
  }
  const std::string near = sim::did_you_mean(metric, names);
  const std::string known =
      names.empty() ? "; it has none" : fmt::format("; it has {}", fmt::join(names, ", "));
  checker.error(place, fmt::format("\"{}\" has no metric \"{}\"{}", resource, metric,
                                   near.empty() ? known : near));
  return false;
}

std::vector<QueryText> texts_of(const MetricDataQueries& queries) {
  std::vector<QueryText> texts;
  for (const MetricDataQuery& query : queries) {
    texts.push_back({query.id(), query.expression(), query.return_data()});
  }
  if (texts.size() == 1) {
    texts.front().return_data = true;
  }
  return texts;
}

bool check_queries(const MetricDataQueries& queries, const std::string& place,
                   const std::string& own_resource, sim::Checker& checker) {
  bool right = true;
  int metrics = 0;
  const MetricDataQuery* first_metric = nullptr;
  for (int i = 0; i < queries.size(); ++i) {
    const std::string here = fmt::format("{}[{}]", place, i);
    right = check_one(queries[i], here, own_resource, checker) && right;
    if (queries[i].metric().empty()) {
      continue;
    }
    ++metrics;
    if (first_metric == nullptr) {
      first_metric = &queries[i];
    } else if (queries[i].period().ns() != first_metric->period().ns()) {
      checker.error(here + ".period",
                    fmt::format("period of \"{}\" is not that of \"{}\"; metrics of one request "
                                "have one period",
                                queries[i].id(), first_metric->id()));
      right = false;
    }
  }
  if (queries.size() > kMostQueries || metrics > kMostMetrics) {
    checker.error(place, fmt::format("{} has {} entries, {} of them metrics; at most {} and {} "
                                     "are allowed",
                                     place, queries.size(), metrics, kMostQueries, kMostMetrics));
    return false;
  }
  if (!right) {
    return false;
  }
  const std::vector<QueryText> texts = texts_of(queries);
  const auto made = QueryPlan::make(texts);
  const auto* errors = std::get_if<QueryErrors>(&made);
  if (errors == nullptr) {
    return true;
  }
  for (const QueryError& one : *errors) {
    const std::string here = fmt::format("{}[{}]", place, one.query);
    switch (one.part) {
      case QueryError::Part::kExpression:
        checker.error_within(
            here + ".expression", texts[one.query].expression, one.error.offset, one.error.length,
            fmt::format("expression of \"{}\": {}", texts[one.query].id, one.error.text));
        break;
      case QueryError::Part::kAll:
      case QueryError::Part::kId:
        checker.error(here + ".id", one.error.text);
        break;
      case QueryError::Part::kReturnData:
        checker.error(here + ".return_data", one.error.text);
        break;
    }
  }
  return false;
}

}  // namespace updraft::common
