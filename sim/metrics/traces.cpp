#include "sim/metrics/traces.h"

#include <algorithm>
#include <utility>

#include "sim/core/check.h"
#include "sim/metrics/hash.h"

namespace updraft::sim {
namespace {

constexpr std::uint32_t kKeptForColumn = 5;

const std::vector<std::string> kStatusWords{"open",      "ok",       "failed", "timed_out",
                                            "throttled", "rejected", "lost"};

// A rate as a bound for 63 uniform bits.
std::uint64_t bound_of(double rate) {
  SIM_CHECK(rate >= 0 && rate <= 1, "a rate of {}", rate);
  return static_cast<std::uint64_t>(rate * 9223372036854775808.0);
}

TableSpec symbols(const char* name) {
  return {"/traces", name, {{.name = std::string(name) + "_name", .type = ColumnType::kString}}};
}

std::vector<Attribute> index_of(const char* dimension) {
  return {{"long_name", "row of /traces/" + std::string(dimension)}};
}

}  // namespace

std::string_view span_status_word(SpanStatus status) {
  const auto index = static_cast<std::size_t>(status);
  return index < kStatusWords.size() ? std::string_view(kStatusWords[index]) : "unknown";
}

TraceLog::TraceLog(ResultSink* sink, const TraceOptions& options)
    : sink_(sink), options_(options), rate_below_(bound_of(options.rate)) {
  if (sink_ == nullptr) {
    rate_below_ = 0;
    options_.slowest = 0;
    options_.failed = 0;
    return;
  }
  if (options_.only) {  // add_source() gives its source a key by which it alone is sampled
    rate_below_ = 1;
    options_.slowest = 0;
    options_.failed = 0;
  }
  source_table_ = sink_->add_table(symbols("source"));
  components_.table = sink_->add_table(symbols("component"));
  names_.table = sink_->add_table(symbols("label"));
  attribute_names_.table = sink_->add_table(symbols("key"));
  trace_table_ = sink_->add_table(
      {"/traces",
       "trace",
       {{.name = "trace_source", .type = ColumnType::kInt32, .attributes = index_of("source")},
        {.name = "request",
         .attributes = {{"long_name", std::string("ordinal of the request in its source")}}},
        {.name = "begin", .type = ColumnType::kTime},
        {.name = "end", .type = ColumnType::kTime},
        {.name = "status", .type = ColumnType::kFlag, .meanings = kStatusWords},
        {.name = "kept_for",
         .type = ColumnType::kInt32,
         .late = true,
         .attributes = {
             {"long_name",
              std::string("sum of 1: sampled, 2: slowest, 4: failed of its period")}}}}});
  span_table_ = sink_->add_table(
      {"/traces",
       "span",
       {{.name = "span_trace", .attributes = index_of("trace")},
        {.name = "span_id", .type = ColumnType::kInt32},
        {.name = "span_parent",
         .type = ColumnType::kInt32,
         .attributes = {{"long_name", std::string("span_id in the same trace; -1: none")}}},
        {.name = "span_component", .type = ColumnType::kInt32, .attributes = index_of("component")},
        {.name = "span_label", .type = ColumnType::kInt32, .attributes = index_of("label")},
        {.name = "span_begin", .type = ColumnType::kTime},
        {.name = "span_end", .type = ColumnType::kTime},
        {.name = "span_status", .type = ColumnType::kFlag, .meanings = kStatusWords}}});
  attribute_table_ = sink_->add_table(
      {"/traces",
       "span_attribute",
       {{.name = "of_span", .attributes = index_of("span")},
        {.name = "attribute_key", .type = ColumnType::kInt32, .attributes = index_of("key")},
        {.name = "attribute_value", .type = ColumnType::kDouble}}});
}

TraceSource TraceLog::add_source(std::string_view path) {
  source_keys_.push_back(fnv1a_64(path));
  if (options_.only && options_.only->source == path) {
    // mix() takes a difference of nothing to 0, and nothing else there.
    source_keys_.back() = options_.only->ordinal * kOrdinalFactor;
  }
  reset(worst_.emplace_back());
  if (sink_ != nullptr) {
    const std::array<Cell, 1> cells{path};
    sink_->append_row(source_table_, cells);
  }
  return TraceSource{static_cast<std::uint32_t>(source_keys_.size() - 1)};
}

TraceRef TraceLog::open_slot(const EndedRequest& request) {
  if (free_.empty()) {
    slots_.emplace_back();
    free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  Trace& trace = slots_[index];
  trace.request = request;
  trace.open = true;
  trace.sampled = is_sampled(request.source, request.ordinal);
  return TraceRef{(std::uint64_t{trace.generation} << 32) | index};
}

TraceLog::Trace* TraceLog::find(TraceRef ref) {
  const auto index = static_cast<std::uint32_t>(static_cast<std::uint64_t>(ref));
  const auto generation = static_cast<std::uint32_t>(static_cast<std::uint64_t>(ref) >> 32);
  if (ref == TraceRef::kNone || index >= slots_.size() || slots_[index].generation != generation ||
      !slots_[index].open) {
    return nullptr;
  }
  return &slots_[index];
}

TraceLog::Symbol TraceLog::symbol(SymbolTable& table, std::string_view text) {
  const auto found = table.of.find(text);
  if (found != table.of.end()) {
    return found->second;
  }
  const auto index = static_cast<Symbol>(table.of.size());
  table.of.emplace(text, index);
  const std::array<Cell, 1> cells{text};
  sink_->append_row(table.table, cells);
  return index;
}

SpanRef TraceLog::begin_span(TraceRef ref, SpanRef parent, std::string_view component,
                             std::string_view name, Time now) {
  Trace* trace = find(ref);
  if (trace == nullptr) {
    return SpanRef::kNone;
  }
  if (trace->spans.size() >= options_.spans_per_trace) {
    ++dropped_;
    return SpanRef::kNone;
  }
  Span span;
  span.component = symbol(components_, component);
  span.name = symbol(names_, name);
  span.parent = parent;
  span.begin = now;
  trace->spans.push_back(span);
  return SpanRef{static_cast<std::uint32_t>(trace->spans.size() - 1)};
}

void TraceLog::end_span(TraceRef ref, SpanRef span, Time now, SpanStatus status) {
  Trace* trace = find(ref);
  const auto index = static_cast<std::uint32_t>(span);
  if (trace != nullptr && index < trace->spans.size()) {
    trace->spans[index].end = now;
    trace->spans[index].status = status;
  }
}

void TraceLog::attribute(TraceRef ref, SpanRef span, std::string_view name, double value) {
  Trace* trace = find(ref);
  const auto index = static_cast<std::uint32_t>(span);
  if (trace == nullptr || index >= trace->spans.size()) {
    return;
  }
  Span& of = trace->spans[index];
  if (of.attributes < kMaxAttributes) {
    of.attribute[of.attributes++] = {symbol(attribute_names_, name), value};
  }
}

void TraceLog::close(TraceRef ref) {
  Trace* trace = find(ref);
  if (trace == nullptr) {
    return;
  }
  trace->open = false;
  ++trace->generation;
  for (Span& span : trace->spans) {
    if (span.status == SpanStatus::kOpen) {
      span.end = trace->request.end;
    }
  }
  if (trace->sampled) {
    write(*trace);
  }
  offer(static_cast<std::uint32_t>(static_cast<std::uint64_t>(ref)));
}

// Keeps the slot while it is among the worst of its source; otherwise gives it back.
void TraceLog::offer(std::uint32_t slot) {
  Trace& trace = slots_[slot];
  Worst& worst = worst_[static_cast<std::uint32_t>(trace.request.source)];
  if (trace.request.status != SpanStatus::kOk && worst.failures_left > 0) {
    --worst.failures_left;
    worst.failed.push_back(slot);
    trace.kept_for |= kKeptAsFailed;
  }
  // Slower first; of equals the one with the lower ordinal.
  const auto slower = [this](std::uint32_t a, std::uint32_t b) {
    const EndedRequest& left = slots_[a].request;
    const EndedRequest& right = slots_[b].request;
    const Duration x = left.end - left.begin;
    const Duration y = right.end - right.begin;
    return x != y ? x > y : left.ordinal < right.ordinal;
  };
  const auto place = std::upper_bound(worst.slowest.begin(), worst.slowest.end(), slot, slower);
  if (place - worst.slowest.begin() < static_cast<std::ptrdiff_t>(options_.slowest)) {
    worst.slowest.insert(place, slot);
    trace.kept_for |= kKeptAsSlowest;
    if (worst.slowest.size() > options_.slowest) {
      const std::uint32_t out = worst.slowest.back();
      worst.slowest.pop_back();
      slots_[out].kept_for &= ~kKeptAsSlowest;
      settle(out);
    }
    if (worst.slowest.size() == options_.slowest) {
      const EndedRequest& last = slots_[worst.slowest.back()].request;
      worst.bar = last.end - last.begin;
      worst.bar_ordinal = last.ordinal;
    }
  }
  settle(slot);
}

void TraceLog::reset(Worst& worst) const {
  worst.slowest.clear();
  worst.failed.clear();
  worst.bar = options_.slowest == 0 ? Duration::max() : Duration{-1};
  worst.bar_ordinal = 0;
  worst.failures_left = options_.failed;
}

// Gives a slot back that no list holds any more.
void TraceLog::settle(std::uint32_t slot) {
  Trace& trace = slots_[slot];
  if ((trace.kept_for & (kKeptAsSlowest | kKeptAsFailed)) == 0) {
    if (trace.row >= 0) {
      sink_->set_cell(trace_table_, trace.row, kKeptForColumn, kKeptAsSample);
    }
    release(slot);
  }
}

void TraceLog::write(Trace& trace) {
  if (spans_written_ + static_cast<std::int64_t>(trace.spans.size()) > options_.spans) {
    ++dropped_;
    return;
  }
  const EndedRequest& request = trace.request;
  const std::array<Cell, 6> cells{std::int64_t{static_cast<std::uint32_t>(request.source)},
                                  static_cast<std::int64_t>(request.ordinal),
                                  to_ns(request.begin),
                                  to_ns(request.end),
                                  static_cast<std::int64_t>(request.status),
                                  kOpenCell};
  trace.row = sink_->append_row(trace_table_, cells);
  ++traces_written_;
  for (std::size_t i = 0; i < trace.spans.size(); ++i) {
    const Span& span = trace.spans[i];
    const std::int64_t parent =
        span.parent == SpanRef::kNone ? -1 : std::int64_t{static_cast<std::uint32_t>(span.parent)};
    const std::array<Cell, 8> span_cells{trace.row,
                                         static_cast<std::int64_t>(i),
                                         parent,
                                         std::int64_t{span.component},
                                         std::int64_t{span.name},
                                         to_ns(span.begin),
                                         to_ns(span.end),
                                         static_cast<std::int64_t>(span.status)};
    const std::int64_t row = sink_->append_row(span_table_, span_cells);
    ++spans_written_;
    for (std::size_t a = 0; a < span.attributes; ++a) {
      const std::array<Cell, 3> attribute_cells{row, std::int64_t{span.attribute[a].name},
                                                span.attribute[a].value};
      sink_->append_row(attribute_table_, attribute_cells);
    }
  }
}

void TraceLog::release(std::uint32_t slot) {
  Trace& trace = slots_[slot];
  trace.spans.clear();
  trace.row = -1;
  trace.kept_for = 0;
  free_.push_back(slot);
}

void TraceLog::close_period() {
  for (Worst& worst : worst_) {
    std::vector<std::uint32_t> slots = worst.failed;
    for (const std::uint32_t slot : worst.slowest) {
      if ((slots_[slot].kept_for & kKeptAsFailed) == 0) {
        slots.push_back(slot);
      }
    }
    std::sort(slots.begin(), slots.end(), [this](std::uint32_t a, std::uint32_t b) {
      const EndedRequest& left = slots_[a].request;
      const EndedRequest& right = slots_[b].request;
      return std::pair(left.end, left.ordinal) < std::pair(right.end, right.ordinal);
    });
    for (const std::uint32_t slot : slots) {
      Trace& trace = slots_[slot];
      if (trace.row < 0 && !trace.sampled) {
        write(trace);
      }
      if (trace.row >= 0) {
        sink_->set_cell(trace_table_, trace.row, kKeptForColumn,
                        trace.kept_for | (trace.sampled ? kKeptAsSample : 0));
      }
      release(slot);
    }
    reset(worst);
  }
}

void TraceLog::finish() {
  if (sink_ == nullptr) {
    return;
  }
  close_period();
  sink_->set_attribute("/traces", {"dropped", dropped_});
  sink_->set_attribute("/traces", {"rate", options_.rate});
  sink_->set_attribute("/traces", {"slowest_of_period", std::int64_t{options_.slowest}});
  sink_->set_attribute("/traces", {"failed_of_period", std::int64_t{options_.failed}});
}

}  // namespace updraft::sim
