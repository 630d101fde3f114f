#include "sim/metrics/histogram.h"

#include <algorithm>

namespace updraft::sim {
namespace {

// The window of buckets grows in steps of half an octave, so that small differences do not move it.
constexpr std::int32_t kStep = Histogram::kSubBuckets / 2;

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
  SIM_CHECK(p.hundredths > 0 && p.hundredths <= 10'000, "percentile of {} hundredths",
            p.hundredths);
  if (empty()) {
    return std::nullopt;
  }
  // Rank in whole numbers: count * p / 100, rounded up; split so that no count overflows.
  const std::uint64_t n = static_cast<std::uint64_t>(count_);
  const std::uint64_t rank =
      n / 10'000 * p.hundredths + (n % 10'000 * p.hundredths + 9'999) / 10'000;
  std::uint64_t seen = 0;
  std::size_t at = 0;
  while (seen + counts_[at] < rank) {
    seen += counts_[at];
    ++at;
  }
  const std::int32_t bucket = base_ + static_cast<std::int32_t>(at);
  const std::int64_t lower = std::max(lower_edge(bucket), min_);
  const std::int64_t upper = std::min(upper_edge(bucket), max_);
  const double middle = static_cast<double>(lower) + static_cast<double>(upper - lower) / 2;
  return Estimate{middle, static_cast<double>(lower), static_cast<double>(upper)};
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
