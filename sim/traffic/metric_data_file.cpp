#include "sim/traffic/metric_data_file.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/scenario/diagnostic.h"
#include "sim/scenario/yaml_tree.h"
#include "sim/traffic/csv.h"

namespace updraft::sim {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

/// What is wrong, with its place in the file.
class Errors {
 public:
  Errors(std::string file, std::vector<std::string>& to) : file_(std::move(file)), to_(to) {}
  void add(Mark mark, std::string_view message) {
    constexpr std::size_t kMost = 20;
    if (to_.size() < kMost) {
      to_.push_back(fmt::format("{}:{}:{}: {}", file_, mark.line, mark.column, message));
    }
  }

 private:
  std::string file_;
  std::vector<std::string>& to_;
};

const YamlNode* child(const YamlNode& node, std::string_view key) {
  const YamlNode::Entry* entry = node.is_mapping() ? node.find(key) : nullptr;
  return entry == nullptr ? nullptr : entry->value;
}

/// "2026-11-01T00:01:00+00:00", "...Z", or seconds since 1970, as older tools write them.
std::optional<std::int64_t> stamp_of(const YamlNode& node) {
  constexpr std::string_view kUtc = "+00:00";
  if (!node.is_scalar()) {
    return std::nullopt;
  }
  if (!node.quoted) {
    constexpr double kLatest = 9e9;
    const auto seconds = parse_csv_number(node.scalar);
    return seconds && *seconds >= 0 && *seconds < kLatest
               ? std::optional(static_cast<std::int64_t>(*seconds) * kNsPerSecond)
               : std::nullopt;
  }
  std::string_view text = node.scalar;
  if (text.ends_with(kUtc)) {
    text.remove_suffix(kUtc.size());
  }
  return parse_stamp(text);
}

/// The result that is meant; null when that is not clear, and then it is said.
const YamlNode* choose(const YamlNode& root, const std::string& id, Errors& errors) {
  const YamlNode* results = child(root, "MetricDataResults");
  if (results == nullptr || !results->is_sequence() || results->items.empty()) {
    errors.add(root.start, "there is no MetricDataResults; write the answer of GetMetricData");
    return nullptr;
  }
  std::vector<std::string> ids;
  for (const YamlNode* result : results->items) {
    const YamlNode* own = child(*result, "Id");
    ids.push_back(own == nullptr ? "" : own->scalar);
    if (ids.back() == id && !id.empty()) {
      return result;
    }
  }
  if (id.empty() && ids.size() == 1) {
    return results->items.front();
  }
  errors.add(results->start, id.empty() ? fmt::format("it has {} results; write metric_id: {}",
                                                      ids.size(), fmt::join(ids, ", "))
                                        : fmt::format("it has no result \"{}\"; its ids are {}", id,
                                                      fmt::join(ids, ", ")));
  return nullptr;
}

/// All of it is there.
void check_complete(const YamlNode& root, const YamlNode& result, Errors& errors) {
  if (const YamlNode* token = child(root, "NextToken"); token != nullptr && !token->is_null()) {
    errors.add(token->start, "NextToken says that more is to come; fetch every page and join them");
  }
  const YamlNode* status = child(result, "StatusCode");
  if (status != nullptr && status->scalar != "Complete") {
    errors.add(
        status->start,
        fmt::format("StatusCode is {}, so points are missing that are no gaps; fetch it until "
                    "it is Complete",
                    status->scalar));
  }
}

std::vector<CountRow> rows_of(const YamlNode& result, Errors& errors) {
  std::vector<CountRow> rows;
  const YamlNode* stamps = child(result, "Timestamps");
  const YamlNode* values = child(result, "Values");
  if (stamps == nullptr || values == nullptr || !stamps->is_sequence() || !values->is_sequence()) {
    errors.add(result.start, "a result needs the lists Timestamps and Values");
    return rows;
  }
  if (stamps->items.size() != values->items.size()) {
    errors.add(values->start, fmt::format("there are {} Values for {} Timestamps",
                                          values->items.size(), stamps->items.size()));
    return rows;
  }
  for (std::size_t i = 0; i < stamps->items.size(); ++i) {
    const YamlNode& at = *stamps->items[i];
    const YamlNode& value = *values->items[i];
    const auto stamp = stamp_of(at);
    const double count = value.is_scalar() ? parse_csv_number(value.scalar).value_or(-1) : -1;
    if (!stamp) {
      errors.add(at.start, fmt::format("\"{}\" is no stamp in UTC, such as "
                                       "2026-11-01T00:00:00+00:00",
                                       at.scalar));
    }
    if (count < 0) {
      errors.add(value.start, fmt::format("the value is \"{}\"; it must be a number of 0 or more",
                                          value.scalar));
    }
    if (stamp && count >= 0) {
      rows.push_back(
          {.stamp = *stamp, .count = count, .line = at.start.line, .column = at.start.column});
    }
  }
  return rows;
}

}  // namespace

CountFile read_metric_data(const std::string& text, const std::string& file, const Rate& rate) {
  CountFile result;
  Errors errors(file, result.errors);
  constexpr std::size_t kMostShown = 20;
  const auto source = std::make_shared<const SourceText>(text, file);
  Diagnostics found(source, kMostShown);
  const auto tree = YamlTree::parse(*source, {}, found);
  try {
    found.throw_if_any();
  } catch (const ScenarioError& error) {
    for (const Diagnostic& wrong : error.diagnostics()) {
      errors.add(wrong.mark, wrong.message);
    }
    return result;
  }
  if (!tree || tree->root() == nullptr || !tree->root()->is_mapping()) {
    errors.add({1, 1}, "it must be the JSON answer of GetMetricData, with MetricDataResults");
    return result;
  }
  const YamlNode* chosen = choose(*tree->root(), rate.metric_id(), errors);
  if (chosen == nullptr) {
    return result;
  }
  check_complete(*tree->root(), *chosen, errors);
  std::vector<CountRow> rows = rows_of(*chosen, errors);
  if (rows.size() > 1 && rows.front().stamp > rows.back().stamp) {  // ScanBy TimestampDescending
    std::reverse(rows.begin(), rows.end());
  }
  settle_rows(rows, file, rate.gaps(), result);
  return result;
}

}  // namespace updraft::sim
