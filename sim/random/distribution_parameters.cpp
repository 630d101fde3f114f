#include "sim/random/distribution_parameters.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sim/random/portable_math.h"
#include "sim/random/root_finding.h"
#include "sim/random/written_parameters.h"

namespace updraft::sim {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A family with a shape and a scale: everything but the shape scales.
struct Family {
  Law law;
  std::string_view shape_name;
  double least_spread;  // shape
  double most_spread;   // shape
};

constexpr Family kLognormalFamily{Law::kLognormal, "sigma", 1e-3, 4};
constexpr Family kGammaFamily{Law::kGamma, "shape", 1e5, 0.02};
constexpr Family kWeibullFamily{Law::kWeibull, "shape", 1000, 0.1};
constexpr Family kParetoFamily{Law::kPareto, "shape", 1000, 0.1};

Result<Distribution> build(Law law, double shape, double scale) {
  switch (law) {
    case Law::kLognormal:
      return Distribution::lognormal({.median = scale, .sigma = shape});
    case Law::kGamma:
      return Distribution::gamma({.shape = shape, .scale = scale});
    case Law::kWeibull:
      return Distribution::weibull({.shape = shape, .scale = scale});
    default:
      return Distribution::pareto({.shape = shape, .min = scale});
  }
}

/// What a fact measures, on a law.
double measure(const Fact& fact, const Distribution& law) {
  switch (fact.kind) {
    case Kind::kMean:
      return law.mean();
    case Kind::kSd:
      return std::sqrt(law.variance());
    case Kind::kCv:
      return std::sqrt(law.cv2());
    case Kind::kPercentile:
      return law.quantile(fact.share);
    default:
      return 1;  // the scale of a law of unit scale
  }
}

Error impossible(const Facts& facts, const Fact& given, const Fact& wrong, double limit,
                 bool at_most) {
  return {fmt::format("{} with {} cannot have {}: its {} is at {} {}", law_name(facts.law()),
                      facts.show(given), facts.show(wrong), wrong.name, at_most ? "most" : "least",
                      facts.show_value(wrong, limit))};
}

Result<Distribution> solve_family(const Facts& facts, const Family& family) {
  if (facts.all().size() != 2) {
    return facts.wrong_number("two");
  }
  Fact first = facts.all()[0];
  Fact second = facts.all()[1];
  // `first` sets the scale, `second` the shape.
  if (first.kind == Kind::kShape || first.kind == Kind::kCv ||
      (first.kind == Kind::kPercentile && second.kind == Kind::kMean)) {
    std::swap(first, second);
  }
  if (first.kind == Kind::kShape || first.kind == Kind::kCv) {
    return Error{fmt::format("{}: {} and {} both say the shape and nothing says the size",
                             law_name(family.law), second.name, first.name)};
  }
  const auto scaled_to = [&](double shape) {
    return first.value / measure(first, *build(family.law, shape, 1));
  };
  if (second.kind == Kind::kShape) {
    const Distribution unit = *build(family.law, second.value, 1);
    const double size = measure(first, unit);
    if (!(size > 0 && size < kInfinity)) {
      return Error{fmt::format("{} with {} has no finite {}", law_name(family.law),
                               facts.show(second), first.name)};
    }
    return build(family.law, second.value, first.value / size);
  }
  const auto reached = [&](double log_shape) {
    const Distribution unit = *build(family.law, portable::exp(log_shape), 1);
    const double size = measure(first, unit);
    const double other = measure(second, unit);
    if (!(size > 0 && size < kInfinity) || !(other < kInfinity)) {
      return kNan;
    }
    return second.kind == Kind::kCv ? other : other / size * first.value;
  };
  const Root root = first_root(reached, second.value, portable::log(family.least_spread),
                               portable::log(family.most_spread));
  if (std::isnan(root.at)) {
    const bool at_most = second.value > root.most;
    Error error = impossible(facts, first, second, at_most ? root.most : root.least, at_most);
    error.text += fmt::format(" for any {} from {} to {}", family.shape_name,
                              std::fmin(family.least_spread, family.most_spread),
                              std::fmax(family.least_spread, family.most_spread));
    return error;
  }
  const double shape = portable::exp(root.at);
  return build(family.law, shape, scaled_to(shape));
}

Result<Distribution> solve_constant(const Facts& facts) {
  if (facts.all().size() != 1) {
    return facts.wrong_number("one");
  }
  return Distribution::constant(facts.all()[0].value);
}

Result<Distribution> solve_exponential(const Facts& facts) {
  if (facts.all().size() != 1) {
    return facts.wrong_number("one");
  }
  const Fact& fact = facts.all()[0];
  return Distribution::exponential(fact.value / measure(fact, *Distribution::exponential(1)));
}

/// Everything about a uniform law is linear in its middle m and half-width w: fact = m + z w, but
/// for sd = w/sqrt(3) and cv = w/(m sqrt(3)).
Result<Distribution> solve_uniform(const Facts& facts) {
  if (facts.all().size() != 2) {
    return facts.wrong_number("two");
  }
  struct Line {
    double m;
    double w;
    double value;
  };
  const auto line = [](const Fact& fact) -> Line {
    constexpr double kRootThree = 1.7320508075688772;
    switch (fact.kind) {
      case Kind::kSd:
        return {0, 1, fact.value * kRootThree};
      case Kind::kCv:
        return {-fact.value * kRootThree, 1, 0};
      case Kind::kMin:
        return {1, -1, fact.value};
      case Kind::kMax:
        return {1, 1, fact.value};
      case Kind::kPercentile:
        return {1, 2 * fact.share - 1, fact.value};
      default:
        return {1, 0, fact.value};
    }
  };
  const Fact& first = facts.all()[0];
  const Fact& second = facts.all()[1];
  const Line a = line(first);
  const Line b = line(second);
  const double determinant = a.m * b.w - a.w * b.m;
  if (determinant == 0) {
    return Error{fmt::format("uniform: {} and {} do not pin it down; they are the same point of it",
                             first.name, second.name)};
  }
  const double middle = (a.value * b.w - a.w * b.value) / determinant;
  const double half = (a.m * b.value - a.value * b.m) / determinant;
  // A hair below zero is rounding.
  if (half < -1e-12 * std::fabs(middle)) {
    return Error{fmt::format("uniform with {} cannot have {}: its max would lie below its min",
                             facts.show(first), facts.show(second))};
  }
  const double min = middle - std::fmax(half, 0);
  if (min < -1e-12 * middle) {
    return Error{fmt::format("uniform with {} and {} reaches below 0: its min is {}",
                             facts.show(first), facts.show(second), facts.show_quantity(min))};
  }
  const Fact* written_min = facts.find(Kind::kMin);
  const Fact* written_max = facts.find(Kind::kMax);
  return Distribution::uniform(
      {.min = written_min != nullptr ? written_min->value : std::fmax(min, 0),
       .max = written_max != nullptr ? written_max->value : middle + std::fmax(half, 0)});
}

/// mu and sigma of the normal law before it is cut, or two facts of the law itself. The latter by a
/// search for sigma, with mu set by the first fact, which rises with it.
Result<Distribution> solve_truncated_normal(Facts facts) {
  const double min = facts.take(Kind::kMin, 0);
  const double max = facts.take(Kind::kMax, kInfinity);
  const auto build_law = [min, max](double mu, double sigma) {
    return Distribution::truncated_normal({.mu = mu, .sigma = sigma, .min = min, .max = max});
  };
  if (!(max > min)) {
    return Error{fmt::format("truncated_normal: max {} must be above min {}",
                             facts.show_quantity(max), facts.show_quantity(min))};
  }
  const Fact* mu = facts.find(Kind::kMu);
  const Fact* sigma = facts.find(Kind::kScale);
  if (facts.all().size() != 2) {
    return facts.wrong_number("mu and sigma, or two");
  }
  if (mu != nullptr || sigma != nullptr) {
    if (mu == nullptr || sigma == nullptr) {
      return Error{
          "truncated_normal: mu and sigma are those of the normal law before it is cut and go "
          "together; mean, sd, cv and percentiles are those of the law itself"};
    }
    return build_law(mu->value, sigma->value);
  }
  Fact first = facts.all()[0];
  Fact second = facts.all()[1];
  const auto places = [](const Fact& fact) {
    return fact.kind == Kind::kMean || fact.kind == Kind::kPercentile;
  };
  if (!places(first) || (second.kind == Kind::kMean && first.kind == Kind::kPercentile)) {
    std::swap(first, second);
  }
  if (!places(first)) {
    return Error{"truncated_normal: sd and cv do not pin it down; it needs a mean or a percentile"};
  }
  for (const Fact* fact : {&first, &second}) {
    if (places(*fact) && !(fact->value > min && fact->value < max)) {
      return Error{fmt::format("truncated_normal: {} must lie between min {} and max {}",
                               facts.show(*fact), facts.show_quantity(min),
                               facts.show_quantity(max))};
    }
  }
  constexpr double kReach =
      20;  // sigmas from mu to the nearest bound; further out the law is an exponential one
  const auto centre = [&](double width) -> double {
    double low = min - kReach * width;
    double high = max < kInfinity ? max + kReach * width : first.value + kReach * width;
    const auto at = [&](double middle) { return measure(first, *build_law(middle, width)); };
    if (at(low) > first.value || at(high) < first.value) {
      return kNan;
    }
    for (int i = 0; i < 200; ++i) {
      const double middle = low + 0.5 * (high - low);
      if (middle == low || middle == high) {
        break;
      }
      (at(middle) < first.value ? low : high) = middle;
    }
    return low;
  };
  const auto reached = [&](double log_width) {
    const double width = portable::exp(log_width);
    const double middle = centre(width);
    return std::isnan(middle) ? kNan : measure(second, *build_law(middle, width));
  };
  const double size = max < kInfinity ? max - min : first.value - min;
  const Root root = first_root(reached, second.value, portable::log(1e-4 * size),
                               portable::log(2 * kReach * size));
  if (std::isnan(root.at)) {
    const bool at_most = second.value > root.most;
    return impossible(facts, first, second, at_most ? root.most : root.least, at_most);
  }
  const double width = portable::exp(root.at);
  return build_law(centre(width), width);
}

}  // namespace

