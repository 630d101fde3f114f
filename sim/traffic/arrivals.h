// The instants at which requests arrive, in order: a time change of a process of rate 1.
//
//   ArrivalProcess arrivals = ArrivalProcess::make(rate, &counts, start_unix_ns, key).value();
//   for (Time t = arrivals.next(); t < end; t = arrivals.next()) { ... }
//
// Arrival k stands where the expected number of arrivals reaches point k of a process of rate 1: a
// Poisson process (UnitProcess), or k + 1/2 for regular arrivals, so that a whole number of
// expected arrivals gives as many. Points do not depend on the rate: under another scale, shape or
// shift, arrival k is the same point of the same process, only earlier or later, and a Poisson
// process of that rate stays one (no thinning, no draw is thrown away).
//
// Exact counts are drawn apart: each period of the file has its count (times `scale`; what rounding
// takes from one period it gives to a later one), at uniform instants keyed by period and index, or
// evenly spaced. Memory is bounded by one period.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/result.h"
#include "sim/core/time.h"
#include "sim/random/stream.h"
#include "sim/random/unit_process.h"
#include "sim/scenario/scenario.pb.h"
#include "sim/traffic/count_file.h"
#include "sim/traffic/rate_shape.h"

namespace updraft::sim {

class ArrivalProcess {
 public:
  /// Of a rate whose defaults are filled in. `counts` is the file that a csv shape names, null
  /// otherwise; it is copied. `start_unix_ns` is the instant of simulated time 0. Errors as in
  /// RateShape::make.
  static Result<ArrivalProcess> make(const Rate& rate, const CountSeries* counts,
                                     std::int64_t start_unix_ns, StreamKey key);

  /// The next arrival, at or after the one before; kNever when there are no more.
  Time next() {
    if (exact_) {
      return next_exact();
    }
    const double point = regular_ ? static_cast<double>(count_) + 0.5 : unit_.next();
    if (point >= end_points_) [[unlikely]] {
      if (!advance_to(point)) {
        return kNever;
      }
    }
    ++count_;
    const double since = point - begin_points_;
    const double offset = even_ ? since * ns_per_point_ : segment_.offset_of(since);
    return time_from_ns(place(offset));
  }

  /// Arrivals given so far.
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] const RateShape& shape() const { return shape_; }

 private:
  ArrivalProcess(RateShape shape, StreamKey key, bool regular, bool exact);

  /// The nearest nanosecond to `offset` into the segment, which it does not leave.
  [[nodiscard]] std::int64_t place(double offset) {
    std::int64_t at = segment_.begin_ns;
    if (offset < 0x1p62) {
      at += static_cast<std::int64_t>(offset + 0.5);
    }
    at = at < segment_.end_ns ? at : segment_.end_ns - 1;
    last_ns_ = at > last_ns_ ? at : last_ns_;
    return last_ns_;
  }
  bool advance_to(double point);
  void enter(std::int64_t n);
  Time next_exact();
  void fill_period();

  RateShape shape_;
  StreamKey key_;
  UnitProcess unit_;
  bool regular_;
  bool exact_;
  bool even_ = false;  // the segment has one rate
  std::int64_t segment_index_ = 0;
  RateSegment segment_;
  double begin_points_ = 0;
  double end_points_ = 0;
  double ns_per_point_ = 0;
  std::int64_t last_ns_ = 0;
  std::uint64_t count_ = 0;
  std::vector<std::int64_t> period_;  // exact counts: instants of the period, the next one first
  std::size_t used_ = 0;
};

}  // namespace updraft::sim
