#include "models/common/metric_queries.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/core/check.h"

namespace updraft::common {
namespace {

bool is_id(std::string_view id) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !id.empty() && id[0] >= 'a' && id[0] <= 'z' && std::all_of(id.begin(), id.end(), fits);
}

QueryErrors check_ids(std::span<const QueryText> queries) {
  QueryErrors errors;
  std::size_t returned = 0;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const std::string& id = queries[i].id;
    if (!is_id(id)) {
      errors.push_back({i,
                        QueryError::Part::kId,
                        {0, 1,
                         fmt::format("id is \"{}\"; it must be a small letter and then letters, "
                                     "digits and underscores",
                                     id)}});
    }
    for (std::size_t k = 0; k < i; ++k) {
      if (queries[k].id == id) {
        errors.push_back(
            {i, QueryError::Part::kId, {0, 1, fmt::format("id \"{}\" stands twice", id)}});
        break;
      }
    }
    if (queries[i].return_data && ++returned == 2) {
      errors.push_back({i,
                        QueryError::Part::kReturnData,
                        {0, 1, "only one metric or expression can return its data"}});
    }
  }
  if (returned == 0) {
    errors.push_back({queries.empty() ? 0 : queries.size() - 1,
                      QueryError::Part::kAll,
                      {0, 1, "return_data: true is missing; one metric or expression is watched"}});
  }
  return errors;
}

}  // namespace

std::variant<QueryPlan, QueryErrors> QueryPlan::make(std::span<const QueryText> queries) {
  QueryErrors errors = check_ids(queries);
  QueryPlan plan;
  plan.queries_.assign(queries.begin(), queries.end());
  plan.nodes_.resize(queries.size());
  std::vector<bool> known(queries.size());  // its kind is known
  std::vector<MathName> names;
  const auto fail = [&](std::size_t query, MathError error) {
    errors.push_back({query, QueryError::Part::kExpression, std::move(error)});
    known[query] = true;  // told once
  };
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (queries[i].return_data) {
      plan.returned_ = i;
    }
    if (queries[i].expression.empty()) {
      names.push_back({.id = queries[i].id});
      known[i] = true;
      continue;
    }
    MathParse parsed = parse_math(queries[i].expression);
    if (auto* error = std::get_if<MathError>(&parsed)) {
      fail(i, std::move(*error));
    } else {
      plan.nodes_[i] = std::move(std::get<MathNode>(parsed));
    }
  }
  if (!errors.empty()) {
    return errors;  // names that failed would be told as unknown ones
  }
  // What uses only known ids comes next, until nothing does.
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t i = 0; i < queries.size(); ++i) {
      if (known[i]) {
        continue;
      }
      const std::vector<std::string> uses = names_in(plan.nodes_[i]);
      const bool waits = std::any_of(uses.begin(), uses.end(), [&](const std::string& id) {
        for (std::size_t k = 0; k < queries.size(); ++k) {
          if (queries[k].id == id && !known[k]) {
            return true;
          }
        }
        return false;
      });
      if (waits) {
        continue;
      }
      const auto kind = check_math(plan.nodes_[i], names);
      if (const auto* error = std::get_if<MathError>(&kind)) {
        fail(i, *error);
        return errors;  // others may use it
      }
      names.push_back({.id = queries[i].id, .is_metric = false, .kind = std::get<MathKind>(kind)});
      known[i] = true;
      moved = true;
      plan.order_.push_back(i);
      if (i == plan.returned_ && names.back().kind != MathKind::kSeries) {
        fail(i, {0, queries[i].expression.size(),
                 names.back().kind == MathKind::kScalar
                     ? "it gives a number; what is watched must be a time series"
                     : "it gives an array; what is watched must be one time series"});
      }
    }
  }
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (!known[i]) {
      fail(i, {0, queries[i].expression.size(), "it leads back to itself through the ids it uses"});
      break;
    }
  }
  if (!errors.empty()) {
    return errors;
  }
  // Which queries are looked at: the returned one, and what it uses. METRICS() uses every metric.
  plan.used_.assign(queries.size(), false);
  plan.used_[plan.returned_] = true;
  for (auto i = plan.order_.rbegin(); i != plan.order_.rend(); ++i) {
    if (!plan.used_[*i]) {
      continue;
    }
    const std::vector<std::string> uses = names_in(plan.nodes_[*i]);
    const bool all_metrics = queries[*i].expression.find("METRICS") != std::string::npos;
    for (std::size_t k = 0; k < queries.size(); ++k) {
      if (std::find(uses.begin(), uses.end(), queries[k].id) != uses.end() ||
          (all_metrics && queries[k].expression.empty())) {
        plan.used_[k] = true;
      }
    }
  }
  return plan;
}

MathSeries QueryPlan::evaluate(std::span<const MathSeries> metrics,
                               const MathWindow& window) const {
  std::vector<MathInput> inputs;
  std::size_t metric = 0;
  for (const QueryText& query : queries_) {
    if (query.expression.empty()) {
      SIM_CHECK(metric < metrics.size() && metrics[metric].size() == window.count,
                "no series for {}", query.id);
      inputs.push_back(
          {.id = query.id, .value = {.kind = MathKind::kSeries, .series = {metrics[metric++]}}});
    }
  }
  for (const std::size_t i : order_) {
    if (used_[i]) {
      inputs.push_back({.id = queries_[i].id,
                        .is_metric = false,
                        .value = evaluate_math(nodes_[i], inputs, window)});
    }
  }
  for (const MathInput& input : inputs) {
    if (input.id == queries_[returned_].id) {
      return input.value.series.at(0);
    }
  }
  SIM_CHECK(false, "nothing returns its data");
  return {};
}

}  // namespace updraft::common
