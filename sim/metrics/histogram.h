// Log-linear histogram over int64 nanoseconds.
//
// Values below 128 have a bucket each; above, every power of two is cut into 128 buckets, so a
// bucket is never wider than 1/128 of its lower edge (0.79 %) and any answer out of it is within 1
// % of the value that fell there. Counts, sum, minimum and maximum are exact. Merging adds counts:
// the result does not depend on the order. Only the span of buckets in use is kept, so a latency
// histogram takes a few kilobytes.
//
//   Histogram h;  h.record(41'000'000);  h.percentile(kP99)->value;
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/core/check.h"
#include "sim/core/time.h"
#include "sim/metrics/statistic.h"

namespace updraft::sim {

/// Exact sum of up to 2^63 nanosecond values: 128 bits, because a thousand requests a second that
/// wait a minute each fill 63 bits within a fortnight.
class ExactSum {
 public:
  void add(std::uint64_t value) {
    low_ += value;
    high_ += low_ < value ? 1 : 0;
  }
  void add(const ExactSum& other) {
    add(other.low_);
    high_ += other.high_;
  }
  [[nodiscard]] double to_double() const {
    return static_cast<double>(high_) * 18446744073709551616.0 + static_cast<double>(low_);
  }
  friend bool operator==(const ExactSum&, const ExactSum&) = default;

 private:
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
};

/// One bucket that is not empty, as stored and as serialized.
struct BucketCount {
  std::int32_t bucket = 0;
  std::int64_t count = 0;
  friend bool operator==(const BucketCount&, const BucketCount&) = default;
};

/// What is known of a percentile, in nanoseconds.
struct PercentileEstimate {
  double value;  // middle of the bucket, clamped to min and max
  double lower;  // the value is at least this,
  double upper;  // and at most this; equal where the answer is exact
};

class Histogram {
 public:
  static constexpr int kSubBits = 7;
  static constexpr std::int32_t kSubBuckets = 1 << kSubBits;
  static constexpr std::int32_t kBuckets = (63 - kSubBits + 1) * kSubBuckets;
  /// A bucket's width over its lower edge is at most this.
  static constexpr double kRelativeError = 1.0 / kSubBuckets;

  /// Bucket of a value >= 0.
  static constexpr std::int32_t bucket_of(std::int64_t value) {
    const auto v = static_cast<std::uint64_t>(value);
    const int octave = 64 - kSubBits - std::countl_zero(v | (kSubBuckets - 1));
    return (octave << kSubBits) + static_cast<std::int32_t>(v >> (octave > 0 ? octave - 1 : 0)) -
           (octave > 0 ? kSubBuckets : 0);
  }
  /// Smallest value of a bucket.
  static constexpr std::int64_t lower_edge(std::int32_t bucket) {
    const std::int32_t octave = bucket >> kSubBits;
    const std::int64_t sub = bucket & (kSubBuckets - 1);
    return octave == 0 ? sub : (sub + kSubBuckets) << (octave - 1);
  }
  /// Largest value of a bucket (inclusive, so that the last one fits in 63 bits).
  static constexpr std::int64_t upper_edge(std::int32_t bucket) {
    const std::int32_t octave = bucket >> kSubBits;
    return lower_edge(bucket) + (octave <= 1 ? 0 : (std::int64_t{1} << (octave - 1)) - 1);
  }

  /// Value in nanoseconds, not negative. O(1).
  void record(std::int64_t value) {
    SIM_CHECK(value >= 0, "a histogram takes no negative value, got {}", value);
    const std::uint32_t at = static_cast<std::uint32_t>(bucket_of(value) - base_);
    if (at >= counts_.size()) [[unlikely]] {
      record_outside(value);
      return;
    }
    ++counts_[at];
    note(value);
  }
  void record(Duration value) { record(to_ns(value)); }

  void merge(const Histogram& other);
  /// Forgets the values and keeps the memory.
  void clear();

  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// Of a histogram that is not empty.
  [[nodiscard]] std::int64_t min() const { return min_; }
  [[nodiscard]] std::int64_t max() const { return max_; }
  /// Exact up to the one rounding into a double.
  [[nodiscard]] double sum() const { return sum_.to_double(); }

  /// Count, sum, min and max, the last three in seconds.
  [[nodiscard]] StatisticSet statistics() const;

  using Estimate = PercentileEstimate;
  /// Nearest rank: the smallest value with at least p per cent of the values at or below it.
  /// Nanoseconds. None when the histogram is empty.
  [[nodiscard]] std::optional<Estimate> percentile(Percentile p) const;
  /// Values at or below `limit` for certain, and values that may be: the SLO's question.
  struct Share {
    std::int64_t at_least;
    std::int64_t at_most;
  };
  [[nodiscard]] Share count_at_or_below(std::int64_t limit) const;

  /// The buckets that are not empty, by rising index.
  [[nodiscard]] std::vector<BucketCount> buckets() const;

  /// Logical equality: counts, sum, min, max.
  friend bool operator==(const Histogram& a, const Histogram& b);

 private:
  void note(std::int64_t value) {
    ++count_;
    sum_.add(static_cast<std::uint64_t>(value));
    min_ = value < min_ ? value : min_;
    max_ = value > max_ ? value : max_;
  }
  void record_outside(std::int64_t value);
  void cover(std::int32_t first, std::int32_t last);

  std::vector<std::uint64_t> counts_;
  std::int32_t base_ = 0;  // bucket of counts_[0], a multiple of kSubBuckets / 2
  std::int64_t count_ = 0;
  ExactSum sum_;
  std::int64_t min_ = INT64_MAX;
  std::int64_t max_ = -1;
};

/// The same of buckets that were stored, with the smallest and the largest value. The buckets are
/// not empty and rise.
PercentileEstimate percentile_of(std::span<const BucketCount> buckets, Percentile p,
                                 std::int64_t min, std::int64_t max);

}  // namespace updraft::sim
