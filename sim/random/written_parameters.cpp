#include "sim/random/written_parameters.h"

#include <cmath>

#include <fmt/ranges.h>

namespace updraft::sim {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

constexpr int kExactDigits = 15;  // every whole number of so many digits is a double

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The double nearest to digits with at most one point among or after them ("99.9"); NaN for
/// anything else and for more than kExactDigits digits. Digits and power of ten are exact, so the
/// one division is rounded once: the same bits as std::from_chars gives, which not every standard
/// library has for double.
double read_decimal(std::string_view text) {
  double digits = 0;
  double power = 1;
  int count = 0;
  bool point = false;
  for (const char c : text) {
    if (c == '.' && !point && count > 0) {
      point = true;
      continue;
    }
    if (!is_digit(c) || ++count > kExactDigits) {
      return kNan;
    }
    digits = digits * 10 + (c - '0');
    power = point ? power * 10 : power;
  }
  return count == 0 ? kNan : digits / power;
}

}  // namespace

std::optional<Fact> Facts::interpret(const LawParameter& parameter) const {
  const std::string& name = parameter.name;
  const auto fact = [&parameter](Kind kind) { return Fact{kind, parameter.value, parameter.name}; };
  const double percentile = percentile_of_name(name);
  const bool takes_percentiles = law_ != Law::kConstant;
  if (!std::isnan(percentile) && takes_percentiles) {
    return Fact{Kind::kPercentile, parameter.value, name, percentile / 100};
  }
  if (name == "mean") {
    return fact(Kind::kMean);
  }
  if (law_ == Law::kConstant) {
    return name == "value" ? std::optional(fact(Kind::kValue)) : std::nullopt;
  }
  if (name == "sd") {
    return fact(Kind::kSd);
  }
  if (name == "cv" && law_ != Law::kExponential) {
    return fact(Kind::kCv);
  }
  const bool bounded = law_ == Law::kUniform || law_ == Law::kTruncatedNormal;
  if ((name == "min" || (name == "low" && law_ == Law::kUniform)) &&
      (bounded || law_ == Law::kPareto)) {
    return fact(law_ == Law::kPareto ? Kind::kScale : Kind::kMin);
  }
  if ((name == "max" || (name == "high" && law_ == Law::kUniform)) && bounded) {
    return fact(Kind::kMax);
  }
  if (name == "sigma" && law_ == Law::kLognormal) {
    return fact(Kind::kShape);
  }
  if (law_ == Law::kTruncatedNormal && (name == "mu" || name == "sigma")) {
    return fact(name == "mu" ? Kind::kMu : Kind::kScale);
  }
  const bool shaped = law_ == Law::kGamma || law_ == Law::kWeibull || law_ == Law::kPareto;
  if (name == "shape" && shaped) {
    return fact(Kind::kShape);
  }
  if (name == "scale" && shaped && law_ != Law::kPareto) {
    return fact(Kind::kScale);
  }
  return std::nullopt;
}

std::string Facts::read(std::span<const LawParameter> parameters) {
  for (const LawParameter& parameter : parameters) {
    const std::optional<Fact> fact = interpret(parameter);
    if (!fact) {
      return fmt::format("{} has no parameter \"{}\"; it takes {}", law_name(law_), parameter.name,
                         fmt::join(parameters_of(law_), ", "));
    }
    for (const Fact& other : facts_) {
      if (other.kind == fact->kind &&
          (other.kind != Kind::kPercentile || other.share == fact->share)) {
        return other.name == fact->name
                   ? fmt::format("{}: {} is given twice", law_name(law_), fact->name)
                   : fmt::format("{}: {} and {} are the same parameter", law_name(law_), other.name,
                                 fact->name);
      }
    }
    const bool may_be_zero = fact->kind == Kind::kMin || fact->kind == Kind::kValue ||
                             fact->kind == Kind::kMean || fact->kind == Kind::kMu ||
                             law_ == Law::kUniform;
    const bool may_be_infinite = fact->kind == Kind::kMax && law_ == Law::kTruncatedNormal;
    const bool in_range = fact->kind == Kind::kMu
                              ? std::isfinite(fact->value)
                              : (may_be_zero ? fact->value >= 0 : fact->value > 0) &&
                                    (fact->value < kInfinity || may_be_infinite);
    if (!in_range) {
      return fmt::format("{}: {} is {}; it must be {}", law_name(law_), fact->name,
                         show_value(*fact, fact->value),
                         fact->kind == Kind::kMu ? "finite"
                         : may_be_zero           ? "0 or more"
                                                 : "above 0");
    }
    facts_.push_back(*fact);
  }
  return check_percentiles();
}

std::string Facts::check_percentiles() const {
  for (const Fact& low : facts_) {
    for (const Fact& high : facts_) {
      if (low.kind == Kind::kPercentile && high.kind == Kind::kPercentile &&
          low.share < high.share && low.value >= high.value) {
        return fmt::format("{}: {} must be above {}", law_name(law_), show(high), show(low));
      }
    }
  }
  return {};
}

double percentile_of_name(std::string_view name) {
  if (name == "median") {
    return 50;
  }
  if (name.size() < 2 || name[0] != 'p') {
    return kNan;
  }
  const double value = read_decimal(name.substr(1));
  return value > 0 && value < 100 ? value : kNan;
}

std::vector<std::string> parameters_of(Law law) {
  switch (law) {
    case Law::kConstant:
      return {"value", "mean"};
    case Law::kUniform:
      return {"min", "max", "low", "high", "mean", "sd", "cv", "median", "p99"};
    case Law::kExponential:
      return {"mean", "sd", "median", "p99"};
    case Law::kLognormal:
      return {"median", "sigma", "mean", "sd", "cv", "p99"};
    case Law::kGamma:
    case Law::kWeibull:
      return {"shape", "scale", "mean", "sd", "cv", "median", "p99"};
    case Law::kPareto:
      return {"shape", "min", "mean", "sd", "cv", "median", "p99"};
    case Law::kTruncatedNormal:
      return {"mu", "sigma", "min", "max", "mean", "sd", "cv", "median", "p99"};
    case Law::kEmpirical:
    case Law::kMixture:
      break;
  }
  return {};
}

}  // namespace updraft::sim
