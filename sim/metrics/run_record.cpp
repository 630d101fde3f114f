#include "sim/metrics/run_record.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace updraft::sim {
namespace {

std::optional<double> find_value(const std::vector<RecordedValue>& values, std::string_view name) {
  for (const RecordedValue& value : values) {
    if (value.name == name) {
      return value.first;
    }
  }
  return std::nullopt;
}

std::optional<Time> time_of(std::int64_t ns) {
  return ns == kOpenCell ? std::nullopt : std::optional<Time>(time_from_ns(ns));
}

std::size_t index_in(std::int64_t index, std::size_t size, std::string_view what) {
  if (index < 0 || static_cast<std::uint64_t>(index) >= size) {
    throw ResultFileError(fmt::format("{} names row {}, which is not there", what, index));
  }
  return static_cast<std::size_t>(index);
}

/// Columns of one table, all of one length.
class TableReader {
 public:
  TableReader(const ResultSource& source, std::string group)
      : source_(source), group_(std::move(group)) {}

  std::vector<std::int64_t> integers(const char* name) {
    return checked(name, source_.integers(group_ + name));
  }
  std::vector<double> numbers(const char* name) {
    return checked(name, source_.numbers(group_ + name));
  }
  std::vector<std::string> texts(const char* name) {
    return checked(name, source_.texts(group_ + name));
  }

 private:
  template <class T>
  std::vector<T> checked(const char* name, std::vector<T> column) {
    if (rows_ && column.size() != *rows_) {
      throw ResultFileError(fmt::format("{}{} has {} rows, the columns before it {}", group_, name,
                                        column.size(), *rows_));
    }
    rows_ = column.size();
    return column;
  }

  const ResultSource& source_;
  std::string group_;
  std::optional<std::size_t> rows_;
};

void read_decisions(const ResultSource& source, RunRecord& record) {
  if (!source.has("/decisions/decision")) {
    return;
  }
  TableReader table(source, "/decisions/");
  const auto ids = table.integers("decision");
  const auto first = table.integers("first_ns");
  const auto last = table.integers("last_ns");
  const auto count = table.integers("count");
  auto who = table.texts("who");
  auto kind = table.texts("kind");
  const auto outcome = table.integers("outcome");
  auto what = table.texts("what");
  auto reason = table.texts("reason");
  auto rule = table.texts("rule");
  const auto cause = table.integers("cause_decision");
  auto cause_resource = table.texts("cause_resource");
  auto cause_metric = table.texts("cause_metric");
  const auto cause_period = table.integers("cause_period_ns");
  record.decisions.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const bool open = last[i] == kOpenCell;  // the file ends before the interval
    record.decisions.push_back({.id = ids[i],
                                .first = time_from_ns(first[i]),
                                .last = time_from_ns(open ? first[i] : last[i]),
                                .count = open ? 1 : count[i],
                                .outcome = outcome[i] == 1 ? Outcome::kBlocked : Outcome::kDecided,
                                .who = std::move(who[i]),
                                .kind = std::move(kind[i]),
                                .what = std::move(what[i]),
                                .reason = std::move(reason[i]),
                                .rule = std::move(rule[i]),
                                .cause = cause[i],
                                .cause_resource = std::move(cause_resource[i]),
                                .cause_metric = std::move(cause_metric[i]),
                                .cause_period = time_of(cause_period[i]),
                                .values = {}});
  }
  TableReader values(source, "/decisions/");
  const auto of = values.integers("value_decision");
  auto name = values.texts("value_name");
  const auto value_first = values.numbers("value_first");
  const auto value_last = values.numbers("value_last");
  for (std::size_t i = 0; i < of.size(); ++i) {
    record.decisions[index_in(of[i] - 1, record.decisions.size(), "a value of a decision")]
        .values.push_back({std::move(name[i]), value_first[i], value_last[i]});
  }
}

