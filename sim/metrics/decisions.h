// The log of control-plane decisions: when, who, what was decided or blocked and by what, the rule,
// the values it used, and its cause.
//
// A row is an interval (first, last, count): while the same `who` says the same about the same
// `what` with the same outcome, reason, rule and causing decision, the row grows; anything else
// closes it and opens a new one. A policy blocked every minute for an hour is one row of count 60.
// Acts that stand for themselves (a launch, a termination) set `repeats = false` and always get a
// row of their own.
//
// Rows have ids 1, 2, ... in order of their first record (the row of id i is at i - 1); an id stays
// valid as a cause for the whole run. Only open intervals are in memory. A budget bounds the rows
// of a simulated hour and of the run; what is dropped is counted.
//
//   DecisionId alarm = log.record(now, {.who = "fleet/cpu/AlarmHigh", .kind = "alarm state",
//   .outcome = Outcome::kDecided,
//       .what = "ALARM", .reason = "3 of 3 datapoints above 50", .rule = "R2.6.2",
//       .values = {{{"threshold", 50.0}}}, .cause = Cause::metric("fleet", "CPUUtilization",
//       start)});
//   log.record(now, {.who = "fleet/cpu", .kind = "policy", ..., .cause = Cause::decision(alarm)});
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/core/time.h"
#include "sim/metrics/sink.h"

namespace updraft::sim {

/// 0: no row (none given, or dropped by the budget).
enum class DecisionId : std::int64_t { kNone = 0 };

enum class Outcome : std::uint8_t { kDecided, kBlocked };

struct NamedValue {
  std::string_view name{};
  double value = 0;
};

/// Why a decision came up: another decision, a metric's period, both, or neither (an operator, a
/// timer).
struct Cause {
  DecisionId decision_id = DecisionId::kNone;
  std::string_view resource{};  // of the metric; empty: no metric
  std::string_view metric_name{};
  Time period_start{};

  static Cause decision(DecisionId id) { return {id, {}, {}, {}}; }
  static Cause metric(std::string_view resource, std::string_view name, Time period_start) {
    return {DecisionId::kNone, resource, name, period_start};
  }
};

/// What a recorder is told; nothing is kept but by copy. At most kMaxValues values.
struct Decision {
  std::string_view who{};   // path of the one who decides
  std::string_view kind{};  // "alarm state", "policy", "activity", "health", "termination"
  Outcome outcome = Outcome::kDecided;
  std::string_view what{};    // "add 2 instances"; with `who` and `kind` it names the interval
  std::string_view reason{};  // what decided or blocked it
  std::string_view rule{};    // "R2.6.4"
  std::span<const NamedValue> values{};
  Cause cause{};
  bool repeats = true;
};

struct DecisionBudget {
  std::int64_t rows_per_hour = 20'000;  // of simulated time
  std::int64_t rows = 2'000'000;        // of the run
  std::int64_t open_rows = 100'000;     // intervals held in memory; beyond, the longest idle close
  Duration idle = std::chrono::hours{1};  // an interval not continued for that long is over
};

class DecisionLog {
 public:
  static constexpr std::size_t kMaxValues = 16;

  /// `sink` may be null: then decisions are counted and get ids, nothing is written.
  explicit DecisionLog(ResultSink* sink, DecisionBudget budget = {});
  DecisionLog(const DecisionLog&) = delete;
  DecisionLog& operator=(const DecisionLog&) = delete;

  /// The id of the row that holds it. Times never decrease.
  DecisionId record(Time now, const Decision& decision);

  /// Closes intervals not continued since now - idle. Call at each commit.
  void close_idle(Time now);
  /// Closes all and notes the counts. Call before the sink's finish().
  void finish(Time now);

  [[nodiscard]] std::int64_t recorded() const { return recorded_; }
  [[nodiscard]] std::int64_t rows() const { return next_id_ - 1; }
  /// Records that the budget left without a row.
  [[nodiscard]] std::int64_t dropped() const { return dropped_; }

 private:
  static constexpr std::uint32_t kNoRow = UINT32_MAX;
  static constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();
  struct OpenRow {
    std::string text;  // who, kind, what, reason, rule, one after the other
    std::array<std::uint32_t, 5> ends{};
    Outcome outcome = Outcome::kDecided;
    DecisionId id = DecisionId::kNone;
    DecisionId cause = DecisionId::kNone;
    Time last{};
    std::int64_t count = 0;
    std::int64_t first_value_row = 0;
    std::vector<double> last_values;
    std::uint64_t key = 0;  // hash of who, kind, what
    std::uint32_t next_of_key = kNoRow;
    std::uint32_t newer = kNoRow;  // by last record
    std::uint32_t older = kNoRow;

    [[nodiscard]] std::string_view part(std::size_t i) const {
      const std::uint32_t begin = i == 0 ? 0 : ends[i - 1];
      return std::string_view(text).substr(begin, ends[i] - begin);
    }
    [[nodiscard]] std::string_view who() const { return part(0); }
    [[nodiscard]] std::string_view kind() const { return part(1); }
    [[nodiscard]] std::string_view what() const { return part(2); }
    [[nodiscard]] std::string_view reason() const { return part(3); }
    [[nodiscard]] std::string_view rule() const { return part(4); }
  };

  [[nodiscard]] std::uint32_t find_open(std::uint64_t key, const Decision& decision) const;
  [[nodiscard]] static bool same_interval(const OpenRow& row, const Decision& decision);
  bool within_budget(Time now);
  DecisionId open(Time now, std::uint64_t key, const Decision& decision);
  void continue_row(std::uint32_t index, Time now, const Decision& decision);
  void write_row(Time now, const Decision& decision, OpenRow& row);
  void close(std::uint32_t index);
  void link_newest(std::uint32_t index);
  void unlink(std::uint32_t index);

  ResultSink* sink_;
  DecisionBudget budget_;
  TableId table_ = 0;
  TableId value_table_ = 0;
  std::vector<OpenRow> open_rows_;
  std::vector<std::uint32_t> free_;
  std::unordered_map<std::uint64_t, std::uint32_t> by_key_;  // looked up, never walked
  std::uint32_t newest_ = kNoRow, oldest_ = kNoRow;
  Time now_{};  // of the last record
  std::int64_t next_id_ = 1;
  std::int64_t recorded_ = 0;
  std::int64_t dropped_ = 0;
  std::int64_t hour_ = -1;
  std::int64_t rows_in_hour_ = 0;
  std::int64_t open_count_ = 0;
  std::map<std::string, std::int64_t, std::less<>> dropped_by_kind_;
};

}  // namespace updraft::sim
