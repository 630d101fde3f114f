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

/// Puts the expressions of a plan in order, and finds what is wrong with them.
class QueryPlan::Maker {
 public:
  explicit Maker(std::span<const QueryText> queries)
      : queries_(queries), known_(queries.size()), errors_(check_ids(queries)) {
    plan_.queries_.assign(queries.begin(), queries.end());
    plan_.nodes_.resize(queries.size());
  }

  std::variant<QueryPlan, QueryErrors> make() {
    for (std::size_t i = 0; i < queries_.size(); ++i) {
      read(i);
    }
    // Names that failed would be told as unknown ones, and so would those that use them.
    if (errors_.empty()) {
      put_in_order();
    }
    if (!errors_.empty()) {
      return errors_;
    }
    mark_used();
    return plan_;
  }

 private:
  void fail(std::size_t query, MathError error) {
    errors_.push_back({query, QueryError::Part::kExpression, std::move(error)});
  }

  void read(std::size_t i) {
    if (queries_[i].return_data) {
      plan_.returned_ = i;
    }
    if (queries_[i].expression.empty()) {
      names_.push_back({.id = queries_[i].id});
      known_[i] = true;
      return;
    }
    MathParse parsed = parse_math(queries_[i].expression);
    if (auto* error = std::get_if<MathError>(&parsed)) {
      fail(i, std::move(*error));
    } else {
      plan_.nodes_[i] = std::move(std::get<MathNode>(parsed));
    }
  }

  // What uses only known ids comes next, until nothing does.
  void put_in_order() {
    for (bool moved = true; moved && errors_.empty();) {
      moved = false;
      for (std::size_t i = 0; i < queries_.size() && errors_.empty(); ++i) {
        if (!known_[i] && !waits(i)) {
          take(i);
          moved = true;
        }
      }
    }
    const auto left = std::find(known_.begin(), known_.end(), false);
    if (errors_.empty() && left != known_.end()) {
      const auto i = static_cast<std::size_t>(left - known_.begin());
      fail(i,
           {0, queries_[i].expression.size(), "it leads back to itself through the ids it uses"});
    }
  }

  [[nodiscard]] bool waits(std::size_t i) const {
    const std::vector<std::string> uses = names_in(plan_.nodes_[i]);
    for (std::size_t k = 0; k < queries_.size(); ++k) {
      if (!known_[k] && std::find(uses.begin(), uses.end(), queries_[k].id) != uses.end()) {
        return true;
      }
    }
    return false;
  }

  void take(std::size_t i) {
    const auto checked = check_math(plan_.nodes_[i], names_);
    if (const auto* error = std::get_if<MathError>(&checked)) {
      fail(i, *error);
      return;
    }
    const MathKind kind = std::get<MathKind>(checked);
    names_.push_back({.id = queries_[i].id, .is_metric = false, .kind = kind});
    known_[i] = true;
    plan_.order_.push_back(i);
    if (i == plan_.returned_ && kind != MathKind::kSeries) {
      fail(i, {0, queries_[i].expression.size(),
               kind == MathKind::kScalar
                   ? "it gives a number; what is watched must be a time series"
                   : "it gives an array; what is watched must be one time series"});
    }
  }

  // The returned query and what it uses; METRICS() uses every metric.
  void mark_used() {
    plan_.used_.assign(queries_.size(), false);
    plan_.used_[plan_.returned_] = true;
    for (auto i = plan_.order_.rbegin(); i != plan_.order_.rend(); ++i) {
      if (plan_.used_[*i]) {
        mark_used_by(*i);
      }
    }
  }

  void mark_used_by(std::size_t user) {
    const std::vector<std::string> uses = names_in(plan_.nodes_[user]);
    const bool all_metrics = queries_[user].expression.find("METRICS") != std::string::npos;
    for (std::size_t k = 0; k < queries_.size(); ++k) {
      if (std::find(uses.begin(), uses.end(), queries_[k].id) != uses.end() ||
          (all_metrics && queries_[k].expression.empty())) {
        plan_.used_[k] = true;
      }
    }
  }

  std::span<const QueryText> queries_;
  QueryPlan plan_;
  std::vector<bool> known_;  // its kind is known
  std::vector<MathName> names_;
  QueryErrors errors_;
};

std::variant<QueryPlan, QueryErrors> QueryPlan::make(std::span<const QueryText> queries) {
  return Maker(queries).make();
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
