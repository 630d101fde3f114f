#include "sim/traffic/arrivals.h"

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "sim/random/stream.h"
#include "sim/traffic/csv.h"

namespace updraft::sim {
namespace {

using testing::ElementsAre;

constexpr double kLevel = 3.8906;  // standard deviations of the 99.99 % level, two-sided
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kHour = 3600 * kSecond;

Rate rate_of(const std::string& text) {
  Rate rate;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &rate)) << text;
  return rate;
}

/// Monday, so that weekly shapes begin with weekdays.
std::int64_t monday() {
  return *parse_stamp("1998-06-15 00:00:00");
}

CountSeries series_of(std::vector<double> counts, std::int64_t period_ns) {
  return {.first_unix_ns = 0, .period_ns = period_ns, .counts = std::move(counts)};
}

ArrivalProcess process_of(const std::string& text, const CountSeries* counts = nullptr,
                          std::int64_t start = monday()) {
  Result<ArrivalProcess> process = ArrivalProcess::make(
      rate_of(text), counts, start, stream_key(1, 0, "traffic/visitors", "arrivals"));
  EXPECT_TRUE(process.ok()) << process.error();
  return std::move(process).value();
}

std::string error_of(const std::string& text) {
  const Result<ArrivalProcess> process =
      ArrivalProcess::make(rate_of(text), nullptr, 0, StreamKey{1});
  return process.ok() ? "" : process.error();
}

std::vector<std::int64_t> times_until(ArrivalProcess process, std::int64_t end_ns) {
  std::vector<std::int64_t> times;
  for (Time t = process.next(); t < time_from_ns(end_ns); t = process.next()) {
    times.push_back(to_ns(t));
  }
  return times;
}

// Rates in arrivals a second, written plainly, for the judge of the closed forms.
using PlainRate = std::function<double(double)>;
constexpr double kPi = 3.14159265358979323846;

struct Shape {
  std::string text;
  PlainRate rate;  // of seconds since the start
  double seconds;
};

double cosine(double seconds, double low, double high, double peak_hour) {
  return 0.5 * (low + high) +
         0.5 * (high - low) * std::cos(2 * kPi * (seconds / 86400 - peak_hour / 24));
}

double steps(double s) {
  return s < 100 ? 0 : s < 300 ? 2 : 5;
}
double spike(double s) {
  if (s < 100 || s >= 450) {
    return 1;
  }
  return s < 150 ? 1 + 19 * (s - 100) / 50 : s < 250 ? 20 : 20 - 19 * (s - 250) / 200;
}
double week(double s) {
  return std::fmod(s / 86400, 7) < 5 ? cosine(s, 0.1, 0.4, 10) : cosine(s, 0.05, 0.1, 20);
}

std::vector<Shape> shapes() {
  return {
      {"constant: 3.5", [](double) { return 3.5; }, 1000},
      {"constant: 3.5 scale: 2", [](double) { return 7.0; }, 1000},
      {"steps { step { at { ns: 100000000000 } rate: 2 } step { at { ns: 300000000000 } rate: 5 } "
       "}",
       steps, 1000},
      {"ramp { from: 1 to: 9 over { ns: 600000000000 } }",
       [](double s) { return s < 600 ? 1 + 8 * s / 600 : 9; }, 1000},
      {"ramp { from: 9 to: 0 over { ns: 600000000000 } }",
       [](double s) { return s < 600 ? 9 - 9 * s / 600 : 0; }, 1000},
      {"ramp { from: 1 to: 9 over { ns: 600000000000 } } shift { ns: -100000000000 } stretch: 2 "
       "scale: 0.5",
       [](double s) { return 0.5 * (s + 100 < 1200 ? 1 + 8 * (s + 100) / 1200 : 9); }, 2000},
      {"spike { base: 1 peak: 20 at { ns: 100000000000 } rise { ns: 50000000000 } hold { ns: "
       "100000000000 } fall { ns: 200000000000 } }",
       spike, 1000},
      {"spike { base: 1 peak: 20 at { ns: 100000000000 } rise { ns: 0 } hold { ns: 100000000000 } "
       "fall { ns: 0 } }",
       [](double s) { return s >= 100 && s < 200 ? 20 : 1; }, 1000},
      {"daily { low: 0 high: 0.8 peak_at { ns: 50400000000000 } }",
       [](double s) { return cosine(s, 0, 0.8, 14); }, 2.3 * 86400},
      {"daily { low: 0.1 high: 0.8 peak_at { ns: 50400000000000 } } shift { ns: 7200000000000 }",
       [](double s) { return cosine(s, 0.1, 0.8, 16); }, 86400},
      {"daily { low: 0.1 high: 0.8 peak_at { ns: 36000000000000 } } stretch: 0.5",
       [](double s) { return cosine(2 * s, 0.1, 0.8, 10); }, 86400},
      {"weekly { weekday { low: 0.1 high: 0.4 peak_at { ns: 36000000000000 } } weekend { low: 0.05 "
       "high: 0.1 peak_at { ns: 72000000000000 } } }",
       week, 8 * 86400},
  };
}

