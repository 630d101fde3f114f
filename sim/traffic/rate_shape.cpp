#include "sim/traffic/rate_shape.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "sim/core/check.h"
#include "sim/random/portable_math.h"

namespace updraft::sim {
namespace {

constexpr double kMostExact = 1e9;  // requests of one period, which are drawn and sorted together

constexpr std::int64_t kDayNs = 86'400'000'000'000;
constexpr std::int64_t kSlotNs =
    900'000'000'000;  // cosines are cut at every quarter of an hour of UTC
constexpr double kTwoPi = 0x1.921fb54442d18p+2;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  const std::int64_t quotient = a / b;
  return a % b < 0 ? quotient - 1 : quotient;
}

std::int64_t clamp_ns(double ns) {
  if (!(std::fabs(ns) < static_cast<double>(kForeverNs))) {
    return ns > 0 ? kForeverNs : -kForeverNs;
  }
  return static_cast<std::int64_t>(std::floor(ns + 0.5));
}

}  // namespace

// ---- a segment
// -----------------------------------------------------------------------------------------------

/// Sine and cosine - 1 of the angle gone through in `offset_ns`. A cosine segment is a quarter of
/// an hour of a day, so the angle is below 2 pi / 96 and the next terms of the series are below
/// 2^-58.
RateSegment::Turned RateSegment::turn(double offset_ns) const {
  const double angle = radians_per_ns * offset_ns;
  const double square = angle * angle;
  const double sine_of =
      angle * (1 - square * (1.0 / 6 - square * (1.0 / 120 -
                                                 square * (1.0 / 5040 - square * (1.0 / 362880)))));
  const double less_one =
      -square *
      (0.5 - square * (1.0 / 24 -
                       square * (1.0 / 720 - square * (1.0 / 40320 - square * (1.0 / 3628800)))));
  return {sine_of, less_one};
}

double RateSegment::points_until(double x) const {
  const double linear = x * (rate + 0.5 * slope * x);
  if (amplitude == 0) {
    return linear;
  }
  // sin(phase + angle) - sin(phase), by the addition theorem: no cancellation in a short piece.
  const Turned turned = turn(x);
  return linear +
         amplitude / radians_per_ns * (sine * turned.cosine_less_one + cosine * turned.sine);
}

double RateSegment::points() const {
  if (end_ns >= kForeverNs) {
    return rate > 0 ? std::numeric_limits<double>::infinity() : 0;
  }
  return points_until(static_cast<double>(end_ns - begin_ns));
}

double RateSegment::offset_of(double points) const {
  if (amplitude == 0) {
    if (slope == 0) {
      return points / rate;
    }
    // The root of slope/2 x^2 + rate x = points that loses no digits when the slope is small.
    return 2 * points / (rate + std::sqrt(std::fmax(rate * rate + 2 * slope * points, 0)));
  }
  double low = 0;
  auto high = static_cast<double>(end_ns - begin_ns);
  double x = high * std::fmin(points / this->points(), 1);
  for (int i = 0; i < 100; ++i) {
    const double miss = points_until(x) - points;
    (miss > 0 ? high : low) = x;
    const Turned turned = turn(x);
    const double speed =
        rate + amplitude * (cosine + cosine * turned.cosine_less_one - sine * turned.sine);
    double next = x - miss / speed;
    if (!(next > low && next < high)) {
      next = low + 0.5 * (high - low);
    }
    const double moved = std::fabs(next - x);
    x = next;
    if (moved < 1) {  // nanoseconds; the error of a step is of the order of its square
      break;
    }
  }
  return x;
}

RateSegment RateSegment::from(std::int64_t begin) const {
  RateSegment part = *this;
  const auto skipped = static_cast<double>(begin - begin_ns);
  part.begin_ns = begin;
  part.rate += slope * skipped;
  const Turned turned = turn(skipped);
  part.sine += sine * turned.cosine_less_one + cosine * turned.sine;
  part.cosine += cosine * turned.cosine_less_one - sine * turned.sine;
  return part;
}