void read_members(const ResultSource& source, RunRecord& record) {
  for (const char* group : {"/instances/", "/environments/", "/consumers/"}) {
    if (!source.has(std::string(group) + "id")) {
      continue;
    }
    TableReader table(source, group);
    auto id = table.texts("id");
    auto owner = table.texts("owner");
    auto zone = table.texts("zone");
    auto kind = table.texts("kind");
    const auto launched = table.integers("launched_ns");
    const auto in_service = table.integers("in_service_ns");
    const auto ended = table.integers("ended_ns");
    auto reason = table.texts("end_reason");
    for (std::size_t i = 0; i < id.size(); ++i) {
      record.members.push_back({.id = std::move(id[i]),
                                .owner = std::move(owner[i]),
                                .zone = std::move(zone[i]),
                                .kind = std::move(kind[i]),
                                .launched = time_from_ns(launched[i]),
                                .in_service = time_of(in_service[i]),
                                .ended = time_of(ended[i]),
                                .end_reason = std::move(reason[i])});
    }
  }
}

void read_spans(const ResultSource& source, RunRecord& record) {
  const auto components = source.texts("/traces/component_name");
  const auto keys = source.texts("/traces/key_name");
  TableReader spans(source, "/traces/");
  const auto trace = spans.integers("span_trace");
  const auto parent = spans.integers("span_parent");
  const auto component = spans.integers("span_component");
  const auto begin = spans.integers("span_begin_ns");
  const auto end = spans.integers("span_end_ns");
  const auto status = spans.integers("span_status");
  std::vector<std::pair<std::size_t, std::size_t>> place;  // of each row: trace, index in it
  place.reserve(trace.size());
  for (std::size_t i = 0; i < trace.size(); ++i) {
    const std::size_t at = index_in(trace[i], record.traces.size(), "a span");
    std::vector<SpanRecord>& of = record.traces[at].spans;
    place.emplace_back(at, of.size());
    of.push_back({.parent = parent[i],
                  .component = components[index_in(component[i], components.size(), "a span")],
                  .begin = time_from_ns(begin[i]),
                  .end = time_from_ns(end[i]),
                  .status = static_cast<SpanStatus>(status[i]),
                  .attributes = {}});
  }
  TableReader attributes(source, "/traces/");
  const auto of_span = attributes.integers("of_span");
  const auto key = attributes.integers("attribute_key");
  const auto value = attributes.numbers("attribute_value");
  for (std::size_t i = 0; i < of_span.size(); ++i) {
    const auto [at, index] = place[index_in(of_span[i], place.size(), "an attribute")];
    record.traces[at].spans[index].attributes.push_back(
        {keys[index_in(key[i], keys.size(), "an attribute")], value[i], value[i]});
  }
}

void read_traces(const ResultSource& source, RunRecord& record) {
  if (!source.has("/traces/request")) {
    return;
  }
  const auto sources = source.texts("/traces/source_name");
  TableReader table(source, "/traces/");
  const auto from = table.integers("trace_source");
  const auto request = table.integers("request");
  const auto begin = table.integers("begin_ns");
  const auto end = table.integers("end_ns");
  const auto status = table.integers("status");
  const auto kept_for = table.integers("kept_for");
  for (std::size_t i = 0; i < request.size(); ++i) {
    record.traces.push_back({.source = sources[index_in(from[i], sources.size(), "a trace")],
                             .request = request[i],
                             .begin = time_from_ns(begin[i]),
                             .end = time_from_ns(end[i]),
                             .status = static_cast<SpanStatus>(status[i]),
                             .kept_for = kept_for[i] == kOpenCell ? 0 : kept_for[i],
                             .spans = {}});
  }
  read_spans(source, record);
}

}  // namespace

std::optional<double> DecisionRecord::value(std::string_view name) const {
  return find_value(values, name);
}

std::optional<double> SpanRecord::attribute(std::string_view name) const {
  return find_value(attributes, name);
}

const DecisionRecord* RunRecord::decision(std::int64_t id) const {
  const bool known = id >= 1 && static_cast<std::uint64_t>(id) <= decisions.size();
  return known ? &decisions[static_cast<std::size_t>(id - 1)] : nullptr;
}

RunRecord read_run_record(const ResultSource& source) {
  RunRecord record;
  record.start_unix_ns = source.integer("start_unix_ns").value_or(0);
  record.valid_until = time_from_ns(source.integer("valid_until_ns").value_or(0));
  record.complete = source.integer("complete").value_or(0) == 1;
  record.resources = source.resources();
  read_decisions(source, record);
  read_members(source, record);
  read_traces(source, record);
  return record;
}

}  // namespace updraft::sim