TEST(RateShape, IntegralsAgreeWithBruteForce) {
  for (const Shape& shape : shapes()) {
    const ArrivalProcess process = process_of(shape.text);
    constexpr int kSteps = 200000;
    double sum = 0;
    for (int i = 0; i < kSteps; ++i) {
      sum += shape.rate((i + 0.5) * shape.seconds / kSteps) * shape.seconds / kSteps;
      if ((i + 1) % 20000 == 0) {
        const auto t = static_cast<std::int64_t>((i + 1) * shape.seconds / kSteps * 1e9);
        ASSERT_NEAR(process.shape().expected(time_from_ns(t)), sum, 1e-4 * sum) << shape.text;
      }
    }
  }
}

TEST(Arrivals, ArrivalKStandsWherePointKIsExpected) {
  for (const Shape& shape : shapes()) {
    UnitProcess points(stream_key(1, 0, "traffic/visitors", "arrivals"));
    ArrivalProcess process = process_of(shape.text);
    for (int k = 0; k < 2000; ++k) {
      const double point = points.next();
      const Time t = process.next();
      if (t > time_from_ns(static_cast<std::int64_t>(shape.seconds * 1e9))) {
        break;
      }
      const double rate = shape.rate(to_seconds(t));
      // A nanosecond, and where the rate vanishes its neighbourhood.
      ASSERT_NEAR(process.shape().expected(t), point, std::fmax(2e-9 * rate, 1e-8))
          << shape.text << " arrival " << k;
    }
  }
}

TEST(Arrivals, AreInOrder) {
  for (const Shape& shape : shapes()) {
    std::int64_t previous = 0;
    for (const std::int64_t t :
         times_until(process_of(shape.text), static_cast<std::int64_t>(shape.seconds * 1e9))) {
      ASSERT_GE(t, previous) << shape.text;
      previous = t;
    }
  }
}

TEST(Arrivals, RequestKIsTheSamePointUnderAnotherScale) {
  const std::string text = "ramp { from: 1 to: 9 over { ns: 600000000000 } } ";
  ArrivalProcess one = process_of(text + "scale: 1");
  ArrivalProcess three = process_of(text + "scale: 3");
  for (int k = 0; k < 5000; ++k) {
    const Time t_one = one.next();
    const Time t_three = three.next();
    ASSERT_LE(t_three, t_one);
    ASSERT_NEAR(one.shape().expected(t_one), three.shape().expected(t_three), 1e-7) << k;
  }
}

/// Counts of `periods` periods of Poisson arrivals with mean `mean` each, as mean and variance over
/// the mean.
struct Moments {
  double mean = 0;
  double dispersion = 0;
};
Moments moments_of_counts(const std::string& text, double mean, int periods) {
  const CountSeries counts = series_of({mean}, 60 * kSecond);
  std::vector<double> found(static_cast<std::size_t>(periods));
  for (const std::int64_t t :
       times_until(process_of(text, &counts), std::int64_t{periods} * 60 * kSecond)) {
    found[static_cast<std::size_t>(t / (60 * kSecond))] += 1;
  }
  Moments moments;
  for (const double n : found) {
    moments.mean += n / periods;
  }
  for (const double n : found) {
    moments.dispersion += (n - moments.mean) * (n - moments.mean) / periods / moments.mean;
  }
  return moments;
}

TEST(Arrivals, PoissonCountsHaveMeanEqualToVariance) {
  // 40,000 periods of mean 20: half-width of the mean kLevel/sqrt(20 * 40000) = 0.435 % of it, of
  // the dispersion kLevel * sqrt((2 + 1/20)/40000) = 2.8 %.
  const Moments moments = moments_of_counts("csv: \"f.csv\" repeat: true", 20, 40000);
  EXPECT_NEAR(moments.mean / 20, 1, 0.00435);
  EXPECT_NEAR(moments.dispersion, 1, 0.028);
  const Moments off = moments_of_counts("csv: \"f.csv\" repeat: true scale: 1.02", 20, 40000);
  EXPECT_GT(std::fabs(off.mean / 20 - 1), 0.00435) << "2 % off must be seen";
  const Moments regular =
      moments_of_counts("csv: \"f.csv\" repeat: true arrivals: REGULAR", 20, 40000);
  EXPECT_GT(std::fabs(regular.dispersion - 1), 0.028) << "another law must be seen";
}