// ---- the shape
// -----------------------------------------------------------------------------------------------

RateShape::Cosine RateShape::cosine_of(const Rate::Daily& daily) {
  SIM_CHECK(daily.has_peak_at(), "a plan has every default filled in");
  return {0.5 * (daily.low() + daily.high()), 0.5 * (daily.high() - daily.low()),
          daily.peak_at().ns()};
}

void RateShape::add_corner(std::int64_t at_ns, double rate_begin, double rate_end) {
  if (!corners_.empty() && corners_.back().at_ns == at_ns) {
    corners_.pop_back();  // a piece without length
  }
  corners_.push_back({at_ns, rate_begin, rate_end});
}

/// Fills the corners of the shapes that have some; an error text or nothing.
std::string RateShape::set_corners(const Rate& rate) {
  constexpr std::int64_t kAlways = -kForeverNs;
  if (rate.has_constant()) {
    add_corner(kAlways, rate.constant(), rate.constant());
  } else if (rate.has_steps()) {
    add_corner(kAlways, 0, 0);
    for (int i = 0; i < rate.steps().step_size(); ++i) {
      const Rate::Step& step = rate.steps().step(i);
      if (i > 0 && step.at().ns() <= rate.steps().step(i - 1).at().ns()) {
        return fmt::format("steps: step {} does not come after step {}", i + 1, i);
      }
      add_corner(step.at().ns(), step.rate(), step.rate());
    }
  } else if (rate.has_ramp()) {
    const Rate::Ramp& ramp = rate.ramp();
    add_corner(kAlways, ramp.from(), ramp.from());
    add_corner(0, ramp.from(), ramp.to());
    add_corner(ramp.over().ns(), ramp.to(), ramp.to());
  } else if (rate.has_spike()) {
    const Rate::Spike& spike = rate.spike();
    std::int64_t at = spike.at().ns();
    add_corner(kAlways, spike.base(), spike.base());
    add_corner(at, spike.base(), spike.peak());
    at += spike.rise().ns();
    add_corner(at, spike.peak(), spike.peak());
    at += spike.hold().ns();
    add_corner(at, spike.peak(), spike.base());
    at += spike.fall().ns();
    add_corner(at, spike.base(), spike.base());
  } else {
    return "there is no shape; a rate is one of constant, csv, steps, ramp, spike, daily, weekly";
  }
  silent_ = std::all_of(corners_.begin(), corners_.end(),
                        [](const Corner& c) { return c.rate_begin == 0 && c.rate_end == 0; });
  for (const Corner& corner : corners_) {
    if (!(corner.rate_begin >= 0 && corner.rate_end >= 0 &&
          std::isfinite(corner.rate_begin + corner.rate_end))) {
      return fmt::format("a rate is {}; it must be 0 or more",
                         std::fmin(corner.rate_begin, corner.rate_end));
    }
  }
  return {};
}

std::string RateShape::set_counts(const Rate& rate, const CountSeries& counts) {
  kind_ = Kind::kCounts;
  period_ns_ = counts.period_ns;
  sums_.push_back(0);
  for (const double count : counts.counts) {
    if (rate.counts() == Rate::EXACT && count * scale_ > kMostExact) {
      return fmt::format("a period of {} requests, scaled; exact counts may be {} at most",
                         count * scale_, kMostExact);
    }
    sums_.push_back(sums_.back() + count);
  }
  const double period_now = std::floor(shape_time_of_start() / static_cast<double>(period_ns_));
  first_ = std::max<std::int64_t>(clamp_ns(period_now), -1);
  if (!repeat_) {
    first_ = std::min<std::int64_t>(first_, static_cast<std::int64_t>(sums_.size()) - 1);
  }
  silent_ = sums_.back() == 0;
  return {};
}

