#include "sim/traffic/arrivals.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/core/check.h"

namespace updraft::sim {

Result<ArrivalProcess> ArrivalProcess::make(const Rate& rate, const CountSeries* counts,
                                            std::int64_t start_unix_ns, StreamKey key) {
  Result<RateShape> shape = RateShape::make(rate, counts, start_unix_ns);
  if (!shape.ok()) {
    return Error{shape.error()};
  }
  return ArrivalProcess(std::move(shape).value(), key, rate.arrivals() == Rate::REGULAR,
                        rate.counts() == Rate::EXACT);
}

ArrivalProcess::ArrivalProcess(RateShape shape, StreamKey key, bool regular, bool exact)
    : shape_(std::move(shape)), key_(key), unit_(key), regular_(regular), exact_(exact) {
  if (shape_.silent()) {
    segment_.end_ns = kForeverNs;
    return;
  }
  enter(shape_.first());
}

void ArrivalProcess::enter(std::int64_t n) {
  segment_index_ = n;
  segment_ = shape_.segment(n);
  if (segment_.begin_ns < 0 && !(exact_ && shape_.has_counts(n))) {
    segment_ = segment_.from(0);
  }
  begin_points_ = end_points_;
  end_points_ += segment_.points();
  even_ = segment_.slope == 0 && segment_.amplitude == 0;
  ns_per_point_ = segment_.rate > 0 ? 1 / segment_.rate : 0;
  if (exact_) {
    fill_period();
  }
}

/// Goes to the segment in which the point lies; false when there is none.
bool ArrivalProcess::advance_to(double point) {
  while (point >= end_points_) {
    if (segment_.end_ns >= kForeverNs) {
      return false;
    }
    enter(segment_index_ + 1);
  }
  return true;
}

Time ArrivalProcess::next_exact() {
  while (used_ == period_.size()) {
    if (segment_.end_ns >= kForeverNs) {
      return kNever;
    }
    enter(segment_index_ + 1);
  }
  ++count_;
  return time_from_ns(period_[used_++]);
}

void ArrivalProcess::fill_period() {
  period_.clear();
  used_ = 0;
  if (!shape_.has_counts(segment_index_)) {
    return;
  }
  const double before = std::floor(shape_.count_before(segment_index_) + 0.5);
  const double after = std::floor(shape_.count_before(segment_index_ + 1) + 0.5);
  SIM_CHECK(after - before < static_cast<double>(std::numeric_limits<std::uint32_t>::max()),
            "a period of {} arrivals", after - before);
  const auto number = static_cast<std::uint32_t>(after - before);
  const auto length = static_cast<double>(segment_.end_ns - segment_.begin_ns);
  for (std::uint32_t i = 0; i < number; ++i) {
    // sub 1: sub 0 of this stream is the process of rate 1.
    const double share = regular_
                             ? (i + 0.5) / number
                             : uniform01(key_, static_cast<std::uint64_t>(segment_index_), 1, i);
    const std::int64_t at = segment_.begin_ns + static_cast<std::int64_t>(share * length);
    if (at >= 0) {
      period_.push_back(std::min(at, segment_.end_ns - 1));
    }
  }
  std::sort(period_.begin(), period_.end());
}

}  // namespace updraft::sim
