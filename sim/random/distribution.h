// Laws of the quantities of the world (demand, boot time, latency), drawn by key.
//
//   const Distribution demand = Distribution::lognormal({.median = 28e6, .sigma = 0.8}).value();
//   Duration d = demand.sample_duration(key, request_ordinal, step);
//
// Laws written by users ("mean 40ms, p99 200ms") are solved in distribution_parameters.h.
//
// A sample is the quantile of one uniform, sample(key, ordinal, sub) == quantile(uniform01(key,
// ordinal, sub)), so that it rises with the uniform and a change of a parameter moves every sample
// a little. Two laws differ: a gamma sample is made by rejection from a sub-counter of its own
// (index 0, 1, 2, ... of the same ordinal and sub), and a mixture takes index 0 to choose the
// component and index 1 for its value.
//
// A Distribution is a value, cheap to copy and without state; values are never negative.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.h"
#include "sim/core/time.h"
#include "sim/random/stream.h"

namespace updraft::sim {

/// In the order of DistributionValue.Law (sim/schema/quantity.proto).
enum class Law : std::uint8_t {
  kConstant,
  kUniform,
  kExponential,
  kLognormal,
  kGamma,
  kWeibull,
  kPareto,
  kTruncatedNormal,
  kEmpirical,
  kMixture,
};

/// "lognormal", "truncated_normal", ...: as a scenario spells it.
[[nodiscard]] std::string_view law_name(Law law);

/// What the values are, for texts only. Durations are nanoseconds.
enum class Quantity : std::uint8_t { kPlain, kDuration, kBytes };

/// "40ms", "1.5s", "2kB", "0.25".
[[nodiscard]] std::string format_quantity(double value, Quantity quantity);

/// A drawn number of nanoseconds, rounded to the nearest, from 0 to 2^62 - 1.
inline Duration to_duration(double ns) {
  constexpr std::int64_t kLongest = (std::int64_t{1} << 62) - 1;
  return Duration{ns < 0x1p62 ? static_cast<std::int64_t>(ns + 0.5) : kLongest};
}

class Distribution {
 public:
  struct Uniform {
    double min;
    double max;
  };
  struct Lognormal {
    double median;
    double sigma;  // standard deviation of the logarithm
  };
  struct Gamma {
    double shape;
    double scale;
  };
  struct Weibull {
    double shape;
    double scale;
  };
  struct Pareto {
    double shape;  // tail exponent
    double min;
  };
  struct TruncatedNormal {
    double mu;     // of the normal law before it is cut
    double sigma;  // of the normal law before it is cut
    double min;
    double max;  // may be infinite
  };

  /// Always 0.
  Distribution() = default;

  // Builders. Errors name the parameter that is out of range.
  static Result<Distribution> constant(double value);
  static Result<Distribution> uniform(Uniform parameters);
  static Result<Distribution> exponential(double mean);
  static Result<Distribution> lognormal(Lognormal parameters);
  static Result<Distribution> gamma(Gamma parameters);
  static Result<Distribution> weibull(Weibull parameters);
  static Result<Distribution> pareto(Pareto parameters);
  static Result<Distribution> truncated_normal(TruncatedNormal parameters);
  /// The given values, each with its weight; without weights equally likely. Order does not matter.
  static Result<Distribution> empirical(std::span<const double> values,
                                        std::span<const double> weights = {});
  /// A value of one of the components, chosen with chances in proportion to the weights.
  static Result<Distribution> mixture(std::span<const Distribution> components,
                                      std::span<const double> weights);

  [[nodiscard]] Law law() const { return law_; }

  /// The draw of (key, ordinal, sub).
  [[nodiscard]] double sample(StreamKey key, std::uint64_t ordinal, std::uint32_t sub = 0) const;
  /// The draws of the ordinals first, first + 1, ...: the same values, faster.
  void sample_block(StreamKey key, std::uint64_t first, std::uint32_t sub,
                    std::span<double> out) const;
  /// A draw in nanoseconds, rounded to the nearest, from 0 to 2^62 - 1.
  [[nodiscard]] Duration sample_duration(StreamKey key, std::uint64_t ordinal,
                                         std::uint32_t sub = 0) const;

  /// The value below which a share u of the law lies; u from 0 to 1. A mixture's is found by
  /// bisection.
  [[nodiscard]] double quantile(double u) const;
  /// The share of the law at or below x.
  [[nodiscard]] double cdf(double x) const;
  /// Both infinite where the law's are.
  [[nodiscard]] double mean() const;
  [[nodiscard]] double variance() const;
  /// Variance over the squared mean; 0 where the mean is 0.
  [[nodiscard]] double cv2() const;

  /// "lognormal, median 28.3ms, sigma 0.8322 (mean 40ms, sd 40ms, p99 196ms)".
  [[nodiscard]] std::string describe(Quantity quantity) const;

 private:
  struct Table;    // of an empirical law
  struct Mixture;  // components, flat

  Distribution(Law law, double a, double b = 0, double c = 0, double d = 0)
      : law_(law), a_(a), b_(b), c_(c), d_(d) {}
  [[nodiscard]] double sample_gamma(StreamKey key, std::uint64_t ordinal, std::uint32_t sub,
                                    std::uint32_t first_block) const;
  [[nodiscard]] double sample_mixture(StreamKey key, std::uint64_t ordinal,
                                      std::uint32_t sub) const;
  [[nodiscard]] double truncated_normal_quantile(double u) const;

  Law law_ = Law::kConstant;
  // constant: value; uniform: min, width; exponential: mean; lognormal: median, sigma; gamma:
  // shape, scale, and Marsaglia and Tsang's c and d; Weibull: scale, 1/shape; Pareto: min,
  // -1/shape; truncated normal: mu, sigma (negative when the tail is counted from above), first and
  // added share of the normal law.
  double a_ = 0;
  double b_ = 0;
  double c_ = 0;
  double d_ = 0;
  double min_ = 0;  // truncated normal
  double max_ = 0;
  std::shared_ptr<const Table> table_;
  std::shared_ptr<const Mixture> mixture_;
};

}  // namespace updraft::sim