std::string RateShape::set_cosines(const Rate& rate) {
  kind_ = rate.has_daily() ? Kind::kDaily : Kind::kWeekly;
  weekday_ = cosine_of(rate.has_daily() ? rate.daily() : rate.weekly().weekday());
  weekend_ = rate.has_daily() ? weekday_ : cosine_of(rate.weekly().weekend());
  for (const Cosine& cosine : {weekday_, weekend_}) {
    if (!(cosine.amplitude >= 0 && cosine.middle >= cosine.amplitude &&
          std::isfinite(cosine.middle))) {
      return fmt::format("low is {}/s and high is {}/s; low must not be above high",
                         cosine.middle - cosine.amplitude, cosine.middle + cosine.amplitude);
    }
  }
  first_ = floor_divide(start_unix_ns_ + clamp_ns(std::floor(shape_time_of_start())), kSlotNs);
  silent_ = weekday_.middle == 0 && weekend_.middle == 0;
  return {};
}

Result<RateShape> RateShape::make(const Rate& rate, const CountSeries* counts,
                                  std::int64_t start_unix_ns) {
  RateShape shape;
  shape.scale_ = rate.has_scale() ? rate.scale() : 1;
  shape.stretch_ = rate.has_stretch() ? rate.stretch() : 1;
  shape.shift_ns_ = rate.shift().ns();
  shape.start_unix_ns_ = start_unix_ns;
  shape.repeat_ = rate.repeat();
  if (!(shape.scale_ >= 0 && std::isfinite(shape.scale_))) {
    return Error{fmt::format("scale is {}; it must be 0 or more", shape.scale_)};
  }
  if (!(shape.stretch_ > 0 && std::isfinite(shape.stretch_))) {
    return Error{fmt::format("stretch is {}; it must be above 0", shape.stretch_)};
  }
  if (rate.counts() == Rate::EXACT && !has_counts_file(rate)) {
    return Error{"counts: exact needs a file of counts, as other shapes have no counts"};
  }
  std::string error;
  if (has_counts_file(rate)) {
    SIM_CHECK(counts != nullptr && counts->period_ns > 0 && !counts->counts.empty());
    error = shape.set_counts(rate, *counts);
  } else if (rate.has_daily() || rate.has_weekly()) {
    error = shape.set_cosines(rate);
  } else {
    error = shape.set_corners(rate);
  }
  if (!error.empty()) {
    return Error{std::move(error)};
  }
  shape.silent_ = shape.silent_ || shape.scale_ == 0;
  // Rounding may put the segment's end at time 0.
  while (shape.segment(shape.first_).end_ns <= 0) {
    ++shape.first_;
  }
  return shape;
}

/// Simulated time of a shape time.
std::int64_t RateShape::time_of(std::int64_t shape_ns) const {
  if (shape_ns >= kForeverNs || shape_ns <= -kForeverNs) {
    return shape_ns;
  }
  return time_of(1, shape_ns, 0);
}

/// Simulated time of the shape time count * length - origin, which alone may be too long for 64
/// bits.
std::int64_t RateShape::time_of(std::int64_t count, std::int64_t length_ns,
                                std::int64_t origin_ns) const {
  const double stretched = (static_cast<double>(count) * static_cast<double>(length_ns) -
                            static_cast<double>(origin_ns)) *
                           stretch_;
  if (!(std::fabs(stretched) < static_cast<double>(kForeverNs))) {
    return stretched > 0 ? kForeverNs : -kForeverNs;
  }
  const std::int64_t ns = stretch_ == 1 ? count * length_ns - origin_ns : clamp_ns(stretched);
  return std::clamp(ns + shift_ns_, -kForeverNs, kForeverNs);
}

/// Shape time at simulated time 0.
double RateShape::shape_time_of_start() const {
  return -static_cast<double>(shift_ns_) / stretch_;
}

RateSegment RateShape::segment(std::int64_t n) const {
  switch (kind_) {
    case Kind::kCorners:
      return corner_segment(n);
    case Kind::kCounts:
      return count_segment(n);
    default:
      return cosine_segment(n);
  }
}

