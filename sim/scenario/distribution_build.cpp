#include "sim/scenario/distribution_build.h"

#include <vector>

#include "sim/random/distribution_parameters.h"

namespace updraft::sim {

Result<Distribution> build_distribution(const DistributionValue& value, Quantity quantity) {
  const std::vector<double> weights(value.weight().begin(), value.weight().end());
  if (value.law() == DistributionValue::EMPIRICAL) {
    const std::vector<double> values(value.value().begin(), value.value().end());
    return Distribution::empirical(values, weights);
  }
  if (value.law() == DistributionValue::MIXTURE) {
    std::vector<Distribution> components;
    for (const DistributionValue& component : value.component()) {
      Result<Distribution> built = build_distribution(component, quantity);
      if (!built) {
        return built;
      }
      components.push_back(std::move(built).value());
    }
    return Distribution::mixture(components, weights);
  }
  std::vector<LawParameter> parameters;
  for (const DistributionValue::Named& parameter : value.parameter()) {
    parameters.push_back({parameter.name(), parameter.value()});
  }
  // The enum has the order of Law.
  return make_distribution(static_cast<Law>(value.law()), parameters, quantity);
}

}  // namespace updraft::sim