TEST(Arrivals, RegularOnesStandEvenlyAndFillEveryPeriod) {
  EXPECT_THAT(times_until(process_of("constant: 4 arrivals: REGULAR"), kSecond),
              ElementsAre(125000000, 375000000, 625000000, 875000000));
  EXPECT_EQ(times_until(process_of("constant: 10 arrivals: REGULAR"), 3600 * kSecond).size(),
            36000u);
}

TEST(Arrivals, AFileEndsOrRepeats) {
  const CountSeries counts = series_of({5, 0, 10}, 60 * kSecond);
  const std::string text = "csv: \"f.csv\" arrivals: REGULAR ";
  ArrivalProcess once = process_of(text, &counts);
  for (int k = 0; k < 15; ++k) {
    EXPECT_LT(once.next(), time_from_ns(180 * kSecond));
  }
  EXPECT_EQ(once.next(), kNever);
  EXPECT_EQ(once.next(), kNever);
  EXPECT_EQ(once.count(), 15u);
  EXPECT_EQ(times_until(process_of(text + "repeat: true", &counts), 1800 * kSecond).size(), 150u);
}

TEST(Arrivals, ScaleShiftAndStretchOfAFile) {
  const CountSeries counts = series_of({10, 20}, 60 * kSecond);
  const std::string text = "csv: \"f.csv\" arrivals: REGULAR ";
  const auto total = [&](const std::string& more, std::int64_t from, std::int64_t until) {
    std::size_t n = 0;
    for (const std::int64_t t : times_until(process_of(text + more, &counts), until)) {
      n += t >= from ? 1 : 0;
    }
    return n;
  };
  EXPECT_EQ(total("scale: 3", 0, 60 * kSecond), 30u);
  EXPECT_EQ(total("shift { ns: 60000000000 }", 0, 60 * kSecond), 0u);
  EXPECT_EQ(total("shift { ns: 60000000000 }", 60 * kSecond, 120 * kSecond), 10u);
  EXPECT_EQ(total("shift { ns: -60000000000 }", 0, 60 * kSecond), 20u);
  EXPECT_EQ(total("shift { ns: -30000000000 }", 0, kHour), 25u);
  EXPECT_EQ(total("shift { ns: -600000000000 }", 0, kHour), 0u);
  EXPECT_EQ(total("stretch: 2", 0, 120 * kSecond), 10u) << "counts keep their sum";
  EXPECT_EQ(total("stretch: 2", 0, kHour), 30u);
  EXPECT_EQ(total("stretch: 0.5", 0, 60 * kSecond), 30u);
}

TEST(Arrivals, ExactCountsAreExact) {
  const CountSeries counts = series_of({7, 0, 12, 1}, 60 * kSecond);
  const std::string text = "csv: \"f.csv\" counts: EXACT repeat: true ";
  std::vector<int> found(400);
  std::int64_t previous = 0;
  for (const std::int64_t t :
       times_until(process_of(text, &counts), std::int64_t{400} * 60 * kSecond)) {
    ASSERT_GE(t, previous);
    previous = t;
    ++found[static_cast<std::size_t>(t / (60 * kSecond))];
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(found[i], counts.counts[i % 4]);
  }
  // Scaled by 0.3 the 20 of a pass become 6, though no period's own count is whole.
  EXPECT_EQ(times_until(process_of(text + "scale: 0.3", &counts), std::int64_t{400} * 60 * kSecond)
                .size(),
            600u);
  EXPECT_EQ(times_until(process_of(text + "arrivals: REGULAR", &counts), 240 * kSecond).size(),
            20u);
  EXPECT_EQ(times_until(process_of("csv: \"f.csv\" counts: EXACT", &counts), kHour).size(), 20u);
}

