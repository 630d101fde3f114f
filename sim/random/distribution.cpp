#include "sim/random/distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "sim/core/check.h"
#include "sim/random/distribution_tables.h"
#include "sim/random/portable_math.h"

namespace updraft::sim {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Error out_of_range(Law law, std::string_view parameter, double value, std::string_view allowed) {
  return {fmt::format("{}: {} is {}; it must be {}", law_name(law), parameter, value, allowed)};
}

bool finite_not_negative(double x) {
  return x >= 0 && x < kInfinity;
}
bool finite_positive(double x) {
  return x > 0 && x < kInfinity;
}

}  // namespace

// ---- builders
// ------------------------------------------------------------------------------------------------

Result<Distribution> Distribution::constant(double value) {
  if (!finite_not_negative(value)) {
    return out_of_range(Law::kConstant, "value", value, "0 or more");
  }
  return Distribution(Law::kConstant, value);
}

Result<Distribution> Distribution::uniform(Uniform p) {
  if (!finite_not_negative(p.min)) {
    return out_of_range(Law::kUniform, "min", p.min, "0 or more");
  }
  if (!(p.max >= p.min && p.max < kInfinity)) {
    return out_of_range(Law::kUniform, "max", p.max, fmt::format("at least min, {}", p.min));
  }
  return Distribution(Law::kUniform, p.min, p.max - p.min);
}

Result<Distribution> Distribution::exponential(double mean) {
  if (!finite_not_negative(mean)) {
    return out_of_range(Law::kExponential, "mean", mean, "0 or more");
  }
  return Distribution(Law::kExponential, mean);
}

Result<Distribution> Distribution::lognormal(Lognormal p) {
  if (!finite_not_negative(p.median)) {
    return out_of_range(Law::kLognormal, "median", p.median, "0 or more");
  }
  if (!finite_not_negative(p.sigma)) {
    return out_of_range(Law::kLognormal, "sigma", p.sigma, "0 or more");
  }
  return Distribution(Law::kLognormal, p.median, p.sigma);
}

Result<Distribution> Distribution::gamma(Gamma p) {
  if (!finite_positive(p.shape)) {
    return out_of_range(Law::kGamma, "shape", p.shape, "above 0");
  }
  if (!finite_not_negative(p.scale)) {
    return out_of_range(Law::kGamma, "scale", p.scale, "0 or more");
  }
  const double d = (p.shape < 1 ? p.shape + 1 : p.shape) - 1.0 / 3;
  return Distribution(Law::kGamma, p.shape, p.scale, 1 / std::sqrt(9 * d), d);
}

Result<Distribution> Distribution::weibull(Weibull p) {
  if (!finite_positive(p.shape)) {
    return out_of_range(Law::kWeibull, "shape", p.shape, "above 0");
  }
  if (!finite_not_negative(p.scale)) {
    return out_of_range(Law::kWeibull, "scale", p.scale, "0 or more");
  }
  return Distribution(Law::kWeibull, p.scale, 1 / p.shape);
}

Result<Distribution> Distribution::pareto(Pareto p) {
  if (!finite_positive(p.shape)) {
    return out_of_range(Law::kPareto, "shape", p.shape, "above 0");
  }
  if (!finite_not_negative(p.min)) {
    return out_of_range(Law::kPareto, "min", p.min, "0 or more");
  }
  return Distribution(Law::kPareto, p.min, -1 / p.shape);
}

Result<Distribution> Distribution::truncated_normal(TruncatedNormal p) {
  if (!std::isfinite(p.mu)) {
    return out_of_range(Law::kTruncatedNormal, "mu", p.mu, "finite");
  }
  if (!finite_positive(p.sigma)) {
    return out_of_range(Law::kTruncatedNormal, "sigma", p.sigma, "above 0");
  }
  if (!finite_not_negative(p.min)) {
    return out_of_range(Law::kTruncatedNormal, "min", p.min, "0 or more");
  }
  if (!(p.max > p.min)) {
    return out_of_range(Law::kTruncatedNormal, "max", p.max, fmt::format("above min, {}", p.min));
  }
  const double from = (p.min - p.mu) / p.sigma;
  const double to = (p.max - p.mu) / p.sigma;
  if (from > 30 || to < -30) {
    return Error{
        fmt::format("truncated_normal: its bounds lie more than 30 sigma from mu {}", p.mu)};
  }
  // The side with the smaller shares keeps the precision: from above when the cut is right of mu.
  const bool from_above = from > 0;
  const double first = portable::normal_cdf(from_above ? -from : from);
  const double last = portable::normal_cdf(from_above ? -to : to);
  Distribution result(Law::kTruncatedNormal, p.mu, from_above ? -p.sigma : p.sigma, first,
                      last - first);
  result.min_ = p.min;
  result.max_ = p.max;
  return result;
}

