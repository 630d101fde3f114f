// Spans of single requests: a sample of all, and the slowest and the failed few of each period.
//
// Sampling goes by a hash of the request's source path and ordinal, so that every variant of a
// scenario traces the same requests. A request is offered when it has ended, with its spans still
// at hand: most are turned away by two comparisons and a hash, and a trace is built only for one
// that is sampled, among the slowest of its period so far, or among the first to fail in it. Memory
// is bounded by the few. Any other request is had by running again.
//
//   const TraceRef trace = log.open({source, ordinal, begin, end, SpanStatus::kOk});  // often
//   kNone const SpanRef root = log.begin_span(trace, SpanRef::kNone, "web-alb", "forward", begin);
//   log.end_span(trace, root, end, SpanStatus::kOk);
//   log.attribute(trace, root, "node", 2);
//   log.close(trace);
//   log.close_period();                                               // at each roll-up
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/time.h"
#include "sim/metrics/sink.h"

namespace updraft::sim {

enum class TraceSource : std::uint32_t {};
/// A slot with its generation: a reference to a trace that has been closed is harmless.
enum class TraceRef : std::uint64_t { kNone = 0 };
enum class SpanRef : std::uint32_t { kNone = UINT32_MAX };
enum class SpanStatus : std::uint8_t {
  kOpen,
  kOk,
  kFailed,
  kTimedOut,
  kThrottled,
  kRejected,
  kLost
};

/// "ok", "timed_out": as the result file names it. A number beyond the last is "unknown".
std::string_view span_status_word(SpanStatus status);

/// Why a trace is in the file (`kept_for`): a sum of these.
inline constexpr std::int64_t kKeptAsSample = 1;
inline constexpr std::int64_t kKeptAsSlowest = 2;  // of its source and period
inline constexpr std::int64_t kKeptAsFailed = 4;   // among the first of its source and period

/// One request and no other: what a run is repeated for.
struct OnlyTrace {
  std::string source;  // path
  std::uint64_t ordinal = 0;
};

struct TraceOptions {
  double rate = 0.001;        // share of requests traced whatever becomes of them, 0 to 1
  std::uint32_t slowest = 5;  // of each source and period; of equals the lower ordinals
  std::uint32_t failed = 5;   // the first to fail, of each source and period
  std::uint32_t spans_per_trace = 256;
  std::int64_t spans = 5'000'000;   // written in the run; what is dropped is counted
  std::optional<OnlyTrace> only{};  // instead of all of the above
};

/// A request that has ended, as its traffic source saw it.
struct EndedRequest {
  TraceSource source{};
  std::uint64_t ordinal = 0;
  Time begin{};
  Time end{};
  SpanStatus status = SpanStatus::kOk;
};

class TraceLog {
 public:
  static constexpr std::size_t kMaxAttributes = 4;

  /// `sink` may be null: then nothing is ever traced.
  explicit TraceLog(ResultSink* sink, const TraceOptions& options = {});
  TraceLog(const TraceLog&) = delete;
  TraceLog& operator=(const TraceLog&) = delete;

  TraceSource add_source(std::string_view path);

  /// Same answer for the same source and ordinal in every run with the same rate.
  [[nodiscard]] bool is_sampled(TraceSource source, std::uint64_t ordinal) const {
    return mix(source, ordinal) < rate_below_;
  }
  /// A trace to fill and close before the next one is opened; kNone when this request is not
  /// wanted.
  TraceRef open(const EndedRequest& request) {
    if (!is_wanted(request)) [[likely]] {
      return TraceRef::kNone;
    }
    return open_slot(request);
  }

  /// All of these do nothing for kNone, for a closed trace, and beyond the bound of spans.
  SpanRef begin_span(TraceRef trace, SpanRef parent, std::string_view component,
                     std::string_view name, Time now);
  void end_span(TraceRef trace, SpanRef span, Time now, SpanStatus status);
  /// At most kMaxAttributes of a span; further ones are ignored.
  void attribute(TraceRef trace, SpanRef span, std::string_view name, double value);
  /// The trace is whole. Spans still open end as kOpen with the request (work that outlives its
  /// caller).
  void close(TraceRef trace);

  /// The period has ended: writes the worst of the requests that ended in it.
  void close_period();
  /// Call before the sink's finish().
  void finish();

  [[nodiscard]] std::int64_t traces_written() const { return traces_written_; }
  [[nodiscard]] std::int64_t spans_written() const { return spans_written_; }
  /// Traces and spans that a bound left out.
  [[nodiscard]] std::int64_t dropped() const { return dropped_; }

 private:
  static constexpr std::uint64_t kOrdinalFactor = 0x9E3779B97F4A7C15ull;
  using Symbol = std::uint32_t;
  struct SpanAttribute {
    Symbol name = 0;
    double value = 0;
  };
  struct Span {
    Symbol component = 0;
    Symbol name = 0;
    SpanRef parent = SpanRef::kNone;
    SpanStatus status = SpanStatus::kOpen;
    std::uint8_t attributes = 0;
    Time begin{};
    Time end{};
    std::array<SpanAttribute, kMaxAttributes> attribute{};
  };
  struct Trace {
    EndedRequest request;
    std::uint32_t generation = 1;
    bool open = false;
    bool sampled = false;
    std::int64_t row = -1;  // in the file, once written
    std::int64_t kept_for = 0;
    std::vector<Span> spans;
  };
  /// The worst of a source in the period so far. To be among the slowest, a request must be slower
  /// than the bar, or as slow with a lower ordinal; there is none while there is room.
  struct Worst {
    std::vector<std::uint32_t> slowest;  // slots, slowest first
    std::vector<std::uint32_t> failed;   // slots, in order of failing
    Duration bar{};
    std::uint64_t bar_ordinal = 0;
    std::uint32_t failures_left = 0;
  };
  struct SymbolTable {
    std::map<std::string, Symbol, std::less<>> of;
    TableId table = 0;
  };

  [[nodiscard]] std::uint64_t mix(TraceSource source, std::uint64_t ordinal) const {
    std::uint64_t x = source_keys_[static_cast<std::uint32_t>(source)] ^ (ordinal * kOrdinalFactor);
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return (x ^ (x >> 31)) >> 1;  // 63 bits, so that rate 1 has a bound
  }
  [[nodiscard]] bool is_wanted(const EndedRequest& request) const {
    const Worst& worst = worst_[static_cast<std::uint32_t>(request.source)];
    const Duration length = request.end - request.begin;
    return length > worst.bar || (length == worst.bar && request.ordinal < worst.bar_ordinal) ||
           (request.status != SpanStatus::kOk && worst.failures_left > 0) ||
           mix(request.source, request.ordinal) < rate_below_;
  }
  TraceRef open_slot(const EndedRequest& request);
  Trace* find(TraceRef ref);
  Symbol symbol(SymbolTable& table, std::string_view text);
  void offer(std::uint32_t slot);
  void reset(Worst& worst) const;
  void write(Trace& trace);
  void settle(std::uint32_t slot);
  void release(std::uint32_t slot);

  ResultSink* sink_;
  TraceOptions options_;
  std::uint64_t rate_below_ = 0;
  std::vector<std::uint64_t> source_keys_;
  std::vector<Trace> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<Worst> worst_;  // of each source
  SymbolTable components_;
  SymbolTable names_;
  SymbolTable attribute_names_;
  TableId source_table_ = 0, trace_table_ = 0, span_table_ = 0, attribute_table_ = 0;
  std::int64_t traces_written_ = 0;
  std::int64_t spans_written_ = 0;
  std::int64_t dropped_ = 0;
};

}  // namespace updraft::sim
