// What is known of a law without drawing: distribution function, moments, its text.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sim/random/distribution.h"
#include "sim/random/distribution_tables.h"
#include "sim/random/portable_math.h"

namespace updraft::sim {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double normal_density(double x) {
  constexpr double kOneOverRootTwoPi = 0x1.9884533d43651p-2;
  return std::fabs(x) < 40 ? kOneOverRootTwoPi * portable::exp(-0.5 * x * x) : 0;
}

/// gamma(1 + x), for x >= 0.
double gamma_one_plus(double x) {
  return portable::exp(portable::lgamma(1 + x));
}

}  // namespace

std::string_view law_name(Law law) {
  constexpr std::array<std::string_view, 10> kNames = {
      "constant", "uniform", "exponential",      "lognormal", "gamma",
      "weibull",  "pareto",  "truncated_normal", "empirical", "mixture"};
  return kNames[static_cast<std::size_t>(law)];
}

std::string format_quantity(double value, Quantity quantity) {
  struct Unit {
    double size;
    std::string_view name;
  };
  static constexpr std::array<Unit, 6> kTimes = {
      {{86400e9, "d"}, {3600e9, "h"}, {1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}}};
  static constexpr std::array<Unit, 5> kSizes = {
      {{1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}, {1, "B"}}};
  if (quantity == Quantity::kPlain || !std::isfinite(value)) {
    return fmt::format("{:.4g}", value);
  }
  const std::span<const Unit> units =
      quantity == Quantity::kDuration ? std::span<const Unit>(kTimes) : kSizes;
  for (const Unit& unit : units) {
    if (std::fabs(value) >= unit.size) {
      return fmt::format("{:.4g}{}", value / unit.size, unit.name);
    }
  }
  return fmt::format("{:.4g}{}", value,
                     quantity == Quantity::kDuration && value == 0 ? "s" : units.back().name);
}

// --------------------------------------------------------------------------------

double Distribution::cdf(double x) const {
  if (x < 0) {
    return 0;
  }
  switch (law_) {
    case Law::kConstant:
      return x >= a_ ? 1 : 0;
    case Law::kUniform:
      return x >= a_ + b_ ? 1 : x <= a_ ? 0 : (x - a_) / b_;
    case Law::kExponential:
      return a_ == 0 ? 1 : -portable::expm1(-x / a_);
    case Law::kLognormal:
      if (a_ == 0 || b_ == 0) {
        return x >= a_ ? 1 : 0;
      }
      return x == 0 ? 0 : portable::normal_cdf(portable::log(x / a_) / b_);
    case Law::kGamma:
      return b_ == 0 ? 1 : portable::gamma_p(a_, x / b_);
    case Law::kWeibull:
      return a_ == 0 ? 1 : -portable::expm1(-portable::pow(x / a_, 1 / b_));
    case Law::kPareto:
      return a_ == 0 ? 1 : x <= a_ ? 0 : -portable::expm1(portable::log(x / a_) / b_);
    case Law::kTruncatedNormal: {
      if (x < min_ || x >= max_) {
        return x < min_ ? 0 : 1;
      }
      return std::fmin((portable::normal_cdf((x - a_) / b_) - c_) / d_, 1);
    }
    case Law::kEmpirical: {
      const auto after = std::upper_bound(table_->values.begin(), table_->values.end(), x);
      return after == table_->values.begin()
                 ? 0
                 : table_->shares[static_cast<std::size_t>(after - table_->values.begin()) - 1];
    }
    case Law::kMixture:
      break;
  }
  double sum = 0;
  for (std::size_t i = 0; i < mixture_->components.size(); ++i) {
    sum += mixture_->weights[i] * mixture_->components[i].cdf(x);
  }
  return std::fmin(sum, 1);
}