TEST(Arrivals, ExactCountsStandAtUniformInstants) {
  // A million instants in a period: mean 1/2, half-width kLevel/sqrt(12 n) = 0.11 % of the period;
  // mean square 1/3.
  const CountSeries counts = series_of({1e6, 1}, 60 * kSecond);
  double sum = 0;
  double squares = 0;
  for (const std::int64_t t :
       times_until(process_of("csv: \"f.csv\" counts: EXACT", &counts), 60 * kSecond)) {
    const double share = static_cast<double>(t) / (60.0 * kSecond);
    sum += share / 1e6;
    squares += share * share / 1e6;
  }
  EXPECT_NEAR(sum, 0.5, 0.00113);
  EXPECT_NEAR(squares, 1.0 / 3, 0.00116);
  EXPECT_GT(std::fabs(1.02 * sum - 0.5), 0.00113) << "2 % off must be seen";
}

TEST(Arrivals, WeekendsAreThoseOfTheCalendar) {
  const std::string text =
      "weekly { weekday { low: 1 high: 1 peak_at { ns: 0 } } weekend { low: 0 high: 0 peak_at { "
      "ns: 0 } } } arrivals: REGULAR";
  std::vector<int> days(14);
  for (const std::int64_t t :
       times_until(process_of(text, nullptr, *parse_stamp("1998-06-18 12:00:00")),
                   std::int64_t{14} * 24 * kHour)) {
    ++days[static_cast<std::size_t>((t + 12 * kHour) / (24 * kHour) % 14)];
  }
  // From Thursday noon: Thursday and Friday, a weekend, five days, a weekend, and the rest of the
  // fortnight.
  EXPECT_THAT(days, ElementsAre(86400, 86400, 0, 0, 86400, 86400, 86400, 86400, 86400, 0, 0, 86400,
                                86400, 86400));
}

TEST(Arrivals, AStretchedFileRepeatsPastTheRangeOfShapeTime) {
  // 125 days, 125,000 days of shape time: more than 64 bits of nanoseconds.
  const CountSeries counts = series_of({0.01, 0.03}, kHour);
  ArrivalProcess process =
      process_of("csv: \"f.csv\" repeat: true stretch: 0.001 arrivals: REGULAR", &counts);
  std::int64_t previous = -90 * kSecond;
  for (int k = 0; k < 60000; ++k) {
    const std::int64_t t = to_ns(process.next());
    ASSERT_NEAR(static_cast<double>(t - previous), 180.0 * kSecond, 3.6 * kSecond) << k;
    previous = t;
  }
}

TEST(Arrivals, ShapesWithoutTrafficEndAtOnce) {
  const CountSeries counts = series_of({0, 0}, 60 * kSecond);
  EXPECT_EQ(process_of("constant: 0").next(), kNever);
  EXPECT_EQ(process_of("constant: 5 scale: 0").next(), kNever);
  EXPECT_EQ(process_of("csv: \"f.csv\" repeat: true", &counts).next(), kNever);
  EXPECT_EQ(process_of("csv: \"f.csv\" repeat: true counts: EXACT", &counts).next(), kNever);
  EXPECT_EQ(process_of("daily { low: 0 high: 0 peak_at { ns: 0 } }").next(), kNever);
}

TEST(Arrivals, ErrorsNameWhatIsWrong) {
  EXPECT_EQ(error_of(""),
            "there is no shape; a rate is one of constant, csv, steps, ramp, spike, daily, weekly");
  EXPECT_EQ(error_of("constant: -1"), "a rate is -1; it must be 0 or more");
  EXPECT_EQ(error_of("constant: 1 counts: EXACT"),
            "counts: exact needs a file of counts, as other shapes have no counts");
  EXPECT_EQ(error_of("constant: 1 stretch: 0"), "stretch is 0; it must be above 0");
  EXPECT_EQ(error_of("constant: 1 scale: -2"), "scale is -2; it must be 0 or more");
  EXPECT_EQ(error_of("steps { step { at { ns: 9 } rate: 2 } step { at { ns: 9 } rate: 5 } }"),
            "steps: step 2 does not come after step 1");
  EXPECT_EQ(error_of("daily { low: 3 high: 1 peak_at { ns: 0 } }"),
            "low is 3/s and high is 1/s; low must not be above high");
}

TEST(Arrivals, FirstInstantsAreFixed) {
  // Golden results rest on these.
  ArrivalProcess constant = process_of("constant: 100");
  EXPECT_EQ(to_ns(constant.next()), 18377368);
  EXPECT_EQ(to_ns(constant.next()), 20664695);
  ArrivalProcess daily = process_of("daily { low: 1 high: 3 peak_at { ns: 50400000000000 } }");
  EXPECT_EQ(to_ns(daily.next()), 1620657575);
  EXPECT_EQ(to_ns(daily.next()), 1822377549);
}

}  // namespace
}  // namespace updraft::sim