RateSegment RateShape::corner_segment(std::int64_t n) const {
  const Corner& corner = corners_[static_cast<std::size_t>(n)];
  const bool last = n + 1 == static_cast<std::int64_t>(corners_.size());
  RateSegment segment;
  segment.begin_ns = time_of(corner.at_ns);
  segment.end_ns = last ? kForeverNs : time_of(corners_[static_cast<std::size_t>(n) + 1].at_ns);
  segment.rate = corner.rate_begin * scale_ * 1e-9;
  if (corner.rate_end != corner.rate_begin && segment.end_ns > segment.begin_ns) {
    segment.slope = (corner.rate_end - corner.rate_begin) * scale_ * 1e-9 /
                    static_cast<double>(segment.end_ns - segment.begin_ns);
  }
  return segment;
}

/// `slot` counts quarters of an hour since 1970 on the shape's own axis.
RateSegment RateShape::cosine_segment(std::int64_t slot) const {
  const std::int64_t day = floor_divide(slot, kDayNs / kSlotNs);
  const std::int64_t weekday = ((day + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday; 0 is Sunday
  const Cosine& cosine = weekday == 0 || weekday == 6 ? weekend_ : weekday_;
  const std::int64_t time_of_day = slot * kSlotNs - day * kDayNs;
  RateSegment segment;
  const std::int64_t start_slot = floor_divide(start_unix_ns_, kSlotNs);
  const std::int64_t into_slot = start_unix_ns_ - start_slot * kSlotNs;
  segment.begin_ns = time_of(slot - start_slot, kSlotNs, into_slot);
  segment.end_ns = time_of(slot + 1 - start_slot, kSlotNs, into_slot);
  segment.rate = cosine.middle * scale_ * 1e-9;
  segment.amplitude = cosine.amplitude * scale_ * 1e-9;
  const double turns =
      static_cast<double>(time_of_day - cosine.peak_ns) / static_cast<double>(kDayNs);
  segment.sine = portable::sin_turns(turns);
  segment.cosine = portable::cos_turns(turns);
  segment.radians_per_ns = kTwoPi / (static_cast<double>(kDayNs) * stretch_);
  return segment;
}

bool RateShape::has_counts(std::int64_t n) const {
  return kind_ == Kind::kCounts && n >= 0 &&
         (repeat_ || n + 1 < static_cast<std::int64_t>(sums_.size()));
}

double RateShape::count_before(std::int64_t n) const {
  const auto periods = static_cast<std::int64_t>(sums_.size()) - 1;
  const std::int64_t whole = n / periods;
  const auto passes = static_cast<double>(whole);
  return scale_ * (passes * sums_.back() + sums_[static_cast<std::size_t>(n % periods)]);
}

RateSegment RateShape::count_segment(std::int64_t n) const {
  RateSegment segment;
  segment.begin_ns = n < 0 ? -kForeverNs : time_of(n, period_ns_, 0);
  if (!has_counts(n)) {
    segment.end_ns = n < 0 ? time_of(0) : kForeverNs;
    return segment;
  }
  segment.end_ns = time_of(n + 1, period_ns_, 0);
  const auto periods = static_cast<std::int64_t>(sums_.size()) - 1;
  const auto row = static_cast<std::size_t>(n % periods);
  segment.rate = (sums_[row + 1] - sums_[row]) * scale_ /
                 static_cast<double>(segment.end_ns - segment.begin_ns);
  return segment;
}

double RateShape::expected(Time t) const {
  const std::int64_t until = to_ns(t);
  double sum = 0;
  for (std::int64_t n = first_; !silent_; ++n) {
    RateSegment piece = segment(n);
    if (piece.begin_ns < 0) {
      piece = piece.from(0);
    }
    if (piece.begin_ns >= until) {
      break;
    }
    sum += piece.points_until(static_cast<double>(std::min(until, piece.end_ns) - piece.begin_ns));
    if (piece.end_ns >= kForeverNs) {
      break;
    }
  }
  return sum;
}

}  // namespace updraft::sim