double Distribution::mean() const {
  switch (law_) {
    case Law::kConstant:
    case Law::kExponential:
      return a_;
    case Law::kUniform:
      return a_ + 0.5 * b_;
    case Law::kLognormal:
      return a_ * portable::exp(0.5 * b_ * b_);
    case Law::kGamma:
      return a_ * b_;
    case Law::kWeibull:
      return a_ * gamma_one_plus(b_);
    case Law::kPareto:
      return a_ == 0 ? 0 : b_ <= -1 ? kInfinity : a_ / (1 + b_);
    case Law::kTruncatedNormal: {
      const double from = (min_ - a_) / std::fabs(b_);
      const double to = (max_ - a_) / std::fabs(b_);
      return a_ + std::fabs(b_) * (normal_density(from) - normal_density(to)) / std::fabs(d_);
    }
    case Law::kEmpirical:
      return table_->mean;
    case Law::kMixture:
      break;
  }
  double sum = 0;
  for (std::size_t i = 0; i < mixture_->components.size(); ++i) {
    sum += mixture_->weights[i] * mixture_->components[i].mean();
  }
  return sum;
}

double Distribution::variance() const {
  switch (law_) {
    case Law::kConstant:
      return 0;
    case Law::kExponential:
      return a_ * a_;
    case Law::kUniform:
      return b_ * b_ / 12;
    case Law::kLognormal:
      return mean() * mean() * portable::expm1(b_ * b_);
    case Law::kGamma:
      return a_ * b_ * b_;
    case Law::kWeibull: {
      const double first = gamma_one_plus(b_);
      return a_ * a_ * (gamma_one_plus(2 * b_) - first * first);
    }
    case Law::kPareto: {
      const double shape = -1 / b_;
      return a_ == 0      ? 0
             : shape <= 2 ? kInfinity
                          : a_ * a_ * shape / ((shape - 1) * (shape - 1) * (shape - 2));
    }
    case Law::kTruncatedNormal: {
      const double from = (min_ - a_) / std::fabs(b_);
      const double to = (max_ - a_) / std::fabs(b_);
      const double at_from = normal_density(from) / std::fabs(d_);
      const double at_to = normal_density(to) / std::fabs(d_);
      const double drift = at_from - at_to;
      const double to_part = at_to > 0 ? to * at_to : 0;  // infinite times 0 is 0 here
      return b_ * b_ * (1 + from * at_from - to_part - drift * drift);
    }
    case Law::kEmpirical:
      return table_->variance;
    case Law::kMixture:
      break;
  }
  const double whole = mean();
  double sum = 0;
  for (std::size_t i = 0; i < mixture_->components.size(); ++i) {
    const Distribution& component = mixture_->components[i];
    const double offset = component.mean() - whole;
    sum += mixture_->weights[i] * (component.variance() + offset * offset);
  }
  return sum;
}

double Distribution::cv2() const {
  const double m = mean();
  return m == 0 ? 0 : variance() / (m * m);
}

std::string Distribution::describe(Quantity quantity) const {
  const auto show = [quantity](double value) { return format_quantity(value, quantity); };
  std::string text(law_name(law_));
  switch (law_) {
    case Law::kConstant:
      return fmt::format("{} {}", text, show(a_));
    case Law::kUniform:
      text += fmt::format(", min {}, max {}", show(a_), show(a_ + b_));
      break;
    case Law::kExponential:
      break;
    case Law::kLognormal:
      text += fmt::format(", median {}, sigma {:.4g}", show(a_), b_);
      break;
    case Law::kGamma:
      text += fmt::format(", shape {:.4g}, scale {}", a_, show(b_));
      break;
    case Law::kWeibull:
      text += fmt::format(", shape {:.4g}, scale {}", 1 / b_, show(a_));
      break;
    case Law::kPareto:
      text += fmt::format(", shape {:.4g}, min {}", -1 / b_, show(a_));
      break;
    case Law::kTruncatedNormal:
      text += fmt::format(", mu {}, sigma {}, min {}, max {}", show(a_), show(std::fabs(b_)),
                          show(min_), show(max_));
      break;
    case Law::kEmpirical:
      text += fmt::format(", {} values", table_->values.size());
      break;
    case Law::kMixture: {
      text += " of";
      for (std::size_t i = 0; i < mixture_->components.size(); ++i) {
        text += fmt::format("{} {:.4g} {}", i == 0 ? "" : " and", mixture_->weights[i],
                            mixture_->components[i].describe(quantity));
      }
      break;
    }
  }
  return text + fmt::format(" (mean {}, sd {}, p99 {})", show(mean()), show(std::sqrt(variance())),
                            show(quantile(0.99)));
}

}  // namespace updraft::sim
