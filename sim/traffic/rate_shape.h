// The rate of arrivals over time as a row of segments whose integrals are exact.
//
// A segment is linear in time (constant rate, ramps, counts) or a piece of a cosine (daily and
// weekly shapes, cut into quarters of an hour). Its integral, the expected number of arrivals, has
// a closed form; so has the inverse of a linear one, and the inverse of a cosine is found by
// Newton's method inside its quarter of an hour.
//
// Modifiers, in this order: the shape's time axis is multiplied by `stretch`, then moved later by
// `shift`, and the rate is multiplied by `scale`. A stretched count keeps its sum, so its rate
// falls; a stretched rate stays. Shape time 0 is simulated time 0: a file begins there whatever its
// stamps say; the hour and weekday of daily and weekly shapes are those of the scenario's start
// (UTC). Before its beginning a file and steps have no arrivals, a ramp and a spike have their
// first rate.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/result.h"
#include "sim/core/time.h"
#include "sim/scenario/scenario.pb.h"
#include "sim/traffic/count_file.h"

namespace updraft::sim {

/// A piece of the rate. Offsets are nanoseconds since `begin_ns`, rates are arrivals a nanosecond.
struct RateSegment {
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
  double rate = 0;            // at the beginning, or the middle of the cosine
  double slope = 0;           // change of a linear rate for each nanosecond
  double amplitude = 0;       // of the cosine; 0 for a linear rate
  double radians_per_ns = 0;  // of the cosine
  double sine = 0;            // of its phase at the beginning
  double cosine = 0;

  /// Expected arrivals in the first `offset_ns`.
  [[nodiscard]] double points_until(double offset_ns) const;
  /// Expected arrivals in the whole segment; infinite when it never ends and has a rate.
  [[nodiscard]] double points() const;
  /// The offset at which `points` are expected, from 0 to the length.
  [[nodiscard]] double offset_of(double points) const;
  /// The part from `begin` on.
  [[nodiscard]] RateSegment from(std::int64_t begin) const;

 private:
  struct Turned {
    double sine;
    double cosine_less_one;
  };
  [[nodiscard]] Turned turn(double offset_ns) const;
};

/// Times past this (146 years) are not told apart from "never".
inline constexpr std::int64_t kForeverNs = std::int64_t{1} << 62;

class RateShape {
 public:
  /// `counts` belongs to a csv shape and is null otherwise; `start_unix_ns` is the instant of
  /// simulated time 0. Errors: steps out of order, exact counts without a file, numbers out of
  /// range.
  static Result<RateShape> make(const Rate& rate, const CountSeries* counts,
                                std::int64_t start_unix_ns);

  /// Segment n, from first() on; consecutive ones touch. The last one ends at kForeverNs.
  [[nodiscard]] RateSegment segment(std::int64_t n) const;
  /// The segment in which simulated time 0 lies.
  [[nodiscard]] std::int64_t first() const { return first_; }
  /// There are never any arrivals.
  [[nodiscard]] bool silent() const { return silent_; }
  /// Expected arrivals from time 0 until t. The work grows with the number of segments before t.
  [[nodiscard]] double expected(Time t) const;

  /// For files: whether segment n is a period of the file, and the scaled counts of the periods 0
  /// to n - 1.
  [[nodiscard]] bool has_counts(std::int64_t n) const;
  [[nodiscard]] double count_before(std::int64_t n) const;

 private:
  struct Corner {
    std::int64_t at_ns;  // shape time
    double rate_begin;   // arrivals a second
    double rate_end;
  };
  enum class Kind : std::uint8_t { kCorners, kDaily, kWeekly, kCounts };

  RateShape() = default;
  [[nodiscard]] std::int64_t time_of(std::int64_t shape_ns) const;
  [[nodiscard]] std::int64_t time_of(std::int64_t count, std::int64_t length_ns,
                                     std::int64_t origin_ns) const;
  [[nodiscard]] double shape_time_of_start() const;
  [[nodiscard]] RateSegment corner_segment(std::int64_t n) const;
  [[nodiscard]] RateSegment cosine_segment(std::int64_t slot) const;
  [[nodiscard]] RateSegment count_segment(std::int64_t n) const;
  void add_corner(std::int64_t at_ns, double rate_begin, double rate_end);
  // An error text or nothing.
  std::string set_corners(const Rate& rate);
  std::string set_counts(const Rate& rate, const CountSeries& counts);
  std::string set_cosines(const Rate& rate);

  struct Cosine {
    double middle = 0;  // arrivals a second
    double amplitude = 0;
    std::int64_t peak_ns = 0;  // time of day
  };
  static Cosine cosine_of(const Rate::Daily& daily);

  Kind kind_ = Kind::kCorners;
  double scale_ = 1;
  double stretch_ = 1;
  std::int64_t shift_ns_ = 0;
  std::int64_t start_unix_ns_ = 0;
  std::int64_t first_ = 0;
  bool repeat_ = false;
  bool silent_ = false;
  std::vector<Corner> corners_;
  Cosine weekday_;
  Cosine weekend_;
  std::int64_t period_ns_ = 0;
  std::vector<double> sums_;  // sums_[i]: counts of the periods 0 to i - 1, unscaled
};

}  // namespace updraft::sim