Result<Distribution> make_distribution(Law law, std::span<const LawParameter> parameters,
                                       Quantity quantity) {
  if (law == Law::kEmpirical || law == Law::kMixture) {
    return Error{fmt::format("{} has no named parameters", law_name(law))};
  }
  Facts facts(law, quantity);
  if (std::string error = facts.read(parameters); !error.empty()) {
    return Error{std::move(error)};
  }
  const Fact* mean = facts.find(Kind::kMean);
  if (mean != nullptr && mean->value == 0 && law != Law::kConstant) {
    return Error{
        fmt::format("{}: mean is 0; it must be above 0 (write 0 for a constant)", law_name(law))};
  }
  switch (law) {
    case Law::kConstant:
      return solve_constant(facts);
    case Law::kUniform:
      return solve_uniform(facts);
    case Law::kExponential:
      return solve_exponential(facts);
    case Law::kLognormal:
      return solve_family(facts, kLognormalFamily);
    case Law::kGamma:
      return solve_family(facts, kGammaFamily);
    case Law::kWeibull:
      return solve_family(facts, kWeibullFamily);
    case Law::kPareto:
      return solve_family(facts, kParetoFamily);
    default:
      return solve_truncated_normal(std::move(facts));
  }
}

}  // namespace updraft::sim
