// The functions of metric math, as the check and the evaluation both know them.
#pragma once

#include <cstdint>
#include <string_view>

namespace updraft::common {

// clang-format off: grouped by shape
enum class MathFunction : std::uint8_t {
  // TS -> TS, TS[] -> TS[]: each point, or each series, by itself
  kAbs,
  kCeil,
  kFloor,
  kLog,
  kLog10,
  kDiff,
  kDiffTime,
  kRate,
  kRunningSum,
  // TS -> S, TS[] -> TS
  kAvg,
  kMin,
  kMax,
  kSum,
  kStddev,
  kDatapointCount,
  // TS -> TS, by the calendar
  kMinute,
  kHour,
  kDay,
  kDate,
  kMonth,
  kYear,
  kEpoch,
  // each with a shape of its own
  kFill,
  kFirst,
  kLast,
  kIf,
  kMetricCount,
  kMetrics,
  kPeriod,
  kRemoveEmpty,
  kSlice,
  kSort,
  kTimeSeries,
};
// clang-format on

enum class MathShape : std::uint8_t { kEach, kReduce, kCalendar, kOwn };

struct MathSignature {
  std::string_view name;
  MathFunction function;
  MathShape shape;
  std::uint32_t min_arguments;
  std::uint32_t max_arguments;
};

/// Null when there is no such function.
const MathSignature* find_math_function(std::string_view name);

}  // namespace updraft::common