Result<Distribution> Distribution::empirical(std::span<const double> values,
                                             std::span<const double> weights) {
  if (values.empty()) {
    return Error{"empirical: there is no value"};
  }
  if (!weights.empty() && weights.size() != values.size()) {
    return Error{fmt::format("empirical: {} values and {} weights", values.size(), weights.size())};
  }
  if (values.size() >= std::numeric_limits<std::uint32_t>::max()) {
    return Error{"empirical: there are more than 2^32 values"};
  }
  double total = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!finite_not_negative(values[i])) {
      return out_of_range(Law::kEmpirical, fmt::format("value {}", i + 1), values[i], "0 or more");
    }
    if (!weights.empty() && !finite_not_negative(weights[i])) {
      return out_of_range(Law::kEmpirical, fmt::format("weight {}", i + 1), weights[i],
                          "0 or more");
    }
    total += weights.empty() ? 1 : weights[i];
  }
  if (!finite_positive(total)) {
    return Error{"empirical: the weights are all 0"};
  }
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });

  auto table = std::make_shared<Table>();
  double sum = 0;
  for (const std::size_t i : order) {
    const double weight = weights.empty() ? 1 : weights[i];
    if (weight == 0) {
      continue;
    }
    sum += weight;
    table->values.push_back(values[i]);
    table->shares.push_back(sum / total);
    table->mean += values[i] * (weight / total);
  }
  table->shares.back() = 1;
  for (const std::size_t i : order) {
    const double weight = weights.empty() ? 1 : weights[i];
    table->variance += (values[i] - table->mean) * (values[i] - table->mean) * (weight / total);
  }
  const std::size_t cells = table->values.size();
  table->guide.resize(cells);
  std::size_t i = 0;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    while (table->shares[i] < static_cast<double>(cell) / static_cast<double>(cells)) {
      ++i;
    }
    table->guide[cell] = static_cast<std::uint32_t>(i);
  }
  Distribution result(Law::kEmpirical, 0);
  result.table_ = std::move(table);
  return result;
}

Result<Distribution> Distribution::mixture(std::span<const Distribution> components,
                                           std::span<const double> weights) {
  if (components.empty()) {
    return Error{"mixture: there is no component"};
  }
  if (weights.size() != components.size()) {
    return Error{
        fmt::format("mixture: {} components and {} weights", components.size(), weights.size())};
  }
  double total = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!finite_not_negative(weights[i])) {
      return out_of_range(Law::kMixture, fmt::format("weight {}", i + 1), weights[i], "0 or more");
    }
    total += weights[i];
  }
  if (!finite_positive(total)) {
    return Error{"mixture: the weights are all 0"};
  }
  // A mixture of mixtures is made flat, so that a sample takes two uniforms at any depth.
  auto flat = std::make_shared<Mixture>();
  for (std::size_t i = 0; i < components.size(); ++i) {
    const double weight = weights[i] / total;
    if (components[i].law_ != Law::kMixture) {
      flat->weights.push_back(weight);
      flat->components.push_back(components[i]);
      continue;
    }
    const Mixture& inner = *components[i].mixture_;
    for (std::size_t j = 0; j < inner.components.size(); ++j) {
      flat->weights.push_back(weight * inner.weights[j]);
      flat->components.push_back(inner.components[j]);
    }
  }
  double sum = 0;
  for (const double weight : flat->weights) {
    sum += weight;
    flat->shares.push_back(sum);
  }
  flat->shares.back() = 1;
  Distribution result(Law::kMixture, 0);
  result.mixture_ = std::move(flat);
  return result;
}

// ---- draws
// ---------------------------------------------------------------------------------------------------

