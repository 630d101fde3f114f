// Which parameters a law takes, and how they bind one another. The sampler is built from the same
// message later; here the user learns at his own line why there would be none.
#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "sim/scenario/distribution_reader.h"

namespace updraft::sim {
namespace {

class Parameters {
 public:
  explicit Parameters(const DistributionValue& value) : value_(value) {}

  [[nodiscard]] std::optional<double> get(std::string_view name) const {
    for (const auto& parameter : value_.parameter()) {
      if (parameter.name() == name) {
        return parameter.value();
      }
    }
    return std::nullopt;
  }
  [[nodiscard]] bool has(std::string_view name) const { return get(name).has_value(); }
  [[nodiscard]] int count() const { return value_.parameter_size(); }
  [[nodiscard]] const DistributionValue& value() const { return value_; }

 private:
  const DistributionValue& value_;
};

using Verdict = Result<bool>;

Verdict wrong(std::string text) {
  return Error{std::move(text)};
}

// Every parameter but those named must be above 0.
std::optional<std::string> not_positive(const Parameters& p) {
  for (const auto& parameter : p.value().parameter()) {
    if (!(parameter.value() > 0)) {
      return parameter.name();
    }
  }
  return std::nullopt;
}

Verdict check_lognormal(const Parameters& p) {
  const bool centre = p.has("mean") != p.has("median");
  if (!centre || p.count() != 2) {
    return wrong(
        "lognormal takes mean or median, and one of sigma, cv, sd or a percentile such as p99");
  }
  const double middle = p.has("mean") ? *p.get("mean") : *p.get("median");
  for (const auto& parameter : p.value().parameter()) {
    if (parameter.name().front() != 'p') {
      continue;
    }
    // Above the median the tail grows with sigma; below it nothing is said about the spread that
    // one expects.
    const double percent = *parse_number(parameter.name().substr(1));
    if (percent <= 50) {
      return wrong("lognormal takes a percentile above p50");
    }
    if (parameter.value() <= middle) {
      return wrong(fmt::format("lognormal: {} must be above the {}", parameter.name(),
                               p.has("mean") ? "mean" : "median"));
    }
  }
  return true;
}

Verdict check_gamma(const Parameters& p) {
  const bool by_mean = p.has("mean") && (p.has("cv") != p.has("sd"));
  const bool by_shape = p.has("shape") && (p.has("scale") != p.has("mean"));
  if (p.count() != 2 || !(by_mean || by_shape)) {
    return wrong("gamma takes mean and cv or sd, or shape and scale or mean");
  }
  return true;
}

Verdict check_weibull(const Parameters& p) {
  if (p.count() != 2 || !p.has("shape") || !(p.has("scale") != p.has("mean"))) {
    return wrong("weibull takes shape, and scale or mean");
  }
  return true;
}

Verdict check_pareto(const Parameters& p) {
  if (p.count() != 2 || !p.has("shape") || !(p.has("min") != p.has("mean"))) {
    return wrong("pareto takes shape, and min or mean");
  }
  if (p.has("mean") && *p.get("shape") <= 1) {
    return wrong("pareto has a mean only where shape is above 1");
  }
  return true;
}

Verdict check_truncated_normal(const Parameters& p) {
  if (!p.has("mean") || !p.has("sd")) {
    return wrong("truncated_normal takes mean and sd, and perhaps min and max");
  }
  if (*p.get("sd") <= 0) {
    return wrong("truncated_normal: sd must be above 0");
  }
  const double low = p.get("min").value_or(0);
  const std::optional<double> high = p.get("max");
  if (high && *high <= low) {
    return wrong("truncated_normal: max must be above min");
  }
  if (*p.get("mean") < low || (high && *p.get("mean") > *high)) {
    return wrong("truncated_normal: mean must lie between min and max");
  }
  return true;
}

Verdict check_empirical(const DistributionValue& value) {
  if (value.value_size() == 0) {
    return wrong("empirical takes at least one value");
  }
  double sum = 0;
  for (const double weight : value.weight()) {
    sum += weight;
  }
  if (value.weight_size() > 0 && !(sum > 0)) {
    return wrong("empirical: one weight must be above 0");
  }
  return true;
}

}  // namespace

Verdict check_distribution(const DistributionValue& value) {
  const Parameters p(value);
  switch (value.law()) {
    case DistributionValue::CONSTANT:
      return p.count() == 1 ? Verdict(true) : wrong("constant takes one value");
    case DistributionValue::UNIFORM:
      if (!p.has("low") || !p.has("high")) {
        return wrong("uniform takes low and high");
      }
      return *p.get("low") < *p.get("high") ? Verdict(true)
                                            : wrong("uniform: high must be above low");
    case DistributionValue::TRUNCATED_NORMAL:
      return check_truncated_normal(p);
    case DistributionValue::EMPIRICAL:
      return check_empirical(value);
    case DistributionValue::MIXTURE:
      for (const DistributionValue& component : value.component()) {
        if (const Verdict verdict = check_distribution(component); !verdict) {
          return verdict;
        }
      }
      return true;
    default:
      break;
  }
  if (const auto name = not_positive(p)) {
    return wrong(fmt::format("{} must be above 0", *name));
  }
  switch (value.law()) {
    case DistributionValue::EXPONENTIAL:
      return p.count() == 1 ? Verdict(true) : wrong("exponential takes mean");
    case DistributionValue::LOGNORMAL:
      return check_lognormal(p);
    case DistributionValue::GAMMA:
      return check_gamma(p);
    case DistributionValue::WEIBULL:
      return check_weibull(p);
    default:
      return check_pareto(p);
  }
}

}  // namespace updraft::sim
