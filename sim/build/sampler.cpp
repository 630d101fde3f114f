#include "sim/build/sampler.h"

#include <vector>

#include "sim/core/check.h"
#include "sim/random/distribution_parameters.h"

namespace updraft::sim {

namespace {

Result<Distribution> make(const DistributionValue& value) {
  const std::vector<double> values(value.value().begin(), value.value().end());
  const std::vector<double> weights(value.weight().begin(), value.weight().end());
  if (value.law() == DistributionValue::EMPIRICAL) {
    return Distribution::empirical(values, weights);
  }
  if (value.law() == DistributionValue::MIXTURE) {
    std::vector<Distribution> components;
    for (const DistributionValue& component : value.component()) {
      components.push_back(make_sampler(component));
    }
    return Distribution::mixture(components, weights);
  }
  std::vector<LawParameter> named;
  for (const auto& parameter : value.parameter()) {
    named.push_back({parameter.name(), parameter.value()});
  }
  return make_distribution(static_cast<Law>(value.law()), named, Quantity::kPlain);
}

}  // namespace

Distribution make_sampler(const DistributionValue& value) {
  if (!value.has_law()) {
    return {};
  }
  Result<Distribution> made = make(value);
  SIM_CHECK(made.ok(), "{}", made.error());
  return std::move(made).value();
}

}  // namespace updraft::sim