double Distribution::quantile(double u) const {
  SIM_CHECK(u >= 0 && u <= 1, "quantile of {}", u);
  switch (law_) {
    case Law::kConstant:
      return a_;
    case Law::kUniform:
      return a_ + b_ * u;
    case Law::kExponential:
      return a_ == 0 ? 0 : -a_ * portable::log1p(-u);
    case Law::kLognormal:
      return a_ == 0 || b_ == 0 ? a_ : a_ * portable::exp(b_ * portable::normal_quantile(u));
    case Law::kGamma:
      return b_ == 0 ? 0 : b_ * portable::gamma_p_inverse(a_, u);
    case Law::kWeibull:
      return a_ == 0 ? 0 : a_ * portable::exp(b_ * portable::log(-portable::log1p(-u)));
    case Law::kPareto:
      return a_ == 0 ? 0 : a_ * portable::exp(b_ * portable::log1p(-u));
    case Law::kTruncatedNormal:
      return truncated_normal_quantile(u);
    case Law::kEmpirical:
      return table_->values[table_->find(u)];
    case Law::kMixture:
      break;
  }
  double low = kInfinity;
  double high = 0;
  for (const Distribution& component : mixture_->components) {
    const double value = component.quantile(u);
    low = std::fmin(low, value);
    high = std::fmax(high, value);
  }
  // The mixture's quantile lies between the components' ones.
  for (int i = 0; i < 2000 && low < high; ++i) {
    const double middle = high < kInfinity ? low + 0.5 * (high - low) : 2 * low + 1;
    if (middle <= low || middle >= high) {
      break;
    }
    (cdf(middle) < u ? low : high) = middle;
  }
  return high;
}

double Distribution::truncated_normal_quantile(double u) const {
  const double x = a_ + b_ * portable::normal_quantile(c_ + u * d_);
  return std::fmin(std::fmax(x, min_), max_);
}

double Distribution::sample(StreamKey key, std::uint64_t ordinal, std::uint32_t sub) const {
  switch (law_) {
    case Law::kConstant:
      return a_;
    case Law::kGamma:
      return sample_gamma(key, ordinal, sub, 0);
    case Law::kMixture:
      return sample_mixture(key, ordinal, sub);
    default:
      return quantile(uniform01(key, ordinal, sub));
  }
}

void Distribution::sample_block(StreamKey key, std::uint64_t first, std::uint32_t sub,
                                std::span<double> out) const {
  if (law_ == Law::kConstant || law_ == Law::kGamma || law_ == Law::kMixture) {
    for (double& value : out) {
      value = sample(key, first++, sub);
    }
    return;
  }
  // Two passes: Philox blocks of neighbouring ordinals do not wait for each other, nor for a
  // logarithm.
  uniform_block(key, first, sub, out);
  if (law_ == Law::kExponential) {
    portable::log1m(out);
    for (double& value : out) {
      value = a_ == 0 ? 0 : -a_ * value;
    }
    return;
  }
  for (double& value : out) {
    value = quantile(value);
  }
}

Duration Distribution::sample_duration(StreamKey key, std::uint64_t ordinal,
                                       std::uint32_t sub) const {
  return to_duration(sample(key, ordinal, sub));
}

/// G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000),
/// 363-372. Attempt n takes block first_block + 1 + n: its first half for the normal (by
/// inversion), its second to accept. A shape below 1 is drawn one higher and multiplied by
/// u^(1/shape), u being the first half of first_block.
double Distribution::sample_gamma(StreamKey key, std::uint64_t ordinal, std::uint32_t sub,
                                  std::uint32_t first_block) const {
  for (std::uint32_t block = first_block + 1;; ++block) {
    const UniformPair pair = uniform_pair(key, ordinal, sub, block);
    const double x = portable::normal_quantile(pair.first);
    const double t = 1 + c_ * x;
    if (t <= 0) {
      continue;
    }
    const double v = t * t * t;
    const double x2 = x * x;
    if (pair.second < 1 - 0.0331 * x2 * x2 ||
        portable::log(pair.second) < 0.5 * x2 + d_ * (1 - v + portable::log(v))) {
      const double value = b_ * d_ * v;
      if (a_ >= 1) {
        return value;
      }
      return value * portable::pow(uniform_pair(key, ordinal, sub, first_block).first, 1 / a_);
    }
  }
}

double Distribution::sample_mixture(StreamKey key, std::uint64_t ordinal, std::uint32_t sub) const {
  const UniformPair pair = uniform_pair(key, ordinal, sub, 0);
  std::size_t i = 0;
  while (mixture_->shares[i] < pair.first) {
    ++i;
  }
  const Distribution& component = mixture_->components[i];
  if (component.law_ == Law::kGamma) {
    return component.sample_gamma(key, ordinal, sub, 1);
  }
  return component.quantile(pair.second);
}

}  // namespace updraft::sim
