// What a component measures with. An instrument belongs to its component, knows no name, no unit
// and no listener; at the end of each period its owner closes it and publishes the StatisticSet
// (series.h).
//
//   Counter requests{EmptyPeriod::kNoDatapoint};   requests.add();
//   Gauge busy{kStart};                            busy.add(now, +1);
//   LatencyInstrument response;                    response.record(end - begin);
//   store.publish(id, start, response.close_period(start, end), &response.closed_period());
#pragma once

#include <cstdint>
#include <limits>
#include <utility>

#include "sim/core/check.h"
#include "sim/core/time.h"
#include "sim/metrics/histogram.h"
#include "sim/metrics/statistic.h"

namespace updraft::sim {

/// What a period without an event reports: most CloudWatch counts send nothing, a few send real
/// zeros.
enum class EmptyPeriod : std::uint8_t { kNoDatapoint, kZero };

/// Counts events. The period's set is one sample: its sum is the number of events.
class Counter {
 public:
  explicit Counter(EmptyPeriod empty = EmptyPeriod::kNoDatapoint) : empty_(empty) {}

  void add() { ++total_; }
  void add(std::uint64_t events) { total_ += events; }

  /// Since the start of the run.
  [[nodiscard]] std::uint64_t total() const { return total_; }
  /// Since the last close.
  [[nodiscard]] std::uint64_t in_period() const { return total_ - closed_; }

  StatisticSet close_period(Time /*period_start*/, Time /*period_end*/) {
    const std::uint64_t events = in_period();
    closed_ = total_;
    if (events == 0 && empty_ == EmptyPeriod::kNoDatapoint) {
      return StatisticSet::none();
    }
    return StatisticSet::one(static_cast<double>(events));
  }

 private:
  std::uint64_t total_ = 0;
  std::uint64_t closed_ = 0;
  EmptyPeriod empty_;
};

/// A level over time: the period's set is one sample whose value is the time-weighted mean, with
/// the lowest and the highest level that stood for some time: one that is replaced in the instant
/// in which it began was never there to be seen. A gauge born inside a period answers for the part
/// in which it lived.
class Gauge {
 public:
  explicit Gauge(Time born, double level = 0) : level_(level), since_(born), from_(born) {}

  void set(Time now, double level) {
    integral_ += level_ * static_cast<double>(to_ns(now - since_));
    note_level_until(now);
    since_ = now;
    level_ = level;
  }
  void add(Time now, double step) { set(now, level_ + step); }

  [[nodiscard]] double level() const { return level_; }
  /// Level times nanoseconds since the last close, up to `now`.
  [[nodiscard]] double integral(Time now) const {
    return integral_ + level_ * static_cast<double>(to_ns(now - since_));
  }

  /// Empty when the gauge did not exist for any time of the period.
  StatisticSet close_period(Time period_start, Time period_end) {
    SIM_CHECK(period_end >= since_, "a gauge is closed at {} ns before its last change at {} ns",
              to_ns(period_end), to_ns(since_));
    const Time from = from_ > period_start ? from_ : period_start;
    const double area = integral(period_end);
    StatisticSet set = StatisticSet::none();
    if (period_end > from) {
      note_level_until(period_end);
      set = {1, area / static_cast<double>(to_ns(period_end - from)), min_, max_};
    }
    integral_ = 0;
    since_ = period_end;
    from_ = period_end;
    min_ = kNoMinimum;
    max_ = kNoMaximum;
    return set;
  }

 private:
  static constexpr double kNoMinimum = std::numeric_limits<double>::infinity();
  static constexpr double kNoMaximum = -std::numeric_limits<double>::infinity();

  void note_level_until(Time now) {
    if (now > since_) {
      min_ = level_ < min_ ? level_ : min_;
      max_ = level_ > max_ ? level_ : max_;
    }
  }

  double level_;
  double integral_ = 0;
  double min_ = kNoMinimum;  // of the levels before level_
  double max_ = kNoMaximum;
  Time since_;  // of level_
  Time from_;   // of integral_
};

/// Values of any unit, without percentiles: sizes, ages, counts per call.
class Samples {
 public:
  void record(double value) {
    period_.count += 1;
    period_.sum += value;
    period_.min = value < period_.min ? value : period_.min;
    period_.max = value > period_.max ? value : period_.max;
  }

  /// Of the closed periods.
  [[nodiscard]] const StatisticSet& run() const { return run_; }

  StatisticSet close_period(Time /*period_start*/, Time /*period_end*/) {
    const StatisticSet set = period_;
    run_.merge(set);
    period_ = StatisticSet::none();
    return set;
  }

 private:
  StatisticSet period_;
  StatisticSet run_;
};

/// Durations with percentiles: a histogram for the period and one for the whole run. The set is in
/// seconds.
class LatencyInstrument {
 public:
  void record(Duration value) { period_.record(to_ns(value)); }

  StatisticSet close_period(Time /*period_start*/, Time /*period_end*/) {
    closed_.clear();
    std::swap(period_, closed_);
    run_.merge(closed_);
    return closed_.statistics();
  }

  /// The period that is open.
  [[nodiscard]] const Histogram& open_period() const { return period_; }
  /// The period closed last; stands until the next close.
  [[nodiscard]] const Histogram& closed_period() const { return closed_; }
  /// Of the closed periods.
  [[nodiscard]] const Histogram& run() const { return run_; }

 private:
  Histogram period_;
  Histogram closed_;
  Histogram run_;
};

}  // namespace updraft::sim
