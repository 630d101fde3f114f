#include "sim/metrics/histogram.h"

#include <algorithm>

namespace updraft::sim {
namespace {

// The window of buckets grows in steps of half an octave, so that small differences do not move it.
constexpr std::int32_t kStep = Histogram::kSubBuckets / 2;

// Rank in whole numbers: count * p / 100, rounded up; split so that no count overflows.
std::int64_t rank_of(Percentile p, std::int64_t count) {
  SIM_CHECK(p.hundredths > 0 && p.hundredths <= 10'000, "percentile of {} hundredths",
            p.hundredths);
  const auto part = static_cast<std::int64_t>(p.hundredths);
  return count / 10'000 * part + (count % 10'000 * part + 9'999) / 10'000;
}

PercentileEstimate estimate(std::int32_t bucket, std::int64_t min, std::int64_t max) {
  const std::int64_t lower = std::max(Histogram::lower_edge(bucket), min);
  const std::int64_t upper = std::min(Histogram::upper_edge(bucket), max);
  const double middle = static_cast<double>(lower) + static_cast<double>(upper - lower) / 2;
  return {middle, static_cast<double>(lower), static_cast<double>(upper)};
}

}  // namespace

void Histogram::record_outside(std::int64_t value) {
  const std::int32_t bucket = bucket_of(value);
  cover(bucket, bucket);
  ++counts_[static_cast<std::size_t>(bucket - base_)];
  note(value);
}

void Histogram::cover(std::int32_t first, std::int32_t last) {
  const std::int32_t base = first / kStep * kStep;
  const std::int32_t end = (last / kStep + 1) * kStep;
  if (counts_.empty()) {
    base_ = base;
    counts_.resize(static_cast<std::size_t>(end - base));
    return;
  }
  const std::int32_t old_end = base_ + static_cast<std::int32_t>(counts_.size());
  if (base < base_) {
    counts_.insert(counts_.begin(), static_cast<std::size_t>(base_ - base), 0);
    base_ = base;
  }
  if (end > old_end) {
    counts_.resize(static_cast<std::size_t>(end - base_));
  }
}

void Histogram::merge(const Histogram& other) {
  if (other.empty()) {
    return;
  }
  cover(other.base_, other.base_ + static_cast<std::int32_t>(other.counts_.size()) - 1);
  const std::size_t shift = static_cast<std::size_t>(other.base_ - base_);
  for (std::size_t i = 0; i < other.counts_.size(); ++i) {
    counts_[shift + i] += other.counts_[i];
  }
  count_ += other.count_;
  sum_.add(other.sum_);
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void Histogram::clear() {
  std::fill(counts_.begin(), counts_.end(), 0);
  count_ = 0;
  sum_ = {};
  min_ = INT64_MAX;
  max_ = -1;
}

StatisticSet Histogram::statistics() const {
  if (empty()) {
    return StatisticSet::none();
  }
  return {static_cast<double>(count_), sum() / 1e9, static_cast<double>(min_) / 1e9,
          static_cast<double>(max_) / 1e9};
}

std::optional<Histogram::Estimate> Histogram::percentile(Percentile p) const {
  if (empty()) {
    return std::nullopt;
  }
  const std::int64_t rank = rank_of(p, count_);
  std::int64_t seen = 0;
  std::size_t at = 0;
  while (seen + static_cast<std::int64_t>(counts_[at]) < rank) {
    seen += static_cast<std::int64_t>(counts_[at]);
    ++at;
  }
  return estimate(base_ + static_cast<std::int32_t>(at), min_, max_);
}

PercentileEstimate percentile_of(std::span<const BucketCount> buckets, Percentile p,
                                 std::int64_t min, std::int64_t max) {
  std::int64_t count = 0;
  for (const BucketCount& bucket : buckets) {
    count += bucket.count;
  }
  SIM_CHECK(count > 0, "a percentile of nothing");
  const std::int64_t rank = rank_of(p, count);
  std::int64_t seen = 0;
  std::size_t at = 0;
  while (seen + buckets[at].count < rank) {
    seen += buckets[at].count;
    ++at;
  }
  return estimate(buckets[at].bucket, min, max);
}

Histogram::Share Histogram::count_at_or_below(std::int64_t limit) const {
  if (empty() || limit < min_) {
    return {0, 0};
  }
  if (limit >= max_) {
    return {count_, count_};
  }
  const std::int32_t bucket = bucket_of(limit);
  Share share{0, 0};
  for (std::size_t i = 0; i < counts_.size() && base_ + static_cast<std::int32_t>(i) <= bucket;
       ++i) {
    share.at_least = share.at_most;
    share.at_most += static_cast<std::int64_t>(counts_[i]);
    if (base_ + static_cast<std::int32_t>(i) < bucket || limit == upper_edge(bucket)) {
      share.at_least = share.at_most;
    }
  }
  return share;
}

std::vector<BucketCount> Histogram::buckets() const {
  std::vector<BucketCount> result;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) {
      result.push_back(
          {base_ + static_cast<std::int32_t>(i), static_cast<std::int64_t>(counts_[i])});
    }
  }
  return result;
}

bool operator==(const Histogram& a, const Histogram& b) {
  return a.count_ == b.count_ && a.sum_ == b.sum_ && a.min_ == b.min_ && a.max_ == b.max_ &&
         a.buckets() == b.buckets();
}

}  // namespace updraft::sim
